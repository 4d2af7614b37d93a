"""What one of an order's lines costs without VAT and with it, and the unit price that a document has for it.

An *amount* is in the price's own terms, with VAT or without, as in the order; a *base* (matrah) never has VAT in it.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.domain.discounts import amount_of, goods_among, gross_of, shares_of
from app.domain.money import HUNDRED, to_kurus
from app.domain.orders import OrderLine
from app.domain.record import record

# The strictest provider takes eight decimals on a line; an order's own prices have no more.
UNIT_PRICE_STEP: Final = Decimal("0.00000001")


@record
class LinePrice:
    """A line of a document: `unit_price` without VAT, `undiscounted` base, `base` after discounts, and `vat` on it."""

    unit_price: Decimal
    undiscounted: Decimal
    base: Decimal
    vat: Decimal


def price_of(line: OrderLine, amount: Decimal, *, prices_include_vat: bool) -> LinePrice:
    """The price of a line of which `amount` is left after every discount. Its quantity must be above zero.

    The price of a line whose VAT has a special base stays what it is: the VAT in it is no part of the amount.
    """
    has_special_base = line.details is not None and line.details.special_base is not None
    price = _price_with_vat if prices_include_vat and not has_special_base else _price_without_vat
    return price(line, amount)


def prices_of(lines: Sequence[OrderLine], *, prices_include_vat: bool) -> list[LinePrice]:
    """The prices of the lines that are no DISCOUNT, in the sequence of `goods_among`, each after its share of these.

    The lines must be free of `order_checks.total_errors`.
    """
    return [
        price_of(line, amount_of(line) - share, prices_include_vat=prices_include_vat)
        for line, share in zip(goods_among(lines), shares_of(lines), strict=True)
    ]


def rates_of_nothing(lines: Sequence[OrderLine], *, prices_include_vat: bool) -> set[Decimal]:
    """The rates above zero at which the VAT of all these lines comes to 0.00: gifts, and 20 % of a few kuruş.

    The lines must be free of `order_checks.total_errors`.
    """
    vat: dict[Decimal, Decimal] = {}
    for line, price in zip(goods_among(lines), prices_of(lines, prices_include_vat=prices_include_vat), strict=True):
        vat[line.vat_rate] = vat.get(line.vat_rate, Decimal(0)) + price.vat
    return {rate for rate, amount in vat.items() if rate and not amount}


def _price_with_vat(line: OrderLine, amount: Decimal) -> LinePrice:
    """The VAT is what is left of the amount, not a product: base and VAT must sum to what the buyer paid."""
    base = _without_vat(amount, line.vat_rate)
    undiscounted = _without_vat(gross_of(line), line.vat_rate)
    unit_price = _unit_price(undiscounted, line.quantity)
    return LinePrice(unit_price=unit_price, undiscounted=undiscounted, base=base, vat=amount - base)


def _price_without_vat(line: OrderLine, amount: Decimal) -> LinePrice:
    vat = to_kurus(amount * line.vat_rate / HUNDRED)
    undiscounted = gross_of(line)
    # Given away whole, half a kuruş of a weighed line would be left below zero where only the difference is rounded.
    unit_price = line.unit_price if amount else _unit_price(undiscounted, line.quantity)
    return LinePrice(unit_price=unit_price, undiscounted=undiscounted, base=amount, vat=vat)


def _unit_price(undiscounted: Decimal, quantity: Decimal) -> Decimal:
    """The price whose product with the quantity is this amount, to eight decimals."""
    return (undiscounted / quantity).quantize(UNIT_PRICE_STEP, ROUND_HALF_UP)


def _without_vat(amount: Decimal, rate: Decimal) -> Decimal:
    """The base in an amount with VAT, in kuruş; the VAT is the rest of it."""
    return to_kurus(amount * HUNDRED / (HUNDRED + rate))
