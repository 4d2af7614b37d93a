"""What a person asks of a provider beside the engine: a document's file, and whether a connection works.

Both are reads: they make nothing, decide nothing, and need no journal. `protocols` says how an adapter offers them.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.documents import DocumentType
from providers.base.findings import Unclear
from providers.base.outcomes import NotSent, Unknown
from providers.texts import plain


class FileForm(StrEnum):
    """A form in which a provider gives a document."""

    PDF = "pdf"
    XML = "xml"
    HTML = "html"

    @property
    def media_type(self) -> str:
        return {"pdf": "application/pdf", "xml": "application/xml", "html": "text/html"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFile:
    """The provider's file, byte for byte. `media_type` is that of its form."""

    content: bytes
    media_type: str


class Subject(StrEnum):
    """What can be checked of a connection."""

    LOGIN = "LOGIN"
    """Whether the account opens, and is that of the business's tax number."""
    CREDITS = "CREDITS"
    """Whether the account can pay for documents."""
    SERIES = "SERIES"
    """Whether the provider knows a series of the policy; one finding for each."""
    TAXPAYERS = "TAXPAYERS"
    """Whether the register of e-Fatura taxpayers can be asked."""


class CheckState(StrEnum):
    """What a check came to. NOT_ASKED: something else must be right first, or it does not matter here."""

    FINE = "FINE"
    WRONG = "WRONG"
    UNCLEAR = "UNCLEAR"
    NOT_ASKED = "NOT_ASKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One finding. `said` is a sentence with the provider's own words, in one line, without secrets."""

    subject: Subject
    state: CheckState
    said: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", plain(self.said))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAsked:
    """What a connection should be good for: the seller's VKN or TCKN, and the policy's series by document type."""

    tax_number: str
    series: tuple[tuple[DocumentType, str], ...] = ()


def of_failure(subject: Subject, failure: NotSent | Unknown | Unclear) -> Checked:
    """WRONG where the provider itself has refused and the owner has something to do; else nothing is known."""
    needs_owner = not isinstance(failure, Unknown) and failure.needs_owner
    return Checked(subject=subject, state=CheckState.WRONG if needs_owner else CheckState.UNCLEAR, said=failure.why)
