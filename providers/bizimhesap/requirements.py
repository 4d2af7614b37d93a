"""What BizimHesap's record has no field for; nothing of an order is left out without a word."""

from collections.abc import Iterator
from typing import Final

from app.documents.prepared import Content
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import model_name
from app.domain.money import LIRA
from providers.preparing import INFO, counted_in_pieces, no_place

NOWHERE: Final = (
    "template_uuid",
    "template_base64_string",
    "invoice_serie_or_number",
    "tax_exemption_reason_info",
    "despatch_document_reference",
    "order_reference_document",
    "additional_document_references",
    "return_invoice_info",
    "okc_info",
)


def requirements_of(content: Content) -> Iterator[FieldError]:
    """Every reason why a record cannot be this document."""
    order = content.order
    if order.currency != LIRA:
        message = "a record has no field for the exchange rate, and BizimHesap's own is not known"
        yield no_place("$.order.currency", message)
    yield from counted_in_pieces(order, "a record at BizimHesap")
    if content.exemption_codes:
        message = "a record has no field for the reason of a line without VAT: issue it at BizimHesap by hand"
        yield FieldError(path="$.order.lines", code="VAT_EXEMPTION_UNSUPPORTED", message=message)
    if order.invoice_info is not None:
        yield from _of_the_info(order.invoice_info)


def _of_the_info(info: InvoiceInfo) -> Iterator[FieldError]:
    for name in NOWHERE:
        if getattr(info, name):
            yield no_place(f"{INFO}.{model_name(name)}", "BizimHesap's record has no field for it")
