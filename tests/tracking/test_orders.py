"""An order is what was said of it and answered: its lines, what waits, and why a person should look at it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.documents import DocumentState
from app.domain.orders import LoggedEvent, OrderThawed
from app.domain.outcomes import OrderOutcome
from app.domain.policy import Trigger
from app.planning.rules.freezing import freeze
from app.stream.records import InRecord
from app.tracking.deadletters import DeadLetter, dead_letter_of
from app.tracking.order_tracker import OrderTracker
from app.tracking.orders import LineState, Stuck, TrackedOrder
from tests.planning.events import (
    BUSINESS,
    ORDER,
    START,
    Log,
    cancelled,
    document_id,
    line,
    placed,
    progressed,
    requested,
)

LATER = START + timedelta(days=30)
WEEK = timedelta(days=7)


def tracked(
    log: Log, outcomes: Iterable[OrderOutcome] | None = None, letters: Iterable[DeadLetter] = ()
) -> TrackedOrder:
    tracker = OrderTracker()
    tracker.log(log.events)
    tracker.outcomes(log.all.outcomes if outcomes is None else outcomes)
    tracker.statuses(log.all.statuses)
    tracker.dead_letters((f"{BUSINESS}/{ORDER}".encode(), letter) for letter in letters)
    (order,) = tracker.orders()
    return order


def states(order: TrackedOrder) -> list[LineState]:
    return [line.state for line in order.lines]


def test_a_line_is_open_on_a_document_or_cancelled() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(cancelled("2"))
    order = tracked(log)
    assert states(order) == [LineState.ON_DOCUMENT, LineState.CANCELLED, LineState.OPEN]
    assert order.lines[0].document_id == document_id("1")


def test_a_partial_cancellation_leaves_only_those_lines_open_that_its_answer_names() -> None:
    log = Log()
    log.append(placed())
    for reference in ("1", "2"):
        log.append(requested(reference))
    log.append(cancelled("1", "2"))
    log.append(progressed(document_id("1"), DocumentState.CANCELLED))
    log.append(progressed(document_id("2"), DocumentState.ISSUED))
    assert states(tracked(log)) == [LineState.CANCELLED, LineState.ON_DOCUMENT, LineState.OPEN]


def test_what_waits_waits_for_what_was_told_last() -> None:
    log = Log()
    log.append(requested("1"))
    poison = log.event(cancelled("9"))
    log.state, told = freeze(log.state, poison, "FOLD_FAILED", is_readable=False)
    log.all.outcomes += told.outcomes
    log.append(OrderThawed(), actor="ayse", reason="the planner was corrected")
    event = next(each for each in tracked(log).events if each.event_type == "InvoiceRequested")
    assert [answer.reason for answer in event.answers] == ["ORDER_NOT_ARRIVED", "ORDER_FROZEN", "ORDER_NOT_ARRIVED"]
    assert len(tracked(log, [*log.all.outcomes, *log.all.outcomes]).events[0].answers) == len(event.answers)


def test_a_line_whose_document_has_ended_is_open_since_then() -> None:
    log = Log()
    log.append(placed(line("1")))
    log.append(requested("1"))
    log.append(progressed(document_id("1"), DocumentState.REJECTED))
    (only,) = tracked(log).lines
    assert (only.state, only.since) == (LineState.OPEN, log.events[-1].received_at)


def test_an_order_in_which_all_is_answered_and_invoiced_is_not_stuck() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    assert tracked(log).stuck(LATER, open_for=WEEK) == {}


def test_lines_are_stuck_when_they_are_open_for_longer_than_the_bound() -> None:
    log = Log()
    log.append(placed())
    assert tracked(log).stuck(START + timedelta(days=6), open_for=WEEK) == {}
    assert tracked(log).stuck(LATER, open_for=WEEK) == {Stuck.OPEN_LINES: log.events[0].received_at}


def test_lines_of_an_order_that_is_only_registered_are_not_open() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.policy = replace(log.policy, active_from=date(2026, 12, 1))
    log.append(placed())
    assert tracked(log).stuck(LATER, open_for=WEEK) == {}


def test_a_refusal_stands_until_an_event_of_its_kind_is_taken() -> None:
    log = Log()
    log.append(placed(line("1", "-5.00")), request_id="first")
    assert set(tracked(log).stuck(LATER, open_for=WEEK)) == {Stuck.REFUSED}
    log.append(placed(line("1")), request_id="second")
    assert tracked(log).refused == ()


def test_what_intake_refuses_is_an_order_too_although_no_log_has_it() -> None:
    log = Log()
    log.append(placed(line("1", "-5.00")))
    log.events.clear()
    order = tracked(log)
    assert [event.in_log for event in order.events] == [False]
    assert set(order.stuck(LATER, open_for=WEEK)) == {Stuck.REFUSED}


def test_an_event_that_waits_is_held_until_its_final_answer() -> None:
    log = Log()
    log.append(requested("1"))
    assert set(tracked(log).stuck(LATER, open_for=WEEK)) == {Stuck.HELD}
    log.append(placed(line("1")))
    assert tracked(log).held == ()


def test_the_answers_of_an_event_end_with_the_final_one_in_whatever_sequence_they_are_read() -> None:
    log = Log()
    log.append(requested("1"))
    log.append(placed(line("1")))
    order = tracked(log, outcomes=[*reversed(log.all.outcomes), *log.all.outcomes])
    assert [[told.verdict for told in event.answers] for event in order.events] == [["HELD", "OK"], ["OK"]]


def test_an_event_without_an_answer_is_stuck_after_minutes() -> None:
    log = Log()
    log.append(placed())
    order = tracked(log, outcomes=[])
    at = log.events[0].received_at
    assert order.stuck(at + timedelta(minutes=9), open_for=WEEK) == {}
    assert order.stuck(at + timedelta(minutes=11), open_for=WEEK) == {Stuck.UNANSWERED: at}


def test_an_order_with_a_dead_letter_of_the_planner_is_frozen() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    record = InRecord(topic="t", partition=0, offset=0, timestamp_ms=0, key=b"", value=b"", headers=())
    order = tracked(log, letters=[dead_letter_of(record)])
    assert order.stuck(LATER, open_for=WEEK) == {Stuck.FROZEN: datetime(1970, 1, 1, tzinfo=UTC)}


@pytest.mark.parametrize("whole", [True, False])
def test_whole_events_are_kept_only_when_they_are_asked_for(whole: bool) -> None:
    tracker = OrderTracker(whole=whole)
    log = Log()
    log.append(placed())
    tracker.log(log.events)
    (order,) = tracker.orders()
    assert [isinstance(event.logged, LoggedEvent) for event in order.events] == [whole]


def test_only_the_orders_that_are_asked_for_are_kept() -> None:
    tracker = OrderTracker(takes=lambda _business, reference: reference == "another")
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    tracker.log(log.events)
    tracker.outcomes(log.all.outcomes)
    tracker.statuses(log.all.statuses)
    assert list(tracker.orders()) == []
