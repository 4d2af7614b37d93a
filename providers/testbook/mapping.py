"""From an invoice command to Testbook's one request. For tests and demonstrations only."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.documents.from_order.checks import order_errors
from app.documents.from_order.invoice import invoice_from_order
from app.documents.invoice_info import fields_of
from app.documents.model.invoice import Invoice
from app.domain import exact_json
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.exact_json import JsonValue
from app.domain.invoice_info import InvoiceInfo
from app.domain.time import legal_date
from providers.base import BusinessFacts, Prepared, Unpreparable, order_of

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
    """The request, fixed. Raises Unpreparable with every reason."""
    order = order_of(command, issued_at)
    faults = (*order_errors(order, command.person), *_type_faults(document_type), *_info_faults(order.invoice_info))
    if faults:
        raise Unpreparable(faults)
    request = _request(command, invoice_from_order(order, command.person, facts.seller), issued_at, number)
    return Prepared(
        reference=command.document_id,
        document_type=document_type,
        issued_at=issued_at,
        request=exact_json.dumps(request),
        number=number,
    )


def buyer_of(request: str) -> dict[str, JsonValue]:
    """The buyer's fields as they were sent; empty for what is no request of ours."""
    try:
        buyer = exact_json.loads(request)["buyer"]
    except (ValueError, LookupError, TypeError):
        return {}
    return buyer if isinstance(buyer, dict) else {}


def _type_faults(document_type: DocumentType) -> tuple[FieldError, ...]:
    if document_type is DocumentType.SALES_INVOICE:
        return ()
    message = f"Testbook keeps books and makes no {document_type}"
    return (FieldError(path="$.order.document_type", code="DOCUMENT_TYPE_UNSUPPORTED", message=message),)


def _info_faults(info: InvoiceInfo | None) -> tuple[FieldError, ...]:
    """Books keep the money and the order; what else a document says would be lost, so it is refused by name."""
    said = fields_of(info) if info else {}
    return tuple(
        FieldError(path=f"$.order.invoice_info.{name}", code="NOT_IN_BOOKS", message=f"Testbook's books have no {name}")
        for name, value in said.items()
        if name not in KEPT and WITHOUT_MEANING.get(name) != value
    )


def _request(command: InvoiceCommand, invoice: Invoice, issued_at: datetime, number: str | None) -> JsonValue:
    return {
        "reference": command.document_id,
        **({"number": number} if number else {}),
        "order": _order_of(command),
        "date": legal_date(issued_at).isoformat(),
        "seller": {"tax_number": invoice.seller.tax_number},
        "buyer": {"name": invoice.customer.full_name, "tax_number": invoice.customer.tax_number},
        "currency": invoice.currency,
        "lines": [
            {"name": line.name, "quantity": line.quantity, "net": line.base, "vat": line.vat} for line in invoice.lines
        ],
        "total": invoice.payable,
    }


def _order_of(command: InvoiceCommand) -> str:
    info = command.order.invoice_info if command.order else None
    return info.order_reference.value if info and info.order_reference else command.order_reference
