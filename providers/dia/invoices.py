"""An invoice as DİA's list shows it, and what its words say: which of them are legal, each account has of its own."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from app.domain.documents import UNFINISHED, DocumentState
from app.domain.errors import FieldError
from app.domain.parties import PLACEHOLDERS
from providers.base import Absent, Different, Done, Issued, Prepared, Unclear, refused_by_buyer, seen
from providers.base.findings import differing
from providers.dia import answers
from providers.dia.mapping import number_of, parts_of
from providers.dia.options import Options
from providers.dia.services import Row, Services
from providers.formats.rows import sum_or_none, text_or_none
from providers.transport.http import Deadline

LIST: Final = "scf_fatura_listele"
# Where a row says what has become of its e-document.
WORDS: Final = ("efatura_durum_txt", "earsiv_durum")
YES: Final = frozenset({"true", "t", "1", "e", "evet"})
NO: Final = frozenset({"", "false", "f", "0", "h", "hayır", "none"})
TOTAL_UNSEEN: Final = FieldError(
    path="$",
    code="TOTAL_UNSEEN",
    message="DİA has not shown what it comes to: compare that before it is made legal",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row. `word`: what it says of its e-document; None where it says nothing of one."""

    key: str
    period: int
    word: str | None
    is_cancelled: bool
    total: Decimal | None
    number: str | None
    ettn: str | None
    buyer: str | None = field(repr=False)


class Invoices:
    """One connection's."""

    def __init__(self, services: Services, options: Options) -> None:
        self._services = services
        self._options = options
        # What a record is while nothing says that it has an e-document: it is made by the next step, or by a person.
        self.unsent = DocumentState.DRAFT if options.send else DocumentState.AWAITING_SIGNATURE

    async def under(self, reference: str, period: int, deadline: Deadline) -> list[Record] | Unclear:
        """Those that have our reference: its field is free, and a repeat makes another."""
        return await self._listed({self._options.columns.reference: reference}, period, deadline)

    async def of_key(self, key: str, reference: str, period: int, deadline: Deadline) -> Record | Absent | Unclear:
        """The one of this key; a number that was written over our reference hides it from no look-up."""
        listed = await self.under(reference, period, deadline)
        if isinstance(listed, Unclear):
            return listed
        same = [record for record in listed if record.key == key]
        if same:
            return same[0]
        named = await self._listed({"_key": key}, period, deadline)
        return named if isinstance(named, Unclear) else named[0] if named else Absent()

    async def meant(self, issued: Issued, deadline: Deadline) -> Record | Absent | Different | Unclear:
        """In the periods in which it may be, by DİA's key where that is known, else by our reference."""
        found: list[Record] = []
        for period in self._periods(issued.issue_date):
            if issued.provider_reference is not None:
                named = await self.of_key(issued.provider_reference, issued.reference, period, deadline)
                listed: list[Record] | Unclear = (
                    named if isinstance(named, Unclear) else [named] if isinstance(named, Record) else []
                )
            else:
                listed = await self.under(issued.reference, period, deadline)
            if isinstance(listed, Unclear):
                return listed
            found += listed
        if len(found) > 1:
            return several(found)
        return found[0] if found else Absent()

    def state_of(self, record: Record) -> DocumentState:
        """A word that is not in the table is a document on its way; without a table a person says what it is."""
        if record.is_cancelled:
            return DocumentState.CANCELLED
        if record.word is None or not self._options.states:
            return self.unsent
        return self._options.states.get(record.word, DocumentState.PROCESSING)

    def done_in(self, record: Record) -> Done | Unclear:
        """The record in its state. Its number is believed where it is legal alone."""
        state = self.state_of(record)
        is_legal = state not in UNFINISHED
        done = seen(
            reference=record.key,
            state=state,
            ettn=record.ettn if is_legal else None,
            number=record.number if is_legal else None,
            errors=_errors(state, record.word),
            payable=record.total,
        )
        return done or Unclear(why=answers.UNREADABLE)

    async def _listed(self, wanted: dict[str, str], period: int, deadline: Deadline) -> list[Record] | Unclear:
        rows = await self._services.listed(LIST, wanted, period, deadline)
        if isinstance(rows, Unclear):
            return rows
        records = [self._record_in(row, period) for row in rows]
        known = [record for record in records if record is not None]
        return known if len(known) == len(records) else Unclear(why=answers.UNREADABLE)

    def _record_in(self, row: Row, period: int) -> Record | None:
        """None for a row with values that it cannot have."""
        columns, words = self._options.columns, [row.get(name) for name in WORDS]
        cancelled = str(row.get("iptal", "")).strip().lower()
        total = row.get(columns.total)
        amount = sum_or_none(total)
        if cancelled not in YES | NO or (total is not None and total != "" and amount is None):
            return None
        if not all(word is None or isinstance(word, str) for word in words):
            return None
        return Record(
            key=str(row["_key"]),
            period=period,
            word=next((word.strip() for word in words if word and word.strip()), None),
            is_cancelled=cancelled in YES,
            total=amount,
            number=text_or_none(row.get(columns.number)) if columns.number else None,
            ettn=text_or_none(row.get(columns.ettn)) if columns.ettn else None,
            buyer=text_or_none(row.get("carivergitcno")),
        )

    def _periods(self, day: date | None) -> list[int]:
        periods = self._options.periods
        known = periods.get(day.year) if day else None
        return [known] if known is not None else sorted(set(periods.values()))


def differences(record: Record, prepared: Prepared) -> Different | None:
    """What has our reference must be made out to our buyer and come to our total, as far as it shows them."""
    shown = {"total": (record.total, prepared.payable), "buyer": _buyers(record, prepared)}
    return differing(f"record {record.key}", shown)


def of_another_buyer(record: Record, prepared: Prepared) -> Different | None:
    """The same of the buyer alone: a card may have been given another tax number since it was found."""
    return differing(f"record {record.key}", {"buyer": _buyers(record, prepared)})


def _buyers(record: Record, prepared: Prepared) -> tuple[str | None, str | None]:
    buyer = number_of(parts_of(prepared)["card"])
    return record.buyer, None if buyer in PLACEHOLDERS else buyer


def several(records: list[Record]) -> Different:
    """More than one is a question for a person."""
    return Different(detail=f"DİA has {len(records)} of it: {', '.join(record.key for record in records)}")


def _errors(state: DocumentState, word: str | None) -> tuple[FieldError, ...]:
    if state is DocumentState.REJECTED_BY_BUYER:
        return refused_by_buyer(word)
    if state is DocumentState.REJECTED:
        return (FieldError(path="$", code="DIA_REJECTED", message=f"DİA says of its e-document: {word}"),)
    return ()
