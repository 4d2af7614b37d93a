"""What the service's answers mean: the envelope, its sentences and its status codes, as tables.

Every answer is `{"IsSucceded": …, "Message": …, "Value": …}`, spelt like this, mostly with 200 whatever it says. There
are no error codes, so a failure is known by a few words of its sentence; what they do not decide, a question does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from providers.base import (
    Absent,
    Different,
    Done,
    Issued,
    MailTaken,
    NotSent,
    Prepared,
    Refused,
    Unclear,
    Unknown,
    refused_by_buyer,
    seen,
)
from providers.hepsiburada_efaturam.mapping import SCENARIOS, buyer_in, invoice_in
from providers.transport.http import Reply, unclear

S = DocumentState
# By number, or by the names of the service's schema, in lower case; of `Status` only the name decides (an error is 9
# there and 2000 in `StatusCode`).
STATES: Final[Mapping[int | str, DocumentState]] = {
    0: S.DRAFT, "draft": S.DRAFT,
    10: S.CANCELLED, "canceled": S.CANCELLED,
    100: S.PROCESSING, "queued": S.PROCESSING,
    200: S.PROCESSING, "processing": S.PROCESSING,
    300: S.PROCESSING, "senttogib": S.PROCESSING,
    "notprepared": S.PROCESSING, "notsend": S.PROCESSING,
    1000: S.ISSUED, "approved": S.ISSUED,
    1100: S.DELIVERED, "waitingforapprovement": S.DELIVERED, "waitingforaprovement": S.DELIVERED,
    1200: S.REJECTED_BY_BUYER, "declined": S.REJECTED_BY_BUYER,
    1300: S.DELIVERED, "return": S.DELIVERED,
    1400: S.CANCELLED, "earchivecanceled": S.CANCELLED, "earchivedcanceled": S.CANCELLED,
    2000: S.REJECTED, "error": S.REJECTED,
}  # fmt: skip
del S
# The buyer has returned it: it keeps the state that it had, and a person is asked.
RETURNED: Final = frozenset({1300, "return"})
# Words of sentences, in small letters of the Latin alphabet; whether the real ones have them is not published.
LOGIN: Final = re.compile(r"kullanici ad|sifre|parola|yetki|password|user ?name|credential")
THERE: Final = re.compile(r"zaten|daha once|mukerrer|already|duplicate|ayni (ettn|uuid|fatura|belge)")
LATER: Final = re.compile(r"beklenme|daha sonra|tekrar dene|zaman asimi|sistem hata|unexpected|time-?out|try again")
NO_DOCUMENT: Final = re.compile(r"(fatura|belge|invoice|document).*(bulunama|not found)")
# Turkish letters and those that are taken for them, whatever a program makes of their capitals.
_LATIN: Final = str.maketrans("ıİşŞğĞüÜöÖçÇ", "iIsSgGuUoOcC")
# Rows of a list may leave these out, or have a number in the place of a word.
NOT_ALWAYS_SAID: Final = frozenset({"LocalDocumentId", "OrderDocumentId", "Scenario"})
NO_REASON: Final = "the service gives no reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer in the service's own form."""

    succeeded: bool
    message: str
    value: Any

    def is_about(self, words: re.Pattern[str]) -> bool:
        """Whether it failed with such a sentence."""
        return not self.succeeded and words.search(self.message.translate(_LATIN).lower()) is not None


def said_in(reply: Reply) -> Said | Unknown:
    """What the service itself says, whatever the status; Unknown for anything in another form."""
    body = reply.json()
    succeeded = field(body, "IsSucceded")
    if not isinstance(body, dict) or not isinstance(succeeded, bool):
        return Unknown(why=reply.excerpt())
    message = field(body, "Message")
    return Said(succeeded=succeeded, message=message if isinstance(message, str) else "", value=field(body, "Value"))


def is_own(reply: Reply) -> bool:
    """Whether the service itself has written this failure: gateways have another form."""
    said = said_in(reply)
    return isinstance(said, Said) and not said.succeeded


def field(body: object, name: str) -> Any:
    """A field by its name in any case, as the service itself reads; None where there is none."""
    if not isinstance(body, dict):
        return None
    if name in body:
        return body[name]
    return next((value for key, value in body.items() if key.lower() == name.lower()), None)


