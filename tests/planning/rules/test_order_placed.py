"""An order: registered once, planned by its trigger, found again, and refused with every error."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import LineKind
from app.domain.outcomes import Verdict
from app.domain.parties import Address, Buyer, Person
from app.domain.policy import Trigger
from tests.planning.events import START, Log, document_id, line, placed, policy, progressed

WHOLE = ("1", "2", "3")
ISSUED, REJECTED = DocumentState.ISSUED, DocumentState.REJECTED


def test_an_order_under_order_placed_becomes_one_command_one_entry_and_one_status() -> None:
    effects = Log(Trigger.ORDER_PLACED).append(placed())
    (command,), (entry,), (status,) = effects.commands, effects.dedupe_entries, effects.statuses
    assert (command.action, command.document_id) == (Action.ISSUE, document_id(*WHOLE))
    assert [item.line_reference for item in command.order.lines] == ["1", "2", "3"]
    assert (entry.order_key, entry.document_id) == ("ORNEK/S-1001", command.document_id)
    assert entry.dedupe_key.startswith("nilvera\x1fINVOICE\x1f")
    assert (status.sequence, status.state) == (1, DocumentState.PLANNED)


def test_an_order_under_shipment_is_registered_and_nothing_else() -> None:
    effects = Log().append(placed())
    assert [outcome.verdict for outcome in effects.outcomes] == [Verdict.OK]
    assert not effects.commands


def test_an_order_from_before_active_from_is_registered_and_not_issued() -> None:
    log = Log()
    log.policy = policy(Trigger.ORDER_PLACED, active_from=START.date())
    outcome = log.outcome(placed())
    assert (outcome.verdict, outcome.reason) == (Verdict.OK, "BEFORE_ACTIVE_FROM")
    assert not log.all.commands


def test_a_repeated_order_is_answered_with_the_document_that_exists() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id(*WHOLE), ISSUED, number="EAR2026000000001", ettn="x"))
    outcome = log.outcome(placed())
    assert outcome.verdict is Verdict.DUPLICATE
    assert [(d.document_id, d.number, d.state) for d in outcome.documents] == [
        (document_id(*WHOLE), "EAR2026000000001", ISSUED)
    ]
    assert len(log.all.commands) == 1


def test_ten_and_ten_point_zero_are_the_same_order() -> None:
    log = Log()
    log.append(placed(line("1", "10.0")))
    assert log.outcome(placed(line("1", "10.00"))).verdict is Verdict.DUPLICATE


def test_the_same_reference_with_other_content_is_refused() -> None:
    log = Log()
    log.append(placed())
    outcome = log.outcome(placed(line("1", "99.00")))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "CONTENT_CONFLICT")
    assert len(log.state.lines) == 3


def test_every_fault_of_an_order_stands_in_one_list_with_its_path() -> None:
    buyer = Buyer(
        name="Deneme", tax_number="1234567891", address=Address(street="Sokak 1", district="Merkez", city="Ankara")
    )
    bad = placed(
        line("1", "-5"),
        line("1", quantity=Decimal(0)),
        line("3", vat_rate=Decimal(0)),
        line("4", "5", kind=LineKind.DISCOUNT),
        currency="EUR",
    )
    outcome = Log().outcome(bad, person=Person(buyer=buyer))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "CONTENT_INVALID")
    assert {(error.path, error.code) for error in outcome.errors} == {
        ("$.body.exchange_rate", "EXCHANGE_RATE_REQUIRED"),
        ("$.body.lines[0].unit_price", "PRICE_NEGATIVE"),
        ("$.body.lines[1].line_reference", "DUPLICATE_LINE_REFERENCE"),
        ("$.body.lines[1].quantity", "QUANTITY_NOT_POSITIVE"),
        ("$.body.lines[2].vat_exemption_code", "VAT_EXEMPTION_REQUIRED"),
        ("$.body.lines[3].unit_price", "DISCOUNT_NOT_NEGATIVE"),
        ("$.person.buyer.tax_number", "TAX_NUMBER_INVALID"),
    }


@pytest.mark.parametrize("year", [1970, 2999])
def test_an_order_date_that_no_invoice_can_bear_is_refused(year: int) -> None:
    outcome = Log().outcome(replace(placed(), order_date=placed().order_date.replace(year=year)))
    assert [error.code for error in outcome.errors] == ["DATE_OUT_OF_RANGE"]


def test_an_order_that_was_refused_may_come_again_corrected() -> None:
    log = Log()
    assert log.outcome(placed(line("1", "-5"))).verdict is Verdict.REJECTED
    assert log.outcome(placed(line("1", "5"))).verdict is Verdict.OK


def test_a_repeated_order_after_rejection_is_a_new_try_only_under_a_new_request_id() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed(), request_id="a")
    log.append(progressed(document_id(*WHOLE), REJECTED))
    assert log.outcome(placed()).verdict is Verdict.DUPLICATE
    assert log.outcome(placed(), request_id="a").verdict is Verdict.DUPLICATE
    assert log.command(placed(), request_id="b").document_id == document_id(*WHOLE, attempt=1)


def test_a_repeated_order_is_no_new_try_while_the_rejected_document_may_live() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id(*WHOLE), REJECTED))
    log.append(progressed(document_id(*WHOLE), REJECTED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    effects = log.append(placed(), request_id="b")
    assert ([o.verdict for o in effects.outcomes], effects.commands) == ([Verdict.DUPLICATE], [])
