"""From the order's prices to a document's lines, each with its taxes and its allowance."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from app.documents.model.line_taxes import amount_of_tax, base_of_vat, withheld, without_withheld
from app.documents.model.lines import AllowanceCharge, InvoiceLine, Tax, exemption
from app.documents.model.taxes import VAT
from app.domain.discounts import amount_of, goods_among, shares_of
from app.domain.invoice_details import FurtherTax, LineDetails
from app.domain.line_prices import LinePrice, price_of
from app.domain.money import HUNDRED, to_kurus
from app.domain.orders import OrderLine

_PLAIN: Final = LineDetails()


def price_lines(
    lines: Sequence[OrderLine], *, prices_include_vat: bool, partial: bool = False
) -> tuple[InvoiceLine, ...]:
    """The document's lines, each with its share of the discounts at its VAT rate.

    `partial`: the VAT is only the part that was not withheld, as a return with withholding has it.
    """
    shares = zip(goods_among(lines), shares_of(lines), strict=True)
    return tuple(
        _priced(line, price_of(line, amount_of(line) - share, prices_include_vat=prices_include_vat), partial=partial)
        for line, share in shares
    )


def _priced(line: OrderLine, price: LinePrice, *, partial: bool) -> InvoiceLine:
    details = line.details or _PLAIN
    allowance = price.undiscounted - price.base
    others = tuple(_further(each, price.base, line.quantity) for each in details.taxes)
    taxes = (_vat(line, price, others), *others)
    given = details.withholding
    withholdings = () if given is None else (withheld(given.code, given.rate, taxes),)
    return InvoiceLine(
        line_reference=line.line_reference,
        name=line.name,
        sku=line.sku,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=price.unit_price,
        allowances=(AllowanceCharge(amount=allowance),) if allowance else (),
        base=price.base,
        taxes=without_withheld(taxes, withholdings) if partial else taxes,
        withholdings=() if partial else withholdings,
        marks=details.marks,
        goods=details.goods,
        delivery=details.delivery,
    )


def _vat(line: OrderLine, price: LinePrice, others: tuple[Tax, ...]) -> Tax:
    """The line's VAT, with the reason for none or for another base."""
    base, amount = base_of_vat(price.base, others), price.vat
    special = line.details.special_base if line.details else None
    if special is not None or base != price.base:
        base = base if special is None else special
        amount = to_kurus(base * line.vat_rate / HUNDRED)
    return Tax(code=VAT, rate=line.vat_rate, base=base, amount=amount, exemption=exemption(line.vat_exemption_code))


def _further(given: FurtherTax, base: Decimal, quantity: Decimal) -> Tax:
    return Tax(
        code=given.code,
        rate=given.rate,
        base=base,
        amount=amount_of_tax(base, quantity, given.rate, given.per_unit),
        exemption=exemption(given.exemption_code),
        per_unit=given.per_unit,
    )
