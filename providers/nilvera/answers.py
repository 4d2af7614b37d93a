"""What Nilvera's answers mean: its error codes and status words, as tables.

Errors come as `{"Errors": [{"Code": int, "Description": …, "Detail": …}]}`. Only an answer in this form is Nilvera's
own word: nothing else refuses a document, says that it is not there, or that nothing was made.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, cast

from app.domain import exact_json
from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from providers.base import (
    Different,
    MailTaken,
    NotSent,
    Outcome,
    Prepared,
    Refused,
    Unclear,
    Unknown,
    refused_by_buyer,
    seen,
)
from providers.nilvera.mapping import ENVELOPES
from providers.transport.http import Reply
from providers.transport.rest import OK

BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
CONFLICT: Final = 409
UNPROCESSABLE: Final = 422

# 409: our UUID, our number or our record is already there, by an earlier attempt or by another program.
ALREADY_THERE: Final = frozenset({1001, 1004, 1005, 1015})
TAX_NUMBER_OF_ANOTHER: Final = 1000
# 404: receiver or sender alias, series. All were looked for while nothing was made yet.
MISSING: Final = frozenset({3000, 3001, 3009})
# 404: the base URL is not that of the API.
WRONG_ADDRESS: Final = 3030
NO_PACKAGE: Final = 3017
# A 404 with one of these is about something else than the document that was asked for.
NOT_OF_A_DOCUMENT: Final = MISSING | {WRONG_ADDRESS, NO_PACKAGE}
# The request is right and the account cannot pay for it: the owner buys credits, and it goes.
OUT_OF_CREDIT: Final = frozenset({2000, 2075, 2078, NO_PACKAGE})
NEEDS_OWNER: Final = OUT_OF_CREDIT | {WRONG_ADDRESS}
# 2057: the buyer's mailbox could not be looked up; it can, the next time.
NOT_SENT: Final = NEEDS_OWNER | {2057}
OTHER_TYPE: Final[Mapping[int, DocumentType]] = {
    2025: DocumentType.EFATURA,  # the buyer is an e-Fatura user
    2053: DocumentType.EFATURA,  # the buyer became one
    2054: DocumentType.EARSIV,  # the buyer is none
}

# The public description of the details has no field for these; what is there all the same must be ours.
NOT_ALWAYS_SAID: Final = frozenset({"OrderReference", "ReceiverTaxNumber"})

CODES: Final[Mapping[str, DocumentState]] = {
    "unknown": DocumentState.PROCESSING,
    "waiting": DocumentState.PROCESSING,
    "error": DocumentState.REJECTED,
}
ANSWERS: Final[Mapping[str, DocumentState]] = {
    "unknown": DocumentState.DELIVERED,
    "waitingForApproval": DocumentState.DELIVERED,
    "approved": DocumentState.ACCEPTED,
    "documentAnsweredAutomatically": DocumentState.ACCEPTED,
    "rejected": DocumentState.REJECTED_BY_BUYER,
}


def created(reply: Reply, prepared: Prepared) -> Outcome:
    """The outcome of a send that `classify` left open. What no table knows is Unknown."""
    if reply.status == OK:
        return _accepted(reply, prepared)
    errors = _errors_in(reply)
    codes = {code for code, _ in errors}
    if codes & ALREADY_THERE:
        return Unknown(why=f"already there: {_said(errors)}")
    if codes & NOT_SENT:
        return NotSent(why=_said(errors), needs_owner=bool(codes & NEEDS_OWNER))
    if _is_refusal(reply, codes):
        instead = next((OTHER_TYPE[code] for code in sorted(codes) if code in OTHER_TYPE), None)
        return Refused(errors=_field_errors(errors), instead=instead)
    return Unknown(why=reply.excerpt())


def cancellation(reply: Reply) -> NotSent | Refused | Unknown | None:
    """The outcome of a cancellation that `classify` left open; None when it was taken, and the status decides.

    Nilvera publishes no codes for it: every error of its own is a refusal, which the engine checks by the status.
    """
    if reply.status == OK:
        return None if isinstance(reply.json(), list) else Unknown(why=reply.excerpt())
    return _not_done(reply)


def mailed(reply: Reply) -> MailTaken | NotSent | Refused | Unknown:
    """What became of a mail that `classify` left open: a text is the answer to one that was taken."""
    if reply.status == OK:
        return MailTaken() if isinstance(reply.json(), str) else Unknown(why=reply.excerpt())
    return _not_done(reply)


def _not_done(reply: Reply) -> NotSent | Refused | Unknown:
    """Why an act on a document that is there was not done."""
    errors = _errors_in(reply)
    codes = {code for code, _ in errors}
    if codes & NOT_SENT:
        return NotSent(why=_said(errors), needs_owner=bool(codes & NEEDS_OWNER))
    if reply.status in {BAD_REQUEST, CONFLICT, UNPROCESSABLE} and codes:
        return Refused(errors=_field_errors(errors))
    if is_absence(reply):
        error = FieldError(path="$", code="NILVERA_NOT_FOUND", message="Nilvera does not know the document")
        return Refused(errors=(error,))
    return Unknown(why=reply.excerpt())


def state_of(body: Mapping[str, Any], document_type: DocumentType) -> DocumentState | None:
    """The legal state that a status answer has; None when its words are not in the tables."""
    if document_type is DocumentType.EARSIV:
        if body.get("CancelStatus") is True:
            return DocumentState.CANCELLED
        return {**CODES, "succeed": DocumentState.ISSUED}.get(str(body.get("StatusCode")))
    code = _member(body, "InvoiceStatus").get("Code")
    if code == "succeed":
        return ANSWERS.get(str(_member(body, "Answer").get("AnswerCode", "unknown")))
    return CODES.get(str(code))


def words_of(body: Mapping[str, Any]) -> str:
    """The words of a status that decide, for a person's eyes; nothing else of it is kept."""
    said = (
        body.get("StatusCode"),
        _member(body, "InvoiceStatus").get("Code"),
        _member(body, "Answer").get("AnswerCode"),
    )
    return ", ".join(word for word in said if isinstance(word, str)) or "no words"


