from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain.orders import MOST_LINES, LineKind, OrderPlaced
from app.sources.errors import SourceError
from app.sources.online_retail import ImportTerms, import_orders
from tests.sources.retail import HEADER, imported, placed, reasons, row


def test_an_order_is_all_lines_with_one_invoice_number_adjacent_or_not() -> None:
    found = imported(row("1", "A"), row("2", "B"), row("1", "C"))
    assert [event.order_reference for event in found.events] == ["1", "2"]
    assert [line.sku for line in placed(found.events[0]).lines] == ["A", "C"]


def test_an_order_line_says_what_the_file_says() -> None:
    (event,) = imported(row("1", "85123A", "6", name=" WHITE LANTERN ", price="2,55")).events
    (line,) = placed(event).lines
    assert (line.line_reference, line.sku, line.name, line.kind) == ("1", "85123A", "WHITE LANTERN", LineKind.GOODS)
    assert (line.quantity, line.unit_price, line.vat_rate) == (Decimal(6), Decimal("2.55"), Decimal(20))


@pytest.mark.parametrize("at", ["12/1/2010 8:26", "2010-12-01 08:26:00"])
def test_the_form_with_commas_says_the_same(at: str) -> None:
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    line = f'536365,85123A,"LANTERN, WHITE",6,{at},2.55,17850.0,United Kingdom'
    found = import_orders([f"{header}\n", f"{line}\n"], ImportTerms(business="shop"))
    same = imported(row(name="LANTERN, WHITE", at="1/12/2010 08:26"))
    assert found.events == same.events
    assert reasons(found) == []


@pytest.mark.parametrize("price", ["2,55", "2.555.1", "1e3"])
def test_a_number_of_the_other_form_is_none(price: str) -> None:
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    line = f'536365,85123A,LANTERN,6,12/1/2010 8:26,"{price}",17850,United Kingdom'
    found = import_orders([f"{header}\n", f"{line}\n"], ImportTerms(business="shop"))
    assert reasons(found) == [(2, "UNREADABLE_LINE")]


def test_an_order_is_in_pounds_without_vat_and_names_its_customer_by_number_alone() -> None:
    (event,) = imported(row(customer="17850"), exchange_rate=Decimal("55.1")).events
    body = placed(event)
    assert (body.currency, body.exchange_rate, body.prices_include_vat) == ("GBP", Decimal("55.1"), False)
    assert body.note == "Customer 17850"
    assert event.person is None
    assert event.request_id is None


def test_an_order_without_customer_is_an_order() -> None:
    (event,) = imported(row(customer="")).events
    assert placed(event).note is None


def test_times_are_london_s_and_dates_are_turkey_s() -> None:
    (event,) = imported(row(at="1/7/2011 22:30")).events
    assert event.occurred_at == datetime(2011, 7, 1, 22, 30, tzinfo=ZoneInfo("Europe/London"))
    assert placed(event).order_date == date(2011, 7, 2)


def test_a_product_that_stands_twice_is_two_lines() -> None:
    (event,) = imported(row("1", "A", "2"), row("1", "A", "3")).events
    assert [(line.line_reference, line.sku, line.quantity) for line in placed(event).lines] == [
        ("1", "A", Decimal(2)),
        ("2", "A", Decimal(3)),
    ]


def test_repairing_a_line_leaves_the_references_of_its_neighbours() -> None:
    (broken,) = imported(row("1", "A"), "1;B;LANTERN", row("1", "C")).events
    (repaired,) = imported(row("1", "A"), row("1", "B"), row("1", "C")).events
    assert [line.line_reference for line in placed(broken).lines] == ["1", "3"]
    assert [line.line_reference for line in placed(repaired).lines] == ["1", "2", "3"]


def test_events_come_in_the_order_of_time() -> None:
    found = imported(row("2", at="2/12/2010 09:00"), row("1", at="1/12/2010 09:00"))
    assert [event.order_reference for event in found.events] == ["1", "2"]


def test_an_invoice_entered_over_two_minutes_has_the_first_one_s_time() -> None:
    (event,) = imported(row(at="1/12/2010 16:58"), row(at="1/12/2010 16:57")).events
    assert event.occurred_at == datetime(2010, 12, 1, 16, 57, tzinfo=ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("POST", LineKind.SHIPPING),
        ("DOT", LineKind.SHIPPING),
        ("C2", LineKind.SHIPPING),
        ("M", LineKind.FEE),
        ("m", LineKind.FEE),
        ("BANK CHARGES", LineKind.FEE),
        ("22423", LineKind.GOODS),
    ],
)
def test_a_stock_code_that_is_no_product_is_another_kind_of_line(code: str, kind: LineKind) -> None:
    (event,) = imported(row(code=code)).events
    assert [line.kind for line in placed(event).lines] == [kind]


