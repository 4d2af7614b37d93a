"""What became of the numbers that we gave: their gaps for a person, and the way back from a store that is too old."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine, Row, case, func, insert, or_, select, update

from app.domain.numbers import Given, InvoiceNumber, NumberFate, SeriesYear
from app.domain.time import legal_date
from app.store import brought
from app.store.database import reading, writing
from app.store.numbers import REUSED, number_of
from app.store.tables import allotments

_SERIES: Final = (allotments.c.taxpayer, allotments.c.series, allotments.c.year)


class GapKind(StrEnum):
    """Why no legal document bears a number."""

    # Its document ended without one, and no other was issued in the series on that day.
    RELEASED = "RELEASED"
    # The provider may have taken it, and has no legal document with it.
    VOID = "VOID"
    # No row and no journal knows of it: it was given by a store that is lost.
    UNKNOWN = "UNKNOWN"
    # Not a gap yet: given on an earlier day, and its document has not ended.
    OPEN = "OPEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Consecutive numbers of one kind, `first` to `last`; nothing but UNKNOWN comes in more than one."""

    taxpayer: str
    first: InvoiceNumber
    last: InvoiceNumber
    kind: GapKind
    issue_date: date | None = None
    document_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesCounts:
    """One series of a taxpayer in one year: how far it has come, and how many of its numbers are what."""

    taxpayer: str
    highest: InvoiceNumber
    issue_date: date
    used: int
    open: int
    free: int
    void: int


class NumberAudit:
    """The numbers as a person asks for them. Raises StoreUnavailableError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def series(self) -> tuple[SeriesCounts, ...]:
        """Every series in which we have given a number."""
        with reading(self._engine) as transaction:
            return tuple(_counts(transaction))

    def gaps(self, today: date) -> tuple[Gap, ...]:
        """Every number that no legal document bears, or not yet; what is free `today` may still be used."""
        with reading(self._engine) as transaction:
            found = [*_recorded_gaps(transaction, today), *_holes(transaction)]
        return tuple(sorted(found, key=lambda gap: (gap.taxpayer, gap.first)))

    def behind(self, given: dict[SeriesYear, int]) -> dict[SeriesYear, int]:
        """The series of which the store knows less than was given, with what it knows."""
        with reading(self._engine) as transaction:
            query = select(*_SERIES, func.max(allotments.c.sequence).label("highest")).group_by(*_SERIES)
            known = {(row.taxpayer, row.series, row.year): row.highest for row in transaction.execute(query)}
        return {key: known.get(key, 0) for key, sequence in given.items() if known.get(key, 0) < sequence}

    def raise_to(self, given: Iterable[Given]) -> tuple[Given, ...]:
        """Enter what the journals know and the store does not. Twice is the same as once.

        Returns what contradicts the store, or another of them: a number that two documents hold.
        """
        contradictions: list[Given] = []
        ordered = sorted(given, key=lambda each: (each.owner, str(each.number or ""), each.fate is NumberFate.FREE))
        for taxpayer, of_taxpayer in groupby(ordered, key=lambda each: each.owner):
            known = tuple(of_taxpayer)
            with writing(self._engine, about=taxpayer) as transaction:
                contradictions += _enter(transaction, taxpayer, (each for each in known if each.number is not None))
                for each in known:
                    contradictions += brought.enter(transaction, each)
        return tuple(contradictions)

    def missing(self, known: Mapping[tuple[str, str], str]) -> list[tuple[str, str]]:
        """What orders brought and the store does not know, as taxpayer and identifier; `known` is the journals'."""
        with reading(self._engine) as transaction:
            return brought.missing(transaction, known)


def _enter(transaction: Transaction, taxpayer: str, given: Iterable[Given]) -> Iterator[Given]:
    """Those who hold a number come before those who gave it back: these find it taken again."""
    known = transaction.execute(select(allotments).where(allotments.c.taxpayer == taxpayer)).all()
    of_command = {(row.command_id, row.revision): row for row in known}
    holders = {number_of(row): row.command_id for row in known if row.outcome not in {NumberFate.FREE, REUSED}}
    for each in given:
        assert each.number is not None
        row = of_command.get((each.command_id, each.revision))
        if row is not None and number_of(row) != each.number:
            yield each
        elif row is not None:
            _catch_up(transaction, row, each.fate)
        elif each.fate is NumberFate.FREE:
            _insert(transaction, each, REUSED if each.number in holders else each.fate)
        elif each.number in holders:
            yield each
        else:
            _take_back(transaction, each)
            _insert(transaction, each, each.fate)
            holders[each.number] = each.command_id


