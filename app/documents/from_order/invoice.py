"""From an order's lines to an invoice, whose total is that of the lines to the kuruş wherever their parts are put."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.documents.from_order.pricing import price_lines, vat_of
from app.documents.model.invoice import Invoice
from app.documents.model.lines import ZERO, AllowanceCharge, InvoiceLine, Tax, exemption
from app.documents.model.parties import customer_of
from app.domain.commands import DocumentOrder
from app.domain.discounts import goods_among, shares_of
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.line_prices import without_vat
from app.domain.money import HUNDRED, to_kurus
from app.domain.orders import LineKind, OrderLine
from app.domain.parties import Person, Seller
from app.domain.record import record
from app.domain.vat_rates import NO_EXEMPTION


class DiscountAs(StrEnum):
    """Where an order's DISCOUNT lines go."""

    LINES = "lines"  # spread over the lines as their allowances
    DOCUMENT = "document"  # an allowance of the document


class ShippingAs(StrEnum):
    """Where an order's SHIPPING lines go."""

    LINE = "line"
    CHARGE = "charge"  # a charge of the document


@record
class Placing:
    """The defaults suit every provider: some know no allowances and charges of a document."""

    discount: DiscountAs = DiscountAs.LINES
    shipping: ShippingAs = ShippingAs.LINE


DEFAULT: Final = Placing()


def invoice_from_order(
    order: DocumentOrder, person: Person | None, seller: Seller, placing: Placing = DEFAULT
) -> Invoice:
    """The invoice over these lines. The order must be free of `order_errors`.

    It may be a part of an order: whole lines, among them those discounts and charges that were asked for with it, so
    that the parts come to the order. Where the document's own allowance would leave a tax below zero (many lines of a
    few kuruş), discounts are spread over the lines after all. VAT that comes to nothing at its rate (a gift, a few
    kuruş) has reason 351, because GİB asks for one whatever the rate (TaxExemptionReasonCheck-1).
    """
    invoice = _drawn(order, person, seller, placing)
    if any(each.base < ZERO or each.amount < ZERO for each in invoice.tax_subtotals):
        invoice = _drawn(order, person, seller, replace(placing, discount=DiscountAs.LINES))
    return _explained(invoice)


def _explained(invoice: Invoice) -> Invoice:
    nothing = {each.rate for each in invoice.tax_subtotals if not each.amount and each.exemption is None}
    if not nothing:
        return invoice

    def with_reason(tax: Tax) -> Tax:
        due = tax.rate in nothing and tax.exemption is None
        return replace(tax, exemption=exemption(NO_EXEMPTION)) if due else tax

    return replace(
        invoice,
        lines=tuple(replace(line, taxes=tuple(map(with_reason, line.taxes))) for line in invoice.lines),
        tax_adjustments=tuple(map(with_reason, invoice.tax_adjustments)),
    )


def _drawn(order: DocumentOrder, person: Person | None, seller: Seller, placing: Placing) -> Invoice:
    on_document = placing.discount is DiscountAs.DOCUMENT
    goods = goods_among(order.lines)
    priced = price_lines(goods if on_document else order.lines, prices_include_vat=order.prices_include_vat)
    lines, shipping = _apart(goods, priced, placing.shipping)
    allowances, lowered = _discounts(order, goods) if on_document else ((), ())
    charges = tuple(AllowanceCharge(is_charge=True, amount=each.base, reason=each.name) for each in shipping)
    return Invoice(
        info=InvoiceInfo(currency_code=order.currency, exchange_rate=order.exchange_rate),
        seller=seller,
        customer=customer_of(person, seller),
        lines=lines,
        allowances=(*allowances, *charges),
        tax_adjustments=(*lowered, *(tax for line in shipping for tax in line.taxes)),
    )


def _apart(
    goods: Sequence[OrderLine], priced: Sequence[InvoiceLine], shipping: ShippingAs
) -> tuple[tuple[InvoiceLine, ...], tuple[InvoiceLine, ...]]:
    """The lines, and what becomes a charge; a document has a line, so shipping alone stays one."""
    kinds = [line.kind for line in goods]
    if shipping is ShippingAs.LINE or all(kind is LineKind.SHIPPING for kind in kinds):
        return tuple(priced), ()
    charged = [kind is LineKind.SHIPPING and line.base > ZERO for kind, line in zip(kinds, priced, strict=True)]
    lines = tuple(line for line, is_charge in zip(priced, charged, strict=True) if not is_charge)
    return lines, tuple(line for line, is_charge in zip(priced, charged, strict=True) if is_charge)


def _discounts(order: DocumentOrder, goods: Sequence[OrderLine]) -> tuple[tuple[AllowanceCharge, ...], tuple[Tax, ...]]:
    """One allowance of the document, and what it changes in each line's tax, by largest remainder."""
    shares = shares_of(order.lines)
    if not any(shares):
        return (), ()
    lowered = _by_rate(goods, shares, prices_include_vat=order.prices_include_vat)
    amount = -sum((each.base for each in lowered), ZERO)
    reason = next(line.name for line in order.lines if line.kind is LineKind.DISCOUNT)
    return (AllowanceCharge(amount=amount, reason=reason),), lowered


def _by_rate(goods: Sequence[OrderLine], shares: Sequence[Decimal], *, prices_include_vat: bool) -> tuple[Tax, ...]:
    groups: dict[tuple[Decimal, str | None], tuple[OrderLine, Decimal]] = {}
    for line, share in zip(goods, shares, strict=True):
        key = (line.vat_rate, line.vat_exemption_code)
        groups[key] = (line, share + (groups[key][1] if key in groups else ZERO))
    return tuple(
        _lowered(line, share, prices_include_vat=prices_include_vat) for line, share in groups.values() if share
    )


def _lowered(line: OrderLine, share: Decimal, *, prices_include_vat: bool) -> Tax:
    base = without_vat(share, line.vat_rate) if prices_include_vat else share
    vat = share - base if prices_include_vat else to_kurus(base * line.vat_rate / HUNDRED)
    return vat_of(line, -base, -vat)
