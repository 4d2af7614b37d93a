"""Lines that a cancellation leaves open: who planned them by itself plans them again."""

from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import DocumentApproved, DocumentCancellationRequested, LineKind, RerouteRequested
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.effects import Effects
from app.planning.state import LineStatus
from tests.planning.events import START, Log, cancelled, document_id, line, placed, policy, progressed, requested

WHOLE = ("1", "2", "3")
CANCELLED, ISSUED, REJECTED = DocumentState.CANCELLED, DocumentState.ISSUED, DocumentState.REJECTED


def begun(trigger: Trigger = Trigger.ORDER_PLACED, *lines: Any) -> Log:
    log = Log(trigger)
    log.append(placed(*lines))
    return log


def commanded(effects: Effects) -> list[tuple[Action, str]]:
    return [(command.action, command.document_id) for command in effects.commands]


def told(effects: Effects) -> list[tuple[Any, ...]]:
    return [
        (o.event_type, o.verdict, o.reason, *(document.lines for document in o.documents)) for o in effects.outcomes
    ]


def test_the_lines_that_a_cancellation_leaves_open_are_planned_again_by_the_trigger_that_planned_them() -> None:
    log = begun()
    assert commanded(log.append(cancelled("2"))) == [(Action.WITHDRAW, document_id(*WHOLE))]
    effects = log.append(progressed(document_id(*WHOLE), CANCELLED))
    assert commanded(effects) == [(Action.ISSUE, document_id("1", "3"))]
    assert told(effects) == [("LinesCancelled", Verdict.OK, None, ("1", "3"))]
    assert [log.line_status(ref) for ref in WHOLE] == [LineStatus.CLAIMED, LineStatus.CANCELLED, LineStatus.CLAIMED]


def test_a_cancellation_that_overtook_its_order_is_carried_out_before_anything_is_planned() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(cancelled("1"))
    effects = log.append(placed())
    assert commanded(effects) == [(Action.ISSUE, document_id("2", "3"))]
    assert told(effects) == [
        ("LinesCancelled", Verdict.OK, None, ("2", "3")),
        ("OrderPlaced", Verdict.OK, None, ("2", "3")),
    ]


def test_a_cancellation_of_everything_that_overtook_its_order_leaves_nothing_to_plan() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(cancelled(*WHOLE))
    effects = log.append(placed())
    assert not effects.commands
    assert told(effects) == [
        ("LinesCancelled", Verdict.OK, "ALL_LINES_CANCELLED"),
        ("OrderPlaced", Verdict.OK, "ALL_LINES_CANCELLED"),
    ]


def test_cancellations_in_a_row_are_all_carried_out_before_the_rest_is_planned_once() -> None:
    log = begun()
    log.append(cancelled("1"))
    log.append(cancelled("2"))
    effects = log.append(progressed(document_id(*WHOLE), CANCELLED))
    assert commanded(effects) == [(Action.ISSUE, document_id("3"))]
    assert [outcome.verdict for outcome in effects.outcomes] == [Verdict.OK, Verdict.OK]


def test_the_rest_of_the_rest_is_planned_when_another_line_is_cancelled_later() -> None:
    log = begun()
    log.append(cancelled("1"))
    log.append(progressed(document_id(*WHOLE), CANCELLED))
    assert commanded(log.append(cancelled("2"))) == [(Action.WITHDRAW, document_id("2", "3"))]
    assert commanded(log.append(progressed(document_id("2", "3"), CANCELLED))) == [(Action.ISSUE, document_id("3"))]


def test_when_every_line_is_cancelled_nothing_is_planned() -> None:
    log = begun()
    log.append(cancelled(*WHOLE))
    effects = log.append(progressed(document_id(*WHOLE), CANCELLED))
    assert told(effects) == [("LinesCancelled", Verdict.OK, "ALL_LINES_CANCELLED")]
    assert not effects.commands


def test_what_is_left_and_comes_to_nothing_is_not_planned_until_it_comes_to_something() -> None:
    log = begun(Trigger.ORDER_PLACED, line("1", "100"), line("2", "50"), line("3", "-120", kind=LineKind.DISCOUNT))
    log.append(cancelled("2"))
    effects = log.append(progressed(document_id(*WHOLE), CANCELLED))
    assert told(effects) == [("LinesCancelled", Verdict.OK, "NOTHING_TO_INVOICE")]
    assert commanded(log.append(cancelled("3"))) == [(Action.ISSUE, document_id("1"))]


