"""From a checked document to Testbook's one request. For tests and demonstrations only."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.domain import exact_json
from app.domain.exact_json import JsonValue
from app.domain.time import legal_date
from providers.base import Issued, Prepared, Step, StepInput
from providers.preparing import CheckedDocument

# The options that the books are told of.
SAID: Final = ("unsigned", "answers", "kinds")


def request_of(document: CheckedDocument, options: Mapping[str, str]) -> JsonValue:
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
        **({"kind": document.document_type} if "kinds" in options else {}),
        **{name: options[name] for name in SAID if name in options},
    }


def invoice_of(asked: StepInput) -> str:
    """The same body, made out to the contact where an earlier step has made one."""
    contact = asked.made.get(Step.CONTACT)
    if contact is None:
        return asked.prepared.request
    return exact_json.dumps({**exact_json.loads(asked.prepared.request), "contact": contact.reference})


def register_query(prepared: Prepared) -> dict[str, str]:
    """The part of the register in which a document of this request is."""
    return {"date": exact_json.loads(prepared.request)["date"]}


def contact_of(prepared: Prepared) -> str:
    """The body of `POST /contacts`."""
    return exact_json.dumps(buyer_of(prepared))


def buyer_of(prepared: Prepared) -> dict[str, JsonValue]:
    """The buyer in a request that was fixed."""
    return buyer_in(exact_json.loads(prepared.request))


def signing_of(documents: Sequence[Issued], **more: str) -> str:
    """The body of a signing."""
    return exact_json.dumps({"references": [document.reference for document in documents], **more})


def buyer_in(body: Any) -> dict[str, JsonValue]:
    """The buyer's fields of such a body."""
    return dict(body["buyer"])
