"""The decision: what is to be done next for a document, as a pure function of its facts, the rules and the time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.commands import Action
from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.issuing.decisions import reports
from app.issuing.decisions.cancel import after_cancellation, cancel
from app.issuing.decisions.decisions import (
    Ask,
    Attempt,
    AwaitConnection,
    AwaitPerson,
    Decision,
    Doubt,
    Follow,
    Prepare,
    Report,
    Rest,
    Wait,
    Withdraw,
)
from app.issuing.decisions.numbering import settling
from app.issuing.decisions.review import Siblings, after_the_end, is_forgettable, review
from app.issuing.decisions.status_polling import Sight, is_last, sights
from app.issuing.decisions.step_state import (
    LONGEST_SILENCE,
    Cause,
    Rules,
    Standing,
    StepState,
    is_doubtful,
    not_given_up,
    revision_of,
    standing_of,
    unsent_of,
)
from app.issuing.journal.command_facts import Dossier, in_order
from app.issuing.journal.facts import FINAL, Attempting, Withdrawn, command_of
from providers.base import Prepared, Step

REJECTED_BY_REVIEW: Final = FieldError(
    path="$", code="REVIEW_REJECTED", message="A person has looked at the provider and rejected this document."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command that is to be decided, with all that the decision may look at."""

    dossier: Dossier
    siblings: Siblings
    rules: Rules
    now: datetime


def decide(dossiers: Iterable[Dossier], rules: Rules | None, now: datetime) -> Decision:
    """What to do next for the document of these commands. `rules` is None while its connection cannot be reached."""
    known = list(dossiers)
    unfinished = [d for d in known if d.final is None]
    siblings = Siblings(
        withdrawals=in_order(unfinished, Action.WITHDRAW), reviews=in_order(unfinished, Action.REVIEW), known=known
    )
    decision = _first(known, unfinished, siblings, rules, now)
    moot = _moot(decision, siblings)
    if moot is not None and moot.admitted is not None:
        return reports.silent_end(moot, command_of(moot.admitted).occurred_at)
    if isinstance(decision, Report):
        return settling(decision, next(d for d in known if d.command_id == decision.command_id), rules)
    return decision


def _first(
    known: Sequence[Dossier], unfinished: Sequence[Dossier], siblings: Siblings, rules: Rules | None, now: datetime
) -> Decision:
    """The commands of a document run one after another: the first one that is not at rest decides."""
    for dossier in (d for d in known if d.final is not None):
        after = _after(dossier, siblings, rules)
        if not isinstance(after, Rest):
            return after
    decision: Decision = Rest(forgettable=tuple(d.command_id for d in known if is_forgettable(d)))
    for dossier in in_order(unfinished, Action.ISSUE):
        decision = _issue(dossier, siblings, rules, now)
        break
    if _exists(decision):
        for dossier in in_order(unfinished, Action.CANCEL):
            cancellation = cancel(dossier, siblings, rules, now)
            # While a person is asked about it, the document is followed on: what they do there may show.
            return cancellation if isinstance(decision, Rest) or not isinstance(cancellation, AwaitPerson) else decision
    return decision


def _after(dossier: Dossier, siblings: Siblings, rules: Rules | None) -> Decision:
    if dossier.is_cancellation:
        return after_cancellation(dossier) or Rest()
    return after_the_end(dossier, siblings, rules)


def _exists(decision: Decision) -> bool:
    """Whether nothing but the document's legal state is waited for."""
    return isinstance(decision, Rest | Follow) or (isinstance(decision, Wait) and decision.is_poll)


def _moot(decision: Decision, siblings: Siblings) -> Dossier | None:
    """A sibling that has nothing to wait for any more ends before the document goes to sleep."""
    if not isinstance(decision, Rest | Wait | AwaitPerson | Follow):
        return None
    moot = [*siblings.reviews, *(siblings.withdrawals if _exists(decision) else ())]
    return moot[0] if moot else None


