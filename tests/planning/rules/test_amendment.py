"""An order that becomes another one: its buyer, its address, and lines that no document has."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import DocumentState
from app.domain.orders import DocumentCancellationRequested, OrderAmended, OrderLine
from app.domain.outcomes import Verdict
from app.domain.parties import Address, Buyer, Person
from app.domain.policy import Trigger
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, line, placed, progressed, requested

WHOLE = ("1", "2", "3")


def person(name: str, city: str = "Ankara") -> Person:
    address = Address(street="Deneme Sokak 1", district="Merkez", city=city)
    return Person(buyer=Buyer(name=name, address=address))


def amended(*lines: OrderLine) -> OrderAmended:
    return OrderAmended(lines=lines)


def begun(trigger: Trigger = Trigger.SHIPMENT) -> Log:
    log = Log(trigger)
    log.append(placed(), person=person("Birinci Alıcı"))
    return log


def test_an_open_line_is_invoiced_as_it_was_amended() -> None:
    log = begun()
    assert log.outcome(amended(line("2", "80.00"))).verdict is Verdict.OK
    order = log.command(requested(*WHOLE)).order
    assert order is not None
    assert [item.unit_price for item in order.lines] == [Decimal(100), Decimal(80), Decimal(100)]


def test_documents_from_now_on_are_for_the_new_buyer() -> None:
    log = begun()
    log.append(requested("1"))
    log.append(progressed(document_id("1"), DocumentState.ISSUED))
    assert log.outcome(amended(), person=person("İkinci Alıcı", "İzmir")).verdict is Verdict.OK
    command = log.command(requested("2"))
    assert command.person == person("İkinci Alıcı", "İzmir")


def test_a_document_that_waits_for_approval_makes_way_for_one_with_the_new_content() -> None:
    log = begun(Trigger.MANUAL)
    effects = log.append(amended(line("1", "50.00")))
    states = [(status.document_id, status.state, status.attempt) for status in effects.statuses]
    assert states == [
        (document_id(*WHOLE), DocumentState.CANCELLED, 0),
        (document_id(*WHOLE, attempt=1), DocumentState.PLANNED, 1),
    ]
    assert effects.outcomes[0].documents[0].document_id == document_id(*WHOLE, attempt=1)


@pytest.mark.parametrize("what", [{"lines": (line("1", "50.00"),)}, {"person": person("İkinci Alıcı")}])
def test_a_line_on_a_document_that_was_sent_is_not_amended(what: dict[str, Any]) -> None:
    log = begun(Trigger.ORDER_PLACED)
    outcome = log.outcome(amended(*what.get("lines", ())), person=what.get("person"))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "LINE_CLAIMED")


@pytest.mark.parametrize("what", [{"lines": (line("1", "50.00"),)}, {"person": person("İkinci Alıcı")}])
def test_r16_an_invoice_is_never_edited(what: dict[str, Any]) -> None:
    log = begun(Trigger.ORDER_PLACED)
    log.append(progressed(document_id(*WHOLE), DocumentState.ISSUED))
    outcome = log.outcome(amended(*what.get("lines", ())), person=what.get("person"))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "LINE_INVOICED")
    assert "correct that invoice" in outcome.errors[0].message


def test_an_amendment_waits_for_a_withdrawal_and_the_next_document_has_it() -> None:
    log = begun()
    log.append(requested(*WHOLE))
    log.append(DocumentCancellationRequested(document_id=document_id(*WHOLE), reason="yanlış fiyat"))
    held = log.outcome(amended(line("1", "50.00")))
    assert (held.verdict, held.reason) == (Verdict.HELD, "WITHDRAWING")
    effects = log.append(progressed(document_id(*WHOLE), DocumentState.CANCELLED))
    assert {o.event_type: o.verdict for o in effects.outcomes}["OrderAmended"] is Verdict.OK
    order = log.command(requested(*WHOLE)).order
    assert order is not None
    assert order.lines[0].unit_price == Decimal(50)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((line("9"),), "UNKNOWN_LINE"),
        ((line("1", "50"), line("1", "60")), "DUPLICATE_LINE_REFERENCE"),
        ((), "REQUIRED"),
    ],
)
def test_what_makes_no_amendment_is_refused_by_name(lines: tuple[OrderLine, ...], code: str) -> None:
    log = begun()
    outcome = log.outcome(amended(*lines))
    assert (outcome.verdict, [error.code for error in outcome.errors]) == (Verdict.REJECTED, [code])


def test_a_cancelled_line_is_not_amended() -> None:
    log = begun()
    log.append(cancelled("2"))
    assert log.outcome(amended(line("2", "50.00"))).reason == "LINE_CANCELLED"


def test_an_amendment_that_would_make_no_order_is_refused_and_changes_nothing() -> None:
    log = begun()
    assert log.outcome(amended(line("1", "-500.00"))).verdict is Verdict.REJECTED
    assert log.outcome(placed(), person=person("Birinci Alıcı")).verdict is Verdict.DUPLICATE


def test_the_same_amendment_again_is_a_duplicate() -> None:
    log = begun()
    log.append(amended(line("1", "50.00")))
    assert log.outcome(amended(line("1", "50.0"))).verdict is Verdict.DUPLICATE


def test_the_order_as_it_was_placed_is_still_its_repeat_and_so_is_the_amended_one() -> None:
    log = begun()
    log.append(amended(line("1", "50.00")))
    log.append(amended(line("1", "40.00")))
    assert log.outcome(placed(), person=person("Birinci Alıcı")).verdict is Verdict.DUPLICATE
    again = placed(line("1", "40.00"), line("2"), line("3"))
    assert log.outcome(again, person=person("Birinci Alıcı")).verdict is Verdict.DUPLICATE
    other = placed(line("1", "30.00"), line("2"), line("3"))
    assert log.outcome(other, person=person("Birinci Alıcı")).reason == "CONTENT_CONFLICT"


def test_an_amendment_that_overtook_its_order_counts_when_the_order_comes() -> None:
    log = Log(Trigger.ORDER_PLACED)
    assert log.outcome(amended(line("1", "50.00"))).verdict is Verdict.HELD
    effects = log.append(placed())
    outcomes = {outcome.event_type: outcome.verdict for outcome in effects.outcomes}
    assert outcomes == {"OrderPlaced": Verdict.OK, "OrderAmended": Verdict.OK}
    (command,) = effects.commands
    assert (command.action, command.order.lines[0].unit_price) == (Action.ISSUE, Decimal(50))
    assert log.line_status("1") is LineStatus.CLAIMED
