"""What Trendyol's answers mean: names of its problems, codes of its statuses, and whether a document is ours."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.domain import exact_json
from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.money import HUNDRED
from providers.base import (
    Different,
    Done,
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
from providers.transport.http import Reply
from providers.transport.rest import OK
from providers.trendyol_efaturam.mapping_v2 import IDENTITY
from providers.trendyol_efaturam.problems import errors_of, is_own, names_of, plain_name

NOT_FOUND: Final = 404
CONFLICT: Final = 409
UNPROCESSABLE: Final = 422


def _named(*names: str) -> frozenset[str]:
    return frozenset(map(plain_name, names))


# Something is there: by an earlier attempt of ours, or by another program.
ALREADY_THERE: Final = _named("InvoiceUuidCantBeUsed", "InvoiceIdAlreadyExists", "InvoiceCouldNotBeSaved")
# The request is right; the account lacks credits or an application, or the connection's design is not there.
NEEDS_OWNER: Final = _named(
    "InsufficientCredit", "ApplicationMismatch", "ApplicationNotFound", "CorporateNotFound",
    "StylesheetWithCodeNotFound",
)  # fmt: skip
# Looked for while nothing was made yet. A 404 to a question with one of these is not about the document.
MISSING: Final = _named(
    "TargetAliasNotFound", "TaxPayerNotFound", "InvoiceTaxIdNotFound", "CorporatePrefixNotFound",
    "CorporateDefaultPrefixNotFound", "InvoiceAddressNotFound",
)  # fmt: skip
REFUSALS: Final = MISSING | _named(
    "InvoiceUblBuildFailed", "InvoiceOperationRestricted", "InvoiceIdNotSet", "CorporatePrefixIsUnusable",
    "ReceiverAndSenderEmailsAreSame", "ScenarioNotValid",
)  # fmt: skip
NO_TAXPAYER: Final = _named("TaxPayerNotFound")

DENIED: Final = 105
APPROVED: Final = 205
STATES: Final[Mapping[int, DocumentState]] = {
    10: DocumentState.PROCESSING,
    20: DocumentState.PROCESSING,  # its files are being made
    29: DocumentState.REJECTED,
    30: DocumentState.PROCESSING,
    40: DocumentState.PROCESSING,  # sent to GİB
    50: DocumentState.DELIVERED,  # waits for the buyer's answer
    100: DocumentState.PROCESSING,
    DENIED: DocumentState.REJECTED_BY_BUYER,
    200: DocumentState.PROCESSING,
    305: DocumentState.CANCELLED,
    405: DocumentState.REJECTED,
}
REPLIES: Final[Mapping[str, DocumentState]] = {
    "APPROVED": DocumentState.ACCEPTED,
    "AUTO_APPROVED": DocumentState.ACCEPTED,
    "DENIED": DocumentState.REJECTED_BY_BUYER,
    "RETURNED": DocumentState.DELIVERED,  # the state before it
}
# Its buyer has sent it back; what is done about it is a person's.
RETURNED: Final = "RETURNED"
FOR_INVOICES: Final = "INVOICE"
ALIAS_TYPES: Final = (FOR_INVOICES, "DESPATCH_ADVICE")
# Where a failed document may say why.
REASONS: Final = ("errorMessage", "message", "detail", "gibStatusCode", "gibStatus")


def created(reply: Reply, prepared: Prepared) -> Outcome:
    """The outcome of a create that `classify` left open. What no table knows is Unknown."""
    if reply.status == OK:
        return _accepted(reply, prepared)
    names = names_of(reply)
    if names & ALREADY_THERE:
        return Unknown(why=f"already there: {reply.excerpt()}")
    if names & NEEDS_OWNER:
        return NotSent(why=reply.excerpt(), needs_owner=True)
    if names & REFUSALS or (is_own(reply) and reply.status == UNPROCESSABLE):
        return Refused(errors=errors_of(reply))
    return Unknown(why=reply.excerpt())


def cancellation(reply: Reply) -> NotSent | Refused | Unknown | None:
    """The outcome of a cancellation that `classify` left open; None when it was taken, and the status decides."""
    if reply.status == OK:  # what its body has is not said
        is_whole = not reply.text or reply.json() is not None
        return None if is_whole else Unknown(why=reply.excerpt())
    if names_of(reply) & NEEDS_OWNER:
        return NotSent(why=reply.excerpt(), needs_owner=True)
    if is_own(reply) and reply.status in {NOT_FOUND, CONFLICT, UNPROCESSABLE}:
        return Refused(errors=errors_of(reply))
    return Unknown(why=reply.excerpt())


def is_absence(reply: Reply) -> bool:
    """Whether Trendyol itself says that it has no such document: then it was never made."""
    return reply.status == NOT_FOUND and is_own(reply) and not names_of(reply) & (MISSING | NEEDS_OWNER)


def is_about(body: Mapping[str, Any], reference: str) -> bool:
    """Whether the answer says that it is about this document."""
    said = body.get("invoiceUuid")
    return isinstance(said, str) and said.lower() == reference.lower()


def is_answered(status: Mapping[str, Any]) -> bool:
    """Whether a commercial invoice has its buyer's answer: of which kind, its reply says, which no status shows."""
    return code_of(status) in {DENIED, APPROVED}


