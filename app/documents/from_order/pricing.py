"""From the order's prices to bases, VAT and allowances, line by line.

In this module an *amount* is in the price's own terms, with VAT or without, as the order says; a *base* (matrah) is
always without VAT.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.documents.model.lines import AllowanceCharge, InvoiceLine, Tax, exemption
from app.documents.model.taxes import VAT
from app.domain.discounts import amount_of, goods_among, gross_of, shares_of
from app.domain.money import HUNDRED, to_kurus
from app.domain.orders import OrderLine

# The strictest provider takes eight decimals on a line; an order's own prices have no more.
UNIT_PRICE_STEP: Final = Decimal("0.00000001")


def price_lines(lines: Sequence[OrderLine], *, prices_include_vat: bool) -> tuple[InvoiceLine, ...]:
    """The document's lines, each with its share of the discounts at its VAT rate."""
    price = _priced_with_vat if prices_include_vat else _priced_without_vat
    shares = zip(goods_among(lines), shares_of(lines), strict=True)
    return tuple(price(line, amount_of(line) - share) for line, share in shares)


def _priced_with_vat(line: OrderLine, amount: Decimal) -> InvoiceLine:
    """The VAT is what is left of the amount, not a product: base and VAT must sum to what the buyer paid."""
    base = without_vat(amount, line.vat_rate)
    undiscounted = without_vat(gross_of(line), line.vat_rate)
    unit_price = _unit_price(undiscounted, line)
    return _priced(line, unit_price=unit_price, undiscounted=undiscounted, base=base, vat=amount - base)


def _priced_without_vat(line: OrderLine, amount: Decimal) -> InvoiceLine:
    vat = to_kurus(amount * line.vat_rate / HUNDRED)
    undiscounted = gross_of(line)
    # Given away whole, half a kuruş of a weighed line would be left below zero where only the difference is rounded.
    unit_price = line.unit_price if amount else _unit_price(undiscounted, line)
    return _priced(line, unit_price=unit_price, undiscounted=undiscounted, base=amount, vat=vat)


def _unit_price(undiscounted: Decimal, line: OrderLine) -> Decimal:
    """The price whose product with the quantity is this amount, to eight decimals."""
    return (undiscounted / line.quantity).quantize(UNIT_PRICE_STEP, ROUND_HALF_UP)


def without_vat(amount: Decimal, rate: Decimal) -> Decimal:
    """The base in an amount with VAT, in kuruş; the VAT is the rest of it."""
    return to_kurus(amount * HUNDRED / (HUNDRED + rate))


def _priced(line: OrderLine, *, unit_price: Decimal, undiscounted: Decimal, base: Decimal, vat: Decimal) -> InvoiceLine:
    allowance = undiscounted - base
    return InvoiceLine(
        line_reference=line.line_reference,
        name=line.name,
        sku=line.sku,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=unit_price,
        allowances=(AllowanceCharge(amount=allowance),) if allowance else (),
        base=base,
        taxes=(vat_of(line, base, vat),),
    )


def vat_of(line: OrderLine, base: Decimal, amount: Decimal) -> Tax:
    """The VAT of one of an order's lines, with the reason for none."""
    return Tax(code=VAT, rate=line.vat_rate, base=base, amount=amount, exemption=exemption(line.vat_exemption_code))
