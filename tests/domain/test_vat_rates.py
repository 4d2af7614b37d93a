"""Which VAT rates were in force, by dates."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.order_checks import vat_rate_errors
from app.domain.orders import OrderLine
from app.domain.vat_rates import rates_between

LAST_DAY = date(2023, 7, 9)
FIRST_DAY = date(2023, 7, 10)


@pytest.mark.parametrize(
    ("first", "last", "rates"),
    [
        (LAST_DAY, LAST_DAY, "0 1 8 18"),
        (FIRST_DAY, FIRST_DAY, "0 1 10 20"),
        (FIRST_DAY, date.max, "0 1 10 20"),
        (LAST_DAY, FIRST_DAY, "0 1 8 10 18 20"),
        (date(2004, 1, 1), date(2004, 12, 31), ""),
    ],
)
def test_the_rates_of_some_days_are_all_that_were_in_force_on_one_of_them(first: date, last: date, rates: str) -> None:
    assert rates_between(first, last) == tuple(map(Decimal, rates.split()))


@pytest.mark.parametrize(
    ("first", "then"), [(FIRST_DAY, "on 2023-07-10"), (LAST_DAY, "between 2023-07-09 and 2023-07-10")]
)
def test_an_unknown_rate_is_answered_with_the_days_and_their_rates(first: date, then: str) -> None:
    lines = [
        OrderLine(line_reference="1", name="Kalem", quantity=Decimal(1), unit_price=Decimal(1), vat_rate=Decimal(17))
    ]
    (error,) = vat_rate_errors(lines, "$.body.lines", first, FIRST_DAY)
    assert error.message.startswith(f"was no VAT rate {then}; in percent they are 0, 1, ")