def done_of(body: Mapping[str, Any], document: Prepared | Issued, number: object) -> Done | Unclear:
    """The document as a status, a row of a search, or the answer to a create has it. `number`: where that has none."""
    reference = document.reference
    if not is_about(body, reference):
        return Unclear(why="the answer is about another document")
    if outside := body.get("externalCancellationType"):
        return Unclear(why=f"it was cancelled outside of Trendyol, which a person must see: {outside}")
    state = state_of(body, document)
    if state is None:
        return Unclear(why="a status that is not in the tables")
    number = body.get("invoiceId") or number
    returned = RETURNED if body.get("replyType") == RETURNED else None
    errors = _errors_of(body, state)
    done = seen(reference=reference, state=state, ettn=reference, number=number, errors=errors, returned=returned)
    return done or Unclear(why="the document is there, and its number is none")


def state_of(body: Mapping[str, Any], document: Prepared | Issued) -> DocumentState | None:
    """None when its code, or the buyer's reply, is not in the tables."""
    code, reply = code_of(body), body.get("replyType")
    if document.document_type is DocumentType.EFATURA and reply is not None:
        return REPLIES.get(reply) if isinstance(reply, str) else None
    if code == APPROVED:
        if document.document_type is DocumentType.EARSIV:
            return DocumentState.ISSUED
        is_answer = isinstance(document, Prepared) and document.awaits_answer
        return DocumentState.ACCEPTED if is_answer else DocumentState.DELIVERED
    return STATES.get(code) if code is not None else None


def code_of(body: Mapping[str, Any]) -> int | None:
    """The status, which comes as a number and as a text."""
    said = body.get("status")
    if isinstance(said, str) and said.isascii() and said.isdecimal():
        return int(said)
    return said if isinstance(said, int) and not isinstance(said, bool) else None


def compared(row: Mapping[str, Any], prepared: Prepared) -> Different | None:
    """None when the document with our UUID says nothing else than what was sent.

    Identity first, then the kind, the buyer and the sum. Amounts in answers are taken in the unit of the request.
    """
    expected = _expected(prepared)
    different = [name for name, value in expected.items() if row.get(name) is not None and row[name] != value]
    said = [f"{name} is {_shown(name, row[name], prepared)}, not {_shown(name, expected[name], prepared)}"
            for name in different]  # fmt: skip
    return Different(detail="; ".join(said)) if different else None


def row_in(reply: Reply, reference: str) -> dict[str, Any] | None:
    """The one row of a search that has our UUID, if it shows buyer and sum."""
    body = reply.json() if reply.status == OK else None
    rows = body.get("content") if isinstance(body, dict) else None
    ours = [row for row in rows if isinstance(row, dict) and is_about(row, reference)] if isinstance(rows, list) else []
    return ours[0] if len(ours) == 1 and _shows_enough(ours[0]) else None


def mailboxes_in(reply: Reply) -> list[str] | Unclear:
    """The mailboxes for invoices; none of one who is not registered."""
    if reply.status == NOT_FOUND and names_of(reply) & NO_TAXPAYER:
        return []
    rows = reply.json() if reply.status == OK else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return Unclear(why=reply.excerpt())
    if any(row.get("aliasType") not in ALIAS_TYPES or not _is_text(row.get("alias")) for row in rows):
        return Unclear(why=reply.excerpt())
    return [row["alias"] for row in rows if row["aliasType"] == FOR_INVOICES]


def url_in(reply: Reply) -> str | None:
    """The address of a file, as plain text or as JSON; it is a secret, so that it is read before secrets are hidden."""
    said = reply.json() if reply.status == OK else None
    text = said if isinstance(said, str) else reply.body.decode(errors="replace").strip()
    return text if reply.status == OK and text.startswith(("https://", "http://")) else None


def _shows_enough(row: Mapping[str, Any]) -> bool:
    """Whether it has what a document is told from another by."""
    return isinstance(row.get("receiverTaxId"), str) and _is_number(row.get("payableAmount"))


def _expected(prepared: Prepared) -> dict[str, Any]:
    sent = exact_json.loads(prepared.request)
    identity = sent.get("invoiceInfo") or sent[IDENTITY]
    return {
        **({"invoiceId": prepared.number} if prepared.number else {}),
        "localReferenceId": sent["localReferenceId"],
        "scenario": identity["invoiceType"],
        "invoiceTypeCode": identity["invoiceTypeCode"],
        "currency": sent["currencyInfo"]["currency"],
        "receiverTaxId": (sent.get("recipientInfo") or sent["receiverInfo"])["taxId"],
        "payableAmount": sent["invoiceTotal"]["payableAmount"],
    }


def _shown(name: str, value: object, prepared: Prepared) -> object:
    """An amount in the currency's own unit, for a person's eyes."""
    if name != "payableAmount" or not isinstance(value, int | Decimal):
        return value
    in_kurus = IDENTITY not in exact_json.loads(prepared.request)
    return f"{Decimal(value) / HUNDRED:.2f}" if in_kurus else value


def _accepted(reply: Reply, prepared: Prepared) -> Outcome:
    body = reply.json()
    number = body.get("invoiceId") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not number or (prepared.number and number != prepared.number):
        return Unknown(why=reply.excerpt())
    if different := compared(body, prepared):
        return Unknown(why=f"it was taken, and the answer has it otherwise: {different.detail}")
    found = done_of(body, prepared, None)
    return found if isinstance(found, Done) else Unknown(why=f"it was taken, and the answer is unclear: {found.why}")


def _errors_of(body: Mapping[str, Any], state: DocumentState) -> tuple[FieldError, ...]:
    if state is DocumentState.REJECTED_BY_BUYER:
        return refused_by_buyer(body.get("replyNote"))
    if state is not DocumentState.REJECTED:
        return ()
    said = [str(body[name]) for name in REASONS if isinstance(body.get(name), str | int) and body[name]]
    message = "; ".join([f"status {code_of(body)}", *said])
    return (FieldError(path="$", code="TRENDYOL_STATUS_ERROR", message=message),)


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
