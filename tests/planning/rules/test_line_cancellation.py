"""Cancellations of lines: what is open at once, what is claimed after its document was withdrawn."""

from dataclasses import replace
from decimal import Decimal

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import LineKind
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, line, placed, progressed, requested

WHOLE = ("1", "2", "3")
ISSUED = DocumentState.ISSUED


def test_open_lines_are_cancelled_and_can_never_be_invoiced() -> None:
    log = Log()
    log.append(placed())
    assert log.outcome(cancelled("1")).verdict is Verdict.OK
    assert log.outcome(cancelled("1")).verdict is Verdict.DUPLICATE
    assert log.outcome(requested("1", "2")).reason == "LINE_CANCELLED"


def test_an_invoiced_line_is_not_cancelled() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), ISSUED))
    assert log.outcome(cancelled("1")).reason == "LINE_INVOICED"


def test_cancelling_a_claimed_line_withdraws_its_document_first() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2"))
    effects = log.append(cancelled("1"))
    assert [command.action for command in effects.commands] == [Action.WITHDRAW]
    assert [(o.verdict, o.reason) for o in effects.outcomes] == [(Verdict.HELD, "WITHDRAWING")]
    effects = log.append(progressed(document_id("1", "2"), DocumentState.CANCELLED))
    assert [(o.verdict, o.event_type) for o in effects.outcomes] == [(Verdict.OK, "LinesCancelled")]
    assert (log.line_status("1"), log.line_status("2")) == (LineStatus.CANCELLED, LineStatus.OPEN)


def test_a_withdrawal_that_comes_too_late_refuses_the_cancellation() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(cancelled("1"))
    effects = log.append(progressed(document_id("1"), ISSUED))
    assert [(o.verdict, o.reason) for o in effects.outcomes] == [(Verdict.REJECTED, "LINE_INVOICED")]


def test_a_cancellation_over_two_documents_is_held_once_and_answered_once() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(requested("2"))
    log.append(cancelled("1", "2"))
    assert not log.append(progressed(document_id("1"), DocumentState.CANCELLED)).outcomes
    effects = log.append(progressed(document_id("2"), DocumentState.CANCELLED))
    assert [outcome.verdict for outcome in effects.outcomes] == [Verdict.OK]
    withdrawals = [command for command in log.all.commands if command.action is Action.WITHDRAW]
    assert len({command.command_id for command in withdrawals}) == len(withdrawals) == 2


def test_a_document_that_waits_for_approval_is_withdrawn_without_asking_anybody() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    effects = log.append(cancelled("1"))
    assert not effects.commands
    assert [(status.state, status.attention, status.lines) for status in effects.statuses] == [
        (DocumentState.CANCELLED, None, WHOLE),
        (DocumentState.PLANNED, Attention.AWAITING_APPROVAL, ("2", "3")),
    ]


GOODS, LAMP = line("1", "300.00"), line("2", "100.00", vat_rate=Decimal(1))
COUPON = line("3", "-50.00", kind=LineKind.DISCOUNT)
SHIPPING = line("4", "30.00", kind=LineKind.SHIPPING)


def test_r13_a_discount_whose_goods_are_cancelled_is_named_and_stays_the_clients_to_cancel() -> None:
    log = Log()
    log.append(placed(GOODS, LAMP, COUPON))
    outcome = log.outcome(cancelled("1"))
    assert (outcome.verdict, outcome.reason) == (Verdict.OK, "DEPENDENT_LINES_OPEN")
    assert [(error.code, error.message.partition(" is ")[0]) for error in outcome.errors] == [
        ("DEPENDENT_LINE_OPEN", "line 3 (DISCOUNT)")
    ]
    assert log.line_status("3") is LineStatus.OPEN
    assert log.outcome(cancelled("3")).reason is None


def test_r13_shipping_is_named_when_no_goods_are_left_and_not_before() -> None:
    log = Log()
    log.append(placed(GOODS, LAMP, SHIPPING))
    assert log.outcome(cancelled("1")).reason is None
    assert "line 4 (SHIPPING)" in log.outcome(cancelled("2")).errors[0].message


def test_r13_what_is_cancelled_with_its_goods_is_not_named() -> None:
    log = Log()
    log.append(placed(GOODS, LAMP, COUPON, SHIPPING))
    assert log.outcome(cancelled("1", "3")).reason is None


def test_r13_a_discount_that_other_goods_of_its_rate_bear_stays_without_a_word() -> None:
    log = Log()
    log.append(placed(GOODS, replace(LAMP, vat_rate=Decimal(20)), COUPON))
    assert log.outcome(cancelled("1")).reason is None


def test_r13_what_is_forgotten_is_named_when_the_document_is_withdrawn_too() -> None:
    log = Log()
    log.append(placed(GOODS, LAMP, COUPON))
    log.append(requested("1", "3"))
    log.append(cancelled("1"))
    effects = log.append(progressed(document_id("1", "3"), DocumentState.CANCELLED))
    assert [(o.verdict, o.reason) for o in effects.outcomes] == [(Verdict.OK, "DEPENDENT_LINES_OPEN")]
