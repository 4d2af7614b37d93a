"""From an order's lines to an invoice, whose total is that of the lines to the kuruş."""

from dataclasses import replace
from typing import Final

from app.documents.from_order.pricing import price_lines
from app.documents.model.invoice import Invoice
from app.documents.model.lines import Tax, exemption
from app.documents.model.parties import customer_of
from app.documents.model.profiles import PARTIAL_TAX
from app.documents.model.taxes import VAT
from app.domain.commands import DocumentOrder
from app.domain.invoice_details import InvoiceDetails
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.invoice_types import REASONS_BESIDE_VAT, reason_of, type_of
from app.domain.parties import Person, Seller
from app.domain.vat_rates import NO_EXEMPTION

_PLAIN: Final = InvoiceDetails()


def invoice_from_order(order: DocumentOrder, person: Person | None, seller: Seller) -> Invoice:
    """The invoice over these lines. The order must be free of `order_errors`.

    It may be a part of an order: whole lines, among them those discounts and charges that were asked for with it, so
    that the parts come to the order. Discounts are spread over the lines as their allowances, and shipping is a line:
    every provider knows these. VAT that comes to nothing at its rate (a gift, a few kuruş) has reason 351, because GİB
    asks for one whatever the rate (TaxExemptionReasonCheck-1).
    """
    details = order.details or _PLAIN
    kind = type_of(order.invoice_info, order.lines)
    partial = kind is not None and kind.name in PARTIAL_TAX
    invoice = Invoice(
        info=InvoiceInfo(currency_code=order.currency, exchange_rate=order.exchange_rate, invoice_type=kind),
        seller=seller,
        seller_ids=details.seller_ids,
        customer=customer_of(person, seller),
        customer_ids=details.buyer_ids,
        lines=price_lines(order.lines, prices_include_vat=order.prices_include_vat, partial=partial),
        accounting_cost=details.accounting_cost,
        period=details.period,
        special_base_in_price=order.prices_include_vat,
        vat_deferred=details.vat_deferred,
    )
    return _explained(_with_reason_beside_vat(invoice, reason_of(order.invoice_info)))


def _with_reason_beside_vat(invoice: Invoice, reason: str | None) -> Invoice:
    """The InvoiceInfo's reason for a special base or an export-registered sale, on each line with VAT that has none."""
    if reason is None or not reason.startswith(REASONS_BESIDE_VAT):
        return invoice

    def with_reason(tax: Tax) -> Tax:
        due = tax.code == VAT and tax.rate and tax.exemption is None
        return replace(tax, exemption=exemption(reason)) if due else tax

    lines = tuple(replace(line, taxes=tuple(map(with_reason, line.taxes))) for line in invoice.lines)
    return replace(invoice, lines=lines)


def _explained(invoice: Invoice) -> Invoice:
    without = (each for each in invoice.tax_subtotals if each.code == VAT and each.exemption is None)
    nothing = {each.rate for each in without if not each.amount}

    def with_reason(tax: Tax) -> Tax:
        due = tax.code == VAT and tax.rate in nothing and tax.exemption is None
        return replace(tax, exemption=exemption(NO_EXEMPTION)) if due else tax

    if not nothing:
        return invoice
    lines = tuple(replace(line, taxes=tuple(map(with_reason, line.taxes))) for line in invoice.lines)
    return replace(invoice, lines=lines)
