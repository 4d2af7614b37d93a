"""What KolayBi's answers mean. Each is an envelope: `success`, `data`, and in a refusal `code` and `message`.

A refusal may come with 200, so both are looked at.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.parties import PLACEHOLDERS
from providers.base import (
    Absent,
    Different,
    Done,
    Finding,
    Outcome,
    Refused,
    Unclear,
    Unknown,
    refused_by_buyer,
    seen,
)
from providers.base.findings import differing
from providers.formats.rows import digits_or_none, sum_or_none
from providers.kolaybi.rows import Row, row_in
from providers.transport.http import Reply

NOT_FOUND: Final = 404
# Of these nothing is sure: they say that it took too long, or came too early or too often.
UNSURE: Final = frozenset({408, 425, 429})
SUCCESSES: Final = range(200, 300)
CLIENT_ERRORS: Final = range(400, 500)
NO_CODE: Final = "REFUSED"
DRAFTS: Final = frozenset({"draft", "new"})
# Words of an invoice that nobody has asked to become a document, and of one that waits to be sent.
UNSENT: Final = frozenset({"ready_to_send", "ready", "not_sent"})
WAITING: Final = UNSENT | {"waiting"}
CANCELLED: Final = frozenset({"cancelled", "canceled"})
ACCEPTED: Final = frozenset({"approved", "accepted"})
SENT: Final = "sent"
RECEIVED: Final = "sent_to_receiver"
REJECTED: Final = "rejected"
UNREADABLE: Final = "KolayBi has answered something else than an invoice"
TOTAL_UNSEEN: Final = "KolayBi does not show what the invoice comes to"
FAILED: Final = FieldError(path="$", code="KOLAYBI_REJECTED", message="KolayBi has the document as rejected")


def is_own(reply: Reply) -> bool:
    """Whether KolayBi itself has written this refusal."""
    body = reply.json()
    said = isinstance(body, dict) and (isinstance(body.get("code"), int) or bool(list(_sentences(body))))
    return said and body.get("success") is False


def is_not_found(reply: Reply) -> bool:
    """There is no such object, or the Channel is wrong: both look alike."""
    return reply.status == NOT_FOUND and is_own(reply)


def data_in(reply: Reply) -> Any:
    """What a success has; None where it is none."""
    body = reply.json()
    is_success = isinstance(body, dict) and body.get("success") is True and reply.status in SUCCESSES
    return body.get("data") if is_success else None


def said_in(reply: Reply) -> str:
    """The answer for a person's eyes."""
    body = reply.json()
    sentences = "; ".join(_sentences(body)) if isinstance(body, dict) else ""
    return f"HTTP {reply.status}: {sentences}" if sentences else reply.excerpt()


def refused(reply: Reply) -> Refused | None:
    """KolayBi's own no: nothing was made, and the same would be refused again."""
    is_final = reply.status in SUCCESSES or (reply.status in CLIENT_ERRORS and reply.status not in UNSURE)
    if not is_own(reply) or not is_final:
        return None
    body = reply.json()
    code = body.get("code")
    said = list(_sentences(body)) or ["no reason is given"]
    name = f"KOLAYBI_{code}" if isinstance(code, int) else f"KOLAYBI_{NO_CODE}"
    return Refused(errors=tuple(FieldError(path="$", code=name, message=each) for each in said))


def invoice_made(reply: Reply) -> Outcome:
    """A draft, with what it comes to by KolayBi's own figures."""
    data = data_in(reply)
    identifier = digits_or_none(data.get("document_id")) if isinstance(data, Mapping) else None
    if identifier is None:
        return refused(reply) or Unknown(why=said_in(reply))
    total = sum_or_none(data.get("grand_total"))
    return Done(reference=identifier, state=DocumentState.DRAFT, payable=total)


def e_document_made(reply: Reply, document_id: str) -> Outcome:
    """Official with number and UUID alone; anything less is looked up."""
    row = row_in(data_in(reply))
    if row is None or row.id != document_id:
        return refused(reply) or Unknown(why=said_in(reply))
    found = e_document_in(row)
    return found if isinstance(found, Done) else Unknown(why=f"the invoice has status {row.status} and no number")


def e_document_in(row: Row) -> Finding:
    """Whether the invoice has its e-document."""
    word = (row.status or "").lower()
    if row.number and row.ettn:
        return done_in(row) or Unclear(why=UNREADABLE)
    if word in DRAFTS or (not row.ettn and word in {"", *UNSENT}):
        return Absent()
    if row.ettn:
        return _done(row, DocumentState.PROCESSING) or Unclear(why=UNREADABLE)
    return Unclear(why=f"the invoice has status {row.status} and no number")


def state_of(row: Row) -> DocumentState:
    """The legal state; a word that is not known is a document on its way."""
    word = (row.status or "").lower()
    if word in CANCELLED:
        return DocumentState.CANCELLED
    if not (row.number and row.ettn):
        return DocumentState.DRAFT if word in DRAFTS or not row.ettn else DocumentState.PROCESSING
    if word == REJECTED:
        return DocumentState.REJECTED_BY_BUYER if row.is_commercial else DocumentState.REJECTED
    if word in ACCEPTED:
        return DocumentState.ACCEPTED if row.is_commercial else DocumentState.ISSUED
    if word == RECEIVED:
        return DocumentState.ISSUED if row.document_type is DocumentType.EARSIV else DocumentState.DELIVERED
    return DocumentState.ISSUED if word in {"", SENT} else DocumentState.PROCESSING


def done_in(row: Row) -> Done | None:
    """The document in its state; None for values that no document has."""
    return _done(row, state_of(row))


def cancelled(row: Row) -> Done | None:
    """The same document, cancelled."""
    return _done(row, DocumentState.CANCELLED)


def cancellation(reply: Reply) -> Refused | Unknown | None:
    """The outcome of a cancellation that was not taken; None for one that was."""
    body = reply.json()
    if reply.status in SUCCESSES and isinstance(body, dict) and body.get("success") is True and "data" in body:
        return None
    return refused(reply) or Unknown(why=said_in(reply))


def difference(row: Row, total: Decimal | None, currency: str, buyer: str) -> Different | None:
    """What has our mark must be made out to our buyer and come to what was asked for, as far as it shows them."""
    shown = {
        "total": (row.total, total),
        "currency": (row.currency and row.currency.upper(), currency.upper()),
        "buyer": (row.buyer, None if buyer in PLACEHOLDERS else buyer),
    }
    return differing(f"invoice {row.id}", shown)


def _done(row: Row, state: DocumentState) -> Done | None:
    errors: tuple[FieldError, ...] = ()
    if state is DocumentState.REJECTED_BY_BUYER:
        errors = refused_by_buyer(None)
    elif state is DocumentState.REJECTED:
        errors = (FAILED,)
    return seen(
        reference=row.id,
        state=state,
        ettn=row.ettn,
        number=row.number,
        errors=errors,
        document_type=row.document_type,
        payable=row.total,
    )


def _sentences(body: Mapping[str, Any]) -> Iterator[str]:
    """In any of the shapes that were seen: `message`, `description`, `error: {message}`, `errors: {field: […]}`."""
    error, errors = body.get("error"), body.get("errors")
    said = [body.get("message"), body.get("description")]
    said += [error.get("message")] if isinstance(error, Mapping) else [error]
    for each in errors.values() if isinstance(errors, Mapping) else ():
        said += each if isinstance(each, list) else [each]
    yield from dict.fromkeys(sentence for sentence in said if isinstance(sentence, str) and sentence)
