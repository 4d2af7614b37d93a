"""What a person asks of a provider beside the engine: files, links, lists, and whether a connection works.

All are reads: they make nothing, decide nothing, and need no journal. `protocols` says how an adapter offers them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from app.domain.documents import DocumentState, DocumentType
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLink:
    """An address that shows a document to everybody who has it, without a login: kept like a secret, never logged.

    `is_permanent`: the provider says that it stays. Where it is false, the provider does not say how long it opens;
    an address of which it is known that it ends is no `DocumentLink`.
    """

    url: str = field(repr=False)
    is_permanent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDocument:
    """One document in a provider's own list; None for what the list does not show, or not in a form that is certain.

    `provider_reference` is the provider's name for it, `reference` ours. `payable` is in units of `currency`.
    """

    provider_reference: str
    document_type: DocumentType | None
    reference: str | None = None
    ettn: str | None = None
    number: str | None = None
    issue_date: date | None = None
    payable: Decimal | None = None
    currency: str | None = None
    buyer_tax_number: str | None = field(default=None, repr=False)
    state: DocumentState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days from `first` to `last`, both of them included, in the sequence of the calendar."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=each) for each in range((self.last - self.first).days + 1))


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
