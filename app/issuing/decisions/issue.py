"""The decision: what is to be done next for a document, as a pure function of its facts, the rules and the time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.commands import Action
from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.issuing.decisions import progress_reports
from app.issuing.decisions.approval import before_approval
from app.issuing.decisions.cancel import after_cancellation, cancel
from app.issuing.decisions.case import Case
from app.issuing.decisions.decisions import (
    AssumeAttempted,
    Attempt,
    AwaitConnection,
    AwaitPerson,
    Decision,
    Find,
    Poll,
    Prepare,
    ReportProgress,
    Rest,
    Wait,
    Withdraw,
)
from app.issuing.decisions.follow import follow
from app.issuing.decisions.in_vain import next_question_at
from app.issuing.decisions.issue_state import (
    LONGEST_DOUBT,
    absent_and_moved,
    deadlines,
    is_doubtful,
    not_given_up,
    revision_of,
    unsent_of,
)
from app.issuing.decisions.numbering import with_number_outcome
from app.issuing.decisions.review import Siblings, after_the_end, is_forgettable, review
from app.issuing.decisions.step_status import Cause, Rules, StepState, StepStatus
from app.issuing.decisions.steps import is_half_made, known_before, made_before, where
from app.issuing.decisions.type_choice import UNDECIDED, Asked, type_or_asked
from app.issuing.decisions.waiting import waits
from app.issuing.journal.command_facts import CommandFacts, in_order
from app.issuing.journal.encoding import command_of
from app.issuing.journal.facts import Attempting, Withdrawn
from providers.base import Step

REJECTED_BY_REVIEW: Final = FieldError(
    path="$", code="REVIEW_REJECTED", message="A person has looked at the provider and rejected this document."
)


def decide(commands: Iterable[CommandFacts], rules: Rules | None, now: datetime) -> Decision:
    """What to do next for the document of these commands.

    `commands`: all of one document that are known, in any order, ended ones among them. `rules`: None while the
    document's connection cannot be reached. Raises NewerFactError, and ValueError for facts that contradict each other.
    """
    known = list(commands)
    unfinished = [d for d in known if d.final is None]
    siblings = Siblings(
        withdrawals=in_order(unfinished, Action.WITHDRAW),
        reviews=in_order(unfinished, Action.REVIEW),
        signings=in_order(unfinished, Action.SIGN),
        marks=in_order(unfinished, Action.MARK),
        approvals=in_order(unfinished, Action.APPROVE),
        known=known,
    )
    decision = _first(known, unfinished, siblings, rules, now)
    moot = _moot(decision, siblings)
    if moot is not None and moot.admitted is not None:
        return progress_reports.silent_end(moot, command_of(moot.admitted).occurred_at)
    if isinstance(decision, ReportProgress):
        return with_number_outcome(decision, next(d for d in known if d.command_id == decision.command_id), rules)
    return decision


def _first(
    known: Sequence[CommandFacts],
    unfinished: Sequence[CommandFacts],
    siblings: Siblings,
    rules: Rules | None,
    now: datetime,
) -> Decision:
    """The commands of a document run one after another: the first one that is not at rest decides."""
    for facts in (d for d in known if d.final is not None):
        after = _after(facts, siblings, rules)
        if not isinstance(after, Rest):
            return after
    decision: Decision = Rest(forgettable=tuple(d.command_id for d in known if is_forgettable(d)))
    if issues := in_order(unfinished, Action.ISSUE):
        decision = _issue(issues[0], siblings, rules, now)
    cancellations = in_order(unfinished, Action.CANCEL)
    if not cancellations or not _exists(decision):
        return decision
    cancellation = cancel(cancellations[0], siblings, rules, now)
    # While a person is asked about it, the document is polled on: what they do there may show.
    return cancellation if isinstance(decision, Rest) or not isinstance(cancellation, AwaitPerson) else decision


def _after(facts: CommandFacts, siblings: Siblings, rules: Rules | None) -> Decision:
    if facts.is_cancellation:
        return after_cancellation(facts) or Rest()
    return after_the_end(facts, siblings, rules)


def _exists(decision: Decision) -> bool:
    """Whether nothing but the document's legal state is waited for."""
    return isinstance(decision, Rest | Poll) or (isinstance(decision, Wait) and decision.is_poll)


