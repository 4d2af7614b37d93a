"""The documents that an invoice refers to or carries, and its payment, out of their elements."""

from app.documents.checking.matrix import RETURN_CODES
from app.documents.safe_input.tree import Element, aggregates, leaf
from app.documents.ubl.reading.elements import code, day, needed_day, number, one, raw, text
from app.documents.ubl.writing.references import CERTIFICATE_SCHEME, SLIP_CODE
from app.domain.invoice_info.model import (
    AdditionalDocument,
    Attachment,
    CashRegisterSlip,
    DatedReference,
    PaymentMeans,
    PaymentTerms,
    ReturnedInvoice,
)


def read_returned(root: Element) -> tuple[ReturnedInvoice, ...]:
    """The invoices that this one takes back."""
    found = aggregates(root, "BillingReference/InvoiceDocumentReference")
    return tuple(
        ReturnedInvoice(invoice_number=text(each, "ID"), issue_date=needed_day(each, "IssueDate"))
        for each in found
        if code(each, "DocumentTypeCode") in RETURN_CODES
    )


def read_slip(root: Element) -> CashRegisterSlip | None:
    """The cash register's slip."""
    for each in aggregates(root, "BillingReference/AdditionalDocumentReference"):
        if code(each, "DocumentTypeCode") == SLIP_CODE:
            return CashRegisterSlip(
                id=text(each, "ID"),
                issue_date=needed_day(each, "IssueDate"),
                time=text(each, "ValidityPeriod/StartTime"),
                z_no=text(each, "Attachment/ExternalReference/URI"),
                end_point_id=text(each, "IssuerParty/EndpointID"),
                document_description=text(each, "DocumentDescription"),
            )
    return None


def read_despatch_notes(root: Element) -> tuple[DatedReference, ...]:
    """The delivery notes."""
    return tuple(_reference(each) for each in aggregates(root, "DespatchDocumentReference"))


def read_certificate(root: Element) -> DatedReference | None:
    """The certificate of an investment incentive."""
    for each in aggregates(root, "ContractDocumentReference"):
        written = leaf(each, "ID")
        if written is not None and written.get("schemeID") == CERTIFICATE_SCHEME:
            return _reference(each)
    return None


def read_order(root: Element) -> tuple[DatedReference | None, AdditionalDocument | None]:
    """The order, and its document."""
    order = one(root, "OrderReference")
    if order is None:
        return None, None
    document = one(order, "DocumentReference")
    return _reference(order), None if document is None else read_document(document)


def _reference(element: Element) -> DatedReference:
    return DatedReference(value=text(element, "ID"), issue_date=needed_day(element, "IssueDate"))


def read_document(element: Element) -> AdditionalDocument:
    """A file or a plain value."""
    return AdditionalDocument(
        id=text(element, "ID"),
        issue_date=needed_day(element, "IssueDate"),
        document_type=raw(element, "DocumentType"),
        document_type_code=raw(element, "DocumentTypeCode"),
        attachment=read_attachment(element),
    )


def read_attachment(element: Element) -> Attachment | None:
    """The embedded file."""
    written = leaf(element, "Attachment/EmbeddedDocumentBinaryObject")
    if written is None or not written.text:
        return None
    content = "".join(written.text.split())
    return Attachment(base64_data=content, mime_code=written.get("mimeCode", ""), file_name=written.get("filename", ""))


def read_means(element: Element) -> PaymentMeans:
    """One means of payment."""
    return PaymentMeans(
        code=text(element, "PaymentMeansCode").strip(),
        channel_code=raw(element, "PaymentChannelCode"),
        due_date=day(element, "PaymentDueDate"),
        payee_financial_account_id=raw(element, "PayeeFinancialAccount/ID"),
        note=raw(element, "InstructionNote"),
    )


def read_terms(root: Element) -> PaymentTerms | None:
    """The terms of payment."""
    terms = one(root, "PaymentTerms")
    if terms is None:
        return None
    return PaymentTerms(
        percent=number(terms, "PenaltySurchargePercent"), amount=number(terms, "Amount"), note=raw(terms, "Note")
    )
