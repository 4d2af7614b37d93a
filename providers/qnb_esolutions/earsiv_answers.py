"""What the answers of QNB's e-Arşiv service mean, as tables: a result code in an answer with 200."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.numbers import NUMBER
from providers.base import (
    Absent,
    Different,
    Done,
    MailTaken,
    NotSent,
    Outcome,
    Prepared,
    Refused,
    Unclear,
    Unknown,
    seen,
)
from providers.base.reads import DocumentFile, FileForm
from providers.formats.elements import child, children, local_name, text
from providers.formats.files import decoded, file_among
from providers.formats.ubl import UblSummary, compared, summary_of
from providers.qnb_esolutions import faults
from providers.transport.http import unclear
from providers.transport.soap import Answer, SoapFault

FINE: Final = "AE00000"
# To a question: there is no such document. To anything else it says nothing.
UNSPECIFIED: Final = "AE00002"
NUMBER_TAKEN: Final = "AE00009"
# An earlier attempt has made it: the islemId, the UUID, the signed document.
ALREADY_THERE: Final = frozenset({NUMBER_TAKEN, "AE00014", "AE00020", "AE00051"})
REFUSED: Final = frozenset(
    f"AE{code:05}" for code in (3, 4, 5, 6, 7, 13, 16, 17, 18, 19, 42, 84, 85, 89, 313)
)  # fmt: skip
# The account and its settings, not the document: branch and till, template, tax number, product.
WRONG_ACCOUNT: Final = frozenset({"AE00008", "AE00012", "AE00052", "AE00087", "AE00088"})
BUYER_IS_REGISTERED: Final = "AE00084"
NOT_SIGNED: Final = "AE00050"
ON_THE_WAY: Final = frozenset({"AE00044", NOT_SIGNED})
ALREADY_CANCELLED: Final = "AE00091"
NOT_FOUND: Final = FieldError(path="$", code="QNB_NOT_FOUND", message="QNB does not know the document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One answer. `extra` is what it says of the document, `content` the base64 of the file that was asked for."""

    code: str
    said: str
    extra: Mapping[str, str]
    content: str

    @property
    def sentence(self) -> str:
        return f"{self.code} {self.said}".strip()

    @property
    def error(self) -> FieldError:
        return FieldError(path="$", code=f"QNB_{self.code}", message=self.said or "QNB gives no reason")


def result_in(answer: Answer, operation: str) -> Result | NotSent | Unknown:
    """The answer of the operation; what is no such answer is why there is none."""
    if isinstance(answer, SoapFault):
        return faults.not_made(answer) or faults.unknown(answer)
    if isinstance(answer, NotSent | Unknown):
        return answer
    said = child(answer, "return")
    if said is None or local_name(answer) != f"{operation}Response":
        return Unknown(why="an answer that is not in the described form")
    extra = child(said, "resultExtra")
    entries = children(extra, "entry") if extra is not None else ()
    return Result(
        code=text(said, "resultCode"),
        said=text(said, "resultText"),
        extra={text(entry, "key"): text(entry, "value") for entry in entries},
        content=text(answer, "output", "belgeIcerigi"),
    )


def created(result: Result, prepared: Prepared) -> Outcome:
    """The outcome of a sending. AE00009, AE00014, AE00020 and AE00051 say that there is one: it is looked up."""
    if result.code == FINE:
        return _taken(result, prepared)
    if result.code in ALREADY_THERE:
        return Unknown(why=f"already there: {result.sentence}")
    if result.code in WRONG_ACCOUNT:
        return NotSent(why=f"the account or the connection's options: {result.sentence}", needs_owner=True)
    if result.code in REFUSED:
        instead = DocumentType.EFATURA if result.code == BUYER_IS_REGISTERED else None
        return Refused(errors=(result.error,), instead=instead)
    return Unknown(why=result.sentence or "an answer without a result code")


def state_in(result: Result | NotSent | Unknown, reference: str, rejected: frozenset[str]) -> Done | Absent | Unclear:
    """The state of the document with this UUID.

    Absent for AE00002, which is also QNB's "unspecified error": the engine believes it only twice.
    """
    if not isinstance(result, Result):
        return unclear(result)
    if result.code == UNSPECIFIED:
        return Absent()
    if result.code in ON_THE_WAY | rejected:
        state = DocumentState.REJECTED if result.code in rejected else DocumentState.PROCESSING
        return _done(result, reference, state)
    if result.code == FINE:
        return _there(result, reference)
    return Unclear(why=result.sentence or "an answer without a result code", needs_owner=is_account(result))


