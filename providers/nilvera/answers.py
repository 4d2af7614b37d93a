"""What Nilvera's answers mean: its error codes and status words, as tables.

Errors come as `{"Errors": [{"Code": int, "Description": …, "Detail": …}]}`.
"""

from collections.abc import Mapping
from typing import Any, Final

from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from providers import exact_json
from providers.base import Different, Done, NotSent, Outcome, Prepared, Refused, Unclear, Unknown
from providers.http import Reply
from providers.nilvera.mapping import ENVELOPES

OK: Final = 200
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
CONFLICT: Final = 409
UNPROCESSABLE: Final = 422

# 409: our UUID, our number or our record is already there, by an earlier attempt or by somebody else.
ALREADY_THERE: Final = frozenset({1001, 1004, 1005, 1015})
TAX_NUMBER_OF_ANOTHER: Final = 1000
# 404: receiver or sender alias, series. All were looked for while nothing was made yet.
MISSING: Final = frozenset({3000, 3001, 3009})
# 404: the base URL is not that of the API.
WRONG_ADDRESS: Final = 3030
# The request is right and the account cannot pay for it: the owner buys credits, and it goes.
OUT_OF_CREDIT: Final = frozenset({2000, 2075, 2078, 3017})
NEEDS_OWNER: Final = OUT_OF_CREDIT | {WRONG_ADDRESS}
# 2057: the buyer's mailbox could not be looked up; it can, the next time.
NOT_SENT: Final = NEEDS_OWNER | {2057}
OTHER_TYPE: Final[Mapping[int, DocumentType]] = {
    2025: DocumentType.EFATURA,  # the buyer is an e-Fatura user
    2053: DocumentType.EFATURA,  # the buyer became one
    2054: DocumentType.EARSIV,  # the buyer is none
}

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
    """The outcome of a cancellation that `classify` left open; None when it was taken, and the status must tell.

    Nilvera publishes no codes for it: every error of its own is a refusal, which the engine checks by the status.
    """
    if reply.status == OK:
        return None if isinstance(reply.json(), list) else Unknown(why=reply.excerpt())
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
    """The legal state a status answer tells; None when its words are not in the tables."""
    if document_type is DocumentType.EARSIV:
        if body.get("CancelStatus") is True:
            return DocumentState.CANCELLED
        return {**CODES, "succeed": DocumentState.ISSUED}.get(str(body.get("StatusCode")))
    code = _member(body, "InvoiceStatus").get("Code")
    if code == "succeed":
        return ANSWERS.get(str(_member(body, "Answer").get("AnswerCode", "unknown")))
    return CODES.get(str(code))


def errors_of(body: Mapping[str, Any], state: DocumentState) -> tuple[FieldError, ...]:
    """Why a document ended in error, in Nilvera's own words; empty for any other state."""
    if state is not DocumentState.REJECTED:
        return ()
    status = _member(body, "InvoiceStatus")
    said = (body.get("StatusDetail"), status.get("Description"), status.get("DetailDescription"))
    message = "; ".join(str(part) for part in said if part) or "Nilvera gives no reason"
    return (FieldError(path="$", code="NILVERA_STATUS_ERROR", message=message),)


def compared(details: Mapping[str, Any], prepared: Prepared) -> Different | Unclear | None:
    """None when what stands under our UUID is what we asked for: amount, currency, receiver."""
    model = exact_json.loads(prepared.request)[ENVELOPES[prepared.document_type]]
    expected = {
        "PayableAmount": model["InvoiceInfo"]["PayableAmount"],
        "CurrencyCode": model["InvoiceInfo"]["CurrencyCode"],
        "ReceiverTaxNumber": model["CustomerInfo"]["TaxNumber"],
    }
    missing = sorted(expected.keys() - {name for name, value in details.items() if value is not None})
    if missing:
        return Unclear(why=f"the details lack {', '.join(missing)}")
    different = [name for name, value in expected.items() if details[name] != value]
    if different:
        return Different(detail="; ".join(f"{name} is {details[name]}, not {expected[name]}" for name in different))
    return None


def is_absence(reply: Reply) -> bool:
    """A 404 from Nilvera itself; one from a proxy or for a wrong address proves nothing."""
    if reply.status != NOT_FOUND:
        return False
    readable = not reply.text.strip() or reply.json() is not None
    return readable and WRONG_ADDRESS not in {code for code, _ in _errors_in(reply)}


def _accepted(reply: Reply, prepared: Prepared) -> Outcome:
    body = reply.json()
    if not isinstance(body, dict) or not body.get("InvoiceNumber"):
        return Unknown(why=reply.excerpt())
    if str(body.get("UUID")).lower() != prepared.reference.lower():
        return Unknown(why=f"the answer is about another document: {reply.excerpt()}")
    return Done(
        reference=prepared.reference,
        state=DocumentState.PROCESSING,
        ettn=prepared.reference,
        number=str(body["InvoiceNumber"]),
    )


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
        (error["Code"], ": ".join(str(error[name]) for name in ("Description", "Detail") if error.get(name)))
        for error in (listed if isinstance(listed, list) else [])
        if isinstance(error, dict) and isinstance(error.get("Code"), int)
    ]


def _field_errors(errors: list[tuple[int, str]]) -> tuple[FieldError, ...]:
    return tuple(FieldError(path="$", code=f"NILVERA_{code}", message=text) for code, text in errors)


def _said(errors: list[tuple[int, str]]) -> str:
    return "; ".join(f"{code} {text}".strip() for code, text in errors)


def _member(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}