def test_under_manual_the_rest_waits_for_an_approval_of_its_own() -> None:
    log = begun(Trigger.MANUAL)
    effects = log.append(cancelled("2"))
    assert told(effects) == [("LinesCancelled", Verdict.OK, None, ("1", "3"))]
    assert log.all.statuses[-1].attention is Attention.AWAITING_APPROVAL
    assert commanded(log.append(DocumentApproved(document_id=document_id("1", "3")))) == [
        (Action.ISSUE, document_id("1", "3"))
    ]


def test_after_an_approval_the_rest_waits_for_another_because_nobody_approved_it_alone() -> None:
    log = begun(Trigger.MANUAL)
    log.append(DocumentApproved(document_id=document_id(*WHOLE)))
    log.append(cancelled("2"))
    effects = log.append(progressed(document_id(*WHOLE), CANCELLED))
    assert not effects.commands
    assert (effects.statuses[-1].lines, effects.statuses[-1].attention) == (("1", "3"), Attention.AWAITING_APPROVAL)


def test_a_request_for_a_part_leaves_the_rest_of_a_manual_order_waiting_for_approval() -> None:
    log = begun(Trigger.MANUAL)
    effects = log.append(requested("1"))
    assert commanded(effects) == [(Action.ISSUE, document_id("1"))]
    assert (effects.statuses[-1].lines, effects.statuses[-1].attention) == (("2", "3"), Attention.AWAITING_APPROVAL)


def test_a_request_that_is_refused_leaves_the_planned_document_alone() -> None:
    log = begun(Trigger.MANUAL)
    log.append(requested("1"))
    effects = log.append(requested("1", "2"))
    assert told(effects) == [("InvoiceRequested", Verdict.REJECTED, "LINE_CLAIMED")]
    assert not effects.statuses


def test_a_document_that_became_legal_first_is_left_alone() -> None:
    log = begun()
    log.append(cancelled("2"))
    effects = log.append(progressed(document_id(*WHOLE), ISSUED))
    assert told(effects) == [("LinesCancelled", Verdict.REJECTED, "LINE_INVOICED")]
    assert not effects.commands


