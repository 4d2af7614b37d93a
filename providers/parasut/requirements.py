"""What Paraşüt's requests have no field for; nothing of an order is left out without a word."""

from collections.abc import Iterator
from typing import Final

from app.documents.prepared import Content
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import model_name
from app.domain.payment import PaymentMethod
from providers.preparing import registered_buyer_errors

CURRENCIES: Final = frozenset({"TRY", "USD", "EUR", "GBP"})
# A line without a product has no unit of its own, and Paraşüt prints pieces.
PIECE: Final = "C62"
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
        yield FieldError(path="$.order.currency", code="NOT_AT_THIS_PROVIDER", message=message)
    for index, line in enumerate(order.lines):
        if line.unit != PIECE:
            message = f"a line at Paraşüt counts pieces, and has no unit {line.unit}"
            yield FieldError(path=f"$.order.lines[{index}].unit", code="UNIT_UNKNOWN", message=message)
    yield from _exemptions(content)
    if content.document_type is DocumentType.EARSIV:
        yield from _payment(content)
    if order.invoice_info is not None:
        yield from _of_the_info(order.invoice_info)


def _exemptions(content: Content) -> Iterator[FieldError]:
    if len(content.exemption_codes) > 1:
        message = f"Paraşüt takes one exemption per document, not {', '.join(content.exemption_codes)}"
        yield FieldError(path="$.order.lines", code="ONE_VAT_EXEMPTION", message=message)


def _payment(content: Content) -> Iterator[FieldError]:
    order, info = content.order, content.order.invoice_info
    given = info.internet_info if info else None
    if given is not None and given.payment_method is PaymentMethod.OTHER:
        yield _nowhere("internet_info", "Paraşüt's list of payments has no DIGER")
    elif given is None and order.website and order.payment and order.payment.method is PaymentMethod.OTHER:
        message = "Paraşüt's list of payments has no DIGER"
        yield FieldError(path="$.order.payment.method", code="NOT_AT_THIS_PROVIDER", message=message)


def _of_the_info(info: InvoiceInfo) -> Iterator[FieldError]:
    for name in NOWHERE:
        if getattr(info, name):
            yield _nowhere(name, "Paraşüt's requests have no field for it")


def _nowhere(name: str, message: str) -> FieldError:
    return FieldError(path=f"$.order.invoice_info.{model_name(name)}", code="NOT_AT_THIS_PROVIDER", message=message)
