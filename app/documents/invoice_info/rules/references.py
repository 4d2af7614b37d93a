"""The documents that the invoice refers to by number."""

import re
from collections.abc import Iterator
from typing import Final

from app.documents.codelists import sgk
from app.documents.invoice_info.rules.circumstances import Circumstances
from app.documents.invoice_info.rules.errors import error_at
from app.domain.errors import FieldError
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.time import legal_date

RETURNS: Final = frozenset({InvoiceType.IADE, InvoiceType.TEVKIFATIADE})
# The model's own example has 0000 in place of the year, and the schematron counts the characters: so no year here.
REFERRED_NUMBER: Final = re.compile(r"[A-Z0-9]{16}")


def despatch_notes_or_none(info: InvoiceInfo) -> Iterator[FieldError]:
    """An invoice that replaces the delivery note has none."""
    if info.is_despatch and info.despatch_document_reference:
        message = "the invoice serves as the delivery note (irsaliye yerine geçer), so there is none to refer to"
        yield error_at("ISDespatch", "DESPATCH_CONTRADICTION", message)


def document_of_an_order(info: InvoiceInfo) -> Iterator[FieldError]:
    """In UBL the order's document is inside the order's reference, which has a number."""
    if info.order_reference_document is not None and info.order_reference is None:
        yield error_at(
            "OrderReference", "ORDER_REFERENCE_REQUIRED", "an order's document needs the order's number and date"
        )


def returned_invoices(info: InvoiceInfo) -> Iterator[FieldError]:
    """A return says what it takes back. In UBL the reference is marked IADE, so nothing else may carry it."""
    if info.invoice_type in RETURNS and not info.return_invoice_info:
        message = f"an invoice of the type {info.invoice_type.name} names the invoices that it takes back"
        yield error_at("ReturnInvoiceInfo", "RETURN_INVOICE_REQUIRED", message)
    elif info.invoice_type is not None and info.invoice_type not in RETURNS and info.return_invoice_info:
        message = f"an invoice of the type {info.invoice_type.name} takes no invoice back"
        yield error_at("ReturnInvoiceInfo", "RETURN_INVOICE_NOT_ALLOWED", message)


def returned_numbers(info: InvoiceInfo) -> Iterator[FieldError]:
    """Sixteen characters; a paper invoice's number goes into a note instead."""
    for index, each in enumerate(info.return_invoice_info):
        if not REFERRED_NUMBER.fullmatch(each.invoice_number):
            message = "a returned invoice's number has sixteen capital letters and digits, as in ABC2026000000001"
            yield error_at(f"ReturnInvoiceInfo[{index}].InvoiceNumber", "RETURN_NUMBER_FORMAT", message)


def returned_before(info: InvoiceInfo) -> Iterator[FieldError]:
    """On the day of the return at the latest, in Turkish time."""
    if info.issue_date is None:
        return
    for index, each in enumerate(info.return_invoice_info):
        if each.issue_date > legal_date(info.issue_date):
            message = "the returned invoice is dated after its return"
            yield error_at(f"ReturnInvoiceInfo[{index}].IssueDate", "RETURN_DATE_AFTER_ISSUE", message)


def documents_of_sgk(info: InvoiceInfo, circumstances: Circumstances) -> Iterator[FieldError]:
    """The institution's guide asks by what the invoice is for; the schematron has the rule and does not run it.

    Where that is not known, what some kind of invoice has is taken, and no mixture that none has.
    """
    if info.invoice_type is not InvoiceType.SGK:
        return
    given = {each.document_type_code for each in info.additional_document_references if each.document_type}
    for wanted in sorted(_wanted(given & sgk.references(), circumstances.accounting_cost) - given):
        message = f"an SGK invoice has a document whose DocumentTypeCode is {wanted}, with its value in DocumentType"
        yield error_at("AdditionalDocumentReferences", "SGK_DOCUMENT_REQUIRED", message)


def _wanted(given: set[str | None], accounting_cost: str | None) -> frozenset[str]:
    """Those of the kind; of an unknown one, of the kind with the fewest that has all that are given."""
    known = sgk.kinds().get(accounting_cost or "")
    if known is not None:
        return known.references
    return min((kind.references for kind in sgk.kinds().values() if given <= kind.references), key=len)
