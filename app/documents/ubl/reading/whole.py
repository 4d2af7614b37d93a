"""From XML to an invoice, whose sums are then held against those that were written."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, localcontext
from typing import Final

from app.documents.checking.checker import PRECISION
from app.documents.checking.report_facts import FactsFound
from app.documents.model.defaults import with_defaults
from app.documents.model.invoice import Invoice
from app.documents.model.lines import ZERO
from app.documents.model.profiles import FurtherType, Profile
from app.documents.safe_input.tree import Element, aggregates, leaf, leaves
from app.documents.safe_input.xml import parse as safely_parsed
from app.documents.ubl.dialect import DESPATCH_SENTENCE
from app.documents.ubl.reading.agreement import adjustments, agreed, with_reasons_of, with_taxes_of
from app.documents.ubl.reading.elements import code, day, needed_day, number, raw, text, unreadable
from app.documents.ubl.reading.lines import read_line
from app.documents.ubl.reading.parties import (
    read_customer,
    read_foreign_buyer,
    read_seller,
    read_tax_representative,
)
from app.documents.ubl.reading.references import (
    read_attachment,
    read_certificate,
    read_despatch_notes,
    read_document,
    read_means,
    read_order,
    read_returned,
    read_slip,
    read_terms,
)
from app.documents.ubl.reading.report import internet_sale_of, sending_of
from app.documents.ubl.reading.taxes import read_allowances, read_taxes
from app.documents.ubl.writing.references import CHARGING_SCHEME, DESPATCH_ID, TEMPLATE
from app.domain.invoice_details import Period
from app.domain.invoice_info.enums import InvoiceType, Platform, Sending
from app.domain.invoice_info.model import AdditionalDocument, InvoiceInfo, PaymentMeans
from app.domain.money import LIRA
from app.domain.text import folded
from app.domain.time import EARLIEST, ISTANBUL

_MIDNIGHT: Final = "00:00:00"
# A number has its year as 20xx.
LAST_YEAR: Final = 2100


@dataclass(slots=True)
class _Found:
    """What is among the notes and the additional references."""

    report: FactsFound
    notes: tuple[str, ...] = ()
    documents: tuple[AdditionalDocument, ...] = ()
    is_despatch: bool = False
    charging_report: str | None = None
    template: str | None = None


def parse(content: bytes) -> Invoice:
    """The invoice in a UBL-TR document, with its defaults.

    What `build` wrote comes back as it was, as far as its dialect has room for it; of others' documents, what an
    invoice has fields for.

    Raises UnsafeXmlError for bytes that may not be read, and UnreadableError for what cannot be held: missing parts,
    unknown types, and sums that are not those of the lines. The signature is not looked at.
    """
    root = safely_parsed(content)
    with localcontext(prec=PRECISION):
        return with_defaults(_read(root))


def _read(root: Element) -> Invoice:
    found = _found(root)
    seller, seller_ids = read_seller(root)
    customer, customer_ids = read_customer(root)
    written = read_taxes(root)
    lines = with_taxes_of(written, root, tuple(read_line(each) for each in aggregates(root, "InvoiceLine")))
    lines = with_reasons_of(written, lines)
    invoice = Invoice(
        info=_header(root, found),
        profile=_profile(root),
        further_type=_further_type(root),
        seller=seller,
        seller_ids=seller_ids,
        customer=customer,
        customer_ids=customer_ids,
        foreign_buyer=read_foreign_buyer(root),
        tax_representative=read_tax_representative(root),
        lines=lines,
        notes=found.notes,
        allowances=read_allowances(root),
        tax_adjustments=adjustments(written, lines),
        accounting_cost=code(root, "AccountingCost"),
        period=_period(root),
        charging_report=found.charging_report,
        investment_certificate=read_certificate(root),
        rounding=number(root, "LegalMonetaryTotal/PayableRoundingAmount") or ZERO,
    )
    return agreed(invoice, root)


def _found(root: Element) -> _Found:
    found = _Found(report=FactsFound())
    for element in leaves(root, "Note"):
        if _is_despatch_sentence(element.text):
            found.is_despatch = True
        elif element.text and not found.report.takes_note(element):
            found.notes = (*found.notes, element.text)
    for reference in aggregates(root, "AdditionalDocumentReference"):
        _take(found, reference)
    return found


def _is_despatch_sentence(written: str | None) -> bool:
    return written is not None and folded(written.strip().rstrip(".")) == folded(DESPATCH_SENTENCE)


def _take(found: _Found, reference: Element) -> None:
    identifier, kind = leaf(reference, "ID"), raw(reference, "DocumentType")
    attachment = read_attachment(reference) if kind == TEMPLATE else None
    if identifier is not None and identifier.get("schemeID") == CHARGING_SCHEME:
        found.charging_report = identifier.text
    elif attachment is not None and found.template is None:
        found.template = attachment.base64_data
    elif identifier is not None and identifier.text == DESPATCH_ID and _is_despatch_sentence(kind):
        found.is_despatch = True
    elif not found.report.takes_reference(reference):
        found.documents = (*found.documents, read_document(reference))


def _header(root: Element, found: _Found) -> InvoiceInfo:
    order, order_document = read_order(root)
    sale = internet_sale_of(found.report, root)
    sending = sending_of(found.report)
    kind = text(root, "InvoiceTypeCode").strip()
    return InvoiceInfo(
        uuid=text(root, "UUID").strip(),
        template_base64_string=found.template,
        invoice_type=InvoiceType[kind] if kind in InvoiceType.__members__ else None,
        invoice_serie_or_number=text(root, "ID").strip(),
        issue_date=_moment(root),
        currency_code=text(root, "DocumentCurrencyCode").strip(),
        exchange_rate=_rate(root),
        is_despatch=found.is_despatch,
        sales_platform=Platform.INTERNET if found.report.online else Platform.NORMAL,
        # The law has an internet sale sent so; some dialects have no place for it.
        send_type=sending or (Sending.ELEKTRONIK if found.report.online else None),
        despatch_document_reference=read_despatch_notes(root),
        order_reference=order,
        order_reference_document=order_document,
        additional_document_references=found.documents,
        return_invoice_info=read_returned(root),
        payment_terms_info=read_terms(root),
        payment_means_info=_means(root, found),
        okc_info=read_slip(root),
        internet_info=sale,
    )


def _means(root: Element, found: _Found) -> PaymentMeans | None:
    """The first; an invoice has one, and a dialect may have put the sale's behind it."""
    means = aggregates(root, "PaymentMeans")
    if found.report.payment_is_means:
        means = means[:-1]
    if len(means) > 1:
        raise unreadable(root, "SEVERAL_PAYMENT_MEANS", "names several means of payment")
    return read_means(means[0]) if means else None


