"""What an invoice leaves open and UBL cannot: filled in from what it says elsewhere.

An invoice with its defaults stays as it is when they are filled in again, and is read from its XML as it was built.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from app.documents.codelists.reasons import ReasonList, reasons
from app.documents.model.attachments import named_for_gib
from app.documents.model.invoice import Invoice, subtotals
from app.documents.model.lines import InvoiceLine, Tax, exemption
from app.documents.model.parties import named_for_ubl
from app.documents.model.profiles import EXPORT_REGISTERED, SPECIAL_BASE, Profile
from app.documents.model.taxes import VAT, Role
from app.domain.invoice_info.model import (
    AdditionalDocument,
    InvoiceInfo,
    PaymentTerms,
    TaxExemptionReasons,
)
from app.domain.time import legal_date
from app.domain.vat_rates import NO_EXEMPTION, RATE_CHECK

# Types whose reason goes with VAT that is not zero.
REASON_BESIDE_VAT: Final = frozenset({EXPORT_REGISTERED, SPECIAL_BASE, "YTBISTISNA"})
_NO_TERMS: Final = PaymentTerms()


def with_defaults(invoice: Invoice) -> Invoice:
    """The same invoice, with every field filled in that follows from other fields.

    Reasons of the header go to the lines that need one, and the header has the reason that all lines share; absent
    dates of documents are the invoice's; the moment has whole seconds; empty parts are absent; names have the parts
    that the tax number asks for.
    """
    with_reasons = _with_reasons(invoice)
    taxes = [tax for line in with_reasons.lines for tax in line.taxes]
    special = any(tax.code == VAT and tax.exemption and tax.amount for tax in taxes)
    return replace(
        with_reasons,
        info=_header(with_reasons, taxes),
        customer=named_for_ubl(invoice.customer),
        notes=tuple(note for note in invoice.notes if note),
        tax_adjustments=tuple(e for e in subtotals(with_reasons.tax_adjustments) if e.base or e.amount),
        special_base_in_price=invoice.special_base_in_price or invoice.type != SPECIAL_BASE or not special,
        vat_deferred=invoice.vat_deferred and invoice.type == EXPORT_REGISTERED and bool(invoice.vat),
    )


def _with_reasons(invoice: Invoice) -> Invoice:
    given = invoice.info.tax_exemption_reason_info
    if given is None:
        return invoice
    vat, sct = given.kdv_exemption_reason_code, given.otv_exemption_reason_code
    paid = {tax.rate for tax in invoice.tax_subtotals if tax.code == VAT and tax.amount}

    def explained(tax: Tax) -> Tax:
        code = vat if tax.code == VAT else sct
        if code is None or tax.exemption is not None or not _wants_a_reason(tax, code, invoice, paid):
            return tax
        return replace(tax, exemption=exemption(code))

    def of_line(line: InvoiceLine) -> InvoiceLine:
        return replace(line, taxes=tuple(map(explained, line.taxes)))

    return replace(
        invoice,
        lines=tuple(map(of_line, invoice.lines)),
        tax_adjustments=tuple(map(explained, invoice.tax_adjustments)),
    )


def _wants_a_reason(tax: Tax, code: str, invoice: Invoice, paid: set[Decimal | None]) -> bool:
    """`paid`: the rates at which the document has VAT; what comes to nothing beside it needs no reason."""
    if tax.code != VAT:
        return tax.role is Role.IN_VAT_BASE and not tax.amount
    if code == RATE_CHECK:
        return bool(tax.amount)
    if code == NO_EXEMPTION:
        return tax.rate not in paid
    incentive = invoice.profile is Profile.YATIRIMTESVIK and invoice.type == "ISTISNA"
    return not tax.rate or invoice.type in REASON_BESIDE_VAT or incentive


def _header(invoice: Invoice, taxes: list[Tax]) -> InvoiceInfo:
    return replace(
        header_with_defaults(invoice.info),
        currency_code=invoice.currency,
        exchange_rate=invoice.exchange_rate,
        tax_exemption_reason_info=_reasons(invoice.info, taxes),
    )


def header_with_defaults(info: InvoiceInfo) -> InvoiceInfo:
    """What a header leaves open by itself: dates of its documents, names of file types, seconds, empty parts."""
    moment = info.issue_date.replace(microsecond=0) if info.issue_date else None
    day = legal_date(moment) if moment else None
    means, terms, slip = info.payment_means_info, info.payment_terms_info, info.okc_info
    return replace(
        info,
        issue_date=moment,
        order_reference_document=_dated(info.order_reference_document, day) if info.order_reference_document else None,
        additional_document_references=tuple(_dated(each, day) for each in info.additional_document_references),
        okc_info=replace(slip, time=_with_seconds(slip.time)) if slip else None,
        payment_means_info=replace(means, note=means.note or None) if means else None,
        payment_terms_info=_or_none(replace(terms, note=terms.note or None)) if terms else None,
    )


def _dated(document: AdditionalDocument, day: date | None) -> AdditionalDocument:
    file = named_for_gib(document.attachment) if document.attachment else None
    return replace(document, issue_date=document.issue_date or day, attachment=file)


def _with_seconds(time: str) -> str:
    return time if time.count(":") > 1 else f"{time}:00"


def _or_none(terms: PaymentTerms) -> PaymentTerms | None:
    return None if terms == _NO_TERMS else terms


def _reasons(info: InvoiceInfo, taxes: list[Tax]) -> TaxExemptionReasons | None:
    """What all lines share. A reason that no line took is kept, so that a rule can report it."""
    given = info.tax_exemption_reason_info or TaxExemptionReasons()
    of_vat = {tax.exemption.code for tax in taxes if tax.exemption and tax.code == VAT}
    listed = reasons(ReasonList.SCT_EXEMPTION)
    of_sct = {tax.exemption.code for tax in taxes if tax.exemption and tax.code != VAT and tax.exemption.code in listed}
    found = TaxExemptionReasons(
        kdv_exemption_reason_code=_shared(of_vat, given.kdv_exemption_reason_code),
        otv_exemption_reason_code=_shared(of_sct, given.otv_exemption_reason_code),
    )
    return None if found == TaxExemptionReasons() else found


def _shared(codes: set[str], otherwise: str | None) -> str | None:
    if not codes:
        return otherwise
    return next(iter(codes)) if len(codes) == 1 else None
