"""A document that exists is followed: every legal state is reported once, until no later state is expected."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.commands import Action
from app.domain.documents import LEGAL, UNSIGNED, DocumentState
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.domain.time import legal_date
from app.issuing.decisions import progress_reports
from app.issuing.decisions.case import Case
from app.issuing.decisions.decisions import AwaitPerson, Decision, Poll, ReportProgress, Wait
from app.issuing.decisions.status_polling import Sight, ends, gone_at, missed, next_poll_at, sights
from app.issuing.decisions.step_status import StepStatus
from app.issuing.decisions.withdraw import delete, seen_deleted
from app.issuing.journal.command_facts import in_order
from app.issuing.journal.encoding import command_of
from app.issuing.journal.facts import FINAL
from providers.base import Done, Issued, LookUp, Prepared

# A code that came by telephone has run out by then, and what was signed is shown.
SIGNING: Final = timedelta(minutes=10)


def follow(case: Case, status: StepStatus) -> Decision:
    """What is to be done for a document that `status` has found. Raises ValueError where it has found none."""
    if status.done is None or status.at is None:
        raise ValueError("a step is done only by a document that was seen")
    capabilities = case.rules.capabilities
    seen = sights(case.facts, Sight(status.at, status.done, status.account))
    last = seen[-1]
    mark = _marked(case, last)
    if mark is not None:
        return mark
    is_over = ends(seen, case.prepared, capabilities, case.now)
    for sight in seen[:-1] if is_over else seen:
        if sight.label not in case.facts.reported:
            done = _with_its_total(sight.done, case.prepared)
            return progress_reports.legal_report(case.facts, label=sight.label, done=done, at=sight.at)
    if is_over:
        # A person was asked about a returned document when it was reported so.
        done = replace(last.done, returned=None) if last.label in case.facts.reported else last.done
        done = _with_its_total(done, case.prepared)
        return progress_reports.legal_report(case.facts, label=FINAL, done=done, at=last.at)
    # What is to be withdrawn is asked for until it is surely gone, or a person says that it is legal.
    withdrawals = in_order(case.siblings.known, Action.WITHDRAW)
    is_asked_for = bool(withdrawals) and capabilities.look_up is not LookUp.NONE
    is_polled = case.prepared.document_type in capabilities.poll_until or is_asked_for
    untold = _ask(case, seen) if is_polled else AwaitPerson(command_id=case.facts.command_id, revision=0)
    return (_unsigned(case, last) if last.done.state in UNSIGNED else None) or untold


def _with_its_total(done: Done, prepared: Prepared) -> Done:
    """With a word for a person where it has become legal at another total: somebody has changed it there before."""
    if done.payable is None or prepared.payable is None or done.payable == prepared.payable or done.state not in LEGAL:
        return done
    message = f"it is legal there at {done.payable:f}, and was asked for at {prepared.payable:f}"
    return replace(done, errors=(*done.errors, FieldError(path="$", code="LEGAL_AT_ANOTHER_TOTAL", message=message)))


def _marked(case: Case, last: Sight) -> ReportProgress | None:
    """The end of what a person has made legal or deleted, where its provider does not say so."""
    if last.done.state not in UNSIGNED:
        return None
    for mark in case.siblings.marks:
        command = command_of(mark.admitted) if mark.admitted else None
        if command is not None and command.review is not None:
            review = command.review
            is_legal = review.decision is ReviewAnswer.CONFIRM_ISSUED
            issued = replace(last.done, state=DocumentState.ISSUED, number=review.number, ettn=review.ettn)
            done = issued if is_legal else replace(last.done, state=DocumentState.CANCELLED)
            return progress_reports.legal_report(case.facts, label=FINAL, done=done, at=command.occurred_at)
    return None


def _ask(case: Case, seen: Sequence[Sight]) -> Wait | Poll:
    last = seen[-1]
    word = next((sight.done.returned for sight in reversed(seen) if sight.done.returned), None)
    absences = missed(case.facts, last)
    signing_since = _signing_since(case, last.done.state)
    due = next_poll_at(last, absences, case.rules.capabilities)
    if signing_since is not None and not absences:
        due = min(due, signing_since + timedelta(seconds=case.rules.capabilities.poll_seconds))
    if due > case.now:
        return Wait(until=due, is_poll=True, is_urgent=signing_since is not None)
    return Poll(
        command_id=case.facts.command_id,
        prepared=case.prepared,
        done=replace(last.done, returned=word),
        since=seen[0].at,
        was_missed=bool(absences),
        is_urgent=signing_since is not None,
    )


def _signing_since(case: Case, state: DocumentState) -> datetime | None:
    """Since when a person is signing it; None where no signing was begun of late."""
    if state not in UNSIGNED:
        return None
    begun = [command_of(each.admitted).occurred_at for each in case.siblings.signings if each.admitted is not None]
    latest = max(begun, default=None)
    return latest if latest is not None and case.now < latest + SIGNING else None


def _unsigned(case: Case, last: Sight) -> Decision | None:
    """It has no legal effect yet: its end, where it is gone, or its deletion, where it is not wanted any more."""
    deleted = [seen_deleted(withdrawal, case.rules, case.now) for withdrawal in case.siblings.withdrawals]
    gone = gone_at(missed(case.facts, last), case.rules.capabilities)
    times = [at for at in (*deleted, gone) if at is not None]
    if times:
        done = replace(last.done, state=DocumentState.CANCELLED)
        return progress_reports.legal_report(case.facts, label=FINAL, done=done, at=min(times))
    for withdrawal in case.siblings.withdrawals:
        decision = delete(withdrawal, _issued(case, last.done), last.done.state, case.rules, case.now)
        return progress_reports.with_question(decision, progress_reports.last_revision(case.facts))
    return None


def _issued(case: Case, seen: Done) -> Issued:
    prepared = case.prepared
    return Issued(
        reference=prepared.reference,
        document_type=prepared.document_type,
        provider_reference=seen.reference,
        ettn=seen.ettn,
        number=seen.number,
        issue_date=legal_date(prepared.issued_at),
    )
