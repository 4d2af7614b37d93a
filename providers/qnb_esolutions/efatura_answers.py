"""What the answers of QNB's connectorService mean, as tables.

`durum` 3 says that a document is packed and signed, not that it is delivered: `ulastiMi` does. Faults have a text in
Turkish and no code.
"""

from dataclasses import dataclass
from typing import Final

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.numbers import NUMBER
from app.domain.text import folded
from providers.base import Absent, Done, NotSent, Outcome, Prepared, Refused, Unclear, Unknown, refused_by_buyer, seen
from providers.base.reads import DocumentFile, FileForm
from providers.formats.elements import Element, children, local_name, text
from providers.formats.envelopes import state_of_envelope
from providers.formats.files import decoded, file_among
from providers.formats.zips import only_file_in
from providers.qnb_esolutions import faults
from providers.transport.http import unclear
from providers.transport.soap import Answer, SoapFault

REFUSED: Final = tuple(map(folded, ("hash hatası", "schematroncontrol failed")))
RECEIVED: Final = "1"
FAILED: Final = "2"
PROCESSED: Final = "3"
NOT_SENT: Final = "0"
CANCELLED: Final = "-2"
BUYERS_ANSWER: Final = {"1": DocumentState.REJECTED_BY_BUYER, "2": DocumentState.ACCEPTED}
# A delivered document was seen with it.
NO_CODE: Final = frozenset({"", "0"})
UNREADABLE: Final = "an answer that is not in the described form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A document's state. `has_file`: whether its own file is there, to compare it with."""

    done: Done
    has_file: bool


def created(answer: Answer, prepared: Prepared) -> Outcome:
    """The outcome of a sending: with `belgeOid` it is in the queue. How a repeat is answered is not known."""
    if isinstance(answer, SoapFault):
        return faults.not_made(answer) or _refusal(answer) or faults.unknown(answer)
    if isinstance(answer, NotSent | Unknown):
        return answer
    oid = text(answer, "belgeOid") or text(answer, "return", "belgeOid") if _is_of(answer, "belgeGonderExt") else ""
    if not oid:
        return Unknown(why="it may have been taken, and the answer has no belgeOid")
    done = seen(
        reference=prepared.reference,
        state=DocumentState.PROCESSING,
        ettn=prepared.reference,
        number=prepared.number,
    )
    return done or Unknown(why=UNREADABLE)


def status_in(answer: Answer, reference: str, absent_words: tuple[str, ...]) -> Status | Absent | Unclear:
    """The state of the document with this local number; Absent only for a fault with one of these words."""
    if isinstance(answer, SoapFault):
        is_absence = faults.not_made(answer) is None and any(word in folded(answer.text) for word in absent_words)
        return Absent() if is_absence else faults.unclear_of(answer)
    if isinstance(answer, NotSent | Unknown):
        return unclear(answer)
    rows = list(children(answer, "return")) if _is_of(answer, "gidenBelgeDurumSorgulaExt") else []
    if len(rows) != 1 or text(rows[0], "ettn").lower() not in {"", reference.lower()}:
        return Unclear(why="the answer is not about the document")
    return _status(rows[0], reference)


def mailboxes_in(answer: Answer, tax_number: str) -> list[str] | Unclear:
    """The aliases of a taxpayer; none where the answer has no row."""
    if isinstance(answer, SoapFault):
        return faults.unclear_of(answer)
    if isinstance(answer, NotSent | Unknown):
        return unclear(answer)
    if not _is_of(answer, "efaturaKullaniciBilgisi"):
        return Unclear(why=UNREADABLE)
    rows = list(children(answer, "return"))
    aliases = [text(row, "etiket") for row in rows if text(row, "vergiTcKimlikNo") == tax_number]
    return aliases if len(aliases) == len(rows) and all(aliases) else Unclear(why=UNREADABLE)


def file_content(answer: Answer) -> bytes:
    """The only file of the ZIP in an answer; empty where there is none."""
    if not isinstance(answer, Element) or not _is_of(answer, "gidenBelgeleriIndirEttn"):
        return b""
    packed = next(iter(decoded(text(answer, "return").encode())), b"")
    return only_file_in(packed) or b""


def file_in(answer: Answer, form: FileForm, reference: str) -> DocumentFile | Unclear:
    """The file that was asked for."""
    if isinstance(answer, SoapFault):
        return faults.unclear_of(answer)
    if isinstance(answer, NotSent | Unknown):
        return unclear(answer)
    file = file_among([file_content(answer)], form, reference)
    return file or Unclear(why=f"what came is not the document's {form}")


def _status(row: Element, reference: str) -> Status | Unclear:
    number = text(row, "belgeNo")
    state = _state_of(row)
    if isinstance(state, Unclear):
        return state
    done = seen(
        reference=reference,
        state=state,
        ettn=reference,
        number=number if NUMBER.fullmatch(number) else None,
        errors=_errors_of(row, state),
    )
    has_file = text(row, "durum") == PROCESSED
    return Status(done=done, has_file=has_file) if done else Unclear(why=UNREADABLE)


def _errors_of(row: Element, state: DocumentState) -> tuple[FieldError, ...]:
    """Why a document ended in error, or its buyer refused it; empty for any other state."""
    if state is DocumentState.REJECTED_BY_BUYER:
        return refused_by_buyer(text(row, "yanitDetayi"))
    if state is not DocumentState.REJECTED:
        return ()
    said = text(row, "gonderimCevabiDetayi") or text(row, "aciklama") or "QNB gives no reason"
    code = text(row, "gonderimCevabiKodu")
    return (FieldError(path="$", code="QNB_STATUS" if code in NO_CODE else f"QNB_STATUS_{code}", message=said),)


def _state_of(row: Element) -> DocumentState | Unclear:
    durum, sending = text(row, "durum"), text(row, "gonderimDurumu")
    code = text(row, "gonderimCevabiKodu")
    if durum not in {RECEIVED, FAILED, PROCESSED} or sending == CANCELLED:
        return Unclear(why=f"a state that is not in the tables: durum {durum}, gonderimDurumu {sending}")
    answered = BUYERS_ANSWER.get(text(row, "yanitDurumu"))
    if answered or text(row, "ulastiMi").lower() == "true":
        return answered or DocumentState.DELIVERED
    envelope = state_of_envelope(int(code)) if code.isascii() and code.isdecimal() else None
    if code not in NO_CODE and envelope is None:
        return Unclear(why=f"envelope code {code}; with 1163 GİB has an earlier invoice")
    is_rejected = durum == FAILED or sending == NOT_SENT or envelope is DocumentState.REJECTED
    return DocumentState.REJECTED if is_rejected else DocumentState.PROCESSING


def _refusal(fault: SoapFault) -> Refused | None:
    if not any(word in folded(fault.text) for word in REFUSED):
        return None
    return Refused(errors=(FieldError(path="$", code="QNB_FAULT", message=fault.text),))


def _is_of(answer: Element, operation: str) -> bool:
    return local_name(answer) == f"{operation}Response"
