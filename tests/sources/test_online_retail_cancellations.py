from decimal import Decimal

import pytest

from app.domain.orders import OrderReturned
from app.sources.online_retail import Invoicing, RetailImport
from tests.sources.retail import cancelled, imported, reasons, returned, row

AT_SHIPMENT = {"invoicing": Invoicing.AT_SHIPMENT}
NINE, TEN, ELEVEN, TWELVE = (f"1/12/2010 {hour:02}:00" for hour in (9, 10, 11, 12))


def after_orders(found: RetailImport) -> list[tuple[str, dict[str, Decimal]]]:
    return [(event.order_reference, returned(event)) for event in found.events[found.summary.orders :]]


def test_a_cancellation_after_the_invoice_is_a_return_of_the_order_that_sold() -> None:
    found = imported(row("1", "A", "6", at=NINE), row("C9", "A", "-2", at=TEN))
    event = found.events[-1]
    assert isinstance(event.body, OrderReturned)
    assert (event.order_reference, event.body.return_reference) == ("1", "C9-1")
    assert returned(event) == {"1": Decimal(2)}
    assert found.summary.lines_refused == 0


def test_the_latest_earlier_line_with_enough_left_is_meant() -> None:
    rows = (
        row("1", "A", "6", at=NINE),
        row("2", "A", "3", at=TEN),
        row("C8", "A", "-2", at=ELEVEN),
        row("C9", "A", "-2", at=TWELVE),
    )
    assert after_orders(imported(*rows)) == [("2", {"1": Decimal(2)}), ("1", {"1": Decimal(2)})]


def test_what_was_taken_back_cannot_be_taken_back_again() -> None:
    found = imported(row("1", "A", "6", at=NINE), row("C8", "A", "-4", at=TEN), row("C9", "A", "-3", at=ELEVEN))
    assert after_orders(found) == [("1", {"1": Decimal(4)})]
    assert reasons(found) == [(4, "NO_ORIGINAL")]


def test_two_lines_of_one_cancellation_against_one_line_are_one_sum() -> None:
    found = imported(row("1", "A", "12", at=NINE), row("C9", "A", "-2", at=TEN), row("C9", "A", "-3", at=TEN))
    assert after_orders(found) == [("1", {"1": Decimal(5)})]
    assert found.summary.lines_taken == 3


def test_a_cancellation_over_two_orders_is_a_return_of_each() -> None:
    found = imported(
        row("1", "A", at=NINE), row("2", "B", at=NINE), row("C9", "A", "-1", at=TEN), row("C9", "B", "-1", at=TEN)
    )
    assert [event.body.return_reference for event in found.events if isinstance(event.body, OrderReturned)] == [
        "C9-1",
        "C9-2",
    ]


@pytest.mark.parametrize(
    "cancellation",
    [
        row("C9", "A", "-1", at=TEN, customer="12345"),
        row("C9", "B", "-1", at=TEN),
        row("C9", "A", "-7", at=TEN),
        row("C9", "A", "-1", at="1/12/2010 08:59"),
        row("C9", "A", "-1", at=TEN, customer=""),
    ],
    ids=["another customer", "another product", "more than was sold", "earlier than the order", "nobody"],
)
def test_a_cancellation_without_an_original_is_refused(cancellation: str) -> None:
    found = imported(row("1", "A", "6", at=NINE), cancellation)
    assert reasons(found) == [(3, "NO_ORIGINAL")]
    assert len(found.events) == 1


def test_nobody_s_cancellation_does_not_match_nobody_s_order() -> None:
    found = imported(row("1", "A", at=NINE, customer=""), row("C9", "A", "-1", at=TEN, customer=""))
    assert reasons(found) == [(3, "NO_ORIGINAL")]


def test_a_line_that_was_refused_cannot_be_taken_back() -> None:
    found = imported(row("1", "A", price="0", at=NINE), row("C9", "A", "-1", at=TEN))
    assert reasons(found) == [(2, "ZERO_PRICE"), (3, "NO_ORIGINAL")]


def test_a_discount_on_its_own_cancels_no_earlier_discount() -> None:
    found = imported(
        row("1", "A", at=NINE), row("1", "D", "-1", at=NINE, price="1"), row("C9", "D", "-1", at=TEN, price="1")
    )
    assert reasons(found) == [(4, "NO_ORIGINAL")]
    assert found.summary.refusals[0].detail == "a discount on its own names no order"


def test_a_charge_is_taken_back_at_its_own_price_only() -> None:
    sold = (row("1", "M", "1", at=NINE, price="10"), row("1", "M", "1", at=NINE, price="20,0"))
    assert reasons(imported(*sold, row("C9", "M", "-1", at=TEN, price="15"))) == [(4, "NO_ORIGINAL")]
    assert after_orders(imported(*sold, row("C9", "M", "-1", at=TEN, price="20"))) == [("1", {"2": Decimal(1)})]


def test_goods_are_taken_back_at_whatever_price_the_cancellation_names() -> None:
    found = imported(row("1", "A", price="2", at=NINE), row("C9", "A", "-1", price="1,50", at=TEN))
    assert after_orders(found) == [("1", {"1": Decimal(1)})]


@pytest.mark.parametrize("quantity", ["1", "0"])
def test_a_cancellation_that_takes_nothing_back_is_refused(quantity: str) -> None:
    found = imported(row("1", "A", at=NINE), row("C9", "A", quantity, at=TEN))
    assert reasons(found) == [(3, "POSITIVE_CANCELLATION")]


def test_before_the_invoice_a_whole_line_is_cancelled() -> None:
    found = imported(row("1", "X", at=NINE), row("1", "A", "6", at=NINE), row("C9", "A", "-6", at=TEN), **AT_SHIPMENT)
    assert found.events[-1].order_reference == "1"
    assert cancelled(found.events[-1]) == ("2",)
    assert (found.summary.cancellations, found.summary.returns) == (1, 0)


def test_before_the_invoice_two_parts_make_a_whole_line_only_within_one_cancellation() -> None:
    sold = row("1", "A", "6", at=NINE)
    together = imported(sold, row("C9", "A", "-2", at=TEN), row("C9", "A", "-4", at=TEN), **AT_SHIPMENT)
    assert cancelled(together.events[-1]) == ("1",)
    apart = imported(sold, row("C8", "A", "-2", at=TEN), row("C9", "A", "-4", at=ELEVEN), **AT_SHIPMENT)
    assert reasons(apart) == [(3, "PART_OF_LINE"), (4, "PART_OF_LINE")]


def test_a_refused_part_counts_as_never_taken() -> None:
    found = imported(
        row("1", "A", "6", at=NINE), row("C8", "A", "-2", at=TEN), row("C9", "A", "-6", at=ELEVEN), **AT_SHIPMENT
    )
    assert reasons(found) == [(3, "PART_OF_LINE")]
    assert found.summary.refusals[0].detail == "2 of 6 on line 1 of order 1"
    assert cancelled(found.events[-1]) == ("1",)
