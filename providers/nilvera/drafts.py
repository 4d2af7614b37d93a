"""Nilvera's drafts: what has our UUID there and was not sent off yet.

A draft is sent off by `Draft/ConfirmAndSend` or in Nilvera's portal, or deleted there. Its model comes back with the
envelope of the request or without it. A document moves from the drafts to the documents and never back: drafts are
asked first, so that one that is sent off between two questions is found.
"""

from collections.abc import Mapping
from typing import Any, Final

from app.domain import exact_json
from app.domain.documents import DocumentState, DocumentType
from providers.base import Different, Done, Issued, NotSent, Outcome, Prepared, Refused, Unclear, Unknown, seen
from providers.nilvera import answers
from providers.nilvera.mapping import ENVELOPES
from providers.transport.http import Reply
from providers.transport.rest import OK

OPTION: Final = "drafts"
PATHS: Final[Mapping[DocumentType, str]] = {
    DocumentType.EARSIV: "/earchive/Draft",
    DocumentType.EFATURA: "/einvoice/Draft",
}
COMPARED: Final = {"InvoiceInfo": ("CurrencyCode",), "CustomerInfo": ("TaxNumber",)}


def makes_drafts(options: Mapping[str, str]) -> bool:
    """Whether the connection's documents are made as drafts. Raises ValueError for another value of the option."""
    match options.get(OPTION):
        case None:
            return False
        case "yes":
            return True
        case other:
            raise ValueError(f"option {OPTION} must be yes or left out, not {other!r}")


def created(reply: Reply, prepared: Prepared) -> Outcome:
    """The outcome of a draft that `classify` left open. It may have no number before it is sent off."""
    body = reply.json()
    if reply.status != OK:
        return answers.created(reply, prepared)
    if not isinstance(body, dict) or body.get("UUID") is None or not answers.is_about(body, prepared.reference):
        return Unknown(why=reply.excerpt())
    return _draft(prepared, body.get("InvoiceNumber")) or Unknown(why="a draft was made, and its number is none")


def sent_off(reply: Reply) -> NotSent | Refused | Unknown | None:
    """The outcome of sending one off that `classify` left open; None when it was taken, and a look-up decides."""
    if reply.status == OK and isinstance(reply.json(), str):
        return None
    outcome = answers.cancellation(reply)
    return Unknown(why=reply.excerpt()) if outcome is None else outcome


def named(document: Prepared, alias: str | None) -> str:
    """The body that names a draft to be sent off: an e-Fatura's with its buyer's mailbox."""
    reference = document.reference
    return exact_json.dumps([reference if alias is None else {"Alias": alias, "UUID": reference}])


def deleted(reply: Reply) -> NotSent | Refused | Unknown | None:
    """The outcome of a deletion that `classify` left open; None when it was taken, and a look-up decides."""
    if reply.status == OK and isinstance(reply.json(), bool):
        return None
    outcome = answers.cancellation(reply)
    return Unknown(why=reply.excerpt()) if outcome is None else outcome


def found(body: Mapping[str, Any], document: Prepared | Issued) -> Done | Different | Unclear:
    """The draft that has our UUID, if it is the one that was asked for; of an issued one its UUID alone is known."""
    model = body.get(ENVELOPES[document.document_type], body)
    info = model.get("InvoiceInfo") if isinstance(model, dict) else None
    if not isinstance(info, dict) or not answers.is_about(info, document.reference):
        return Unclear(why="a draft that is not this document, or cannot be read")
    if isinstance(document, Prepared) and (different := _difference(model, document)):
        return different
    return _draft(document, payable=info.get("PayableAmount")) or Unclear(why="a draft that cannot be read")


def _difference(model: Mapping[str, Any], prepared: Prepared) -> Different | None:
    asked = exact_json.loads(prepared.request)[ENVELOPES[prepared.document_type]]
    names = [(part, name) for part, of_part in COMPARED.items() for name in of_part]
    different = [name for part, name in names if _value(model, part, name) != _value(asked, part, name)]
    return Different(detail=f"a draft with another {', '.join(different)}") if different else None


def _value(model: Mapping[str, Any], part: str, name: str) -> object:
    said = model.get(part)
    return said.get(name) if isinstance(said, dict) else None


def _draft(document: Prepared | Issued, number: object = None, payable: object = None) -> Done | None:
    return seen(
        reference=document.reference,
        state=DocumentState.DRAFT,
        ettn=document.reference,
        number=number or document.number,
        payable=payable,
    )
