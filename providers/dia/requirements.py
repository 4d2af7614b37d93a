"""What DİA's records have no field for, or none of which it is known how it is filled."""

from collections.abc import Iterator
from typing import Final

from app.documents.prepared import Content
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import model_name
from providers.dia.options import Options
from providers.preparing import INFO, counted_in_pieces, no_place, one_exemption

NOWHERE: Final = (
    "template_uuid",
    "template_base64_string",
    "invoice_serie_or_number",
    "despatch_document_reference",
    "order_reference_document",
    "additional_document_references",
    "return_invoice_info",
    "okc_info",
)


def requirements_of(content: Content, options: Options) -> Iterator[FieldError]:
    """Every reason why a record cannot be this document."""
    order = content.order
    if order.currency not in options.currencies:
        message = f"DİA's name of {order.currency} is not set: the connection's option `currencies`"
        yield no_place("$.order.currency", message)
    yield from counted_in_pieces(order, "a record at DİA")
    yield from one_exemption(content.exemption_codes, "DİA")
    if order.invoice_info is not None:
        yield from _of_the_info(order.invoice_info)


def _of_the_info(info: InvoiceInfo) -> Iterator[FieldError]:
    for name in NOWHERE:
        if getattr(info, name):
            yield no_place(f"{INFO}.{model_name(name)}", "DİA's record has no field for it")
