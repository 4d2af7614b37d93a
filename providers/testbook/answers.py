"""What Testbook's answers mean. For tests and demonstrations only."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.domain import exact_json
from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from providers.base import (
    Absent,
    CodeSent,
    CodeTaken,
    Different,
    Done,
    Finding,
    Issued,
    NotSent,
    Outcome,
    Prepared,
    Refused,
    Unclear,
    Unknown,
    refused_by_buyer,
    seen,
)
from providers.formats.errors import errors_in
from providers.transport.http import Reply
from providers.transport.rest import OK

STATES: Final[Mapping[str, DocumentState]] = {
    "draft": DocumentState.PROCESSING,
    "unsent": DocumentState.DRAFT,
    "unsigned": DocumentState.AWAITING_SIGNATURE,
    "pending": DocumentState.PROCESSING,
    "booked": DocumentState.ISSUED,
    "delivered": DocumentState.DELIVERED,
    "accepted": DocumentState.ACCEPTED,
    "refused": DocumentState.REJECTED_BY_BUYER,
    "failed": DocumentState.REJECTED,
    "cancelled": DocumentState.CANCELLED,
}
DRAFT: Final = "draft"
UNREADABLE: Final = "a row that is not a document in a known state, with an id and a number that are texts"
BOOKING_FAILED: Final = FieldError(path="$", code="BOOKING_FAILED", message="Testbook took the document and failed it")
FORM: Final = ("field", "code", "message")
WRONG_KIND: Final = "WRONG_KIND"
OTHER_KIND: Final[Mapping[DocumentType, DocumentType]] = {
    DocumentType.EARSIV: DocumentType.EFATURA,
    DocumentType.EFATURA: DocumentType.EARSIV,
}
SESSION_OVER: Final = "SESSION_OVER"
SESSION_OPEN: Final = "SESSION_OPEN"
# How long until a login is tried again that another session keeps out.
SESSION_SECONDS: Final = 5.0
CREATED: Final = 201
UNAUTHORISED: Final = 401
NOT_FOUND: Final = 404
REFUSED: Final = 422
CONFLICT: Final = 409


def created(reply: Reply, prepared: Prepared) -> Outcome:
    """The outcome of a call that makes an invoice, as far as `classify` left it open."""
    body = reply.json()
    if reply.status == CREATED:
        return done_in(body, prepared.reference) or Unknown(why=reply.excerpt())
    refused = _refused(reply, REFUSED)
    if refused is not None and [error.code for error in refused.errors] == [WRONG_KIND]:
        return replace(refused, instead=OTHER_KIND[prepared.document_type])
    return refused or Unknown(why=reply.excerpt())


def registered(reply: Reply) -> Outcome | None:
    """The outcome of a call that enters an invoice into the register; None when it was taken, without its id."""
    body = reply.json()
    if reply.status == CREATED and isinstance(body, dict) and body.get("taken") is True:
        return None
    return _refused(reply, REFUSED) or Unknown(why=reply.excerpt())


def is_session_over(reply: Reply) -> bool:
    """Whether Testbook says that there is no such session: then it has done nothing."""
    return reply.status == UNAUTHORISED and [error.code for error in _errors_in(reply)] == [SESSION_OVER]


def session_in(reply: Reply | Unknown) -> str | NotSent:
    """The token of a session that was opened, or why there is none.

    While another session of the company is open, it is waited for; a refused key is the owner's.
    """
    if isinstance(reply, Unknown):
        return NotSent(why=f"the login gave no answer: {reply.why}")
    body = reply.json()
    token = body.get("token") if reply.status == CREATED and isinstance(body, dict) else None
    if isinstance(token, str) and token:
        return token
    codes = [error.code for error in _errors_in(reply)]
    if reply.status == CONFLICT and codes == [SESSION_OPEN]:
        return NotSent(why="another session of the company is open", retry_after=SESSION_SECONDS)
    refused = reply.status == UNAUTHORISED and bool(codes)
    return NotSent(why=f"the login was refused ({reply.excerpt()})", needs_owner=refused)


def contact_created(reply: Reply) -> Outcome:
    """The outcome of a call that makes a contact, as far as `classify` left it open."""
    if reply.status == CREATED:
        return _contact_in(reply.json()) or Unknown(why=reply.excerpt())
    return _refused(reply, REFUSED) or Unknown(why=reply.excerpt())


def contact_found(body: Mapping[str, Any], buyer: Mapping[str, Any]) -> Finding:
    """The first contact that is this buyer: of two, either will do."""
    rows = body.get("contacts")
    if not isinstance(rows, list):
        return Unclear(why=UNREADABLE)
    same = [row for row in rows if isinstance(row, dict) and all(row.get(name) == buyer[name] for name in buyer)]
    return (_contact_in(same[0]) or Unclear(why=UNREADABLE)) if same else Absent()


def _contact_in(row: Any) -> Done | None:
    """A contact has no legal state; what it is for has none yet."""
    return seen(reference=row.get("id"), state=DocumentState.PLANNED) if isinstance(row, dict) else None


def e_document(row: Mapping[str, Any], prepared: Prepared) -> Finding:
    """Whether the invoice has its e-document: until then it is a draft."""
    if row.get("state") == DRAFT:
        return Absent()
    return found([row], prepared)


def cancelled(reply: Reply, issued: Issued) -> Outcome:
    """The outcome of a cancellation, as far as `classify` left it open."""
    done = done_in(reply.json(), issued.reference) if reply.status == OK else None
    if done is not None and done.state is DocumentState.CANCELLED:
        return done
    return _refused(reply, CONFLICT) or Unknown(why=reply.excerpt())


def _refused(reply: Reply, status: int) -> Refused | None:
    errors = _errors_in(reply) if reply.status == status else ()
    return Refused(errors=errors) if errors else None


def deleted(reply: Reply) -> NotSent | Refused | Unknown | None:
    """The outcome of a deletion that `classify` left open; None when it was taken, and a look-up decides."""
    return None if reply.status == OK else _refused(reply, CONFLICT) or Unknown(why=reply.excerpt())


def code_sent(reply: Reply) -> CodeSent | Refused | Unknown:
    """The outcome of a signing that was asked for, as far as `classify` left it open."""
    body = reply.json()
    if reply.status == CREATED and isinstance(body, dict) and isinstance(body.get("signing"), str):
        return CodeSent(reference=body["signing"], to=str(body.get("telephone", "")))
    return _refused(reply, REFUSED) or Unknown(why=reply.excerpt())


def code_taken(reply: Reply) -> CodeTaken | Refused | Unknown:
    """The outcome of a code that was given, as far as `classify` left it open."""
    body = reply.json()
    if reply.status == OK and isinstance(body, dict) and body.get("taken") is True:
        return CodeTaken()
    return _refused(reply, REFUSED) or Unknown(why=reply.excerpt())


def is_absence(reply: Reply) -> bool:
    """Whether Testbook itself says that it has no such document."""
    return reply.status == NOT_FOUND and any(error.code == "NOT_FOUND" for error in _errors_in(reply))


def is_own(reply: Reply) -> bool:
    """Whether Testbook itself has written this refusal."""
    return bool(_errors_in(reply))


def _errors_in(reply: Reply) -> tuple[FieldError, ...]:
    """All of them, in Testbook's own form; none when one of them is not in it."""
    return errors_in(reply.json(), _error)


