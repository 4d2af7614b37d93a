"""From the order's prices to bases, VAT and allowances, line by line.

In this module an *amount* is in the price's own terms, with VAT or without, as the order says; a *base* (matrah) is
always without VAT.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.domain.money import HUNDRED, allocate, to_kurus
from app.domain.orders import LineKind, OrderLine

# The strictest provider takes eight decimals on a line; an order's own prices have no more.
UNIT_PRICE_STEP: Final = Decimal("0.00000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """One line of an invoice. `unit_price` x `quantity`, rounded to kuruş, less `allowance` is exactly `base`."""

    line_reference: str
    name: str
    kind: LineKind
    sku: str | None
    quantity: Decimal
    unit: str
    unit_price: Decimal
    allowance: Decimal
    base: Decimal
    vat_rate: Decimal
    vat: Decimal
    vat_exemption_code: str | None


def amount_of(line: OrderLine) -> Decimal:
    """What one line comes to, in the price's terms, in whole kuruş; negative for a discount."""
    return to_kurus(line.quantity * line.unit_price - line.discount)


def goods_among(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """The lines that stand on the document; discounts only lower them."""
    return [line for line in lines if line.kind is not LineKind.DISCOUNT]


def discount_of(lines: Iterable[OrderLine]) -> Decimal:
    """What the DISCOUNT lines take off the others, as a positive amount in the price's terms."""
    return -sum((amount_of(line) for line in lines if line.kind is LineKind.DISCOUNT), Decimal(0))


def price_lines(lines: Sequence[OrderLine], *, prices_include_vat: bool) -> tuple[PricedLine, ...]:
    """The document's lines. Discounts are spread over them by amount, so each takes the VAT rate of what it lowers."""
    goods = goods_among(lines)
    amounts = [amount_of(line) for line in goods]
    discount = discount_of(lines)
    shares = allocate(discount, amounts) if discount else [Decimal(0)] * len(goods)
    price = _priced_with_vat if prices_include_vat else _priced_without_vat
    return tuple(price(line, amount - share) for line, amount, share in zip(goods, amounts, shares, strict=True))


def _priced_with_vat(line: OrderLine, amount: Decimal) -> PricedLine:
    """The VAT is what is left of the amount, not a product: base and VAT must sum to what the buyer paid."""
    base = _without_vat(amount, line.vat_rate)
    undiscounted = _without_vat(to_kurus(line.quantity * line.unit_price), line.vat_rate)
    unit_price = (undiscounted / line.quantity).quantize(UNIT_PRICE_STEP, ROUND_HALF_UP)
    return _priced(line, unit_price=unit_price, undiscounted=undiscounted, base=base, vat=amount - base)


def _priced_without_vat(line: OrderLine, amount: Decimal) -> PricedLine:
    vat = to_kurus(amount * line.vat_rate / HUNDRED)
    undiscounted = to_kurus(line.quantity * line.unit_price)
    return _priced(line, unit_price=line.unit_price, undiscounted=undiscounted, base=amount, vat=vat)


def _without_vat(amount: Decimal, rate: Decimal) -> Decimal:
    return to_kurus(amount * HUNDRED / (HUNDRED + rate))


def _priced(line: OrderLine, *, unit_price: Decimal, undiscounted: Decimal, base: Decimal, vat: Decimal) -> PricedLine:
    return PricedLine(
        line_reference=line.line_reference,
        name=line.name,
        kind=line.kind,
        sku=line.sku,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=unit_price,
        allowance=undiscounted - base,
        base=base,
        vat_rate=line.vat_rate,
        vat=vat,
        vat_exemption_code=line.vat_exemption_code,
    )