def _issue(dossier: Dossier, siblings: Siblings, rules: Rules | None, now: datetime) -> Decision:
    if rules is None:
        return _without_connection(dossier, siblings)
    case = Case(dossier=dossier, siblings=siblings, rules=rules, now=now)
    step, standing = where(dossier, rules, now)
    return _by_word(dossier, standing) or _by_standing(case, step, _judged(case, step, standing))


def _by_standing(case: Case, step: Step, standing: Standing) -> Decision:
    match standing.state:
        case StepState.DONE:
            return _follow(case, standing)
        case StepState.REFUSED:
            at = standing.at or case.now
            return reports.ended_report(case.dossier, DocumentState.REJECTED, at, standing.errors)
        case StepState.NEEDS_REVIEW:
            return review(case.dossier, step, standing, case.siblings)
        case StepState.ATTEMPTING | StepState.UNCERTAIN:
            return _resolve(case, step, standing)
        case StepState.QUEUED | StepState.RETRY_WAIT:
            return _send(case, step, standing)


def _judged(case: Case, step: Step, standing: Standing) -> Standing:
    """The standing of the whole command: what is alive after an end, or half made and not wanted, is a question."""
    if case.dossier.withdrawn or case.dossier.verdict:
        covers = (standing.done.reference,) if standing.done else standing.covers
        return replace(standing, state=StepState.NEEDS_REVIEW, cause=Cause.LIVE_AFTER_END, covers=covers)
    is_half_made = step is not case.rules.capabilities.steps[0]
    withdrawal = _withdraw(case.dossier, case.siblings)
    if withdrawal and is_half_made and standing.state in {StepState.QUEUED, StepState.RETRY_WAIT}:
        return replace(standing, state=StepState.NEEDS_REVIEW, cause=Cause.PARTLY_DONE, at=withdrawal.fact.at)
    return standing


def where(dossier: Dossier, rules: Rules, now: datetime) -> tuple[Step, Standing]:
    """The step that a command is at, and where it stands; the last one when all are done."""
    steps = rules.capabilities.steps
    for step in steps:
        standing = standing_of(step, dossier, rules, now)
        if standing.state is StepState.REFUSED and step is not steps[0]:
            return step, replace(standing, state=StepState.NEEDS_REVIEW, cause=Cause.PARTLY_DONE)
        if standing.state is not StepState.DONE or step is steps[-1]:
            return step, standing
    raise ValueError(f"provider {rules.capabilities.provider} declares no steps")


def _by_word(dossier: Dossier, standing: Standing) -> Report | None:
    """What a person or a withdrawal has ended. What appears alive in spite of them is not ended by them."""
    verdict = dossier.verdict
    if verdict and verdict.decision is ReviewAnswer.CONFIRM_ISSUED:
        return reports.confirmed_report(dossier, verdict.at, verdict.ettn, verdict.number)
    if standing.state is StepState.DONE or standing.cause is Cause.TWO_LIVE:
        return None
    if dossier.withdrawn:
        return reports.ended_report(dossier, DocumentState.CANCELLED, dossier.withdrawn.at)
    if verdict:
        return reports.ended_report(dossier, DocumentState.REJECTED, verdict.at, (REJECTED_BY_REVIEW,))
    return None


def _without_connection(dossier: Dossier, siblings: Siblings) -> Decision:
    """What is sure even so: where nothing was ever begun, a withdrawal needs nobody."""
    if dossier.steps or (dossier.admitted and dossier.admitted.doubtful_since):
        return AwaitConnection()
    if dossier.withdrawn:
        return reports.ended_report(dossier, DocumentState.CANCELLED, dossier.withdrawn.at)
    return _withdraw(dossier, siblings) or AwaitConnection()


def _withdraw(dossier: Dossier, siblings: Siblings) -> Withdraw | None:
    for withdrawal in siblings.withdrawals:
        if withdrawal.admitted is not None:
            at = command_of(withdrawal.admitted).occurred_at
            return Withdraw(command_id=dossier.command_id, fact=Withdrawn(at=at, by=withdrawal.command_id))
    return None


