"""What KolayBi's form of an invoice has no field for; nothing of an order is left out without a word."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from app.documents.prepared import Content
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import model_name
from app.domain.orders import OrderLine
from app.domain.payment import PaymentMethod
from providers.kolaybi.options import Options
from providers.preparing import INFO, counted_in_pieces, no_place, one_exemption, registered_buyer_errors

VAT_RATES: Final = frozenset(map(Decimal, (0, 1, 8, 10, 18, 20)))
NOWHERE: Final = (
    "template_uuid",
    "template_base64_string",
    "order_reference_document",
    "additional_document_references",
    "okc_info",
)


def requirements_of(content: Content, options: Options) -> Iterator[FieldError]:
    """Every reason why KolayBi would refuse this document, or would lose something of it."""
    yield from counted_in_pieces(content.order, "an invoice at KolayBi")
    for index, line in enumerate(content.order.lines):
        yield from _of_a_line(f"$.order.lines[{index}]", line)
    yield from _of_the_sale(content)
    yield from one_exemption(content.exemption_codes, "KolayBi")
    if content.order.invoice_info is not None:
        yield from _of_the_info(content.order.invoice_info, options)
    if content.document_type is DocumentType.EFATURA:
        yield from registered_buyer_errors(content.person)


def _of_a_line(path: str, line: OrderLine) -> Iterator[FieldError]:
    if line.vat_rate not in VAT_RATES:
        known = ", ".join(f"{rate}" for rate in sorted(VAT_RATES))
        yield no_place(f"{path}.vat_rate", f"KolayBi's rates of VAT are {known}")


def _of_the_sale(content: Content) -> Iterator[FieldError]:
    if content.document_type is not DocumentType.EARSIV:
        return
    order, info = content.order, content.order.invoice_info
    sale = info.internet_info if info else None
    paid = sale.payment_method if sale else order.payment.method if order.website and order.payment else None
    if paid is PaymentMethod.OTHER:
        path = f"{INFO}.InternetInfo" if sale else "$.order.payment.method"
        yield no_place(path, f"KolayBi has no word for an internet sale that was paid by {paid.value}")


def _of_the_info(info: InvoiceInfo, options: Options) -> Iterator[FieldError]:
    for name in NOWHERE:
        if getattr(info, name):
            yield no_place(f"{INFO}.{model_name(name)}", "KolayBi's form has no field for it")
    if info.invoice_serie_or_number and not options.sends_prefix:
        path = f"{INFO}.{model_name('invoice_serie_or_number')}"
        yield no_place(
            path, "KolayBi numbers by its own series, unless the connection's option `prefix: series` is set"
        )
