"""From what is written down to an invoice whose every amount is calculated, line by line."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from app.documents.from_json.input_model import (
    AllowanceEntry,
    DocumentAllowanceEntry,
    InvoiceEntry,
    LineEntry,
    TaxEntry,
)
from app.documents.model.defaults import with_defaults
from app.documents.model.document_allowances import document_charge, spread_over
from app.documents.model.invoice import Invoice
from app.documents.model.line_taxes import amount_of_tax, base_of_vat, withheld, without_withheld
from app.documents.model.lines import ZERO, AllowanceCharge, Exemption, InvoiceLine, Tax, exemption
from app.documents.model.parties import customer_of
from app.documents.model.profiles import PARTIAL_TAX
from app.documents.model.taxes import VAT
from app.domain.invoice_details import Goods
from app.domain.money import HUNDRED, to_kurus
from app.domain.parties import Person

_NO_GOODS: Final = Goods()


def invoice_of(entry: InvoiceEntry) -> Invoice:
    """The invoice, with its defaults; it may still break a rule. Amounts that are too large raise decimal's errors."""
    info = entry.archive_invoice.info
    kind = entry.further_type or (info.invoice_type.name if info.invoice_type else None)
    lines = tuple(line_of(each, partial=kind in PARTIAL_TAX) for each in entry.lines)
    allowances, adjustments = _of_document(entry.allowances, lines)
    return with_defaults(
        Invoice(
            info=info,
            profile=entry.profile,
            further_type=entry.further_type,
            seller=entry.seller,
            seller_ids=entry.seller_ids,
            customer=customer_of(Person(buyer=entry.buyer) if entry.buyer else None, entry.seller),
            customer_ids=entry.buyer_ids,
            foreign_buyer=entry.foreign_buyer,
            tax_representative=entry.tax_representative,
            lines=lines,
            notes=entry.notes,
            allowances=allowances,
            tax_adjustments=adjustments,
            accounting_cost=entry.accounting_cost,
            period=entry.period,
            charging_report=entry.charging_report,
            investment_certificate=entry.investment_certificate,
            special_base_in_price=entry.special_base_in_price,
            vat_deferred=entry.vat_deferred,
            rounding=entry.rounding,
        )
    )


def line_of(entry: LineEntry, *, partial: bool = False) -> InvoiceLine:
    """One line, each amount rounded by itself. `partial`: the tax is only the part that was not withheld (returns)."""
    gross = to_kurus(entry.quantity * entry.unit_price)
    allowances = tuple(_allowance(each, gross) for each in entry.allowances)
    base = gross + sum((each.amount if each.is_charge else -each.amount for each in allowances), ZERO)
    taxes = _taxes(entry, base)
    given = entry.withholding
    withholdings = () if given is None else (withheld(given.code, given.rate, taxes),)
    return InvoiceLine(
        name=entry.name,
        quantity=entry.quantity,
        unit=entry.unit,
        unit_price=entry.unit_price,
        base=base,
        taxes=without_withheld(taxes, withholdings) if partial else taxes,
        withholdings=() if partial else withholdings,
        line_reference=entry.line_reference,
        sku=entry.sku,
        note=entry.note,
        allowances=allowances,
        marks=entry.marks,
        goods=None if entry.goods == _NO_GOODS else entry.goods,
        delivery=entry.delivery,
    )


def _allowance(entry: AllowanceEntry, gross: Decimal) -> AllowanceCharge:
    if entry.percent is None:
        return AllowanceCharge(is_charge=entry.is_charge, amount=entry.amount or ZERO, reason=entry.reason)
    return AllowanceCharge(
        is_charge=entry.is_charge,
        amount=to_kurus(gross * entry.percent / HUNDRED),
        reason=entry.reason,
        factor=entry.percent / HUNDRED,
        base=gross,
    )


def _taxes(entry: LineEntry, base: Decimal) -> tuple[Tax, ...]:
    """VAT after the taxes that it is on too, whatever their order in the entry."""
    others = [_tax(each, base, entry.quantity) for each in entry.taxes if each.code != VAT]
    of_vat = base_of_vat(base, others)
    return (*(_tax(each, of_vat, entry.quantity) for each in entry.taxes if each.code == VAT), *others)


def _tax(entry: TaxEntry, base: Decimal, quantity: Decimal) -> Tax:
    on = base if entry.base is None else entry.base
    return Tax(
        code=entry.code,
        rate=entry.rate,
        base=on,
        amount=amount_of_tax(on, quantity, entry.rate, entry.per_unit),
        exemption=_exemption(entry),
        per_unit=entry.per_unit,
        counted=entry.added,
    )


def _exemption(entry: TaxEntry) -> Exemption | None:
    if entry.exemption_code is not None and entry.exemption_text is not None:
        return Exemption(code=entry.exemption_code, text=entry.exemption_text)
    return exemption(entry.exemption_code)


def _of_document(
    entries: Iterable[DocumentAllowanceEntry], lines: tuple[InvoiceLine, ...]
) -> tuple[tuple[AllowanceCharge, ...], tuple[Tax, ...]]:
    allowances, adjustments = [], []
    for each in entries:
        allowances.append(AllowanceCharge(is_charge=each.is_charge, amount=each.amount, reason=each.reason))
        if each.is_charge:
            adjustments.append(document_charge(each.amount, each.vat_rate or ZERO, exemption(each.exemption_code)))
        else:
            adjustments.extend(spread_over(lines, each.amount))
    return tuple(allowances), tuple(adjustments)
