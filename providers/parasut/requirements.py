"""What Paraşüt's requests have no field for; nothing of an order is left out without a word."""

from collections.abc import Iterator
from typing import Final

from app.documents.prepared import Content
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import model_name
from app.domain.payment import PaymentMethod
from providers.preparing import INFO, counted_in_pieces, no_place, one_exemption, registered_buyer_errors

CURRENCIES: Final = frozenset({"TRY", "USD", "EUR", "GBP"})
NOWHERE: Final = (
    "template_uuid",
    "template_base64_string",
    "invoice_serie_or_number",
    "send_type",
    "despatch_document_reference",
    "order_reference_document",
    "additional_document_references",
    "return_invoice_info",
    "payment_terms_info",
    "payment_means_info",
    "okc_info",
)


def requirements_of(content: Content) -> Iterator[FieldError]:
    """Every reason why Paraşüt could not make this document as it is meant."""
    order = content.order
    if content.document_type is DocumentType.EFATURA:
        yield from registered_buyer_errors(content.person)
    if order.currency not in CURRENCIES:
        message = f"Paraşüt has {', '.join(sorted(CURRENCIES))}, and no {order.currency}"
        yield no_place("$.order.currency", message)
    yield from counted_in_pieces(order, "a sales invoice at Paraşüt")
    yield from one_exemption(content.exemption_codes, "Paraşüt")
    if content.document_type is DocumentType.EARSIV:
        yield from _payment(content)
    if order.invoice_info is not None:
        yield from _of_the_info(order.invoice_info)


def _payment(content: Content) -> Iterator[FieldError]:
    order, info = content.order, content.order.invoice_info
    given = info.internet_info if info else None
    if given is not None and given.payment_method is PaymentMethod.OTHER:
        yield _nowhere("internet_info", "Paraşüt's list of payments has no DIGER")
    elif given is None and order.website and order.payment and order.payment.method is PaymentMethod.OTHER:
        message = "Paraşüt's list of payments has no DIGER"
        yield no_place("$.order.payment.method", message)


def _of_the_info(info: InvoiceInfo) -> Iterator[FieldError]:
    for name in NOWHERE:
        if getattr(info, name):
            yield _nowhere(name, "Paraşüt's requests have no field for it")


def _nowhere(name: str, message: str) -> FieldError:
    return no_place(f"{INFO}.{model_name(name)}", message)