def errors_of(body: Mapping[str, Any], state: DocumentState) -> tuple[FieldError, ...]:
    """Why a document ended in error, or its buyer refused it, in their own words; empty for any other state."""
    if state is DocumentState.REJECTED_BY_BUYER:
        return refused_by_buyer(_member(body, "Answer").get("AnswerNote"))
    if state is not DocumentState.REJECTED:
        return ()
    status = _member(body, "InvoiceStatus")
    said = (body.get("StatusDetail"), status.get("Description"), status.get("DetailDescription"))
    message = "; ".join(part for part in said if part and isinstance(part, str)) or "Nilvera gives no reason"
    return (FieldError(path="$", code="NILVERA_STATUS_ERROR", message=message),)


def mailboxes_in(reply: Reply) -> list[str] | Unclear:
    """The mailboxes of a taxpayer; none of one who is not registered."""
    rows = reply.json() if reply.status == OK else None
    names = [row.get("Name") if isinstance(row, dict) else None for row in rows] if isinstance(rows, list) else [None]
    mailboxes = [name for name in names if name and isinstance(name, str)]
    return mailboxes if len(mailboxes) == len(names) else Unclear(why=reply.excerpt())


def is_own(reply: Reply) -> bool:
    """Whether Nilvera itself has written this error: gateways answer in other forms, or in none."""
    return bool(_errors_in(reply))


def is_absence(reply: Reply) -> bool:
    """Whether Nilvera itself says that it has no such document."""
    codes = {code for code, _ in _errors_in(reply)}
    return reply.status == NOT_FOUND and bool(codes) and not codes & NOT_OF_A_DOCUMENT


def is_about(body: Mapping[str, Any], reference: str) -> bool:
    """Whether the answer is about this document, as far as it says which one it is about."""
    said = body.get("UUID")
    return said is None or (isinstance(said, str) and said.lower() == reference.lower())