def test_a_cancellation_while_a_person_is_asked_waits_for_the_answer_and_plans_the_rest_then() -> None:
    log = begun()
    whole = document_id(*WHOLE)
    log.append(progressed(whole, DocumentState.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    assert told(log.append(cancelled("2"))) == [("LinesCancelled", Verdict.HELD, "WITHDRAWING")]
    assert commanded(log.append(progressed(whole, CANCELLED))) == [(Action.ISSUE, document_id("1", "3"))]


@pytest.mark.parametrize("end", [REJECTED, ISSUED])
def test_what_was_rejected_or_cancelled_at_its_provider_is_planned_by_a_request_alone(end: DocumentState) -> None:
    log = begun()
    log.append(progressed(document_id(*WHOLE), end))
    if end is ISSUED:
        log.append(progressed(document_id(*WHOLE), CANCELLED))
    assert told(log.append(cancelled("2"))) == [("LinesCancelled", Verdict.OK, None)]
    assert len(log.all.commands) == 1
    assert commanded(log.append(requested("1", "3"))) == [(Action.ISSUE, document_id("1", "3"))]


def test_what_was_issued_after_all_and_cancelled_in_the_portal_is_not_planned_again() -> None:
    log = begun()
    log.append(cancelled("2"))
    log.append(progressed(document_id(*WHOLE), ISSUED))
    assert not log.append(progressed(document_id(*WHOLE), CANCELLED)).commands


def test_a_document_that_a_person_gave_up_is_not_planned_again() -> None:
    log = begun()
    log.append(cancelled("2"))
    log.append(DocumentCancellationRequested(document_id=document_id(*WHOLE), reason="placed twice"), actor="ayse")
    effects = log.append(progressed(document_id(*WHOLE), CANCELLED))
    assert not effects.commands
    assert [outcome.verdict for outcome in effects.outcomes] == [Verdict.OK, Verdict.OK]


def test_a_move_that_waits_beside_a_cancellation_moves_the_rest_alone() -> None:
    log = begun()
    log.append(RerouteRequested(document_id=document_id(*WHOLE), connection="testbook"), actor="ayse")
    log.append(cancelled("2"))
    effects = log.append(progressed(document_id(*WHOLE), CANCELLED))
    assert [(c.provider, c.action, c.document_id) for c in effects.commands] == [
        ("testbook", Action.ISSUE, document_id("1", "3"))
    ]


def test_the_rest_of_a_moved_document_stays_at_its_new_provider() -> None:
    log = begun()
    log.append(RerouteRequested(document_id=document_id(*WHOLE), connection="testbook"), actor="ayse")
    log.append(progressed(document_id(*WHOLE), CANCELLED))
    log.append(cancelled("2"))
    (command,) = log.append(progressed(document_id(*WHOLE, attempt=1), CANCELLED)).commands
    assert (command.provider, command.document_id) == ("testbook", document_id("1", "3"))


def test_the_rest_of_a_shipment_keeps_its_shipment() -> None:
    log = begun()
    log.append(progressed(document_id(*WHOLE), REJECTED))
    log.append(requested(*WHOLE, shipment_reference="P1", carrier="Kargo A"))
    log.append(cancelled("2"))
    (command,) = log.append(progressed(document_id(*WHOLE, attempt=1), CANCELLED)).commands
    assert (command.order.shipment_reference, command.order.carrier) == ("P1", "Kargo A")
    assert log.outcome(requested("3", "1", shipment_reference="P1", carrier="Kargo A")).verdict is Verdict.DUPLICATE


def test_a_shipment_that_is_asked_for_again_after_a_line_was_cancelled_is_refused_for_that_line() -> None:
    log = begun(Trigger.MANUAL)
    log.append(requested(*WHOLE, shipment_reference="P1"))
    log.append(cancelled("2"))
    log.append(progressed(document_id(*WHOLE), CANCELLED))
    repeated = log.outcome(requested("3", "2", "1", shipment_reference="P1"))
    assert (repeated.reason, repeated.errors[0].path) == ("LINE_CANCELLED", "$.body.line_references[1]")
    other = log.outcome(requested("1", "2", shipment_reference="P1"))
    assert other.reason == "CONTENT_CONFLICT"


def test_a_request_that_waited_for_the_withdrawal_has_its_lines_before_the_rest_is_planned() -> None:
    log = begun()
    log.append(cancelled("2"))
    log.append(requested("1", shipment_reference="P1"))
    effects = log.append(progressed(document_id(*WHOLE), CANCELLED))
    assert commanded(effects) == [(Action.ISSUE, document_id("1")), (Action.ISSUE, document_id("3"))]


def test_under_shipment_the_lines_wait_for_a_request() -> None:
    log = begun(Trigger.SHIPMENT)
    log.append(requested("1", "2"))
    log.append(cancelled("2"))
    assert not log.append(progressed(document_id("1", "2"), CANCELLED)).commands


def test_an_order_from_before_active_from_is_not_planned_by_a_cancellation() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.policy = policy(Trigger.ORDER_PLACED, active_from=START.date())
    log.append(placed())
    assert told(log.append(cancelled("2"))) == [("LinesCancelled", Verdict.OK, None)]


def test_a_repeat_of_the_order_is_a_new_try_of_what_is_left_after_it_was_rejected() -> None:
    log = begun()
    log.append(cancelled("2"))
    log.append(progressed(document_id(*WHOLE), CANCELLED))
    log.append(progressed(document_id("1", "3"), REJECTED))
    assert log.outcome(placed()).verdict is Verdict.DUPLICATE
    assert commanded(log.append(placed(), request_id="again")) == [(Action.ISSUE, document_id("1", "3", attempt=1))]


# --- nothing is done before it is known that it can be answered ------------------------------------------------------


def test_a_cancellation_that_finds_no_place_to_wait_takes_no_invoice_back() -> None:
    log = begun(Trigger.SHIPMENT)
    log.append(requested("1"))
    log.append(requested("2", "3"))
    for _ in range(50):
        log.append(cancelled("1"))
    effects = log.append(cancelled("2"))
    assert told(effects) == [("LinesCancelled", Verdict.REJECTED, "TOO_MANY_HELD")]
    assert not effects.commands


def test_what_upstream_has_waiting_takes_no_place_from_a_person() -> None:
    log = begun(Trigger.SHIPMENT)
    log.append(requested("1"))
    for _ in range(51):
        log.append(cancelled("1"))
    wanted = DocumentCancellationRequested(document_id=document_id("1"), reason="placed twice")
    assert told(log.append(wanted)) == [("DocumentCancellationRequested", Verdict.HELD, "WITHDRAWING")]
    assert told(log.append(cancelled("1"), actor="ayse")) == [("LinesCancelled", Verdict.HELD, "WITHDRAWING")]


def test_a_cancellation_over_a_planned_and_a_released_document_is_told_held_once() -> None:
    log = begun(Trigger.MANUAL)
    log.append(requested("1"))
    effects = log.append(cancelled("1", "2"))
    assert told(effects) == [("LinesCancelled", Verdict.HELD, "WITHDRAWING")]
    effects = log.append(progressed(document_id("1"), CANCELLED))
    assert told(effects) == [("LinesCancelled", Verdict.OK, None, ("3",))]