def _moot(decision: Decision, siblings: Siblings) -> CommandFacts | None:
    """A sibling that has nothing to wait for any more ends before the document rests."""
    if not isinstance(decision, Rest | Wait | AwaitPerson | Poll):
        return None
    moot = [*siblings.reviews, *(siblings.withdrawals if _exists(decision) else ())]
    is_being_signed = isinstance(decision, Wait | Poll) and decision.is_urgent
    moot += siblings.marks if _exists(decision) else ()
    moot += siblings.approvals if isinstance(decision, Rest) else ()
    moot += siblings.signings if _exists(decision) and not is_being_signed else ()
    return moot[0] if moot else None


def _issue(facts: CommandFacts, siblings: Siblings, rules: Rules | None, now: datetime) -> Decision:
    if rules is None:
        return _without_connection(facts, siblings)
    case = Case(facts=facts, siblings=siblings, rules=rules, now=now)
    step, status = where(facts, rules, now)
    return (
        _by_person_or_withdrawal(facts, status)
        or before_approval(case, step, status)
        or _by_status(case, step, _judged(case, step, status))
    )


def _by_status(case: Case, step: Step, status: StepStatus) -> Decision:
    match status.state:
        case StepState.DONE:
            return follow(case, status)
        case StepState.REFUSED:
            at = status.at or case.now
            return progress_reports.ended_report(case.facts, DocumentState.REJECTED, at, status.errors)
        case StepState.NEEDS_REVIEW:
            return review(case.facts, step, status, case.siblings)
        case StepState.ATTEMPTING | StepState.UNCERTAIN:
            return _resolve(case, step, status)
        case StepState.QUEUED | StepState.RETRY_WAIT:
            return _send(case, step, status)


def _judged(case: Case, step: Step, status: StepStatus) -> StepStatus:
    """The status of the whole command: what is alive after an end, or half made and not wanted, is a question."""
    if case.facts.withdrawn or case.facts.last_review:
        covers = (status.done.reference,) if status.done else status.covers
        return replace(status, state=StepState.NEEDS_REVIEW, cause=Cause.LIVE_AFTER_END, covers=covers)
    withdrawal = _withdraw(case.facts, case.siblings)
    is_free = status.state in {StepState.QUEUED, StepState.RETRY_WAIT}
    if withdrawal and is_free and is_half_made(step, case.facts, case.rules):
        return replace(status, state=StepState.NEEDS_REVIEW, cause=Cause.PARTLY_DONE, at=withdrawal.fact.at)
    return status


def _by_person_or_withdrawal(facts: CommandFacts, status: StepStatus) -> ReportProgress | None:
    """What a person or a withdrawal has ended. What appears alive in spite of them is not ended by them."""
    review = facts.last_review
    if review and review.decision is ReviewAnswer.CONFIRM_ISSUED:
        return progress_reports.confirmed_report(facts, review.at, review.ettn, review.number)
    if status.state is StepState.DONE or status.cause is Cause.TWO_LIVE:
        return None
    if facts.withdrawn:
        return progress_reports.ended_report(facts, DocumentState.CANCELLED, facts.withdrawn.at)
    if review:
        return progress_reports.ended_report(facts, DocumentState.REJECTED, review.at, (REJECTED_BY_REVIEW,))
    return None


def _without_connection(facts: CommandFacts, siblings: Siblings) -> Decision:
    """What is sure even so: where nothing was ever begun, a withdrawal needs no connection."""
    if facts.steps or (facts.admitted and facts.admitted.doubtful_since):
        return AwaitConnection()
    if facts.withdrawn:
        return progress_reports.ended_report(facts, DocumentState.CANCELLED, facts.withdrawn.at)
    return _withdraw(facts, siblings) or AwaitConnection()


def _withdraw(facts: CommandFacts, siblings: Siblings) -> Withdraw | None:
    for withdrawal in siblings.withdrawals:
        if withdrawal.admitted is not None:
            at = command_of(withdrawal.admitted).occurred_at
            return Withdraw(command_id=facts.command_id, fact=Withdrawn(at=at, by=withdrawal.command_id))
    return None


