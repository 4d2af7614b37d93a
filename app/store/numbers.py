"""Numbers that we give ourselves: without a gap within a taxpayer's series and year, with dates that never go back.

A number belongs to one revision of one command: asked again, by whatever worker, it is the same. So a crash between the
allotment and the journal's `Prepared` neither loses a number nor gives two.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine, Row, insert, select, update

from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.numbers import (
    LAST_SEQUENCE,
    Allotted,
    Claim,
    InvoiceNumber,
    KnownNumbers,
    NumberFate,
    NumberWanted,
    SeriesYear,
)
from app.domain.time import legal_date
from app.store import brought, rows
from app.store.database import reading, writing
from app.store.errors import ClockBehindError, NumbersBehindError, StoreError
from app.store.records import Series
from app.store.tables import allotments

# The outcome of a number that came back and was given again; its second holder has another row.
REUSED: Final = "REUSED"
# Clocks that are looked after differ by milliseconds; one that is further behind dates documents wrongly.
MOST_BEHIND: Final = timedelta(minutes=1)


class NumberStore:
    """Gives numbers and takes them back. Safe for threads and processes; each method is one transaction.

    Raises StoreUnavailableError while the database cannot be reached.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # A store that was put back under running workers is noticed by what they have been given before.
        self._known = KnownNumbers()
        self._lock = Lock()

    def allot(self, wanted: NumberWanted) -> Allotted | FieldError:
        """The number of this revision of this command, the same for every worker; or why the document can have none.

        `issued_at` is moved on where the series is a little ahead, so that no higher number has an earlier date.
        Raises NumbersBehindError, ClockBehindError, and StoreError where the business's tax number is not known or has
        changed.
        """
        taxpayer = wanted.taxpayer or self._taxpayer_of(wanted.business)
        with writing(self._engine, about=taxpayer) as transaction:
            _refuse_another_taxpayer(transaction, wanted.business, taxpayer)
            held = _held(transaction, wanted)
            if held is not None:
                return _again(held, taxpayer)
            series = _series(transaction, wanted)
            if isinstance(series, FieldError):
                return series
            return self._give(transaction, replace(wanted, taxpayer=taxpayer), taxpayer, series)

    def claim(self, claim: Claim) -> FieldError | None:
        """Holds what the order of this document brings; or why it cannot have it. The same for every worker.

        Raises NumbersBehindError, and StoreError where the business's tax number has changed.
        """
        with writing(self._engine, about=claim.taxpayer) as transaction:
            _refuse_another_taxpayer(transaction, claim.business, claim.taxpayer)
            refused = brought.hold(transaction, claim, self._known.brought)
        if refused is None:
            self.remember(
                KnownNumbers(brought={(claim.taxpayer, each): claim.command_id for each in claim.identifiers})
            )
        return refused

    def record(self, claim: Claim) -> FieldError | None:
        """Holds what a person has seen on this document; or whose it is. Once is enough.

        Raises StoreError where the business's tax number has changed.
        """
        with writing(self._engine, about=claim.taxpayer) as transaction:
            _refuse_another_taxpayer(transaction, claim.business, claim.taxpayer)
            return brought.record(transaction, claim)

    def close_number(self, command_id: str, number: str | None, fate: NumberFate) -> None:
        """A command has ended: its `number` has this fate, and what else was given to it is free. Once is enough.

        What its order brought has this fate, too.

        Without a `number` all that was given to the command has this fate.
        """
        with reading(self._engine) as transaction:
            taxpayers = {row.taxpayer for row in transaction.execute(_rows_of(command_id))}
            taxpayers |= brought.taxpayers_of(transaction, command_id)
        for taxpayer in sorted(taxpayers):
            with writing(self._engine, about=taxpayer) as transaction:
                self._close(transaction, taxpayer, command_id, number, fate)
                brought.close(transaction, taxpayer, command_id, fate)

    def close_recorded(self, claim: Claim) -> None:
        """The document has what a person recorded; another number that one had recorded of it is free."""
        with writing(self._engine, about=claim.taxpayer) as transaction:
            brought.close_recorded(transaction, claim)

    @staticmethod
    def _close(transaction: Transaction, taxpayer: str, command_id: str, number: str | None, fate: NumberFate) -> None:
        for row in transaction.execute(_rows_of(command_id).where(allotments.c.taxpayer == taxpayer)).all():
            own = fate if number in {None, str(number_of(row))} else NumberFate.FREE
            if row.outcome is None or (own is NumberFate.USED and row.outcome == NumberFate.FREE):
                _end(transaction, row, own)

    def remember(self, known: KnownNumbers) -> None:
        """What was certainly given before: a store that knows less is older."""
        with self._lock:
            self._known.brought.update(known.brought)
            for key, sequence in known.highest.items():
                self._known.highest[key] = max(sequence, self._known.highest.get(key, 0))

    def _taxpayer_of(self, business: str) -> str:
        with reading(self._engine) as transaction:
            seller = rows.seller_of(transaction, business)
        if seller is None:
            raise StoreError(f"there is no business {business}: whose numbers it would use is not known")
        return seller.tax_number

    def _give(
        self, transaction: Transaction, wanted: NumberWanted, taxpayer: str, series: Series
    ) -> Allotted | FieldError:
        year = legal_date(wanted.issued_at).year
        if series.year not in {None, year}:
            return _refusal("SERIES_OF_ANOTHER_YEAR", f"the series {series.name} is for {series.year}, not for {year}")
        last = _last(transaction, (taxpayer, series.name, year))
        self._refuse_an_older_store(wanted.business, (taxpayer, series.name, year), last.sequence if last else 0)
        if last is not None and last.document_type != wanted.document_type:
            return _refusal("SERIES_OF_ANOTHER_TYPE", f"{number_of(last)} is of type {last.document_type}")
        if brought.has_numbers_of(transaction, taxpayer, series.name, year):
            message = f"orders bring numbers of the series {series.name} of {year}: name another series"
            return _refusal("SERIES_OF_ORDERS", message)
        if wanted.is_dated and last is not None and legal_date(wanted.issued_at) < last.issue_date:
            return _dated_before(last)
        issued_at = wanted.issued_at if wanted.is_dated else _not_before(wanted.issued_at, last)
        _release(transaction, wanted.command_id)
        sequence = _came_back(transaction, taxpayer, series.name, issued_at) or (last.sequence if last else 0) + 1
        if sequence > LAST_SEQUENCE:
            return _refusal("SERIES_FULL", f"the series {series.name} has no number left in {year}")
        number = InvoiceNumber(series.name, legal_date(issued_at).year, sequence)
        _insert(transaction, wanted, number, issued_at)
        self.remember(KnownNumbers(highest={(taxpayer, series.name, year): sequence}))
        return Allotted(number=str(number), document_type=wanted.document_type, issued_at=issued_at, taxpayer=taxpayer)

    def _refuse_an_older_store(self, business: str, key: SeriesYear, known: int) -> None:
        """What the journals have of the business itself counts, too, where they do not name the taxpayer."""
        taxpayer, series, year = key
        highest = self._known.highest
        given = max(highest.get(key, 0), highest.get((business, series, year), 0))
        if known < given:
            raise NumbersBehindError(
                f"the store's last number of {taxpayer}'s series {series} in {year} is {known}, and {given} was given: "
                "it is older. Stop the workers, run `faturaflow rebuild numbers`, start them again"
            )


