"""What is to be done next for a CANCEL command: attempted, asked, told. Its own test for "done" is CANCELLED."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain import identity
from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.issuing.decisions import reports
from app.issuing.decisions.cancel_state import cancelled, standing_of_cancellation
from app.issuing.decisions.decisions import Ask, Attempt, AwaitConnection, Decision, Doubt, Report, Wait
from app.issuing.decisions.review import Siblings, review
from app.issuing.decisions.step_state import LONGEST_SILENCE, Rules, Standing, StepState, live_answers, unsent_of
from app.issuing.journal.command_facts import Dossier, StepFacts
from app.issuing.journal.facts import FINAL, Attempting, command_of
from providers.base import Issued, Step

# A cancellation's request is the command itself; nothing more is prepared for it.
PREPARED: Final = "0-command"
# The label of the news that a cancellation has worked after it was told that the document stays.
LATE: Final = "LATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One cancellation that is to be decided, with all that the decision may look at."""

    dossier: Dossier
    siblings: Siblings
    rules: Rules
    standing: Standing
    issued: Issued
    now: datetime


def cancel(dossier: Dossier, siblings: Siblings, rules: Rules | None, now: datetime) -> Decision:
    """Moves one cancellation on. `rules` is None while the connection cannot be reached."""
    if rules is None or dossier.admitted is None:
        return AwaitConnection()
    command = command_of(dossier.admitted)
    standing = standing_of_cancellation(dossier, rules, now)
    if standing.done is not None and standing.at is not None:
        return reports.legal_report(dossier, label=FINAL, done=standing.done, at=standing.at)
    issued = _issued(command, siblings, rules)
    if issued is None:
        errors = (_unsupported(command, rules),)
        return reports.ended_report(dossier, DocumentState.ISSUED, command.occurred_at, errors)
    case = _Case(dossier=dossier, siblings=siblings, rules=rules, standing=standing, issued=issued, now=now)
    return _by_person(dossier) or _by_standing(case)


def _issued(command: InvoiceCommand, siblings: Siblings, rules: Rules) -> Issued | None:
    """What is to be cancelled; None when this provider cannot be told to."""
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
    message = f"{rules.capabilities.provider} cannot be told to cancel a document of type {known or 'unknown'}"
    return FieldError(path="$.body.document_id", code="CANCELLATION_UNSUPPORTED", message=message)


def _provider_reference(command: InvoiceCommand, siblings: Siblings, rules: Rules) -> str | None:
    """The provider's own name for the document, if the journal still knows what its ISSUE command made."""
    issue = identity.command_id(command.document_id, command.provider, Action.ISSUE, 0)
    for made in siblings.known:
        if made.command_id == issue:
            live = live_answers(made.counting(rules.capabilities.steps[-1]))
            return (made.final.reference if made.final else None) or next(iter(live), None)
    return None


def _by_person(dossier: Dossier) -> Report | None:
    """What a person has seen at the provider: CONFIRM_ABSENT, that it is cancelled; else that it stands."""
    if not dossier.reviewed:
        return None
    review = dossier.reviewed[max(dossier.reviewed)]
    if review.decision is ReviewAnswer.CONFIRM_ABSENT:
        return reports.ended_report(dossier, DocumentState.CANCELLED, review.at)
    return reports.confirmed_report(dossier, review.at, review.ettn, review.number)


def _by_standing(case: _Case) -> Decision:
    standing = case.standing
    match standing.state:
        case StepState.REFUSED:
            return reports.ended_report(case.dossier, DocumentState.ISSUED, standing.at or case.now, standing.errors)
        case StepState.NEEDS_REVIEW:
            return review(case.dossier, Step.CANCELLATION, standing, case.siblings)
        case StepState.ATTEMPTING | StepState.UNCERTAIN:
            return _ask(case)
        case _:
            return _send(case)


def _ask(case: _Case) -> Decision:
    """It may have been cancelled: that is asked for when its time has come."""
    dossier, standing = case.dossier, case.standing
    uncertain = reports.uncertain_report(dossier, Step.CANCELLATION, standing)
    if uncertain is not None:
        return uncertain
    if standing.due is not None and standing.due > case.now:
        return Wait(until=standing.due)
    return Ask(
        command_id=dossier.command_id,
        step=Step.CANCELLATION,
        covers=standing.covers,
        prepared=case.issued,
        patience_ends=None if standing.at is None else standing.at + LONGEST_SILENCE,
    )


def _send(case: _Case) -> Decision:
    """Nothing is on its way: it may be sent, for the first time or again."""
    dossier, standing = case.dossier, case.standing
    first = reports.unsent_report(dossier, standing, case.rules, case.now) or _doubt(dossier, case.rules)
    if first is not None:
        return first
    if standing.due is not None and standing.due > case.now:
        return Wait(until=standing.due)
    return Attempt(
        command_id=dossier.command_id,
        step=Step.CANCELLATION,
        number=dossier.steps.get(Step.CANCELLATION, StepFacts()).next_number(),
        prepared_id=PREPARED,
        prepared=case.issued,
        unsent=unsent_of(dossier.steps.get(Step.CANCELLATION, StepFacts())),
    )


def _doubt(dossier: Dossier, rules: Rules) -> Doubt | None:
    """The journal of before is lost: it may have been cancelled by then, so that is asked first."""
    since = dossier.admitted.doubtful_since if dossier.admitted else None
    if since is None or Step.CANCELLATION in dossier.steps:
        return None
    deadline = since + timedelta(seconds=rules.capabilities.max_call_seconds)
    fact = Attempting(started=since, deadline=deadline, prepared=PREPARED)
    return Doubt(command_id=dossier.command_id, step=Step.CANCELLATION, fact=fact)


def after_cancellation(dossier: Dossier) -> Report | None:
    """A call that left late has cancelled the document after all: that is told, for it is what the provider has."""
    standing = cancelled(dossier)
    final = dossier.final
    if final is None or final.state is DocumentState.CANCELLED or LATE in dossier.reported:
        return None
    if standing is None or standing.done is None or standing.at is None:
        return None
    return reports.legal_report(dossier, label=LATE, done=standing.done, at=standing.at)
