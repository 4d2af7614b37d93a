"""The accounting interface's rules R1 to R10, each clause through the fold; the others have tests beside their rules.

The table of all of them is in docs/guarantees.md.
"""

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import LEGAL, DocumentState
from app.domain.notices import ShipmentConfirmed
from app.domain.orders import (
    DocumentApproved,
    DocumentCancellationRequested,
    DocumentMarkedDeleted,
    DocumentMarkedIssued,
    GoodwillGranted,
    GoodwillLine,
    HoldExpired,
    InvoiceCorrected,
    OrderAmended,
    OrderReturned,
    OrderStatusChanged,
    OrderThawed,
    OrderType,
    RerouteRequested,
    ReturnedLine,
    ReviewAnswer,
    ReviewDecided,
    SignatureRequested,
    SubmittedBody,
)
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, line, placed, policy, progressed, requested

DAY = date(2026, 11, 2)
WHOLE = ("1", "2", "3")
ISSUED = DocumentState.ISSUED
NUMBER = "EAR2026000000001"
DOCUMENT = document_id("1")


def returned(*references: str) -> OrderReturned:
    lines = tuple(ReturnedLine(line_reference=each, quantity=Decimal(1)) for each in references)
    return OrderReturned(return_reference="R-1", return_date=DAY, lines=lines)


CALLS: tuple[SubmittedBody, ...] = (
    requested("1"),
    cancelled("1"),
    returned("1"),
    GoodwillGranted(
        goodwill_reference="G-1",
        goodwill_date=DAY,
        lines=(GoodwillLine(line_reference="1", amount=Decimal(1)),),
    ),
    InvoiceCorrected(correction_reference="C-1", document_id=DOCUMENT, reason="wrong", lines=(line("1"),)),
    OrderAmended(lines=(line("1", "90.00"),)),
    OrderStatusChanged(status="SHIPPED"),
    DocumentApproved(document_id=DOCUMENT),
    DocumentCancellationRequested(document_id=DOCUMENT, reason="wrong"),
    DocumentMarkedDeleted(document_id=DOCUMENT),
    DocumentMarkedIssued(document_id=DOCUMENT, number=NUMBER),
    RerouteRequested(document_id=DOCUMENT, connection="nilvera"),
    ReviewDecided(document_id=DOCUMENT, revision=1, decision=ReviewAnswer.CONFIRM_ABSENT),
    SignatureRequested(document_id=DOCUMENT),
    OrderThawed(),
)


def named(bodies: tuple[SubmittedBody, ...]) -> list[Any]:
    return [pytest.param(body, id=body.type) for body in bodies]


# --- R1: the order is confirmed before any other call for it ---


@pytest.mark.parametrize("body", named(CALLS))
def test_r1_no_call_does_anything_before_its_order_is_confirmed(body: SubmittedBody) -> None:
    log = Log()
    effects = log.append(body)
    (outcome,) = effects.outcomes
    assert outcome.verdict in {Verdict.HELD, Verdict.REJECTED}
    assert not (effects.commands or effects.statuses or effects.notices)


@pytest.mark.parametrize("body", named(CALLS[:7]))
def test_r1_what_came_before_its_order_is_decided_once_when_that_is_confirmed(body: SubmittedBody) -> None:
    log = Log()
    assert log.outcome(body).reason == "ORDER_NOT_ARRIVED"
    answered = [outcome for outcome in log.append(placed()).outcomes if outcome.event_id == "e1"]
    assert len(answered) == 1


def test_r1_a_refused_order_confirms_nothing() -> None:
    log = Log()
    log.append(placed(line("1", "0.00")))
    effects = log.append(requested("1"))
    assert [(o.verdict, o.reason) for o in effects.outcomes] == [(Verdict.HELD, "ORDER_REJECTED")]
    assert not effects.commands


def test_r1_what_waits_for_an_order_that_never_comes_ends_with_an_error() -> None:
    log = Log()
    event_id = log.outcome(requested("1")).event_id
    (outcome,) = log.append(HoldExpired(event_ids=(event_id,)), policy=None).outcomes
    assert (outcome.event_id, outcome.verdict, outcome.reason) == (event_id, Verdict.REJECTED, "ORDER_NOT_FOUND")


# --- R2, R3, R9: many invoices, of whole lines, by the lines that are named ---


@pytest.mark.parametrize("sequence", list(permutations(WHOLE)), ids="".join)
def test_r2_each_shipment_of_an_order_has_its_own_invoice_in_whatever_sequence_they_leave(
    sequence: tuple[str, ...],
) -> None:
    log = Log()
    log.append(placed())
    for each in sequence:
        order = log.command(requested(each, shipment_reference=f"P-{each}", carrier=f"Kargo {each}")).order
        assert order is not None
        assert ([item.line_reference for item in order.lines], order.carrier) == ([each], f"Kargo {each}")
    assert len({document.document_id for document in log.all_documents}) == len(WHOLE)
    assert {log.line_status(each) for each in WHOLE} == {LineStatus.CLAIMED}


