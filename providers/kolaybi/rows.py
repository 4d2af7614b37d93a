"""An invoice as KolayBi shows it: in lists, by its id, and as an e-document. Each call has other names for the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.domain.documents import DocumentType
from providers.formats.rows import day_or_none, digits_or_none, sum_or_none, text_or_none

Path = tuple[str, ...]

ID: Final[tuple[Path, ...]] = (("document_id",), ("commercial_doc_id",), ("id",))
NUMBER: Final[tuple[Path, ...]] = (("no",), ("document_no",))
ETTN: Final[tuple[Path, ...]] = (("uuid",), ("document_uuid",))
STATUS: Final[tuple[Path, ...]] = (
    ("document_status",),
    ("e_document_status",),
    ("status",),
    ("commercial_doc_status", "value"),
)
SCENARIO: Final[tuple[Path, ...]] = (("document_scenario",), ("scenario",))
TOTAL: Final[tuple[Path, ...]] = (("grand_total",), ("total", "grand_total"))
CURRENCY: Final[tuple[Path, ...]] = (("grand_currency",), ("currency",))
BUYER: Final[tuple[Path, ...]] = (
    ("header", "associate", "identity_no"),
    ("associate", "identity_no"),
    ("identity_no",),
)
DAY: Final[tuple[Path, ...]] = (("header", "issue_date"), ("issue_date",), ("order_date",))
TEXT: Final[tuple[Path, ...]] = (("description",), ("header", "description"))
ARCHIVE: Final = "EARSIVFATURA"
COMMERCIAL: Final = "TICARIFATURA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """None for what is not shown. `text` is the note of the invoice, with our mark."""

    id: str
    number: str | None
    ettn: str | None
    status: str | None
    scenario: str | None
    total: Decimal | None
    currency: str | None
    day: date | None
    buyer: str | None = field(repr=False)
    text: str | None = field(repr=False)

    @property
    def document_type(self) -> DocumentType | None:
        """As which kind it was made."""
        if self.scenario is None:
            return None
        return DocumentType.EARSIV if self.scenario == ARCHIVE else DocumentType.EFATURA

    @property
    def is_commercial(self) -> bool:
        """Whether its buyer may refuse it."""
        return self.scenario == COMMERCIAL


def row_in(value: object) -> Row | None:
    """None for what names no invoice, or has something else than it may have where there is a name, a word or a sum."""
    if not isinstance(value, Mapping):
        return None
    identifier = digits_or_none(_first(value, ID))
    words = {name: _first(value, paths) for name, paths in _WORDS.items()}
    if identifier is None or not all(word is None or isinstance(word, str) for word in words.values()):
        return None
    total = _first(value, TOTAL)
    if total is not None and total != "" and sum_or_none(total) is None:
        return None
    return Row(
        id=identifier,
        total=sum_or_none(total),
        day=day_or_none(_first(value, DAY)),
        **{name: text_or_none(word) for name, word in words.items()},
    )


_WORDS: Final[Mapping[str, tuple[Path, ...]]] = {
    "number": NUMBER,
    "ettn": ETTN,
    "status": STATUS,
    "scenario": SCENARIO,
    "currency": CURRENCY,
    "buyer": BUYER,
    "text": TEXT,
}


def _first(value: Mapping[str, Any], paths: tuple[Path, ...]) -> Any:
    """What the first of these places has."""
    return next((found for path in paths if (found := _at(value, path)) is not None), None)


def _at(value: Any, path: Path) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
