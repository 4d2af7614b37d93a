"""The check's own words are the product's: a change of one of the two is noticed here, and has to be decided."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from app.documents.from_order.pricing import price_lines
from app.domain import documents, identity
from app.domain.documents import Intent
from app.domain.orders import LineKind, OrderLine, OrderPlaced
from app.testbed.chaos.check import vocabulary
from app.testbed.chaos.check.expected_content import expected_lines, payable
from tests.testbed.chaos.load.test_upstream import made_up


def line(reference: str, price: str, rate: int = 20, **more: object) -> OrderLine:
    values: dict[str, object] = {"name": f"Mal {reference}", "quantity": Decimal(1), **more}
    return OrderLine(line_reference=reference, unit_price=Decimal(price), vat_rate=Decimal(rate), **values)  # type: ignore[arg-type]


def discount(price: str, rate: int = 0) -> OrderLine:
    return line("9", price, rate, kind=LineKind.DISCOUNT)


def said(*lines: OrderLine, with_vat: bool = True) -> list[tuple[str, str]]:
    return [(str(each.net), str(each.vat)) for each in expected_lines(lines, with_vat=with_vat)]


def test_the_states_and_their_arcs_are_written_down_twice_alike() -> None:
    assert dict(vocabulary.ARCS) == dict(documents.TRANSITIONS)
    assert (vocabulary.DEAD, vocabulary.LEGAL, vocabulary.INVOICING) == (
        documents.DEAD,
        documents.LEGAL,
        documents.INVOICING,
    )


def test_the_ids_are_derived_twice_alike() -> None:
    lines = ("2", "1")
    assert vocabulary.event_id("orders.v1", 3, 7, b"{}") == identity.event_id("orders.v1", 3, 7, b"{}")
    assert vocabulary.event_id("orders.v1", 2, 7, b"{}") != vocabulary.event_id("orders.v1", 3, 7, b"{}")
    assert vocabulary.document_id("A", "S-1", lines, 1) == identity.document_id(
        "A", "S-1", Intent.INVOICE, identity.scope_of(lines), 1
    )
    assert vocabulary.command_id("d", "nilvera", "ISSUE", 0) == identity.command_id("d", "nilvera", "ISSUE", 0)
    assert uuid.UUID(vocabulary.document_id("A", "S-1", lines, 0)).version == 5


def test_the_amounts_of_made_up_orders_are_reckoned_twice_alike() -> None:
    """By the product's arithmetic, and by the check's, which shares no line with it."""
    bodies = [order.steps[-1].event.body for order in made_up(seed=3)]
    orders = [body for body in bodies if isinstance(body, OrderPlaced)]
    assert len(orders) > 100
    for body in orders:
        for with_vat in (True, False):
            ours = price_lines(body.lines, prices_include_vat=with_vat)
            due = sorted((each.name, each.quantity, each.base, each.vat) for each in ours)
            found = sorted((e.name, e.quantity, e.net, e.vat) for e in expected_lines(body.lines, with_vat=with_vat))
            assert found == due


def test_a_gross_price_is_parted_so_that_base_and_vat_come_to_it() -> None:
    assert said(line("1", "50.00"), line("2", "0.99", 1)) == [("41.67", "8.33"), ("0.98", "0.01")]
    assert payable(expected_lines([line("1", "50.00")], with_vat=True)) == Decimal("50.00")


def test_a_net_price_bears_its_vat_on_top() -> None:
    assert said(line("1", "0.13", 10, quantity=Decimal(1)), with_vat=False) == [("0.13", "0.01")]


def test_a_discount_lowers_the_others_and_the_largest_remainder_takes_the_last_kurus() -> None:
    """0.10 over three equal lines: 0.04, 0.03 and 0.03."""
    found = expected_lines(
        [line("1", "1.00", 0), line("2", "1.00", 0), line("3", "1.00", 0), discount("-0.10")], with_vat=True
    )
    assert [each.net for each in found] == [Decimal("0.96"), Decimal("0.97"), Decimal("0.97")]


def test_a_discount_leaves_lines_of_another_rate_alone() -> None:
    assert said(line("1", "10.00", 0), line("2", "12.00", 20), discount("-6.00", 20)) == [
        ("10.00", "0.00"),
        ("5.00", "1.00"),
    ]


def test_a_discount_of_the_line_itself_is_taken_off_first() -> None:
    assert said(line("1", "10.00", 0, quantity=Decimal(3), discount=Decimal("0.01"))) == [("29.99", "0.00")]


@pytest.mark.parametrize(
    ("amount", "kurus"), [("0.005", 1), ("0.004", 0), ("-0.005", -1), ("-0.004", 0), ("1.015", 102)]
)
def test_half_a_kurus_goes_away_from_zero(amount: str, kurus: int) -> None:
    assert vocabulary.in_kurus(Fraction(amount)) == kurus


def test_the_day_ends_three_hours_earlier_than_in_greenwich() -> None:
    assert vocabulary.turkish_date(datetime(2026, 12, 31, 20, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert vocabulary.turkish_date(datetime(2026, 12, 31, 21, 0, tzinfo=UTC)) == date(2027, 1, 1)
