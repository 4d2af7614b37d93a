"""What the answers of Sovos's e-Arşiv service mean, as tables.

The pre-check of a document is in the answer to its sending: success and error are lists, and what is in neither is not
known. Of the states only two thresholds are published.
"""

from collections.abc import Mapping
from typing import Final

from app.documents.safe_input.tree import decimal
from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.numbers import NUMBER
from app.domain.text import folded
from providers.base import Absent, Different, Done, NotSent, Outcome, Prepared, Refused, Unclear, Unknown, seen
from providers.formats.elements import Element, children, local_name, text
from providers.formats.ubl import UblSummary
from providers.sovos import faults
from providers.sovos.connection import SovosOptions
from providers.transport.http import unclear
from providers.transport.soap import Answer, SoapFault

SUCCESS: Final = "SUCCESS"
FAIL: Final = "FAIL"
CANCELLED: Final = "1"
# A client's list of states ends at 150; 901 is "parameter error" there, and no state of a document.
PAST_EVERY_STATE: Final = 200
# Words of "there is one already". The codes of the pre-check are not published, so such an error is not believed.
ALREADY: Final = tuple(map(folded, ("mevcut", "daha önce", "kayıtlı", "mükerrer", "exist", "already", "duplicate")))
UNREADABLE: Final = "an answer that is not in the described form"
ANSWERS: Final[Mapping[str, str]] = {
    "sendInvoice": "sendInvoiceResponseType",
    "getStatus": "getStatusResponseType",
    "getSignedInvoice": "getSignedInvoiceResponseType",
    "getInvoiceDocument": "getInvoiceDocumentResponseType",
    "detailedInvoiceQuery": "detailedInvoiceQueryResponse",
    "cancelInvoice": "invoiceCancellationServiceResponseType",
}


def created(answer: Answer, prepared: Prepared) -> Outcome:
    """The outcome of a sending. A refusal may be of a document that is there already: see `may_be_there`."""
    if isinstance(answer, SoapFault):
        if not faults.is_own(answer):
            return Unknown(why=faults.sentence_of(answer))
        return faults.not_made_of_a_document(answer) or faults.refusal(answer)
    if isinstance(answer, NotSent | Unknown):
        return answer
    errors = _listed(answer, "preCheckErrorResults", "preCheckError")
    if errors:
        return Refused(errors=tuple(map(_error, errors)))
    ours = [row for row in _listed(answer, "preCheckSuccessResults", "preCheckSuccess") if _is_about(row, prepared)]
    result = text(answer, "Result", "Result")
    if len(ours) != 1 or result == FAIL:
        return Unknown(why=f"{result or 'no result'}, and no pre-check of the document")
    return _taken(text(ours[0], "InvoiceNumber"), prepared)


def may_be_there(refused: Refused) -> bool:
    """Whether the reason may be an earlier attempt."""
    said = folded(" ".join(error.message for error in refused.errors))
    return any(word in said for word in ALREADY)


def state_in(answer: Answer, reference: str, options: SovosOptions) -> Done | Absent | Unclear:
    """The document's state; Absent for what has none by its UUID, which is no proof: how Sovos says so is not known."""
    if isinstance(answer, SoapFault):
        is_absence = faults.is_own(answer) and faults.not_made(answer) is None
        return Absent() if is_absence else faults.unclear_of(answer)
    if isinstance(answer, NotSent | Unknown):
        return unclear(answer)
    code = text(answer, "statusCode")
    if not _is_of(answer, "getStatus") or not code.isascii() or not code.isdecimal():
        return Unclear(why=UNREADABLE)
    if not text(answer, "UUID") or int(code) >= PAST_EVERY_STATE:
        return Absent()
    if text(answer, "UUID").lower() != reference.lower():
        return Unclear(why="the answer is about another document")
    return _done(answer, int(code), reference, options)


def rows_in(answer: Answer) -> list[Element] | Unclear:
    """The rows of the list of documents."""
    if isinstance(answer, SoapFault):
        return faults.unclear_of(answer)
    if isinstance(answer, NotSent | Unknown):
        return unclear(answer)
    return list(children(answer, "invoice")) if _is_of(answer, "detailedInvoiceQuery") else Unclear(why=UNREADABLE)


