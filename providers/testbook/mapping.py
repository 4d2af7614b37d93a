"""From a checked document to Testbook's one request. For tests and demonstrations only."""

from collections.abc import Mapping
from typing import Any

from app.domain.exact_json import JsonValue
from app.domain.time import legal_date
from providers.preparing import CheckedDocument


def request_of(document: CheckedDocument, options: Mapping[str, str]) -> JsonValue:  # noqa: ARG001 - it needs none
    """The body of `POST /invoices`."""
    invoice, order = document.invoice, document.invoice.info.order_reference
    return {
        "reference": document.reference,
        **({"number": document.number} if document.number else {}),
        "order": order.value if order else None,
        "date": legal_date(document.issued_at).isoformat(),
        "seller": {"tax_number": invoice.seller.tax_number},
        "buyer": {"name": invoice.customer.full_name, "tax_number": invoice.customer.tax_number},
        "currency": invoice.currency,
        "lines": [
            {"name": line.name, "quantity": line.quantity, "net": line.base, "vat": line.vat} for line in invoice.lines
        ],
        "total": invoice.payable,
    }


def buyer_in(body: Any) -> dict[str, JsonValue]:
    """The buyer's fields of such a body."""
    return dict(body["buyer"])
