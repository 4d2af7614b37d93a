"""From an invoice command to Testbook's one request. For tests and demonstrations only."""

from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.documents.model.invoice import Invoice
from app.documents.prepared import Content, DocumentErrors, prepare_invoice
from app.domain import exact_json
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.exact_json import JsonValue
from app.domain.invoice_info import InvoiceInfo, fields_of
from app.domain.parties import BusinessFacts
from app.domain.time import legal_date
from providers.base import Prepared, UnpreparableError, order_of

# What books keep of an InvoiceInfo; the currency and its rate are the order's.
KEPT: Final = frozenset({"CurrencyCode", "ExchangeRate", "OrderReference"})
# What an InvoiceInfo says without anybody saying it, and the one type that books know.
WITHOUT_MEANING: Final = MappingProxyType({"SalesPlatform": "NORMAL", "InvoiceType": "SATIS"})


def prepare(
    command: InvoiceCommand,
    facts: BusinessFacts,
    document_type: DocumentType,
    issued_at: datetime,
    number: str | None,
) -> Prepared:
    """The request, fixed. Raises UnpreparableError with every reason."""
    order_of(command, issued_at)
    invoice = prepare_invoice(command, facts, document_type, issued_at, number, requirements=requirements_of)
    if isinstance(invoice, DocumentErrors):
        raise UnpreparableError(invoice.errors)
    return Prepared(
        reference=command.document_id,
        document_type=document_type,
        issued_at=issued_at,
        request=exact_json.dumps(_request(command.document_id, invoice, issued_at, number)),
        number=number,
    )


def buyer_of(request: str) -> dict[str, JsonValue]:
    """The buyer's fields as they were sent; empty for what is no request of ours."""
    try:
        buyer = exact_json.loads(request)["buyer"]
    except (ValueError, LookupError, TypeError):
        return {}
    return buyer if isinstance(buyer, dict) else {}


def requirements_of(content: Content) -> tuple[FieldError, ...]:
    """Books are of one type, and keep the money and the order; what else an InvoiceInfo has is refused by name."""
    return (*_type_errors(content.document_type), *_info_errors(content.order.invoice_info))


def _type_errors(document_type: DocumentType) -> Iterator[FieldError]:
    if document_type is not DocumentType.SALES_INVOICE:
        message = f"Testbook keeps books and makes no {document_type}"
        yield FieldError(path="$.order.document_type", code="DOCUMENT_TYPE_UNSUPPORTED", message=message)


def _info_errors(info: InvoiceInfo | None) -> Iterator[FieldError]:
    for name, value in (fields_of(info) if info else {}).items():
        if name not in KEPT and WITHOUT_MEANING.get(name) != value:
            message = f"Testbook's books have no {name}"
            yield FieldError(path=f"$.order.invoice_info.{name}", code="NOT_IN_BOOKS", message=message)


def _request(reference: str, invoice: Invoice, issued_at: datetime, number: str | None) -> JsonValue:
    order = invoice.info.order_reference
    return {
        "reference": reference,
        **({"number": number} if number else {}),
        "order": order.value if order else None,
        "date": legal_date(issued_at).isoformat(),
        "seller": {"tax_number": invoice.seller.tax_number},
        "buyer": {"name": invoice.customer.full_name, "tax_number": invoice.customer.tax_number},
        "currency": invoice.currency,
        "lines": [
            {"name": line.name, "quantity": line.quantity, "net": line.base, "vat": line.vat} for line in invoice.lines
        ],
        "total": invoice.payable,
    }