def number_of(row: Row[Any]) -> InvoiceNumber:
    """The number that a row is about."""
    return InvoiceNumber(row.series, row.year, row.sequence)


def _rows_of(command_id: str) -> Any:
    return select(allotments).where(allotments.c.command_id == command_id)


def _held(transaction: Transaction, wanted: NumberWanted) -> Row[Any] | None:
    """What the command has already, for this revision or a later one: a request for an older one is late."""
    query = _rows_of(wanted.command_id).where(allotments.c.revision >= wanted.revision)
    return transaction.execute(query.order_by(allotments.c.revision.desc())).first()


def _refuse_another_taxpayer(transaction: Transaction, business: str, taxpayer: str) -> None:
    """The request was made with a tax number that its owner has changed since: it is made anew within seconds."""
    seller = rows.seller_of(transaction, business)
    if seller is not None and seller.tax_number != taxpayer:
        raise StoreError(f"the tax number of {business} has just changed from {taxpayer}")


def _again(held: Row[Any], taxpayer: str) -> Allotted | FieldError:
    if held.taxpayer != taxpayer:
        return _refusal("OTHER_TAXPAYER", f"{number_of(held)} was given to {held.taxpayer} for this document")
    if held.outcome in {NumberFate.FREE, REUSED}:
        return _refusal("NUMBER_RELEASED", f"the document had ended without {number_of(held)}, which was free again")
    return Allotted(
        number=str(number_of(held)),
        document_type=DocumentType(held.document_type),
        issued_at=held.issued_at,
        taxpayer=held.taxpayer,
    )