@pytest.mark.parametrize(("code", "quantity"), [("D", "-1"), ("D", "1"), ("M", "-1")])
def test_what_reduces_an_order_is_a_discount_with_a_negative_price(code: str, quantity: str) -> None:
    (event,) = imported(row("1", "A"), row("1", code, quantity, price="3,50")).events
    discount = placed(event).lines[1]
    assert (discount.kind, discount.quantity, discount.unit_price) == (LineKind.DISCOUNT, Decimal(1), Decimal("-3.50"))


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (row("1", price="0"), "ZERO_PRICE"),
        (row("1", price="-11062,06"), "NEGATIVE_PRICE"),
        (row("1", quantity="-10", price="0"), "NEGATIVE_QUANTITY"),
        (row("1", quantity="0"), "ZERO_QUANTITY"),
        (row("1", name=""), "NO_DESCRIPTION"),
        (row("1", customer="12345"), "MIXED_CUSTOMERS"),
        (row("A1"), "NOT_AN_ORDER"),
    ],
)
def test_a_line_that_cannot_be_invoiced_is_refused_and_its_order_goes_on(refused: str, reason: str) -> None:
    found = imported(row("1", "GOOD"), refused)
    assert reasons(found) == [(3, reason)]
    assert [line.sku for event in found.events for line in placed(event).lines] == ["GOOD"]


def test_an_order_of_refused_lines_alone_is_no_event() -> None:
    found = imported(row("1", price="0"), row("1", name=""))
    assert found.events == ()
    assert found.summary.orders == 0


def test_an_order_with_too_many_lines_is_refused_whole() -> None:
    found = imported(*[row("1", f"A{number}") for number in range(MOST_LINES + 1)], row("2"))
    assert [event.order_reference for event in found.events] == ["2"]
    assert found.summary.refused_by_reason == {"TOO_MANY_LINES": MOST_LINES + 1}


def test_an_order_of_exactly_the_most_lines_is_taken() -> None:
    found = imported(*[row("1", f"A{number}") for number in range(MOST_LINES)])
    assert found.summary.lines_taken == MOST_LINES


@pytest.mark.parametrize(
    "line",
    [
        "536365;85123A;LANTERN",
        row(name="A;B"),
        row(quantity="six"),
        row(quantity="1_0"),
        row(price="2.55"),
        row(price="NaN"),
        row(price="1234567890123"),
        row(at="31/11/2010 08:26"),
        row(at="1/12/1910 08:26"),
        row(at="31/12/9999 23:59"),
        row(customer="Jane Doe"),
        row(code=""),
        row(invoice=""),
        row(name='A "stray" mark'.replace("A ", '"')),
        row(name="A\x00B"),
        row(name="\N{RIGHT-TO-LEFT OVERRIDE}B"),
        row(name="\N{REPLACEMENT CHARACTER}"),
        row(name="x" * 256),
        ";;;;;;;",
        " ",
    ],
)
def test_an_unreadable_line_costs_itself_and_no_other(line: str) -> None:
    found = imported(row("1"), line, row("2"))
    assert reasons(found) == [(3, "UNREADABLE_LINE")]
    assert [event.order_reference for event in found.events] == ["1", "2"]


def test_a_description_may_be_quoted() -> None:
    (event,) = imported(row(name='"LETTER ""D"" RING; SILVER"')).events
    assert placed(event).lines[0].name == 'LETTER "D" RING; SILVER'


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_next_line() -> None:
    found = imported(row("1", name='"OPEN'), row("2"))
    assert reasons(found) == [(2, "UNREADABLE_LINE")]
    assert found.summary.orders == 1


def test_empty_lines_are_not_lines() -> None:
    assert imported(row(), "", "").summary.lines_read == 1


@pytest.mark.parametrize("header", ["", "PK\x03\x04", "a,b,c", HEADER.replace(";", "|")])
def test_another_format_is_told_in_one_sentence(header: str) -> None:
    with pytest.raises(SourceError, match="not an Online Retail file"):
        import_orders([header], ImportTerms(business="shop"))


def test_a_limit_cuts_in_time_and_accounts_for_what_it_leaves_out() -> None:
    rows = (
        row("1", at="1/12/2010 09:00"),
        row("C9", quantity="-6", at="1/12/2010 10:00"),
        row("2", at="1/12/2010 11:00"),
        row("C8", quantity="-1", at="1/12/2010 12:00"),
    )
    found = imported(*rows, limit=1)
    assert [type(event.body).__name__ for event in found.events] == ["OrderPlaced", "OrderReturned"]
    assert reasons(found) == [(4, "BEYOND_LIMIT"), (5, "BEYOND_LIMIT")]


def test_a_larger_limit_begins_with_the_same_events() -> None:
    rows = [row(str(number), at=f"{number}/12/2010 09:00") for number in range(1, 6)]
    assert imported(*rows, limit=4).events[:2] == imported(*rows, limit=2).events
    assert all(isinstance(event.body, OrderPlaced) for event in imported(*rows).events)