def _send(case: Case, step: Step, standing: Standing) -> Decision:
    """Surely nothing is there: it may be withdrawn, prepared, or sent."""
    dossier = case.dossier
    is_unwanted = not is_doubtful(dossier, step) and _withdraw(dossier, case.siblings) is not None
    unsure = not_given_up(step, dossier, case.rules) if is_unwanted else None
    if unsure is not None:
        return _by_standing(case, step, unsure)
    doubt = _doubt(case, step)
    first = (
        reports.unsent_report(dossier, standing, case.rules, case.now)
        or doubt
        or (None if is_doubtful(dossier, step) else _withdraw(dossier, case.siblings))
    )
    if first is not None:
        return first
    number = dossier.steps[step].next_number() if step in dossier.steps else 1
    prepared_id = dossier.current_prepared()
    if prepared_id is None or standing.retype is not None:
        return Prepare(
            command_id=dossier.command_id,
            revision=0 if prepared_id is None else revision_of(dossier) + 1,
            number=number,
            step=step,
            document_type=standing.retype,
        )
    if standing.due is not None and standing.due > case.now:
        return Wait(until=standing.due)
    return Attempt(
        command_id=dossier.command_id,
        step=step,
        number=number,
        prepared_id=prepared_id,
        prepared=dossier.prepared[prepared_id],
        unsent=unsent_of(dossier.counting(step)),
    )


def _doubt(case: Case, step: Step) -> Doubt | None:
    """Once the request is fixed, a doubtful step counts as attempted without an answer: it is looked up first."""
    dossier, prepared_id = case.dossier, case.dossier.current_prepared()
    admitted = dossier.admitted
    if prepared_id is None or admitted is None or admitted.doubtful_since is None or not is_doubtful(dossier, step):
        return None
    since = admitted.doubtful_since
    deadline = since + timedelta(seconds=case.rules.capabilities.max_call_seconds)
    account = case.rules.account_at(command_of(admitted).occurred_at)
    fact = Attempting(started=since, deadline=deadline, prepared=prepared_id, account=account)
    return Doubt(command_id=dossier.command_id, step=step, fact=fact)


def _resolve(case: Case, step: Step, standing: Standing) -> Decision:
    """Something may have been made: it is asked for when its time has come, and nothing else is done."""
    uncertain = reports.uncertain_report(case.dossier, step, standing)
    if uncertain is not None:
        return uncertain
    if standing.due is not None and standing.due > case.now:
        return Wait(until=standing.due)
    return Ask(
        command_id=case.dossier.command_id,
        step=step,
        covers=standing.covers,
        prepared=_prepared_of(case.dossier),
        patience_ends=None if standing.at is None else standing.at + LONGEST_SILENCE,
    )


def _prepared_of(dossier: Dossier) -> Prepared:
    prepared_id = dossier.current_prepared()
    if prepared_id is None:
        raise ValueError(f"command {dossier.command_id} was attempted without a prepared request")
    return dossier.prepared[prepared_id]


def _follow(case: Case, standing: Standing) -> Decision:
    """The document exists: every legal state is reported once, until the provider has nothing more to tell."""
    if standing.done is None or standing.at is None:
        raise ValueError("a step is done only by a document that was seen")
    prepared, capabilities = _prepared_of(case.dossier), case.rules.capabilities
    seen = sights(case.dossier, Sight(standing.at, standing.done))
    last = seen[-1]
    ends = is_last(last.done.state, prepared.document_type, capabilities)
    for sight in seen[:-1] if ends else seen:
        if sight.label not in case.dossier.reported:
            return reports.legal_report(case.dossier, label=sight.label, done=sight.done, at=sight.at)
    if ends:
        return reports.legal_report(case.dossier, label=FINAL, done=last.done, at=last.at)
    due = last.at + timedelta(seconds=capabilities.poll_seconds)
    if due > case.now:
        return Wait(until=due, is_poll=True)
    return Follow(command_id=case.dossier.command_id, prepared=prepared, done=last.done, since=seen[0].at)