def compared(details: Mapping[str, Any], prepared: Prepared) -> Different | Unclear | None:
    """None when the document with our UUID is the one that was sent.

    Its identity first: UUID, our number where we number, our order reference. Then currency, amount and receiver. The
    public description of this answer has neither order reference nor receiver: they count where they are said.
    """
    if details.get("UUID") is None or not is_about(details, prepared.reference):
        return Unclear(why=f"the details are about {details.get('UUID') or 'no document'}, not {prepared.reference}")
    expected = _expected(prepared)
    said = {**_texts_of(details), "PayableAmount": _amount_in(details, expected["PayableAmount"])}
    missing = sorted(name for name in expected.keys() - NOT_ALWAYS_SAID if said.get(name) is None)
    if missing:
        return Unclear(why=f"the details lack {', '.join(missing)}")
    different = [name for name, value in expected.items() if said.get(name) not in {None, value}]
    if different:
        return Different(detail="; ".join(f"{name} is {said[name]}, not {expected[name]}" for name in different))
    return None


def _expected(prepared: Prepared) -> dict[str, Any]:
    model = exact_json.loads(prepared.request)[ENVELOPES[prepared.document_type]]
    info = model["InvoiceInfo"]
    order = info.get("OrderReference") or {}
    return {
        **({"InvoiceNumber": prepared.number} if prepared.number else {}),
        **({"OrderReference": order["Value"]} if order.get("Value") else {}),
        "CurrencyCode": info["CurrencyCode"],
        "PayableAmount": info["PayableAmount"],
        "ReceiverTaxNumber": model["CustomerInfo"]["TaxNumber"],
    }


def _texts_of(details: Mapping[str, Any]) -> dict[str, Any]:
    """What the details have, under the names of our request; without what they leave out or have in another type."""
    order = details.get("OrderReference")
    said = {name: details.get(name) for name in ("InvoiceNumber", "CurrencyCode", "ReceiverTaxNumber")}
    said["OrderReference"] = order.get("Value") if isinstance(order, dict) else order
    return {name: value for name, value in said.items() if value and isinstance(value, str)}


def _amount_in(details: Mapping[str, Any], payable: Decimal) -> Decimal | None:
    """The payable amount; None when no amount is said.

    `InvoiceAmount` is described by its name alone: it is taken for the amount with the tax beside it, or without.
    """
    if "PayableAmount" in details:
        return _number(details["PayableAmount"])
    amount, tax = _number(details.get("InvoiceAmount")), _number(details.get("TaxAmount"))
    return payable if amount is not None and amount + (tax or 0) == payable else amount


def _number(value: object) -> Decimal | None:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return Decimal(cast("int | Decimal", value)) if is_number else None


def _accepted(reply: Reply, prepared: Prepared) -> Outcome:
    body = reply.json()
    if not isinstance(body, dict) or not body.get("InvoiceNumber"):
        return Unknown(why=reply.excerpt())
    number = body["InvoiceNumber"]
    if body.get("UUID") is None or not is_about(body, prepared.reference) or prepared.number not in {None, number}:
        return Unknown(why="it was taken, and the answer is about another document")
    state = DocumentState.PROCESSING
    done = seen(reference=prepared.reference, state=state, ettn=prepared.reference, number=number)
    return done or Unknown(why="it was taken, and the number in the answer is none")


def _is_refusal(reply: Reply, codes: set[int]) -> bool:
    """409 with the one code that is no conflict, 404 with a known code, 400 and 422 with Nilvera's own errors."""
    match reply.status:
        case 400 | 422:
            return bool(codes)
        case 404:
            return bool(codes & MISSING)
        case 409:
            return codes == {TAX_NUMBER_OF_ANOTHER}
        case _:
            return False


def _errors_in(reply: Reply) -> list[tuple[int, str]]:
    body = reply.json()
    listed = body.get("Errors") if isinstance(body, dict) else None
    return [
        (error["Code"], ": ".join(text for text in _texts_in(error) if text))
        for error in (listed if isinstance(listed, list) else [])
        if isinstance(error, dict) and isinstance(error.get("Code"), int) and not isinstance(error["Code"], bool)
    ]


def _texts_in(error: Mapping[str, Any]) -> list[str]:
    return [text for name in ("Description", "Detail") if isinstance(text := error.get(name), str)]


def _field_errors(errors: list[tuple[int, str]]) -> tuple[FieldError, ...]:
    return tuple(FieldError(path="$", code=f"NILVERA_{code}", message=text) for code, text in errors)


def _said(errors: list[tuple[int, str]]) -> str:
    return "; ".join(f"{code} {text}".strip() for code, text in errors)


def _member(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}
