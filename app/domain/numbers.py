"""A legal document number that we give: three characters of the series, the year of issue, nine digits of a counter."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from app.domain.documents import DocumentType

# GİB's form of a number (the schematron enforces it); the counter begins anew each year, per series, without a gap.
NUMBER: Final = re.compile(r"([A-Z0-9]{3})(20[0-9]{2})([0-9]{9})", re.ASCII)
SERIES: Final = re.compile(r"[A-Z0-9]{3}", re.ASCII)
LAST_SEQUENCE: Final = 999_999_999
# The revision of what a person has recorded of a document: no command's.
RECORDED: Final = -1


@dataclass(frozen=True, slots=True, order=True)
class InvoiceNumber:
    """One number of one series in one year; the first has the sequence 1."""

    series: str
    year: int
    sequence: int

    def __str__(self) -> str:
        return f"{self.series}{self.year}{self.sequence:09}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for what is not sixteen characters of that form."""
        match = NUMBER.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not 3 capitals or digits, the year and 9 digits")
        return cls(match[1], int(match[2]), int(match[3]))


class NumberFate(StrEnum):
    """What became of a number that we gave."""

    # A legal document bears it.
    USED = "USED"
    # Surely nothing was made with it: the next document of the same issue date bears it.
    FREE = "FREE"
    # No document has it, and the provider may have taken it: never used again.
    VOID = "VOID"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberWanted:
    """What a number is asked for. Without a `series` the business's one declared series of the document type counts.

    `taxpayer`: the seller's tax number in the request; None: the one that the business has in the store.
    `revision`: how often the command's request was fixed anew; each has a number of its own. `is_dated`: the day of
    `issued_at` is the order's, and is not moved on.
    """

    business: str
    document_id: str
    command_id: str
    revision: int
    document_type: DocumentType
    series: str | None
    issued_at: datetime
    taxpayer: str | None = None
    is_dated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The ETTN and the number that an order brings for one revision of one command: they become no other document's.

    `taxpayer`: whose they are, as in NumberWanted. `moved_from`: the documents whose place this one takes; it has what
    they had.
    """

    business: str
    document_id: str
    command_id: str
    revision: int
    identifiers: tuple[str, ...]
    taxpayer: str
    moved_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotted:
    """The number of one revision of one command, with the type and the moment of issue that were fixed with it.

    `taxpayer`: whose number it is, for the law counts per tax number.
    """

    number: str
    document_type: DocumentType
    issued_at: datetime
    taxpayer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A number whose command has ended, and what its order brought: what the journal remembers of it for ever."""

    number: str | None
    revision: int
    document_type: DocumentType
    issued_at: datetime
    fate: NumberFate
    taxpayer: str | None = None
    brought: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A number of ours, and what an order brought, as a journal has it. Without a fate its command has not ended."""

    business: str
    document_id: str
    command_id: str
    revision: int
    document_type: DocumentType
    number: InvoiceNumber | None
    issued_at: datetime
    fate: NumberFate | None
    taxpayer: str | None = None
    brought: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """Whose series it is in; a business whose tax number is not in the journal counts by itself."""
        return self.taxpayer or self.business


SeriesYear = tuple[str, str, int]
"""A taxpayer, a series, and the year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNumbers:
    """What the journals know: how far each series has come, and which command holds what an order brought.

    `brought`: taxpayer and identifier → command.
    """

    highest: dict[SeriesYear, int] = field(default_factory=dict)
    brought: dict[tuple[str, str], str] = field(default_factory=dict)
