"""The documents that an invoice refers to or carries, payment, and the report's facts among them."""

from datetime import date
from typing import Final

from lxml import etree

from app.documents.model.invoice import Invoice
from app.documents.safe_input.tree import CBC, Element
from app.documents.ubl.dialect import DESPATCH_SENTENCE, DespatchAs, Dialect
from app.documents.ubl.report import Carriage, Reference
from app.documents.ubl.writing.elements import aggregate, day, identified, leaf, money, optional, plain
from app.documents.ubl.writing.parties import write_address, write_tax_number
from app.documents.ubl.writing.report import ReportParts
from app.domain.invoice_info.model import AdditionalDocument, CashRegisterSlip, InvoiceInfo
from app.domain.parties import Seller

RETURN: Final = "IADE"
TEMPLATE: Final = "XSLT"
SLIP_CODE: Final = "OKCBF"
SLIP_TYPE: Final = "OKCBilgiFisi"
CHARGING_SCHEME: Final = "ESURaporID"
CERTIFICATE_SCHEME: Final = "YTBNO"
DESPATCH_ID: Final = "irsaliyeYerineGecer"


def write_references(root: Element, invoice: Invoice, report: ReportParts, dialect: Dialect, issued: date) -> None:
    """From the order to the invoice's own attachments, in the schema's order."""
    info = invoice.info
    _order(root, info, issued)
    for returned in info.return_invoice_info:
        reference = aggregate(aggregate(root, "BillingReference"), "InvoiceDocumentReference")
        leaf(reference, "ID", returned.invoice_number)
        day(reference, "IssueDate", returned.issue_date)
        leaf(reference, "DocumentTypeCode", RETURN)
    if info.okc_info is not None:
        _slip(root, info.okc_info, invoice.seller)
    for note in info.despatch_document_reference:
        reference = aggregate(root, "DespatchDocumentReference")
        leaf(reference, "ID", note.value)
        day(reference, "IssueDate", note.issue_date)
    if invoice.investment_certificate is not None:
        reference = aggregate(root, "ContractDocumentReference")
        identified(reference, CERTIFICATE_SCHEME, invoice.investment_certificate.value)
        day(reference, "IssueDate", invoice.investment_certificate.issue_date)
    _additional(root, invoice, report, dialect, issued)


def _order(root: Element, info: InvoiceInfo, issued: date) -> None:
    if info.order_reference is None:
        return
    order = aggregate(root, "OrderReference")
    leaf(order, "ID", info.order_reference.value)
    day(order, "IssueDate", info.order_reference.issue_date)
    if info.order_reference_document is not None:
        write_document(order, info.order_reference_document, issued, "DocumentReference")


def _additional(root: Element, invoice: Invoice, report: ReportParts, dialect: Dialect, issued: date) -> None:
    info = invoice.info
    for document in info.additional_document_references:
        write_document(root, document, issued, "AdditionalDocumentReference")
    if invoice.charging_report is not None:
        reference = aggregate(root, "AdditionalDocumentReference")
        identified(reference, CHARGING_SCHEME, invoice.charging_report)
        day(reference, "IssueDate", issued)
    if info.is_despatch and dialect.despatch is DespatchAs.REFERENCE:
        _fact(root, Reference(id=DESPATCH_ID, type=DESPATCH_SENTENCE), invoice.seller, issued)
    for fact in report.references:
        _fact(root, fact, invoice.seller, issued)
    if info.template_base64_string is not None:
        _template(root, info, info.template_base64_string, issued)


def write_document(parent: Element, document: AdditionalDocument, issued: date, name: str) -> None:
    """A file or a plain value; without a date it has the invoice's."""
    reference = aggregate(parent, name)
    leaf(reference, "ID", document.id)
    day(reference, "IssueDate", document.issue_date or issued)
    optional(reference, "DocumentTypeCode", document.document_type_code)
    optional(reference, "DocumentType", document.document_type)
    if document.attachment is not None:
        file = document.attachment
        _embedded(reference, file.base64_data, file.mime_code, file.file_name)


