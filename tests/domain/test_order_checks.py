"""Each rule of an order's content, with the paths of whichever record is checked."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.line_prices import price_of, rates_of_nothing
from app.domain.order_checks import content_errors, reason_errors
from app.domain.orders import LineKind, OrderLine, OrderPlaced
from tests.planning.events import line, placed

GIFT = line("G", "0.00", vat_rate=Decimal(10))
BOOK = line("B", "10.00", vat_rate=Decimal(0))


def found(order: OrderPlaced, root: str = "$.body", reason: str | None = None) -> set[tuple[str, str]]:
    return {(error.path, error.code) for error in content_errors(order, root, reason)}


def test_paths_begin_with_the_record_that_is_checked() -> None:
    order = placed(line("1", "-5"), currency="EUR")
    assert found(order, "$.order") == {
        ("$.order.lines[0].unit_price", "PRICE_NEGATIVE"),
        ("$.order.exchange_rate", "EXCHANGE_RATE_REQUIRED"),
    }


def test_a_reason_for_all_lines_is_that_of_lines_without_vat() -> None:
    assert found(placed(BOOK)) == {("$.body.lines[0].vat_exemption_code", "VAT_EXEMPTION_REQUIRED")}
    assert found(placed(BOOK), reason="335") == set()


def test_a_line_without_vat_has_no_reason_that_is_for_lines_with_it() -> None:
    found_at_once = {("$.body.lines[0].vat_exemption_code", "VAT_EXEMPTION_NOT_ALLOWED")}
    assert found(placed(replace(BOOK, vat_exemption_code="555"))) == found_at_once


def test_a_discount_needs_no_reason_for_the_vat_of_what_it_lowers() -> None:
    coupon = replace(line("D", "-1.00", vat_rate=Decimal(0)), kind=LineKind.DISCOUNT)
    assert found(placed(replace(BOOK, vat_exemption_code="335"), coupon)) == set()


def test_sums_are_looked_at_only_where_every_line_has_an_amount() -> None:
    assert found(placed(line("1", "10", quantity=Decimal(0)))) == {
        ("$.body.lines[0].quantity", "QUANTITY_NOT_POSITIVE")
    }


def test_a_quantity_is_too_large_where_its_unit_price_no_longer_gives_the_amount() -> None:
    many = line("1", "0.0000013", quantity=Decimal(123_456_789), vat_rate=Decimal(1))
    assert found(placed(many)) == {("$.body.lines[0].quantity", "QUANTITY_TOO_LARGE")}
    assert found(placed(many, prices_include_vat=False)) == set()


def test_vat_comes_to_nothing_by_rate_and_not_by_line() -> None:
    def nothing(*lines: OrderLine) -> set[Decimal]:
        return rates_of_nothing(lines, prices_include_vat=True)

    assert nothing(GIFT, line("1")) == {Decimal(10)}
    assert nothing(GIFT, line("1", vat_rate=Decimal(10))) == set()
    assert nothing(line("1", "0.02", vat_rate=Decimal(20))) == {Decimal(20)}
    assert nothing(BOOK) == set()


@pytest.mark.parametrize("beside", [GIFT, BOOK, line("2", "0.22", vat_rate=Decimal(1))], ids=["gift", "book", "kuruş"])
def test_the_reason_of_an_unusual_rate_goes_with_lines_that_all_have_vat(beside: OrderLine) -> None:
    order = placed(line("1"), beside)
    assert [error.code for error in reason_errors("555", order, order.lines, "$")] == ["VAT_EXEMPTION_NOT_ALLOWED"]


def test_lines_that_are_wrong_by_themselves_say_nothing_of_a_reason() -> None:
    order = placed(line("1", "-5"))
    assert list(reason_errors("335", order, order.lines, "$")) == []


def test_base_and_vat_of_a_price_with_vat_come_to_what_was_paid() -> None:
    price = price_of(line("1", "99.99"), Decimal("99.99"), prices_include_vat=True)
    assert (price.base, price.vat, price.unit_price) == (Decimal("83.33"), Decimal("16.66"), Decimal("83.33"))