def test_r3_an_invoice_has_whole_lines_with_the_order_s_amounts() -> None:
    ordered = (line("1", "120.00", quantity=Decimal("2.5")), line("2", "60.00", discount=Decimal(5)), line("3"))
    log = Log()
    log.append(placed(*ordered))
    order = log.command(requested("1", "2")).order
    assert order is not None
    assert order.lines == ordered[:2]


def test_r3_what_was_amended_before_its_invoice_is_the_order_s_amount() -> None:
    log = Log()
    log.append(placed())
    log.append(OrderAmended(lines=(line("1", "90.00"),)))
    order = log.command(requested("1")).order
    assert order is not None
    assert [each.unit_price for each in order.lines] == [Decimal("90.00")]


def test_r9_full_and_partial_differ_in_the_lines_that_are_named_and_in_nothing_else() -> None:
    full, partial = Log(), Log()
    for log in (full, partial):
        log.append(placed())
    whole, some = full.command(requested(*WHOLE)), partial.command(requested("1"))
    assert whole.order is not None and some.order is not None
    assert whole.action is some.action is Action.ISSUE
    assert [each.line_reference for each in whole.order.lines] == list(WHOLE)
    assert [each.line_reference for each in some.order.lines] == ["1"]
    rest = partial.command(requested("2", "3"))
    assert rest.document_id != some.document_id


# --- R4, R5: cancelled is never invoiced, invoiced is never cancelled ---


@pytest.mark.parametrize("trigger", [Trigger.SHIPMENT, Trigger.ORDER_PLACED, Trigger.MANUAL, Trigger.STATUS])
def test_r4_a_cancelled_line_is_never_invoiced_by_whatever_asks_for_it(trigger: Trigger) -> None:
    log = Log()
    statuses = ("SHIPPED",) if trigger is Trigger.STATUS else ()
    log.policy = policy(trigger, trigger_statuses=statuses)
    log.append(cancelled("1"))  # it overtakes its order
    log.append(placed())
    log.append(progressed(document_id(*WHOLE), DocumentState.CANCELLED))
    for body in (placed(), OrderStatusChanged(status="SHIPPED"), requested("1"), requested(*WHOLE)):
        log.append(body)
    assert log.line_status("1") is LineStatus.CANCELLED
    living = [document for document in log.all_documents if not document.is_dead]
    assert not any("1" in document.lines for document in living)


def test_r4_a_line_of_a_document_that_ended_is_cancelled_for_good() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2"))
    log.append(progressed(document_id("1", "2"), DocumentState.REJECTED))
    assert log.outcome(cancelled("1")).verdict is Verdict.OK
    assert log.outcome(requested("1", "2")).reason == "LINE_CANCELLED"


@pytest.mark.parametrize("state", sorted(LEGAL - {DocumentState.CANCEL_PENDING}))
def test_r5_an_invoiced_line_is_never_cancelled_and_may_come_back(state: DocumentState) -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), ISSUED, number=NUMBER, issue_date=DAY))
    if state is not ISSUED:
        log.append(progressed(document_id("1"), state))
    refused = log.outcome(cancelled("1", "2"))
    assert (refused.verdict, refused.reason) == (Verdict.REJECTED, "LINE_INVOICED")
    assert (log.line_status("1"), log.line_status("2")) == (LineStatus.INVOICED, LineStatus.OPEN)
    assert log.outcome(returned("1")).verdict is Verdict.OK
    assert log.outcome(cancelled("1")).reason == "LINE_INVOICED"


def test_r5_a_line_whose_invoice_is_being_cancelled_is_not_cancelled_before_that_has_ended() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), ISSUED, number=NUMBER, issue_date=DAY))
    log.append(DocumentCancellationRequested(document_id=document_id("1"), reason="wrong"))
    assert log.outcome(cancelled("1")).reason == "LINE_INVOICED"
    log.append(progressed(document_id("1"), DocumentState.CANCELLED))
    assert log.outcome(cancelled("1")).verdict is Verdict.OK


# --- R7, R8: digital goods, and the confirmation of a shipment ---


def test_r7_a_digital_order_and_its_invoice_may_come_back_to_back_in_either_sequence() -> None:
    calls = (placed(order_type=OrderType.DIGITAL_GOODS), requested(*WHOLE))
    for sequence in (calls, calls[::-1]):
        log = Log()
        for body in sequence:
            log.append(body)
        (command,) = log.all.commands
        assert command.order is not None
        assert (command.order.carrier, command.order.tracking_code) == (None, None)
        assert log.all.outcomes[-1].verdict is Verdict.OK


def test_r8_the_invoice_call_confirms_the_shipment_and_its_document_has_it() -> None:
    log = Log()
    log.append(placed())
    shipment = {
        "shipment_reference": "P-1",
        "dispatch_date": DAY,
        "due_date": date(2026, 11, 1),  # goods may leave after the due date
        "carrier": "Deneme Kargo",
        "tracking_code": "TRK-1",
    }
    effects = log.append(requested("1", **shipment))
    (notice,), (command,) = effects.notices, effects.commands
    assert notice.body == ShipmentConfirmed(line_references=("1",), document_id=document_id("1"), **shipment)
    assert command.order is not None
    assert {name: getattr(command.order, name) for name in shipment} == shipment