def login_failure(said: Said) -> NotSent | None:
    """A refused user or password: nothing was asked. None for every other answer."""
    return NotSent(why=f"the login was refused: {said.message}", needs_owner=True) if said.is_about(LOGIN) else None


def failure(said: Said) -> Unknown | None:
    """A failure that says nothing of what was made: to try again later, or that there is one; None for a refusal."""
    if not said.message or said.is_about(THERE) or said.is_about(LATER):
        return Unknown(why=said.message or NO_REASON)
    return None


def refusal_errors(said: Said) -> tuple[FieldError, ...]:
    """The service's own words for a refusal."""
    return (FieldError(path="$", code="HEPSIBURADA_REFUSED", message=said.message or NO_REASON),)


def mailed(said: Said) -> MailTaken | Refused | Unknown:
    """What became of a mail that was asked for."""
    if said.succeeded:
        return MailTaken() if said.value is True else Unknown(why="it was taken, and the answer is not true")
    return failure(said) or Refused(errors=refusal_errors(said))


def accepted(said: Said, prepared: Prepared) -> Done | Unknown:
    """The document in the answer to a send that succeeded: ours, in the queue, of the type that it was sent as."""
    rows = said.value if isinstance(said.value, list) else []
    row = rows[0] if len(rows) == 1 else None
    if not _is(field(row, "Id"), prepared.reference):
        return Unknown(why="it was taken, and the answer names no document of ours")
    number, scenario = field(row, "Number"), field(row, "InvoiceScenario")
    if isinstance(scenario, str) and not _is(scenario, SCENARIOS[prepared.document_type]):
        return Unknown(why=f"it was taken as {scenario}, not as {SCENARIOS[prepared.document_type]}")
    may_be_none = prepared.is_draft and not number
    if not may_be_none and (not number or prepared.number not in {None, number}):
        return Unknown(why="it was taken, and the answer has another number or none")
    state = DocumentState.DRAFT if prepared.is_draft else DocumentState.PROCESSING
    done = seen(reference=prepared.reference, state=state, ettn=prepared.reference, number=number or None)
    return done or Unknown(why="it was taken, and the number in the answer is none")


def status_in(said: Said, reference: str) -> dict[str, Any] | Absent | Unclear:
    """The one row about our document. Absent where the service says that there is none, in either of its ways."""
    if not said.succeeded:
        return Absent() if said.is_about(NO_DOCUMENT) else Unclear(why=said.message or NO_REASON)
    if said.value == []:
        return Absent()
    rows = said.value if isinstance(said.value, list) else []
    ours = [row for row in rows if isinstance(row, dict) and _is(field(row, "InvoiceId"), reference)]
    return ours[0] if len(ours) == 1 else Unclear(why="the answer has not one status of our document")


def state_of(row: Mapping[str, Any], document: Prepared | Issued) -> DocumentState | None:
    """The legal state; None for a code that is not in the table.

    1000 means issued of an e-Arşiv, delivered of an e-Fatura, and accepted of one that its buyer answers.
    """
    state = STATES.get(_word_of(row))
    if state is DocumentState.ISSUED and document.document_type is DocumentType.EFATURA:
        is_answered = isinstance(document, Prepared) and document.awaits_answer
        return DocumentState.ACCEPTED if is_answered else DocumentState.DELIVERED
    return state


def done_of(
    row: Mapping[str, Any], document: Prepared | Issued, number: object, payable: object = None
) -> Done | Unclear:
    """The document in the state that its row has. `payable`: what a draft comes to."""
    state, reference = state_of(row, document), document.reference
    code, name = field(row, "StatusCode"), field(row, "Status")
    if state is None:
        return Unclear(why=f"a status that is not in the tables: {code}, {name}")
    returned = f"{code} {name}" if _word_of(row) in RETURNED else None
    errors = _errors_of(state, field(row, "Message"))
    done = seen(
        reference=reference,
        state=state,
        ettn=reference,
        number=number,
        errors=errors,
        returned=returned,
        payable=payable,
    )
    return done or Unclear(why="the document is there, and its number is none")