def _there(result: Result, reference: str) -> Done | Unclear:
    if result.extra.get("uuid", "").lower() != reference.lower():
        return Unclear(why="the answer is not about the document")
    number = result.extra.get("faturaNo", "")
    if not NUMBER.fullmatch(number):
        return Unclear(why="the document is there, and its number is none")
    is_cancelled = bool(result.extra.get("iptalTarihi"))
    return _done(result, reference, DocumentState.CANCELLED if is_cancelled else DocumentState.ISSUED)


def compared_with(result: Result, sent: UblSummary, prepared: Prepared) -> Different | Unclear | None:
    """None when the UBL of the answer is the document that was sent."""
    content = next(iter(decoded(result.content.encode())), b"")
    try:
        found = summary_of(content)
    except ValueError:
        return Unclear(why="the document is there, and its UBL is not")
    return compared(found, sent, prepared.number)


def cancelled(result: Result, reference: str, number: str | None) -> Outcome:
    """Done with AE00000 alone. AE00091 says that it is cancelled: the engine asks for its state before it believes."""
    if result.code == FINE:
        if not _is_about(result, reference, number):
            return Unknown(why="it was taken, and the answer is about another document")
        state = DocumentState.CANCELLED
        done = seen(reference=reference, state=state, ettn=reference, number=result.extra.get("faturaNo") or number)
        return done or Unknown(why="an answer that is not in the described form")
    if result.code == NOT_SIGNED:
        return NotSent(why=f"not signed yet: {result.sentence}")
    if result.code in WRONG_ACCOUNT:
        return NotSent(why=f"the account or the connection's options: {result.sentence}", needs_owner=True)
    if result.code == ALREADY_CANCELLED or result.code in REFUSED:
        return Refused(errors=(result.error,))
    return Unknown(why=result.sentence or "an answer without a result code")


def _is_about(result: Result, reference: str, number: str | None) -> bool:
    """Whether what an answer says of its document is of this one; it may say nothing."""
    uuid, said = result.extra.get("uuid"), result.extra.get("faturaNo")
    return (not uuid or uuid.lower() == reference.lower()) and (not said or number is None or said == number)


def mailed(result: Result) -> MailTaken | NotSent | Refused | Unknown:
    """What became of a mail that was asked for; the "unspecified error" says nothing."""
    if result.code == FINE:
        return MailTaken()
    if result.code == NOT_SIGNED:
        return NotSent(why=f"not signed yet: {result.sentence}")
    if result.code in WRONG_ACCOUNT:
        return NotSent(why=f"the account or the connection's options: {result.sentence}", needs_owner=True)
    if result.code in REFUSED:
        return Refused(errors=(result.error,))
    return Unknown(why=result.sentence or "an answer without a result code")


def file_in(result: Result, form: FileForm, reference: str) -> DocumentFile | Unclear:
    """The file that was asked for."""
    file = file_among(decoded(result.content.encode()), form, reference)
    return file or Unclear(why=f"what came is not the document's {form}: {result.sentence}")


def is_account(result: Result) -> bool:
    """Whether the account is what is wrong."""
    return result.code in WRONG_ACCOUNT


def _taken(result: Result, prepared: Prepared) -> Outcome:
    """Issued where the answer has the number; a document that has none yet is on its way."""
    said, number = result.extra.get("uuid", ""), result.extra.get("faturaNo", "")
    if said.lower() != prepared.reference.lower() or (number and not NUMBER.fullmatch(number)):
        return Unknown(why="it was taken, and the answer is not about the document")
    if prepared.number and number not in {"", prepared.number}:
        return Unknown(why=f"it was taken, and its number is {number}, not {prepared.number}")
    done = seen(
        reference=prepared.reference,
        state=DocumentState.ISSUED if number else DocumentState.PROCESSING,
        ettn=prepared.reference,
        number=number or prepared.number,
    )
    return done or Unknown(why="an answer that is not in the described form")


def _done(result: Result, reference: str, state: DocumentState) -> Done | Unclear:
    errors = (result.error,) if state is DocumentState.REJECTED else ()
    number = result.extra.get("faturaNo") or None
    done = seen(reference=reference, state=state, ettn=reference, number=number, errors=errors)
    return done or Unclear(why="an answer that is not in the described form")
