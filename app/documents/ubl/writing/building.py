"""From an invoice to its XML."""

import base64
from dataclasses import replace
from typing import Any, Final

from lxml import etree

from app.documents.checking.drafts import fill_placeholders
from app.documents.model.invoice import Invoice
from app.documents.safe_input.tree import CAC, CBC, EXT, Element
from app.documents.safe_input.xml import INVOICE
from app.documents.ubl.dialect import DEFAULT, DESPATCH_SENTENCE, DespatchAs, Dialect
from app.documents.ubl.writing.elements import aggregate, day, leaf, optional, plain
from app.documents.ubl.writing.lines import write_line
from app.documents.ubl.writing.parties import (
    write_customer,
    write_foreign_buyer,
    write_seller,
    write_tax_representative,
)
from app.documents.ubl.writing.references import write_carriage, write_payment, write_references
from app.documents.ubl.writing.report import ReportParts, parts_of
from app.documents.ubl.writing.taxes import write_allowances, write_taxes, write_totals
from app.domain.invoice_details import Period
from app.domain.numbers import NUMBER
from app.domain.time import ISTANBUL

UBL_VERSION: Final = "2.1"
CUSTOMIZATION: Final = "TR1.2"
_PREFIXES: Final = {"cac": CAC[1:-1], "cbc": CBC[1:-1], "ext": EXT[1:-1]}
# lxml calls the default namespace None, and its stubs know only names.
_NAMESPACES: Final[Any] = {None: INVOICE[1:].partition("}")[0], **_PREFIXES}


class UnbuildableError(ValueError):
    """Something is missing without which there is no document; the text says what."""


def build(invoice: Invoice, *, dialect: Dialect = DEFAULT, template: bytes | None = None) -> bytes:
    """The invoice as UBL-TR 1.2 in UTF-8, unsigned: with placeholders where the signer writes.

    It must have its defaults. `template` is an XSLT to be shown with, unless the header brings one. A template stored
    at the provider (TemplateUUID) is not part of the document. Raises UnbuildableError without ETTN, number, moment or
    type.
    """
    if template is not None and invoice.info.template_base64_string is None:
        header = replace(invoice.info, template_base64_string=base64.b64encode(template).decode())
        invoice = replace(invoice, info=header)
    _refuse_the_unfinished(invoice)
    root = etree.Element(INVOICE, nsmap=_NAMESPACES)
    report = parts_of(invoice, dialect.report)
    _write_header(root, invoice, report, dialect)
    _write_body(root, invoice, report, dialect)
    fill_placeholders(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _refuse_the_unfinished(invoice: Invoice) -> None:
    info = invoice.info
    missing = [
        name
        for name, there in (
            ("UUID", info.uuid),
            ("IssueDate", info.issue_date),
            ("InvoiceType", invoice.type),
            ("a whole number of 16 characters", NUMBER.fullmatch(info.invoice_serie_or_number or "")),
        )
        if not there
    ]
    if missing:
        raise UnbuildableError(f"a document needs {', '.join(missing)}")


def _write_header(root: Element, invoice: Invoice, report: ReportParts, dialect: Dialect) -> None:
    info = invoice.info
    assert info.issue_date is not None
    moment = info.issue_date.astimezone(ISTANBUL)
    etree.SubElement(root, EXT + "UBLExtensions")
    leaf(root, "UBLVersionID", UBL_VERSION)
    leaf(root, "CustomizationID", CUSTOMIZATION)
    leaf(root, "ProfileID", invoice.profile.value)
    leaf(root, "ID", info.invoice_serie_or_number or "")
    leaf(root, "CopyIndicator", "false")
    leaf(root, "UUID", info.uuid or "")
    day(root, "IssueDate", moment.date())
    leaf(root, "IssueTime", moment.strftime("%H:%M:%S"))
    leaf(root, "InvoiceTypeCode", invoice.type or "")
    stands_for_note = info.is_despatch and dialect.despatch is DespatchAs.NOTE
    for note in (*invoice.notes, *((DESPATCH_SENTENCE,) if stands_for_note else ()), *report.notes):
        leaf(root, "Note", note)
    leaf(root, "DocumentCurrencyCode", invoice.currency)
    optional(root, "AccountingCost", invoice.accounting_cost)
    leaf(root, "LineCountNumeric", str(len(invoice.lines)))
    if invoice.period is not None:
        _write_period(root, invoice.period)
    write_references(root, invoice, report, dialect, moment.date())


def _write_period(root: Element, period: Period) -> None:
    written = aggregate(root, "InvoicePeriod")
    day(written, "StartDate", period.start_date)
    optional(written, "StartTime", period.start_time)
    day(written, "EndDate", period.end_date)
    optional(written, "EndTime", period.end_time)


def _write_body(root: Element, invoice: Invoice, report: ReportParts, dialect: Dialect) -> None:
    currency = invoice.currency
    write_seller(root, invoice, report.website)
    write_customer(root, invoice)
    if invoice.foreign_buyer is not None:
        write_foreign_buyer(root, invoice.foreign_buyer)
    if invoice.tax_representative is not None:
        write_tax_representative(root, invoice.tax_representative)
    if report.carriage is not None:
        write_carriage(root, report.carriage, invoice.seller)
    write_payment(root, invoice.info, report, currency)
    write_allowances(root, invoice.allowances, currency)
    _write_rate(root, invoice)
    write_taxes(root, invoice.tax_subtotals, invoice.withholding_subtotals, currency, dialect.tax_total)
    write_totals(root, invoice)
    for index, line in enumerate(invoice.lines, start=1):
        write_line(root, index, line, currency, seat=invoice.seller.address, tax=dialect.tax_total)


def _write_rate(root: Element, invoice: Invoice) -> None:
    if invoice.exchange_rate is None:
        return
    rate = aggregate(root, "PricingExchangeRate")
    leaf(rate, "SourceCurrencyCode", invoice.currency)
    leaf(rate, "TargetCurrencyCode", "TRY")
    leaf(rate, "CalculationRate", plain(invoice.exchange_rate))
