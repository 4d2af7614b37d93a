"""What the answers of Sovos's e-Fatura service mean, as tables: its own states, GİB's of the envelope, its faults."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.numbers import NUMBER
from providers.base import Absent, Done, NotSent, Outcome, Prepared, Unclear, Unknown, refused_by_buyer, seen
from providers.formats.elements import Element, children, local_name, text
from providers.formats.envelopes import state_of_envelope
from providers.sovos import faults
from providers.transport.http import unclear
from providers.transport.soap import Answer, SoapFault

STATES: Final[Mapping[int, DocumentState]] = {
    10: DocumentState.PROCESSING,  # saved
    20: DocumentState.PROCESSING,  # signed
    30: DocumentState.PROCESSING,  # sent to GİB
    40: DocumentState.PROCESSING,  # accepted by GİB
    50: DocumentState.REJECTED,  # error at GİB
    80: DocumentState.REJECTED,  # not delivered, for good
    90: DocumentState.PROCESSING,  # the receiver has not confirmed it yet
    100: DocumentState.DELIVERED,
    110: DocumentState.REJECTED,  # error at the receiver
    120: DocumentState.ACCEPTED,
    130: DocumentState.REJECTED_BY_BUYER,
    140: DocumentState.DELIVERED,  # returned: no legal state, and a person is asked
}
# 60 and 70: the envelope holds an invoice that is there already. Another document counts, and a person has to look.
AN_EARLIER_ONE: Final = frozenset({60, 70})
RETURNED: Final = 140
UNREADABLE: Final = "an answer that is not in the described form"


def created(answer: Answer, prepared: Prepared) -> Outcome:
    """The outcome of a sending. 3010, 3011 and 3012 say that there is one already: it is looked up and compared."""
    if isinstance(answer, SoapFault):
        return _refused(answer)
    if isinstance(answer, NotSent | Unknown):
        return answer
    rows = list(children(answer, "Response")) if _is_of(answer, "sendUBL") else []
    ours = [row for row in rows if text(row, "UUID").lower() == prepared.reference.lower()]
    if len(rows) != 1 or not ours or not text(ours[0], "EnvUUID"):
        return Unknown(why="it was taken, and the answer is not about the document")
    number = text(ours[0], "ID") or prepared.number
    if (number and not NUMBER.fullmatch(number)) or prepared.number not in {None, number}:
        return Unknown(why="it was taken, and the number in the answer is another one or none")
    done = seen(
        reference=text(ours[0], "EnvUUID"), state=DocumentState.PROCESSING, ettn=prepared.reference, number=number
    )
    return done or Unknown(why=UNREADABLE)


def status_in(answer: Answer, reference: str) -> Done | Absent | Unclear:
    """The state of the document with this UUID; Absent only with the fault that says so."""
    rows = _rows(answer, "getInvoiceStatus", "InvoiceStatusResponse")
    if not isinstance(rows, list):
        return rows
    if len(rows) != 1 or text(rows[0], "UUID").lower() != reference.lower():
        return Unclear(why="the answer is not about the document")
    row, code = rows[0], _code(text(rows[0], "StatusCode"))
    said = text(row, "StatusDescription")
    if code in AN_EARLIER_ONE:
        return Unclear(why=f"status {code}: {said}; an earlier invoice is there")
    done = _done(row, reference, None if code is None else STATES.get(code), said, code)
    if isinstance(done, Done) and code == RETURNED:
        return replace(done, returned=f"{code} {said}".strip())
    return done


def envelope_in(answer: Answer, row: Element, reference: str) -> Done | Absent | Unclear:
    """The state of the document of this row of the list, by GİB's code of its envelope."""
    rows = _rows(answer, "getEnvelopeStatus", "Response")
    if not isinstance(rows, list):
        return (
            rows if isinstance(rows, Unclear) else Unclear(why="the document is in the list, and its envelope is not")
        )
    ours = [each for each in rows if text(each, "UUID").lower() == text(row, "EnvUUID").lower()]
    code = _code(text(ours[0], "ResponseCode")) if len(ours) == 1 else None
    said = text(ours[0], "Description") if ours else ""
    return _done(row, reference, None if code is None else state_of_envelope(code), said, code)


def rows_in(answer: Answer) -> list[Element] | Unclear:
    """The rows of the list of documents."""
    rows = _rows(answer, "getUBLList", "UBLList")
    return Unclear(why="the list was answered as if it were of one document") if isinstance(rows, Absent) else rows


def row_in(answer: Answer, reference: str) -> Element | Absent | Unclear:
    """The row of one document in the list; Absent when the list is Sovos's and is empty."""
    rows = _rows(answer, "getUBLList", "UBLList")
    if not isinstance(rows, list):
        return rows
    if any(text(row, "UUID").lower() != reference.lower() for row in rows) or len(rows) > 1:
        return Unclear(why="the list has other documents than the one that was asked for")
    return rows[0] if rows else Absent()


def data_in(answer: Answer, operation: str) -> str | Absent | Unclear:
    """The base64 of the only document of an answer."""
    rows = _rows(answer, operation, "DocData")
    if not isinstance(rows, list):
        return rows
    return text(rows[0]) if len(rows) == 1 else Unclear(why=UNREADABLE)


def aliases_in(answer: Answer, tax_number: str) -> list[str] | Unclear:
    """The aliases of a taxpayer; none where the answer has no user."""
    rows = _rows(answer, "getUserList", "User")
    if not isinstance(rows, list):
        return rows if isinstance(rows, Unclear) else Unclear(why=UNREADABLE)
    aliases = [text(row, "Alias") for row in rows if text(row, "Identifier") == tax_number]
    return aliases if len(aliases) == len(rows) and all(aliases) else Unclear(why=UNREADABLE)


def _rows(answer: Answer, operation: str, name: str) -> list[Element] | Absent | Unclear:
    if isinstance(answer, SoapFault):
        is_absence = faults.is_own(answer) and faults.code_of(answer) in faults.NOT_FOUND
        return Absent() if is_absence else faults.unclear_of(answer)
    if isinstance(answer, NotSent | Unknown):
        return unclear(answer)
    return list(children(answer, name)) if _is_of(answer, operation) else Unclear(why=UNREADABLE)


def _done(row: Element, reference: str, state: DocumentState | None, said: str, code: int | None) -> Done | Unclear:
    """`row` has the number and the envelope."""
    number = text(row, "ID") or None
    if state is None or (number and not NUMBER.fullmatch(number)):
        return Unclear(why=f"a state that is not in the tables: {code}" if state is None else "its number is none")
    errors: tuple[FieldError, ...] = ()
    if state is DocumentState.REJECTED_BY_BUYER:
        errors = refused_by_buyer(said)
    elif state is DocumentState.REJECTED:
        errors = (FieldError(path="$", code=f"SOVOS_STATUS_{code}", message=said or "Sovos gives no reason"),)
    done = seen(reference=text(row, "EnvUUID"), state=state, ettn=reference, number=number, errors=errors)
    return done or Unclear(why="the document is there, and its envelope is not named")


def _refused(fault: SoapFault) -> Outcome:
    code = faults.code_of(fault)
    if code in faults.ALREADY_THERE:
        return Unknown(why=f"already there: {faults.sentence_of(fault)}")
    not_made = faults.not_made_of_a_document(fault)
    if not_made is not None:
        return not_made
    return faults.refusal(fault) if code in faults.REFUSED else Unknown(why=faults.sentence_of(fault))


def _is_of(answer: Element, operation: str) -> bool:
    return local_name(answer) == f"{operation}Response"


def _code(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdecimal() else None
