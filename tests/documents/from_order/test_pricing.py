"""The arithmetic of invoices: examples by hand, and laws that hold for any order."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.from_order.checks import order_errors
from app.documents.from_order.invoice import invoice_from_order
from app.documents.model.invoice import Invoice
from app.domain.commands import DocumentOrder
from app.domain.discounts import amount_of
from app.domain.money import to_kurus
from app.domain.orders import LineKind, OrderLine
from app.domain.parties import ANONYMOUS_TCKN, Person
from tests.providers.examples import ADDRESS, CONSUMER, LINE, SELLER, TAXPAYER, document_order


def line(reference: str, price: str, rate: int = 20, *, quantity: str = "1", discount: str = "0") -> OrderLine:
    return replace(
        LINE,
        line_reference=reference,
        unit_price=Decimal(price),
        vat_rate=Decimal(rate),
        quantity=Decimal(quantity),
        discount=Decimal(discount),
        vat_exemption_code="351" if rate == 0 else None,
    )


def discount_line(amount: str, reference: str = "D", rate: int = 20) -> OrderLine:
    return replace(line(reference, amount, rate), kind=LineKind.DISCOUNT)


def drawn(*lines: OrderLine, person: Person | None = CONSUMER, **changes: object) -> Invoice:
    order = document_order(lines=lines, **changes)
    assert order_errors(order, person) == ()
    return invoice_from_order(order, person, SELLER)


def codes(order: DocumentOrder, person: Person | None = CONSUMER) -> set[str]:
    return {fault.code for fault in order_errors(order, person)}


def test_vat_is_what_is_left_of_a_price_that_includes_it() -> None:
    invoice = drawn(line("1", "99.99"))
    (only,) = invoice.lines
    assert (only.base, only.vat, only.unit_price) == (Decimal("83.33"), Decimal("16.66"), Decimal("83.33"))
    assert invoice.payable == Decimal("99.99")


def test_vat_is_added_to_a_price_without_it() -> None:
    invoice = drawn(line("1", "83.335", quantity="3"), prices_include_vat=False)
    (only,) = invoice.lines
    assert (only.base, only.vat, only.unit_price) == (Decimal("250.01"), Decimal("50.00"), Decimal("83.335"))
    assert invoice.payable == Decimal("300.01")


def test_a_lines_own_discount_is_an_allowance_without_vat() -> None:
    (only,) = drawn(line("1", "120.00", discount="12.00")).lines
    assert (only.unit_price, only.allowance, only.base, only.vat) == (100, 10, 90, 18)


def test_a_discount_line_lowers_the_lines_of_its_own_vat_rate_by_their_amounts() -> None:
    invoice = drawn(line("1", "120.00"), line("2", "60.00"), line("3", "110.00", rate=10), discount_line("-18.00"))
    dear, cheap, ten = invoice.lines
    assert (dear.base, dear.vat, dear.allowance) == (90, 18, 10)
    assert (cheap.base, cheap.vat, cheap.allowance) == (45, 9, 5)
    assert (ten.base, ten.vat, ten.allowance) == (100, 10, 0)
    assert (invoice.allowance, invoice.payable) == (15, 272)
    assert [(subtotal.rate, subtotal.base, subtotal.amount) for subtotal in invoice.tax_subtotals] == [
        (10, 100, 10),
        (20, 135, 27),
    ]


def test_a_line_given_away_is_nothing_whether_its_parts_are_rounded_or_their_difference() -> None:
    weighed = line("1", "64.22", quantity="2.25", discount="144.50")
    given, _ = drawn(weighed, line("2", "10.00"), prices_include_vat=False).lines
    assert (given.allowance, given.base) == (Decimal("144.50"), 0)
    assert to_kurus(given.unit_price * given.quantity - given.allowance) == 0


def test_discounts_at_several_rates_lower_each_its_own() -> None:
    invoice = drawn(
        line("1", "70.00", rate=1),
        line("2", "50.00"),
        discount_line("-50.00", "D1", rate=1),
        discount_line("-14.00", "D2"),
    )
    book, lamp = invoice.lines
    assert (book.base + book.vat, lamp.base, lamp.vat) == (20, 30, 6)
    assert invoice.payable == 56


def test_a_coupon_for_books_leaves_the_vat_of_everything_else_alone() -> None:
    invoice = drawn(line("1", "70.00", rate=1), line("2", "50.00"), discount_line("-50.00", rate=1))
    assert [each.amount for each in invoice.tax_subtotals] == [Decimal("0.20"), Decimal("8.33")]
    assert (invoice.vat, invoice.payable) == (Decimal("8.53"), 70)


@pytest.mark.parametrize("discount", ["144.50", "144.495"])
def test_a_weighed_line_can_be_given_away_whole(discount: str) -> None:
    weighed = line("1", "64.22", quantity="2.25", discount=discount)  # 144.495, which is 144.50 in kuruş
    invoice = drawn(weighed, line("2", "10.00"))
    assert ([each.base for each in invoice.lines], invoice.payable) == ([0, Decimal("8.33")], 10)


def test_each_exemption_has_a_subtotal_of_its_own() -> None:
    books = replace(line("2", "10.00", rate=0), vat_exemption_code="335")
    invoice = drawn(line("1", "5.00", rate=0), books, line("3", "12.00"))
    assert invoice.exemption_codes == ("335", "351")
    assert [(each.rate, each.exemption_code, each.base) for each in invoice.tax_subtotals] == [
        (0, "335", 10),
        (0, "351", 5),
        (20, None, 10),
    ]


def test_a_kurus_that_does_not_divide_goes_to_the_earliest_of_equal_lines() -> None:
    invoice = drawn(*(line(str(n), "10.00", rate=0) for n in range(3)), discount_line("-10.00", rate=0))
    assert [each.base for each in invoice.lines] == [Decimal("6.66"), Decimal("6.67"), Decimal("6.67")]
    assert invoice.payable == 20


def test_a_foreign_currency_keeps_its_amounts_and_carries_its_rate() -> None:
    invoice = drawn(line("1", "12.00"), currency="EUR", exchange_rate=Decimal("48.123456"))
    assert (invoice.currency, invoice.exchange_rate, invoice.payable) == ("EUR", Decimal("48.123456"), 12)


def test_a_buyer_who_is_not_known_is_the_final_consumer_in_the_sellers_town() -> None:
    customer = drawn(LINE, person=None).customer
    assert (customer.full_name, customer.tax_number) == ("Nihai Tüketici", ANONYMOUS_TCKN)
    assert (customer.address.district, customer.address.city) == (ADDRESS.district, ADDRESS.city)
    assert customer.address.street != ADDRESS.street


def test_a_named_buyer_without_a_tax_number_keeps_name_and_address() -> None:
    nameless = Person(buyer=replace(CONSUMER.buyer, tax_number=None))
    customer = drawn(LINE, person=nameless).customer
    assert (customer.full_name, customer.tax_number, customer.address) == ("Ayşe Örnek", ANONYMOUS_TCKN, ADDRESS)


def test_a_company_stands_with_its_title() -> None:
    assert drawn(LINE, person=TAXPAYER).customer.full_name == "Örnek Sanayi Ltd. Şti."


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([line("1", "10", quantity="0")], "QUANTITY_NOT_POSITIVE"),
        ([replace(LINE, unit="PCE")], "UNIT_UNKNOWN"),
        ([line("1", "-10")], "PRICE_NEGATIVE"),
        ([line("1", "10", discount="-1")], "DISCOUNT_NEGATIVE"),
        ([line("1", "10", discount="10.01")], "DISCOUNT_TOO_LARGE"),
        ([LINE, discount_line("1")], "DISCOUNT_NOT_NEGATIVE"),
        ([replace(LINE, vat_rate=Decimal(0))], "VAT_EXEMPTION_REQUIRED"),
        ([replace(LINE, vat_exemption_code="351")], "VAT_EXEMPTION_NOT_ALLOWED"),
        ([line("1", "144.50", discount="144.51")], "DISCOUNT_TOO_LARGE"),
        ([line("1", "0", discount="0.01"), line("2", "1")], "DISCOUNT_TOO_LARGE"),
        ([discount_line("-10")], "NOTHING_TO_INVOICE"),
        ([line("1", "101", rate=1), discount_line("-12")], "DISCOUNT_RATE_OF_NO_LINE"),
        ([line("1", "101", rate=1), line("2", "12"), discount_line("-12.01")], "DISCOUNT_EXCEEDS_GOODS"),
        ([line("1", "10"), discount_line("-10.01")], "NOTHING_TO_INVOICE"),
        ([line("1", "10"), discount_line("-10")], "NOTHING_TO_INVOICE"),
        ([line("1", "0.0000013", quantity="123456789", rate=1)], "QUANTITY_TOO_LARGE"),
    ],
)
def test_what_no_invoice_can_say_is_named(lines: list[OrderLine], code: str) -> None:
    assert codes(document_order(lines=tuple(lines))) == {code}


def test_every_fault_comes_in_one_list() -> None:
    wrong = Person(buyer=replace(CONSUMER.buyer, tax_number="12345678901", family_name=None))
    order = document_order(lines=(line("1", "-10", quantity="-1"),), currency="USD")
    assert codes(order, wrong) == {
        "EXCHANGE_RATE_REQUIRED",
        "QUANTITY_NOT_POSITIVE",
        "PRICE_NEGATIVE",
        "TAX_NUMBER_INVALID",
    }


def test_a_rate_for_lira_is_a_misunderstanding() -> None:
    assert codes(document_order(exchange_rate=Decimal("1.0"))) == {"EXCHANGE_RATE_NOT_ALLOWED"}


def amounts(largest: int) -> st.SearchStrategy[Decimal]:
    return st.integers(1, largest).map(lambda kurus: Decimal(kurus) / 100)


@st.composite
def goods(draw: st.DrawFn, reference: str) -> OrderLine:
    price, quantity = draw(amounts(500_000)), draw(st.integers(1, 5_000)) / Decimal(draw(st.sampled_from([1, 8, 1000])))
    discount = draw(st.sampled_from([0, 0, Decimal("0.1"), 1])) * to_kurus(price * quantity) / 3
    return replace(
        line(reference, "1", rate=draw(st.sampled_from([0, 1, 10, 20]))),
        unit_price=price,
        quantity=quantity,
        discount=to_kurus(discount),
    )


@st.composite
def orders(draw: st.DrawFn, *, with_discounts: bool) -> DocumentOrder:
    lines = [draw(goods(str(n))) for n in range(draw(st.integers(1, 6)))]
    rates = sorted({each.vat_rate for each in lines})
    worth = {rate: sum(amount_of(each) for each in lines if each.vat_rate == rate) for rate in rates}
    for n in range(draw(st.integers(0, 2)) if with_discounts else 0):
        rate = draw(st.sampled_from(rates))
        share = to_kurus(worth[rate] * draw(st.integers(1, 49)) / 100)
        lines.insert(draw(st.integers(0, len(lines))), discount_line(f"-{share}", f"D{n}", int(rate)))
    return document_order(lines=tuple(lines), prices_include_vat=draw(st.booleans()))


@given(orders(with_discounts=True))
def test_what_can_be_drawn_up_closes_to_the_kurus(order: DocumentOrder) -> None:
    faults = order_errors(order, None)
    if faults:
        assert {fault.code for fault in faults} <= {"NOTHING_TO_INVOICE", "DISCOUNT_EXCEEDS_GOODS"}
        return
    invoice = invoice_from_order(order, None, SELLER)
    worth = sum(map(amount_of, order.lines))
    assert worth == (invoice.payable if order.prices_include_vat else invoice.tax_exclusive)
    assert invoice.tax_exclusive + invoice.vat == invoice.payable
    assert sum(subtotal.base for subtotal in invoice.tax_subtotals) == invoice.tax_exclusive
    assert sum(subtotal.amount for subtotal in invoice.tax_subtotals) == invoice.vat


@given(orders(with_discounts=True))
def test_every_line_can_be_recomputed_from_what_stands_on_it(order: DocumentOrder) -> None:
    if order_errors(order, None):
        return
    for each in invoice_from_order(order, None, SELLER).lines:
        assert to_kurus(each.unit_price * each.quantity - each.allowance) == each.base
        assert each.base >= 0
        assert each.allowance >= 0
        assert each.vat >= 0
        assert abs(each.vat - to_kurus(each.base * each.vat_rate / 100)) <= Decimal("0.01")


@given(orders(with_discounts=False), st.integers(0, 6))
def test_partial_documents_sum_to_the_whole(order: DocumentOrder, cut: int) -> None:
    parts = [part for part in (order.lines[:cut], order.lines[cut:]) if part]
    documents = [replace(order, lines=part) for part in parts]
    if any(order_errors(document, None) for document in documents):
        return
    whole = invoice_from_order(order, None, SELLER)
    drawn_parts = [invoice_from_order(document, None, SELLER) for document in documents]
    assert sum(part.payable for part in drawn_parts) == whole.payable
    assert sum(part.vat for part in drawn_parts) == whole.vat