def _error(error: Any) -> FieldError | None:
    said = [error.get(name) for name in FORM] if isinstance(error, dict) else []
    texts = [text for text in said if isinstance(text, str)]
    return FieldError(path=f"$.{texts[0]}", code=texts[1], message=texts[2]) if len(texts) == len(FORM) else None


def found(rows: list[Any], prepared: Prepared) -> Finding:
    """What has our reference, if it is one document and the one that was asked for."""
    if not rows:
        return Absent()
    if len(rows) > 1:
        return Different(detail=f"{len(rows)} documents have the reference {prepared.reference}")
    done = done_in(rows[0], prepared.reference)
    if done is None:
        return Unclear(why=UNREADABLE)
    return _difference(rows[0], prepared) or done


def meant(rows: list[Any], issued: Issued) -> Finding:
    """The document with the number, or Testbook's id, that it had when it was issued; else the only one there is."""
    found = [done_in(row, issued.reference) for row in rows]
    known = [done for done in found if done is not None]
    if len(known) != len(found):
        return Unclear(why=UNREADABLE)
    same = [d for d in known if issued.number == d.number or issued.provider_reference == d.reference]
    if len(same) == 1:
        return same[0]
    if len(known) == 1 and issued.number is None:
        return known[0]
    return Different(detail=f"{len(known)} documents have the reference {issued.reference}") if known else Absent()


def _difference(row: Mapping[str, Any], prepared: Prepared) -> Different | None:
    asked = exact_json.loads(prepared.request)
    expected = {
        "reference": asked["reference"],
        "currency": asked["currency"],
        "buyer_tax_number": asked["buyer"]["tax_number"],
        "total": asked["total"],
    }
    expected |= {"number": prepared.number} if prepared.number else {}
    found = {**row, "total": decimal_in(row.get("total"))}
    different = [name for name, value in expected.items() if found.get(name) != value]
    if not different:
        return None
    return Different(detail="; ".join(f"{name} is {found.get(name)}, not {expected[name]}" for name in different))


def done_in(row: Any, reference: str) -> Done | None:
    """None for a row that is not this document of ours in a known state."""
    if not isinstance(row, dict) or row.get("reference") != reference:
        return None
    state = STATES.get(str(row.get("state")))
    if state is None:
        return None
    errors: tuple[FieldError, ...] = ()
    if state is DocumentState.REJECTED_BY_BUYER:
        errors = refused_by_buyer(row.get("reason"))
    elif state is DocumentState.REJECTED:
        errors = (BOOKING_FAILED,)
    returned = row.get("returned")
    if returned is not None and not isinstance(returned, str):
        return None
    return seen(
        reference=row.get("id"),
        state=state,
        number=row.get("number"),
        errors=errors,
        returned=returned,
        document_type=row.get("kind"),
        payable=row.get("total"),
    )


def decimal_in(value: object) -> Decimal | None:
    """An amount; None for what is none."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
