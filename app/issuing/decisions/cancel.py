"""What is to be done next for a CANCEL command: attempted, looked up, reported. It is done only at CANCELLED."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain import identity
from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.issuing.decisions import progress_reports
from app.issuing.decisions.cancel_state import cancelled, status_of_cancellation
from app.issuing.decisions.decisions import (
    AssumeAttempted,
    Attempt,
    AwaitConnection,
    Decision,
    Find,
    ReportProgress,
    Wait,
)
from app.issuing.decisions.issue_state import LONGEST_DOUBT, live_answers, unsent_of
from app.issuing.decisions.review import Siblings, review
from app.issuing.decisions.step_status import Rules, StepState, StepStatus
from app.issuing.journal.command_facts import CommandFacts, StepFacts
from app.issuing.journal.encoding import command_of
from app.issuing.journal.facts import FINAL, Attempting
from providers.base import Issued, Step

# A cancellation's request is the command itself; nothing more is prepared for it.
PREPARED: Final = "0-command"
# The label of the report that a cancellation has worked after it was reported that the document stays.
LATE: Final = "LATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One cancellation that is to be decided, with all that the decision may look at."""

    facts: CommandFacts
    siblings: Siblings
    rules: Rules
    status: StepStatus
    issued: Issued
    now: datetime


def cancel(facts: CommandFacts, siblings: Siblings, rules: Rules | None, now: datetime) -> Decision:
    """Moves one cancellation on. `rules` is None while the connection cannot be reached."""
    if rules is None or facts.admitted is None:
        return AwaitConnection()
    command = command_of(facts.admitted)
    status = status_of_cancellation(facts, rules, now)
    if status.done is not None and status.at is not None:
        return progress_reports.legal_report(facts, label=FINAL, done=status.done, at=status.at)
    issued = _issued(command, siblings, rules)
    if issued is None:
        errors = (_unsupported(command, rules),)
        return progress_reports.ended_report(facts, DocumentState.ISSUED, command.occurred_at, errors)
    case = _Case(facts=facts, siblings=siblings, rules=rules, status=status, issued=issued, now=now)
    return _by_person(facts) or _by_status(case)


def _issued(command: InvoiceCommand, siblings: Siblings, rules: Rules) -> Issued | None:
    """What is to be cancelled; None when this provider cannot cancel it."""
    asked = command.cancellation
    if asked is None or asked.document_type is None or asked.document_type not in rules.capabilities.cancels:
        return None
    return Issued(
        reference=command.document_id,
        document_type=asked.document_type,
        provider_reference=_provider_reference(command, siblings, rules),
        ettn=asked.ettn,
        number=asked.number,
        issue_date=asked.issue_date,
    )


def _unsupported(command: InvoiceCommand, rules: Rules) -> FieldError:
    known = command.cancellation.document_type if command.cancellation else None
    message = f"{rules.capabilities.provider} takes no cancellation of a document of type {known or 'unknown'}"
    return FieldError(path="$.body.document_id", code="CANCELLATION_UNSUPPORTED", message=message)


def _provider_reference(command: InvoiceCommand, siblings: Siblings, rules: Rules) -> str | None:
    """The provider's own name for the document, if the journal still knows what its ISSUE command made."""
    issue = identity.command_id(command.document_id, command.provider, Action.ISSUE, 0)
    for made in siblings.known:
        if made.command_id == issue:
            live = live_answers(made.counting(rules.capabilities.steps[-1]))
            return (made.final.reference if made.final else None) or next(iter(live), None)
    return None


def _by_person(facts: CommandFacts) -> ReportProgress | None:
    """What a person has seen at the provider: CONFIRM_ABSENT, that it is cancelled; else that it is alive."""
    if not facts.reviewed:
        return None
    review = facts.reviewed[max(facts.reviewed)]
    if review.decision is ReviewAnswer.CONFIRM_ABSENT:
        return progress_reports.ended_report(facts, DocumentState.CANCELLED, review.at)
    return progress_reports.confirmed_report(facts, review.at, review.ettn, review.number)


def _by_status(case: _Case) -> Decision:
    status = case.status
    match status.state:
        case StepState.REFUSED:
            return progress_reports.ended_report(case.facts, DocumentState.ISSUED, status.at or case.now, status.errors)
        case StepState.NEEDS_REVIEW:
            return review(case.facts, Step.CANCELLATION, status, case.siblings)
        case StepState.ATTEMPTING | StepState.UNCERTAIN:
            return _find(case)
        case _:
            return _send(case)


def _find(case: _Case) -> Decision:
    """It may have been cancelled: that is asked for when its time has come."""
    facts, status = case.facts, case.status
    uncertain = progress_reports.uncertain_report(facts, Step.CANCELLATION, status)
    if uncertain is not None:
        return uncertain
    if status.due is not None and status.due > case.now:
        return Wait(until=status.due)
    return Find(
        command_id=facts.command_id,
        step=Step.CANCELLATION,
        covers=status.covers,
        prepared=case.issued,
        patience_ends=None if status.at is None else status.at + LONGEST_DOUBT,
    )


def _send(case: _Case) -> Decision:
    """Nothing is on its way: it may be sent, for the first time or again."""
    facts, status = case.facts, case.status
    first = progress_reports.unsent_report(facts, status, case.rules, case.now) or _doubt(facts, case.rules)
    if first is not None:
        return first
    if status.due is not None and status.due > case.now:
        return Wait(until=status.due)
    return Attempt(
        command_id=facts.command_id,
        step=Step.CANCELLATION,
        number=facts.steps.get(Step.CANCELLATION, StepFacts()).next_number(),
        prepared_id=PREPARED,
        prepared=case.issued,
        unsent=unsent_of(facts.steps.get(Step.CANCELLATION, StepFacts())),
    )


def _doubt(facts: CommandFacts, rules: Rules) -> AssumeAttempted | None:
    """The journal of before is lost: it may have been cancelled by then, so that is asked first."""
    since = facts.admitted.doubtful_since if facts.admitted else None
    if since is None or Step.CANCELLATION in facts.steps:
        return None
    deadline = since + timedelta(seconds=rules.capabilities.max_call_seconds)
    fact = Attempting(started=since, deadline=deadline, prepared=PREPARED)
    return AssumeAttempted(command_id=facts.command_id, step=Step.CANCELLATION, fact=fact)


def after_cancellation(facts: CommandFacts) -> ReportProgress | None:
    """A call that left late has cancelled the document after all: that is reported, for it is what the provider has."""
    status = cancelled(facts)
    final = facts.final
    if final is None or final.state is DocumentState.CANCELLED or LATE in facts.reported:
        return None
    if status is None or status.done is None or status.at is None:
        return None
    return progress_reports.legal_report(facts, label=LATE, done=status.done, at=status.at)