def row_in(answer: Answer, reference: str) -> Element | Absent | Unclear:
    """The row of one document; Absent when the list is Sovos's and is empty."""
    rows = rows_in(answer)
    if not isinstance(rows, list):
        return rows
    ours = [row for row in rows if text(row, "invoiceUUID").lower() == reference.lower()]
    if len(ours) != len(rows) or len(ours) > 1:
        return Unclear(why="the list has other documents than the one that was asked for")
    return ours[0] if ours else Absent()


def compared_row(row: Element, sent: UblSummary, number: str | None) -> Different | Unclear | None:
    """None for the row of the document that was sent. Whether its amount is with VAT or without is not described."""
    found, amount = text(row, "invoiceID"), decimal(text(row, "invoiceAmount"))
    if amount is None:
        return Unclear(why="the list has no amount for the document")
    different = [
        *([f"number is {found}, not {number}"] if number and found != number else []),
        *([f"amount is {amount}, not {sent.payable}"] if amount not in {sent.payable, sent.tax_exclusive} else []),
    ]
    return Different(detail="; ".join(different)) if different else None


def cancelled(answer: Answer, signed: UblSummary) -> Outcome:
    """Done only with SUCCESS and the code of a client's; FAIL is a refusal, which the engine checks by the state."""
    if isinstance(answer, SoapFault):
        if not faults.is_own(answer):
            return Unknown(why=faults.sentence_of(answer))
        return faults.not_made_of_a_document(answer) or faults.refusal(answer)
    if isinstance(answer, NotSent | Unknown):
        return answer
    result = text(answer, "Result") or text(answer, "Result", "Result")
    code, said = text(answer, "invoiceCancellation", "code"), text(answer, "invoiceCancellation", "message")
    if result == SUCCESS and code == CANCELLED:
        state, uuid = DocumentState.CANCELLED, signed.uuid
        return seen(reference=uuid, state=state, ettn=uuid, number=signed.number) or Unknown(why=UNREADABLE)
    if result == FAIL and said:
        return Refused(errors=(FieldError(path="$", code=f"SOVOS_CANCEL_{code or FAIL}", message=said),))
    return Unknown(why=f"an answer to a cancellation with result {result or 'none'}, code {code or 'none'}")


def file_field(answer: Element, operation: str) -> str:
    """The base64 of an answer with a file; empty where there is none."""
    return text(answer, "binaryData") if _is_of(answer, operation) else ""


def _done(answer: Element, code: int, reference: str, options: SovosOptions) -> Done | Unclear:
    number = text(answer, "invoiceNumber") or None
    if number is not None and not NUMBER.fullmatch(number):
        return Unclear(why="the document is there, and its number is none")
    state = _state_of(code, options)
    said = f"status {code}: {text(answer, 'Detail') or 'Sovos gives no reason'}"
    wrong = (FieldError(path="$", code=f"SOVOS_STATUS_{code}", message=said),)
    errors = wrong if state is DocumentState.REJECTED else ()
    done = seen(reference=reference, state=state, ettn=reference, number=number, errors=errors)
    return done or Unclear(why=UNREADABLE)


def _state_of(code: int, options: SovosOptions) -> DocumentState:
    if code in options.cancelled:
        return DocumentState.CANCELLED
    if code in options.rejected:
        return DocumentState.REJECTED
    return DocumentState.ISSUED if code >= options.signed else DocumentState.PROCESSING


def _taken(said: str, prepared: Prepared) -> Outcome:
    number = said or prepared.number
    if (number and not NUMBER.fullmatch(number)) or prepared.number not in {None, number}:
        return Unknown(why="it was taken, and the number in the answer is another one or none")
    uuid = prepared.reference
    done = seen(reference=uuid, state=DocumentState.PROCESSING, ettn=uuid, number=number)
    return done or Unknown(why=UNREADABLE)


def _listed(answer: Element, results: str, name: str) -> list[Element]:
    if not _is_of(answer, "sendInvoice"):
        return []
    return [row for each in children(answer, results) for row in children(each, name)]


def _is_of(answer: Element, operation: str) -> bool:
    return local_name(answer) == ANSWERS[operation]


def _is_about(row: Element, prepared: Prepared) -> bool:
    """By UUID, or where the row has none by the file's name, which is the UUID."""
    said = text(row, "UUID") or text(row, "Filename").partition(".")[0]
    return said.lower() == prepared.reference.lower()


def _error(row: Element) -> FieldError:
    code = text(row, "ErrorCode") or "UNNAMED"
    return FieldError(path="$", code=f"SOVOS_{code}", message=text(row, "ErrorDesc") or "Sovos gives no reason")
