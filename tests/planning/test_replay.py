"""Any replay of any log ends in the same state and causes the same effects: repeats, cuts and restarts included."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.documents import DEAD, TRANSITIONS, Attention, DocumentState
from app.domain.identity import command_id
from app.domain.orders import (
    DocumentApproved,
    DocumentCancellationRequested,
    DocumentOverdue,
    HoldExpired,
    LinesCancelled,
    RerouteRequested,
    ReviewAnswer,
    ReviewDecided,
)
from app.domain.policy import Trigger
from app.planning.fold import fold
from app.planning.order_entries import encode, newest
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, line, placed, progressed, requested

LINES = ("1", "2", "3")
subsets = st.sets(st.sampled_from((*LINES, "9")), min_size=1).map(lambda refs: tuple(sorted(refs)))
document_ids = st.builds(lambda refs, n: document_id(*refs, attempt=n), subsets, st.integers(0, 2))
submitted = st.one_of(
    st.just(placed()),
    st.just(placed(line("1", "55"))),
    subsets.map(lambda refs: requested(*refs)),
    st.builds(lambda refs, s: requested(*refs, shipment_reference=s), subsets, st.sampled_from("PQ")),
    subsets.map(lambda refs: cancelled(*refs)),
    document_ids.map(lambda d: DocumentApproved(document_id=d)),
    st.builds(
        ReviewDecided,
        document_id=document_ids,
        revision=st.integers(1, 2),
        decision=st.sampled_from(ReviewAnswer),
        number=st.sampled_from([None, "EAR2026000000001"]),
    ),
    document_ids.map(lambda d: DocumentCancellationRequested(document_id=d, reason="placed twice")),
    st.builds(RerouteRequested, document_id=document_ids, connection=st.sampled_from(["nilvera", "testbook"])),
)
internal = st.one_of(
    st.builds(
        lambda d, state, revision, attention: progressed(
            d, state, attention=attention, command_id=command_id(d, "nilvera", "CANCEL", revision)
        ),
        document_ids,
        st.sampled_from([DocumentState.CANCELLED, DocumentState.ISSUED, DocumentState.CANCEL_PENDING]),
        st.integers(1, 2),
        st.sampled_from([None, Attention.UNCERTAIN]),
    ),
    st.builds(
        progressed,
        document_ids,
        st.sampled_from(DocumentState),
        attention=st.sampled_from([None, *Attention]),
        number=st.sampled_from([None, "EAR2026000000001", "EAR2026000000002"]),
    ),
    st.builds(
        lambda d: progressed(d, DocumentState.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1),
        document_ids,
    ),
    st.builds(DocumentOverdue, document_id=document_ids, sequence=st.integers(1, 4)),
    st.lists(st.sampled_from(["e1", "e2", "e3"]), min_size=1).map(lambda ids: HoldExpired(event_ids=tuple(ids))),
)
entries = st.one_of(
    st.tuples(submitted, st.sampled_from([None, None, "r1", "r2"])),
    st.tuples(internal, st.none()),
)
INTERNAL = {"DocumentProgressed", "HoldExpired", "DocumentOverdue"}


def _effects(log: Log) -> tuple[Any, ...]:
    return log.all.commands, log.all.outcomes, log.all.statuses, log.all.dedupe_entries


@given(st.sampled_from(Trigger), st.lists(entries, max_size=25), st.data())
def test_a_replay_with_repeats_and_restarts_ends_where_the_first_run_ended(
    trigger: Trigger, story: list[Any], data: st.DataObject
) -> None:
    first = Log(trigger)
    for body, request_id in story:
        first.append(body, request_id=request_id)
    again = Log(trigger)
    for event in first.events:
        if again.state is not None and data.draw(st.booleans(), "restart"):
            again.state = newest({b"1": encode(again.state)})
        again.fold(event)
        for repeat in data.draw(st.lists(st.sampled_from(again.events), max_size=2), "repeats"):
            again.fold(repeat)
    assert again.state == first.state
    assert _effects(again) == _effects(first)


@given(st.sampled_from(Trigger), st.lists(entries, max_size=25))
def test_whatever_happens_a_line_has_at_most_one_living_document(trigger: Trigger, story: list[Any]) -> None:
    log = Log(trigger)
    for body, request_id in story:
        log.append(body, request_id=request_id)
        assert log.state is not None
        living = [ref for d in log.state.documents.values() if d.state not in DEAD for ref in d.lines]
        assert len(living) == len(set(living))
        held = {ref: item.document_id for ref, item in log.state.lines.items() if item.document_id}
        assert all(ref in log.state.documents[document].lines for ref, document in held.items())
        assert set(living) == set(held)
        cancelled_lines = {r for r, item in log.state.lines.items() if item.status is LineStatus.CANCELLED}
        assert not cancelled_lines & set(living)


def _says_why(log: Log, reference: str) -> bool:
    """A cancellation that waits, a question to a person, or the end of the line's last document."""
    assert log.state is not None
    over = [document for document in log.state.documents.values() if reference in document.lines]
    waits = any(isinstance(held.event.body, LinesCancelled) for held in log.state.held)
    return waits or any(document.may_live_after_all for document in over) or not over[-1].was_taken_back


