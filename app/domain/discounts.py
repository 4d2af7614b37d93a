"""What one of an order's lines comes to, and what its DISCOUNT lines take off the others.

A DISCOUNT line lowers the lines of its own VAT rate and no others: a coupon for books leaves the VAT of a lamp alone.
Amounts are in the price's own terms, with VAT or without, as in the order.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from app.domain.money import allocate, to_kurus
from app.domain.orders import LineKind, OrderLine


def amount_of(line: OrderLine) -> Decimal:
    """What one line comes to, in whole kuruş; negative for a discount.

    Price and discount are rounded by themselves: a line that is given away whole comes to 0.00.
    """
    return gross_of(line) - to_kurus(line.discount) if line.discount else gross_of(line)


def gross_of(line: OrderLine) -> Decimal:
    """Quantity x price in whole kuruş, before the line's own discount."""
    return to_kurus(line.quantity * line.unit_price)


def goods_among(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """The lines that a document shows; discounts only lower them."""
    return [line for line in lines if line.kind is not LineKind.DISCOUNT]


def discounts_by_rate(lines: Iterable[OrderLine]) -> dict[Decimal, Decimal]:
    """What the DISCOUNT lines take off the lines of each VAT rate, as positive amounts; a discount of 0.00 is none."""
    taken: dict[Decimal, Decimal] = {}
    for line in lines:
        if line.kind is LineKind.DISCOUNT and (amount := -amount_of(line)):
            taken[line.vat_rate] = taken.get(line.vat_rate, Decimal(0)) + amount
    return taken


def worth_by_rate(lines: Iterable[OrderLine]) -> dict[Decimal, Decimal]:
    """What the lines of each VAT rate come to, before the DISCOUNT lines."""
    worth: dict[Decimal, Decimal] = {}
    for line in goods_among(lines):
        worth[line.vat_rate] = worth.get(line.vat_rate, Decimal(0)) + amount_of(line)
    return worth


def shares_of(lines: Sequence[OrderLine]) -> list[Decimal]:
    """What is taken off each line of `goods_among(lines)`: by amount, among those of the discount's VAT rate.

    Raises ValueError for a discount whose rate no line has; see `order_checks.discount_errors`.
    """
    goods = goods_among(lines)
    shares = [Decimal(0)] * len(goods)
    for rate, discount in discounts_by_rate(lines).items():
        places = [place for place, line in enumerate(goods) if line.vat_rate == rate]
        parts = allocate(discount, [amount_of(goods[place]) for place in places])
        for place, part in zip(places, parts, strict=True):
            shares[place] = part
    return shares