def listed_in(said: Said, reference: str) -> dict[str, Any] | Unclear:
    """The row of our document in a list, where `DocumentId` is the UUID and `InvoiceId` the number."""
    items = field(said.value, "Items") if said.succeeded else None
    rows = items if isinstance(items, list) else []
    ours = [row for row in rows if isinstance(row, dict) and _is(field(row, "DocumentId"), reference)]
    return ours[0] if len(ours) == 1 else Unclear(why="the document is there, and the list has not one row of it")


def compared(row: Mapping[str, Any], prepared: Prepared) -> Different | Unclear | None:
    """None when the row with our UUID is the document that was sent.

    Its identity first: our number where we number, our reference and the order's where they are said. Then its type,
    buyer, currency and sums.
    """
    expected = _expected(prepared)
    said = {name: field(row, name) for name in expected}
    missing = sorted(name for name in expected.keys() - NOT_ALWAYS_SAID if not _is_value(said[name], expected[name]))
    if missing:
        return Unclear(why=f"the list lacks {', '.join(missing)}")
    different = [name for name, value in expected.items() if said[name] and not _equals(said[name], value)]
    if different:
        return Different(detail="; ".join(f"{name} is {said[name]}, not {expected[name]}" for name in different))
    return None


def _expected(prepared: Prepared) -> dict[str, str | Decimal]:
    request = invoice_in(prepared.request)
    invoice: Any = request["Invoice"]
    totals = invoice["LegalMonetaryTotal"]
    return {
        **({"InvoiceId": prepared.number} if prepared.number else {}),
        "LocalDocumentId": prepared.reference,
        **({"OrderDocumentId": _order_in(invoice)} if _order_in(invoice) else {}),
        "Scenario": SCENARIOS[prepared.document_type],
        "TargetTcknVkn": str(buyer_in(request)["TaxNumber"]),
        "DocumentCurrencyCode": invoice["DocumentCurrencyCode"]["value"],
        "PayableAmount": totals["PayableAmount"]["value"],
        "TaxExclusiveAmount": totals["TaxExclusiveAmount"]["value"],
    }


def mailboxes_in(said: Said | NotSent | Unknown) -> list[str] | Unclear:
    """A taxpayer's mailboxes; none of one that is not registered."""
    if not isinstance(said, Said):
        return unclear(said)
    rows = field(said.value, "ReceiverboxAliases")
    if not said.succeeded or not isinstance(rows, list):
        return Unclear(why=said.message or NO_REASON)
    names = [field(row, "Alias") for row in rows if field(row, "Enabled") is not False]
    mailboxes = [name for name in names if name and isinstance(name, str)]
    if len(mailboxes) < len(names):
        return Unclear(why="its mailboxes cannot be read")
    return mailboxes


def _word_of(row: Mapping[str, Any]) -> int | str:
    """What the table knows a state by."""
    code, name = field(row, "StatusCode"), field(row, "Status")
    return code if isinstance(code, int) else str(code if isinstance(code, str) else name).lower()


def _errors_of(state: DocumentState, message: object) -> tuple[FieldError, ...]:
    """Why a document ended in error, or its buyer refused it; empty for any other state."""
    if state is DocumentState.REJECTED_BY_BUYER:
        return refused_by_buyer(message)
    if state is not DocumentState.REJECTED:
        return ()
    reason = message if message and isinstance(message, str) else NO_REASON
    return (FieldError(path="$", code="HEPSIBURADA_STATUS_ERROR", message=reason),)


def _order_in(invoice: Mapping[str, Any]) -> str:
    order = invoice.get("OrderReference") or {}
    found: str = (order.get("Id") or order.get("ID") or {}).get("value", "")
    return found


def _is(value: object, expected: str) -> bool:
    return isinstance(value, str) and value.lower() == expected.lower()


def _is_value(value: object, expected: str | Decimal) -> bool:
    if isinstance(expected, str):
        return bool(value) and isinstance(value, str)
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _equals(value: object, expected: str | Decimal) -> bool:
    """A word in any case, an amount by its value; a number in the place of a word says nothing."""
    if isinstance(expected, str):
        return not isinstance(value, str) or value.lower() == expected.lower()
    return value == expected