@given(st.sampled_from([Trigger.ORDER_PLACED, Trigger.MANUAL]), st.lists(entries, max_size=25))
def test_no_line_that_the_trigger_plans_stays_open_without_a_reason(trigger: Trigger, story: list[Any]) -> None:
    log = Log(trigger)
    for body, request_id in story:
        log.append(body, request_id=request_id)
        lines = log.state.lines if log.state else {}
        open_lines = [reference for reference, known in lines.items() if known.status is LineStatus.OPEN]
        assert all(_says_why(log, reference) for reference in open_lines)


@given(st.sampled_from(Trigger), st.lists(entries, max_size=25))
def test_the_number_of_a_document_changes_by_a_persons_word_alone(trigger: Trigger, story: list[Any]) -> None:
    log = Log(trigger)
    for body, request_id in story:
        log.append(body, request_id=request_id)
    confirmed = {event.body.number for event in log.events if isinstance(event.body, ReviewDecided)}
    for document in {status.document_id for status in log.all.statuses}:
        told = [status.number for status in log.all.statuses if status.document_id == document]
        assert all(before in {None, after} or after in confirmed for before, after in pairwise(told))


@given(st.sampled_from(Trigger), st.lists(entries, max_size=25))
def test_status_sequences_have_no_gap_and_follow_the_transition_table(trigger: Trigger, story: list[Any]) -> None:
    log = Log(trigger)
    for body, request_id in story:
        log.append(body, request_id=request_id)
    for document in {status.document_id for status in log.all.statuses}:
        told = [status for status in log.all.statuses if status.document_id == document]
        assert [status.sequence for status in told] == list(range(1, len(told) + 1))
        for before, after in pairwise(told):
            assert after.state is before.state or after.state in TRANSITIONS[before.state]


@given(st.sampled_from(Trigger), st.lists(entries, max_size=25))
def test_every_submitted_event_has_one_final_outcome_or_is_held(trigger: Trigger, story: list[Any]) -> None:
    log = Log(trigger)
    for body, request_id in story:
        log.append(body, request_id=request_id)
    assert log.state is None or not log.state.frozen
    waiting = [held.event.event_id for held in log.state.held] if log.state else []
    for event in log.events:
        verdicts = [o.verdict for o in log.all.outcomes if o.event_id == event.event_id]
        final = [verdict for verdict in verdicts if verdict != "HELD"]
        if event.body.type in INTERNAL:
            assert not verdicts
        else:
            assert len(final) == (0 if event.event_id in waiting else 1)
            assert verdicts.count("HELD") <= 1


def test_a_folded_state_is_not_changed_by_the_next_fold() -> None:
    log = Log()
    log.append(placed())
    before = encode(log.state)
    fold(log.state, log.event(requested("1")))
    assert encode(log.state) == before
