"""From the order's prices to a document's lines, each with its VAT and its allowance."""

from collections.abc import Sequence

from app.documents.model.lines import AllowanceCharge, InvoiceLine, Tax, exemption
from app.documents.model.taxes import VAT
from app.domain.discounts import amount_of, goods_among, shares_of
from app.domain.line_prices import LinePrice, price_of
from app.domain.orders import OrderLine


def price_lines(lines: Sequence[OrderLine], *, prices_include_vat: bool) -> tuple[InvoiceLine, ...]:
    """The document's lines, each with its share of the discounts at its VAT rate."""
    shares = zip(goods_among(lines), shares_of(lines), strict=True)
    return tuple(
        _priced(line, price_of(line, amount_of(line) - share, prices_include_vat=prices_include_vat))
        for line, share in shares
    )


def _priced(line: OrderLine, price: LinePrice) -> InvoiceLine:
    allowance = price.undiscounted - price.base
    return InvoiceLine(
        line_reference=line.line_reference,
        name=line.name,
        sku=line.sku,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=price.unit_price,
        allowances=(AllowanceCharge(amount=allowance),) if allowance else (),
        base=price.base,
        taxes=(_vat_of(line, price),),
    )


def _vat_of(line: OrderLine, price: LinePrice) -> Tax:
    """The VAT of one of an order's lines, with the reason for none."""
    reason = exemption(line.vat_exemption_code)
    return Tax(code=VAT, rate=line.vat_rate, base=price.base, amount=price.vat, exemption=reason)