def _series(transaction: Transaction, wanted: NumberWanted) -> Series | FieldError:
    """The series that the order or the policy names, else the only one; declared by the business for this type."""
    declared = [s for s in rows.series_of(transaction, wanted.business) if s.document_type is wanted.document_type]
    if wanted.series is not None:
        message = f"we number this document, and {wanted.business} has declared no series {wanted.series} for its type"
        named = (each for each in declared if each.name == wanted.series)
        return next(named, _refusal("SERIES_NOT_DECLARED", f"{message} ({wanted.document_type})"))
    year = legal_date(wanted.issued_at).year
    fitting = [each for each in declared if each.year in {None, year}]
    if len(fitting) == 1:
        return fitting[0]
    found = "several series" if fitting else "no series"
    message = f"we number this document, and the business has {found} for {wanted.document_type} in {year}"
    return _refusal("SERIES_REQUIRED", message)


def _last(transaction: Transaction, key: SeriesYear) -> Row[Any] | None:
    """The highest number of the series in this year; where it was given twice, its last holder."""
    taxpayer, series, year = key
    table = allotments.c
    query = select(allotments).where(table.taxpayer == taxpayer, table.series == series, table.year == year)
    return transaction.execute(query.order_by(table.sequence.desc(), table.issued_at.desc()).limit(1)).first()


def _not_before(asked: datetime, last: Row[Any] | None) -> datetime:
    """Never earlier than the series' last document: around midnight two clocks may disagree about the day."""
    if last is None or asked >= last.issued_at:
        return asked
    if last.issued_at - asked > MOST_BEHIND:
        raise ClockBehindError(
            f"{number_of(last)} was issued at {last.issued_at:%Y-%m-%d %H:%M:%S %Z}, and this clock is at "
            f"{asked:%Y-%m-%d %H:%M:%S %Z}: one of two clocks is wrong"
        )
    issued_at: datetime = last.issued_at
    return issued_at


def _dated_before(last: Row[Any]) -> FieldError:
    """A later number with an earlier date would break the series' order."""
    message = f"{number_of(last)} is of {last.issue_date}, and a later number of its series has no earlier date"
    return FieldError(path="$.order.invoice_info.IssueDate", code="ISSUE_DATE_BEFORE_SERIES", message=message)


def _came_back(transaction: Transaction, taxpayer: str, series: str, issued_at: datetime) -> int | None:
    """The lowest number that is free again on this very issue date: on another, the series' dates would go back."""
    table = allotments.c
    free = (
        select(allotments)
        .where(
            table.taxpayer == taxpayer,
            table.series == series,
            table.issue_date == legal_date(issued_at),
            table.outcome == NumberFate.FREE,
        )
        .order_by(table.sequence)
        .limit(1)
    )
    row = transaction.execute(free).first()
    if row is None:
        return None
    transaction.execute(update(allotments).where(table.id == row.id).values(outcome=REUSED))
    sequence: int = row.sequence
    return sequence


def _release(transaction: Transaction, command_id: str) -> None:
    """Another revision is asked for only while surely nothing was sent with the one before."""
    of_command = (allotments.c.command_id == command_id, allotments.c.outcome.is_(None))
    transaction.execute(update(allotments).where(*of_command).values(outcome=NumberFate.FREE))


def _end(transaction: Transaction, row: Row[Any], fate: NumberFate) -> None:
    transaction.execute(update(allotments).where(allotments.c.id == row.id).values(outcome=fate))


def _insert(transaction: Transaction, wanted: NumberWanted, number: InvoiceNumber, issued_at: datetime) -> None:
    transaction.execute(
        insert(allotments).values(
            taxpayer=wanted.taxpayer,
            business=wanted.business,
            series=number.series,
            year=number.year,
            sequence=number.sequence,
            command_id=wanted.command_id,
            revision=wanted.revision,
            document_id=wanted.document_id,
            document_type=wanted.document_type,
            issued_at=issued_at,
            issue_date=legal_date(issued_at),
        )
    )


def _refusal(code: str, message: str) -> FieldError:
    return FieldError(path="$.order", code=code, message=message)