def _send(case: Case, step: Step, status: StepStatus) -> Decision:
    """Surely nothing is there: it may be withdrawn, prepared, or sent."""
    facts = case.facts
    is_unwanted = not is_doubtful(facts, step) and _withdraw(facts, case.siblings) is not None
    unsure = (not_given_up(step, facts, case.rules) or _not_found_alone(case, step)) if is_unwanted else None
    if unsure is not None:
        return _by_status(case, step, unsure)
    doubt = _doubt(case, step)
    is_undecided = status.retype is None and _is_undecided(case)
    first = (
        (waits(facts, UNDECIDED, case.now) if is_undecided else None)
        or (None if is_undecided else progress_reports.unsent_report(facts, status, case.rules, case.now))
        or doubt
        or (None if is_doubtful(facts, step) else _withdraw(facts, case.siblings))
    )
    if first is not None:
        return first
    if is_undecided:
        return AwaitConnection()
    number = facts.steps[step].next_number() if step in facts.steps else 1
    prepared_id = facts.current_prepared()
    if prepared_id is None or status.retype is not None:
        return Prepare(
            command_id=facts.command_id,
            revision=0 if prepared_id is None else revision_of(facts) + 1,
            number=number,
            step=step,
            document_type=status.retype,
        )
    if status.due is not None and status.due > case.now:
        return Wait(until=status.due)
    doubtful = tuple(sorted(deadlines(facts.counting(step), case.rules)))
    return Attempt(
        command_id=facts.command_id,
        step=step,
        number=number,
        prepared_id=prepared_id,
        prepared=facts.prepared[prepared_id],
        made=made_before(step, facts, case.rules),
        unsent=unsent_of(facts.counting(step)),
        covers=doubtful,
        known=known_before(doubtful, facts.counting(step)),
    )


def _not_found_alone(case: Case, step: Step) -> StepStatus | None:
    """A question, where another connection is to issue the document and only look-ups say that it is not here."""
    is_moved = any(each.admitted and command_of(each.admitted).moves for each in case.siblings.withdrawals)
    return absent_and_moved(case.facts.counting(step), case.rules) if is_moved and step is not Step.CONTACT else None


def _is_undecided(case: Case) -> bool:
    """Whether it is not known, and by nothing to be known, which kind of document this is to be."""
    if case.facts.prepared or case.facts.admitted is None:
        return False
    asked = type_or_asked(
        command_of(case.facts.admitted),
        case.rules.capabilities,
        has_other_register=case.rules.has_other_register,
    )
    return asked is Asked.NO_ONE


def _doubt(case: Case, step: Step) -> AssumeAttempted | None:
    """Once the request is fixed, a doubtful step counts as attempted without an answer: it is looked up first."""
    facts, prepared_id = case.facts, case.facts.current_prepared()
    admitted = facts.admitted
    if prepared_id is None or admitted is None or admitted.doubtful_since is None or not is_doubtful(facts, step):
        return None
    since = admitted.doubtful_since
    deadline = since + timedelta(seconds=case.rules.capabilities.max_call_seconds)
    account = case.rules.account_at(command_of(admitted).occurred_at)
    fact = Attempting(started=since, deadline=deadline, prepared=prepared_id, account=account)
    return AssumeAttempted(command_id=facts.command_id, step=step, fact=fact)


def _resolve(case: Case, step: Step, status: StepStatus) -> Decision:
    """Something may have been made: it is asked for when its time has come, and nothing else is done."""
    uncertain = progress_reports.uncertain_report(case.facts, step, status)
    if uncertain is not None:
        return uncertain
    due = next_question_at(status, case.facts.counting(step))
    if due is not None and due > case.now:
        buyer = case.prepared.buyer if step is Step.CONTACT else None
        return Wait(until=due, is_doubt=step is Step.INVOICE, contact_of=buyer.identity if buyer else None)
    return Find(
        command_id=case.facts.command_id,
        step=step,
        covers=status.covers,
        prepared=case.prepared,
        made=made_before(step, case.facts, case.rules),
        known=known_before(status.covers, case.facts.counting(step)),
        patience_ends=None if status.at is None else status.at + LONGEST_DOUBT,
    )
