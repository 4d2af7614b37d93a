"""What is to be done next for a CANCEL command: attempted, looked up, reported. It is done only at CANCELLED."""

from datetime import datetime
from typing import Final

from app.domain import identity
from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.issuing.decisions import progress_reports
from app.issuing.decisions.cancel_state import cancelled, status_of_cancellation
from app.issuing.decisions.decisions import AwaitConnection, Decision, ReportProgress
from app.issuing.decisions.live import live_answers
from app.issuing.decisions.review import Siblings, review
from app.issuing.decisions.step_status import Rules, StepState, steps_of
from app.issuing.decisions.undo import Undo, find, send
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import command_of
from app.issuing.journal.facts import FINAL
from providers.base import Issued, Step, reference_of

# The label of the report that a cancellation has worked after it was reported that the document stays.
LATE: Final = "LATE"


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
    undo = Undo(facts=facts, step=Step.CANCELLATION, rules=rules, status=status, issued=issued, now=now)
    return _by_person(facts) or _by_status(undo, siblings)


def _issued(command: InvoiceCommand, siblings: Siblings, rules: Rules) -> Issued | None:
    """What is to be cancelled; None when this provider cannot cancel it."""
    asked = command.cancellation
    if asked is None or asked.document_type is None or asked.document_type not in rules.capabilities.cancels:
        return None
    return Issued(
        reference=reference_of(command.document_id, asked.ettn, rules.capabilities),
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
    issue = identity.command_id(command.document_id, command.connection, Action.ISSUE, 0)
    for made in siblings.known:
        if made.command_id == issue:
            live = live_answers(made.counting(steps_of(made, rules)[-1]))
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


def _by_status(undo: Undo, siblings: Siblings) -> Decision:
    facts, status = undo.facts, undo.status
    match status.state:
        case StepState.REFUSED:
            return progress_reports.ended_report(facts, DocumentState.ISSUED, status.at or undo.now, status.errors)
        case StepState.NEEDS_REVIEW:
            return review(facts, Step.CANCELLATION, status, siblings)
        case StepState.ATTEMPTING | StepState.UNCERTAIN:
            return find(undo)
        case _:
            return send(undo)


def after_cancellation(facts: CommandFacts) -> ReportProgress | None:
    """A call that left late has cancelled the document after all: that is reported, for it is what the provider has."""
    status = cancelled(facts)
    final = facts.final
    if final is None or final.state is DocumentState.CANCELLED or LATE in facts.reported:
        return None
    if status is None or status.done is None or status.at is None:
        return None
    return progress_reports.legal_report(facts, label=LATE, done=status.done, at=status.at)
