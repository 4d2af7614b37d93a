"""What is shown of a document is what was commanded: its lines, its buyer and its totals; lines know what came back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.documents.from_order.invoice import invoice_from_order
from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DocumentState, DocumentType
from app.domain.invoice_details import LineDetails, WithheldVat
from app.domain.orders import LineKind, OrderStatusChanged, RerouteRequested
from app.domain.parties import Address, Seller
from app.domain.policy import Goodwill, Returns, Trigger
from app.tracking.contents import DocumentContent, content_of
from app.tracking.credits import NOTHING, Credited
from app.tracking.order_tracker import OrderTracker, buyer_of
from app.tracking.orders import TrackedOrder
from app.tracking.versions import versions
from tests.planning.credits import credit_document, granted, invoiced, issued, returned
from tests.planning.events import Log, document_id, line, placed, policy, progressed, requested
from tests.planning.rules.test_amendment import amended, begun, person
from tests.planning.rules.test_correction import CHEAPER, GIVEN_BACK, RIGHT, SOMEBODY, WRONG, correction

SELLER = Seller(
    name="Örnek Ticaret",
    tax_number="1234567890",
    tax_office="Merkez",
    address=Address(street="Deneme Sokak 1", district="Merkez", city="Ankara"),
)
WITHHOLDING = LineDetails(withholding=WithheldVat(code="624", rate=Decimal(20)))


def tracked(log: Log) -> TrackedOrder:
    tracker = OrderTracker(whole=True)
    tracker.log(log.events)
    tracker.outcomes(log.all.outcomes)
    tracker.statuses(log.all.statuses)
    tracker.notices(log.all.notices)
    (order,) = tracker.orders()
    return order


def content(log: Log, wanted: str) -> DocumentContent:
    order = tracked(log)
    (document,) = (each for each in order.documents if each.latest.document_id == wanted)
    found = content_of(order, document, versions(order))
    assert found is not None
    return found


def plain() -> Log:
    log = begun()
    log.append(requested("2", "3"))
    return log


def discounted() -> Log:
    log = Log()
    coupon = line("3", "-12.35", kind=LineKind.DISCOUNT)
    log.append(placed(line("1", "99.90"), line("2", "10.00", vat_rate=Decimal(10)), coupon, prices_include_vat=False))
    log.append(requested("1", "2", "3"))
    return log


def withheld() -> Log:
    log = Log()
    log.append(placed(line("1", "5000.00", details=WITHHOLDING)))
    log.append(requested("1"))
    return log


def amended_twice() -> Log:
    log = begun()
    log.append(requested("1"))
    log.append(progressed(document_id("1"), DocumentState.ISSUED))
    log.append(amended(line("2", "80.00")))
    log.append(amended(line("3", "70.00")), person=person("İkinci Alıcı"))
    log.append(requested("2", "3"))
    return log


def given_back() -> Log:
    log = invoiced()
    log.append(returned("R-1", _1=2))
    log.append(granted("G-1", _1="10.00", _2="5.00"))
    return log


def corrected() -> Log:
    log = invoiced()
    log.append(correction(CHEAPER), person=SOMEBODY)
    log.append(GIVEN_BACK)
    return log


def corrected_for_the_same_buyer() -> Log:
    log = Log()
    log.append(placed(line("1"), line("2")), person=person("Birinci Alıcı"))
    log.append(requested("1", "2"))
    log.append(issued(WRONG))
    log.append(correction(CHEAPER))
    log.append(GIVEN_BACK)
    return log


def returned_after_another_buyer() -> Log:
    log = begun()
    log.policy = policy(returns_earsiv=Returns.IADE_DOCUMENT)
    log.append(requested("1"))
    log.append(issued(document_id("1"), document_type=DocumentType.EARSIV))
    log.append(amended(), person=person("İkinci Alıcı"))
    log.append(returned("R-1", _1=1))
    return log


@pytest.mark.parametrize(
    "happened",
    [
        *(plain, discounted, withheld, amended_twice, given_back),
        *(corrected, corrected_for_the_same_buyer, returned_after_another_buyer),
    ],
)
def test_what_is_shown_of_a_document_is_what_was_commanded(happened: Callable[[], Log]) -> None:
    log = happened()
    commanded = {each.document_id: each for each in log.all.commands if each.action is Action.ISSUE}
    assert len(commanded) >= 1
    for command in commanded.values():
        assert _as_commanded(command) == _as_shown(content(log, command.document_id))


def _as_commanded(command: InvoiceCommand) -> tuple[object, ...]:
    assert command.order is not None
    invoice = invoice_from_order(command.order, command.person, SELLER)
    sums = (invoice.tax_exclusive, invoice.vat, invoice.payable)
    return command.order.lines, buyer_of(command.person), command.order.currency, sums


def _as_shown(shown: DocumentContent) -> tuple[object, ...]:
    totals = shown.totals
    return shown.lines, shown.buyer, shown.currency, (totals.taxable, totals.vat, totals.payable)


def test_a_document_knows_its_type_its_profile_and_its_vat_by_rate() -> None:
    log = discounted()
    found = content(log, document_id("1", "2", "3"))
    assert (found.kind.name, found.profile) == ("SATIS", None)
    assert [(each.rate, each.taxable, each.vat) for each in found.totals.rates] == [
        (Decimal(10), Decimal("10.00"), Decimal("1.00")),
        (Decimal(20), Decimal("87.55"), Decimal("17.51")),
    ]
    assert content(withheld(), document_id("1")).kind.name == "TEVKIFAT"
    back = given_back()
    assert content(back, credit_document(back)).kind.name == "IADE"
    archive = invoiced(kind=DocumentType.EARSIV)
    assert content(archive, document_id("1", "2")).profile == "EARSIVFATURA"
    commercial = invoiced(kind=DocumentType.EFATURA, efatura_profile="TICARIFATURA")
    assert content(commercial, document_id("1", "2")).profile == "TICARIFATURA"


def test_the_days_that_the_law_sets_are_there_while_they_matter() -> None:
    log = Log()
    log.append(placed(line("1")))
    log.append(requested("1", dispatch_date=date(2026, 11, 2)))
    planned = content(log, document_id("1"))
    assert (planned.issue_until, planned.object_until) == (date(2026, 11, 9), None)
    log.append(issued(document_id("1")))
    legal = content(log, document_id("1"))
    assert (legal.issue_until, legal.object_until) == (None, date(2026, 11, 10))


def test_a_document_by_the_shops_status_has_its_day_of_dispatch() -> None:
    log = Log(Trigger.STATUS)
    log.policy = replace(log.policy, trigger_statuses=("shipped",))
    log.append(placed(line("1")))
    log.append(OrderStatusChanged(status="shipped", dispatch_date=date(2026, 11, 2)))
    assert content(log, document_id("1")).issue_until == date(2026, 11, 9)


def test_a_line_knows_what_of_it_came_back_and_what_was_credited() -> None:
    log = given_back()
    first, second = tracked(log).lines
    assert first.credited == Credited(pieces=Decimal(2), amount=Decimal("210.00"))
    assert second.credited == Credited(amount=Decimal("5.00"))


def test_what_is_only_registered_counts_and_what_has_ended_does_not() -> None:
    registered = invoiced(returns_earsiv=Returns.REGISTER_ONLY, goodwill=Goodwill.BOOKS_ONLY)
    registered.append(returned("R-1", _1=1))
    assert tracked(registered).lines[0].credited == Credited(pieces=Decimal(1), amount=Decimal("100.00"))
    ended = invoiced()
    ended.append(returned("R-1", _1=1))
    ended.append(progressed(credit_document(ended), DocumentState.REJECTED))
    assert tracked(ended).lines[0].credited == NOTHING


def test_a_return_that_was_moved_to_another_connection_counts_once_and_is_named_by_both() -> None:
    log = invoiced()
    log.append(returned("R-1", _1=1))
    first = credit_document(log)
    log.append(RerouteRequested(document_id=first, connection="second-login"))
    log.append(progressed(first, DocumentState.CANCELLED))
    order = tracked(log)
    assert order.lines[0].credited.pieces == Decimal(1)
    assert [(each.original, each.credit_reference) for each in order.documents[1:]] == [
        (document_id("1", "2"), "R-1")
    ] * 2
    assert content(log, credit_document(log)).totals == content(log, first).totals


def test_an_order_is_shown_as_it_is_now_with_who_has_made_it_so() -> None:
    log = begun()
    log.append(amended(line("2", "80.00")), actor="ayse", person=person("İkinci Alıcı"))
    first, now = versions(tracked(log))
    assert (first.buyer, now.buyer) == (buyer_of(person("Birinci Alıcı")), buyer_of(person("İkinci Alıcı")))
    assert [each.unit_price for each in now.content.lines] == [Decimal(100), Decimal(80), Decimal(100)]
    assert now.made_by.logged is not None
    assert (now.made_by.logged.actor, now.made_by.references, now.since) == ("ayse", ("2",), log.events[-1].received_at)


def test_a_refused_amendment_changes_nothing() -> None:
    log = begun()
    log.append(amended(line("9")))
    assert len(versions(tracked(log))) == 1


def test_a_correction_makes_the_order_another_one_when_its_invoice_was_cancelled() -> None:
    log = invoiced()
    log.append(correction(CHEAPER))
    assert len(versions(tracked(log))) == 1
    log.append(GIVEN_BACK)
    assert [each.made_by.event_type for each in versions(tracked(log))] == ["OrderPlaced", "InvoiceCorrected"]
    assert content(log, WRONG).totals.payable - content(log, RIGHT).totals.payable == Decimal("10.00")
