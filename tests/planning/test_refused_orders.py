"""An event of an order that was refused says so, and is decided when the corrected order comes."""

from typing import Any

from app.domain.orders import HoldExpired, OrderRefused
from app.domain.outcomes import OrderOutcome, Verdict
from tests.planning.events import Log, line, placed, requested

WRONG = placed(line("1", "-5"))


def told(outcome: OrderOutcome) -> tuple[Any, ...]:
    return outcome.verdict, outcome.reason, [error.code for error in outcome.errors]


def test_what_comes_after_a_refused_order_is_held_and_told_of_the_refusal() -> None:
    log = Log()
    refusal = log.outcome(WRONG)
    outcome = log.outcome(requested("1"))
    assert told(outcome) == (Verdict.HELD, "ORDER_REJECTED", ["ORDER_REJECTED"])
    assert refusal.event_id in outcome.errors[0].message


def test_what_waited_for_an_order_that_is_refused_is_told_once() -> None:
    log = Log()
    log.append(requested("1"))
    effects = log.append(WRONG)
    assert [(o.event_type, o.reason) for o in effects.outcomes] == [
        ("OrderPlaced", "CONTENT_INVALID"),
        ("InvoiceRequested", "ORDER_REJECTED"),
    ]
    assert [o.event_type for o in log.append(WRONG).outcomes] == ["OrderPlaced"]


def test_an_order_that_intake_refused_is_no_order_that_is_late() -> None:
    log = Log()
    log.append(requested("1"))
    (outcome,) = log.append(OrderRefused(event_id="e-refused"), policy=None).outcomes
    assert told(outcome) == (Verdict.HELD, "ORDER_REJECTED", ["ORDER_REJECTED"])
    assert "e-refused" in outcome.errors[0].message


def test_the_corrected_order_lets_them_go() -> None:
    log = Log()
    log.append(WRONG)
    log.append(requested("1"))
    effects = log.append(placed())
    assert [(o.event_type, o.verdict) for o in effects.outcomes] == [
        ("OrderPlaced", Verdict.OK),
        ("InvoiceRequested", Verdict.OK),
    ]
    assert log.state.refused is None


def test_without_a_corrected_order_they_end_with_the_refusal() -> None:
    log = Log()
    log.append(WRONG)
    event_id = log.outcome(requested("1")).event_id
    (outcome,) = log.append(HoldExpired(event_ids=(event_id,)), policy=None).outcomes
    assert told(outcome) == (Verdict.REJECTED, "ORDER_REJECTED", ["ORDER_REJECTED"])


def test_a_refused_repeat_says_nothing_of_an_order_that_was_taken() -> None:
    log = Log()
    log.append(placed())
    log.append(OrderRefused(event_id="e-refused"), policy=None)
    assert log.state.refused is None
    assert log.outcome(requested("1")).verdict is Verdict.OK