def _catch_up(transaction: Transaction, row: Row[Any], fate: NumberFate | None) -> None:
    if row.outcome is None and fate is not None:
        transaction.execute(update(allotments).where(allotments.c.id == row.id).values(outcome=fate))


def _take_back(transaction: Transaction, given: Given) -> None:
    """What the store believes free was given again since."""
    number, table = given.number, allotments.c
    assert number is not None
    same = (table.series == number.series, table.year == number.year, table.sequence == number.sequence)
    free = (table.taxpayer == given.owner, *same, table.outcome == NumberFate.FREE)
    transaction.execute(update(allotments).where(*free).values(outcome=REUSED))


def _insert(transaction: Transaction, given: Given, outcome: str | None) -> None:
    assert given.number is not None
    transaction.execute(
        insert(allotments).values(
            taxpayer=given.owner,
            business=given.business,
            series=given.number.series,
            year=given.number.year,
            sequence=given.number.sequence,
            command_id=given.command_id,
            revision=given.revision,
            document_id=given.document_id,
            document_type=given.document_type,
            issued_at=given.issued_at,
            issue_date=legal_date(given.issued_at),
            outcome=outcome,
        )
    )


def _counts(transaction: Transaction) -> Iterator[SeriesCounts]:
    def count(*outcomes: str | None) -> Any:
        of_them = [allotments.c.outcome.is_(None) if o is None else allotments.c.outcome == o for o in outcomes]
        return func.sum(case((or_(*of_them), 1), else_=0))

    query = select(
        *_SERIES,
        func.max(allotments.c.sequence).label("highest"),
        func.max(allotments.c.issue_date).label("issue_date"),
        count(NumberFate.USED).label("used"),
        count(None).label("open"),
        count(NumberFate.FREE).label("free"),
        count(NumberFate.VOID).label("void"),
    )
    for row in transaction.execute(query.group_by(*_SERIES).order_by(*_SERIES)):
        yield SeriesCounts(
            taxpayer=row.taxpayer,
            highest=InvoiceNumber(row.series, row.year, row.highest),
            issue_date=row.issue_date,
            used=row.used,
            open=row.open,
            free=row.free,
            void=row.void,
        )


def _recorded_gaps(transaction: Transaction, today: date) -> Iterator[Gap]:
    """Those of which there is a row."""
    table = allotments.c
    past = table.issue_date < today
    free, is_open = table.outcome == NumberFate.FREE, table.outcome.is_(None)
    kinds = {NumberFate.FREE: GapKind.RELEASED, NumberFate.VOID: GapKind.VOID, None: GapKind.OPEN}
    query = select(allotments).where(or_(table.outcome == NumberFate.VOID, past & (free | is_open)))
    for row in transaction.execute(query):
        yield Gap(
            taxpayer=row.taxpayer,
            first=number_of(row),
            last=number_of(row),
            kind=kinds[row.outcome],
            issue_date=row.issue_date,
            document_id=row.document_id,
        )


def _holes(transaction: Transaction) -> Iterator[Gap]:
    """Those that were surely given, because a higher one was, and of which there is no row."""
    before = func.lag(allotments.c.sequence, 1, 0).over(partition_by=_SERIES, order_by=allotments.c.sequence)
    steps = select(*_SERIES, allotments.c.sequence, before.label("before")).subquery()
    for row in transaction.execute(select(steps).where(steps.c.sequence - steps.c.before > 1)):
        first = InvoiceNumber(row.series, row.year, row.before + 1)
        last = InvoiceNumber(row.series, row.year, row.sequence - 1)
        yield Gap(taxpayer=row.taxpayer, first=first, last=last, kind=GapKind.UNKNOWN)