def _moment(root: Element) -> datetime:
    day = needed_day(root, "IssueDate")
    if not EARLIEST.year <= day.year < LAST_YEAR:
        raise unreadable(root, "VALUE_UNREADABLE", "IssueDate is of another age")
    written = code(root, "IssueTime") or _MIDNIGHT
    try:
        moment = datetime.combine(day, time.fromisoformat(written))
    except ValueError:
        raise unreadable(root, "VALUE_UNREADABLE", "IssueTime is not what it should be") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ISTANBUL)


def _rate(root: Element) -> Decimal | None:
    if code(root, "DocumentCurrencyCode") == LIRA:
        return None
    return number(root, "PricingExchangeRate/CalculationRate")


def _profile(root: Element) -> Profile:
    written = text(root, "ProfileID").strip()
    if written not in Profile.__members__:
        raise unreadable(root, "PROFILE_UNKNOWN", "ProfileID is none of an invoice")
    return Profile[written]


def _further_type(root: Element) -> FurtherType | None:
    written = text(root, "InvoiceTypeCode").strip()
    if written in FurtherType.__members__:
        return FurtherType[written]
    if written not in InvoiceType.__members__ or written == InvoiceType.IPTAL.name:
        raise unreadable(root, "TYPE_UNKNOWN", "InvoiceTypeCode is none of UBL-TR's")
    return None


def _period(root: Element) -> Period | None:
    for each in aggregates(root, "InvoicePeriod"):
        start, end = day(each, "StartDate"), day(each, "EndDate")
        if start is None or end is None:
            return None
        return Period(
            start_date=start,
            end_date=end,
            start_time=code(each, "StartTime"),
            end_time=code(each, "EndTime"),
        )
    return None