def _embedded(reference: Element, content: str, mime: str, name: str) -> None:
    attachment = aggregate(reference, "Attachment")
    written = etree.SubElement(attachment, CBC + "EmbeddedDocumentBinaryObject")
    for attribute, value in (
        ("characterSetCode", "UTF-8"), ("encodingCode", "Base64"), ("filename", name), ("mimeCode", mime)
    ):  # fmt: skip
        written.set(attribute, value)
    written.text = content


def _template(root: Element, info: InvoiceInfo, content: str, issued: date) -> None:
    reference = aggregate(root, "AdditionalDocumentReference")
    leaf(reference, "ID", info.uuid or "")
    day(reference, "IssueDate", issued)
    leaf(reference, "DocumentType", TEMPLATE)
    _embedded(reference, content, "application/xml", f"{info.invoice_serie_or_number}.xslt")


def _fact(root: Element, fact: Reference, seller: Seller, issued: date) -> None:
    reference = aggregate(root, "AdditionalDocumentReference")
    leaf(reference, "ID", fact.id)
    day(reference, "IssueDate", issued)
    optional(reference, "DocumentTypeCode", fact.type_code)
    optional(reference, "DocumentType", fact.type)
    if fact.website is not None:
        issuer = aggregate(reference, "IssuerParty")
        leaf(issuer, "WebsiteURI", fact.website)
        write_tax_number(issuer, seller.tax_number)
        write_address(issuer, seller.address)


def _slip(root: Element, slip: CashRegisterSlip, seller: Seller) -> None:
    reference = aggregate(aggregate(root, "BillingReference"), "AdditionalDocumentReference")
    leaf(reference, "ID", slip.id)
    day(reference, "IssueDate", slip.issue_date)
    leaf(reference, "DocumentTypeCode", SLIP_CODE)
    leaf(reference, "DocumentType", SLIP_TYPE)
    leaf(reference, "DocumentDescription", slip.document_description)
    leaf(aggregate(aggregate(reference, "Attachment"), "ExternalReference"), "URI", slip.z_no)
    period = aggregate(reference, "ValidityPeriod")
    day(period, "StartDate", slip.issue_date)
    leaf(period, "StartTime", slip.time)
    issuer = aggregate(reference, "IssuerParty")
    leaf(issuer, "EndpointID", slip.end_point_id)
    write_tax_number(issuer, seller.tax_number)
    write_address(issuer, seller.address)


def write_carriage(root: Element, carriage: Carriage, seller: Seller) -> None:
    """Who carries the goods; the schema wants an address too, and the seller's is the only one there is."""
    delivery = aggregate(root, "Delivery")
    day(delivery, "ActualDeliveryDate", carriage.sent_on)
    if carriage.name is None and carriage.number is None:
        return
    party = aggregate(delivery, "CarrierParty")
    if carriage.number is not None:
        write_tax_number(party, carriage.number)
    else:
        aggregate(party, "PartyIdentification").append(etree.Element(CBC + "ID"))
    if carriage.name is not None:
        leaf(aggregate(party, "PartyName"), "Name", carriage.name)
    write_address(party, seller.address)


def write_payment(root: Element, info: InvoiceInfo, report: ReportParts, currency: str) -> None:
    """The means, then the terms; where the dialect has the sale's payment here, it is the last of the means."""
    means = info.payment_means_info
    if means is not None:
        written = aggregate(root, "PaymentMeans")
        leaf(written, "PaymentMeansCode", means.code)
        day(written, "PaymentDueDate", means.due_date)
        optional(written, "PaymentChannelCode", means.channel_code)
        optional(written, "InstructionNote", means.note)
        if means.payee_financial_account_id is not None:
            leaf(aggregate(written, "PayeeFinancialAccount"), "ID", means.payee_financial_account_id)
    if report.payment is not None:
        code, paid_on = report.payment
        written = aggregate(root, "PaymentMeans")
        leaf(written, "PaymentMeansCode", code)
        day(written, "PaymentDueDate", paid_on)
    if (terms := info.payment_terms_info) is not None:
        written = aggregate(root, "PaymentTerms")
        optional(written, "Note", terms.note)
        if terms.percent is not None:
            leaf(written, "PenaltySurchargePercent", plain(terms.percent))
        if terms.amount is not None:
            money(written, "Amount", terms.amount, currency)
