"""The ETTNs and whole numbers that orders bring, or persons: each is one document's of its taxpayer, no number of ours.

A row belongs to one revision of one command, as a number that we give does, and has the same fates. Each function works
inside the caller's transaction.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, func, insert, or_, select, update

from app.domain.errors import FieldError
from app.domain.numbers import NUMBER, RECORDED, Claim, Given, InvoiceNumber, NumberFate
from app.store.errors import NumbersBehindError
from app.store.tables import allotments, businesses, series
from app.store.tables import brought_identifiers as brought

# Of a number; an ETTN has 36.
_LENGTH: Final = 16
INFO: Final = "$.order.invoice_info"
# Who may not have it any more, or not yet: whoever's document it is, or may be.
_HELD: Final = or_(brought.c.outcome.is_(None), brought.c.outcome.in_((NumberFate.USED, NumberFate.VOID)))


def hold(transaction: Transaction, claim: Claim, known: Mapping[tuple[str, str], str]) -> FieldError | None:
    """Writes down that these identifiers are this document's; or why they cannot be. Twice is the same as once.

    `known`: taxpayer and identifier → the command that surely holds it. Raises NumbersBehindError for a store that
    does not know of it.
    """
    held = transaction.execute(
        select(brought).where(brought.c.command_id == claim.command_id, brought.c.revision >= claim.revision)
    ).all()
    if held:
        return _again(held, claim)
    errors = (_why_not(transaction, claim, identifier, known) for identifier in claim.identifiers)
    if (error := next((each for each in errors if each is not None), None)) is not None:
        return error
    _set(transaction, NumberFate.FREE, brought.c.command_id == claim.command_id, brought.c.outcome.is_(None))
    of_moved = (brought.c.document_id.in_(claim.moved_from), brought.c.taxpayer == claim.taxpayer)
    _set(transaction, NumberFate.FREE, *of_moved, brought.c.outcome == NumberFate.VOID)
    for identifier in claim.identifiers:
        _insert(transaction, claim, identifier, None)
    return None


def record(transaction: Transaction, claim: Claim) -> FieldError | None:
    """Writes down what a document is called, as a person has seen it; or why it cannot be. Twice is the same as once.

    What we gave the document itself, or its order brought, is its own already.
    """
    holders = [_bearer(transaction, claim, identifier) for identifier in claim.identifiers]
    for identifier, holder in zip(claim.identifiers, holders, strict=True):
        number = InvoiceNumber.parse(identifier) if NUMBER.fullmatch(identifier) else None
        if holder is not None and holder != claim.document_id:
            return _taken(is_number=number is not None, by=holder)
        if holder is None and number is not None and _is_given(transaction, claim.taxpayer, number):
            return _counted(number)
    for identifier, holder in zip(claim.identifiers, holders, strict=True):
        if holder is None:
            _hold_again(transaction, claim, identifier)
    return None


def close_recorded(transaction: Transaction, claim: Claim) -> None:
    """The document has these; another number that a person had recorded of it is not its own, and free again."""
    close(transaction, claim.taxpayer, claim.command_id, NumberFate.USED)
    other_number = (
        brought.c.document_id == claim.document_id,
        brought.c.taxpayer == claim.taxpayer,
        brought.c.revision == RECORDED,
        func.length(brought.c.identifier) == _LENGTH,
        brought.c.identifier.not_in(claim.identifiers),
    )
    _set(transaction, NumberFate.FREE, *other_number)


def close(transaction: Transaction, taxpayer: str, command_id: str, fate: NumberFate) -> None:
    """What the command's last revision holds has this fate; a document that appears late has used what was free."""
    of_command = (brought.c.taxpayer == taxpayer, brought.c.command_id == command_id)
    last = select(func.max(brought.c.revision)).where(*of_command).scalar_subquery()
    is_open, is_free = brought.c.outcome.is_(None), brought.c.outcome == NumberFate.FREE
    changes = or_(is_open, is_free) if fate is NumberFate.USED else is_open
    _set(transaction, fate, *of_command, brought.c.revision == last, changes)


def taxpayers_of(transaction: Transaction, command_id: str) -> set[str]:
    """Whose identifiers a command holds or has held."""
    query = select(brought.c.taxpayer).where(brought.c.command_id == command_id)
    return set(transaction.execute(query).scalars())


def has_numbers_of(transaction: Transaction, taxpayer: str, name: str, year: int) -> bool:
    """Whether an order has brought a number of this series: its counter is then kept elsewhere."""
    number = brought.c.identifier
    of_series = (brought.c.taxpayer == taxpayer, number.startswith(f"{name}{year}"), func.length(number) == _LENGTH)
    return transaction.execute(select(brought.c.id).where(*of_series, _HELD).limit(1)).first() is not None


def missing(transaction: Transaction, known: Mapping[tuple[str, str], str]) -> list[tuple[str, str]]:
    """What the journals know to be held, as taxpayer and identifier, and this store does not."""
    rows = transaction.execute(select(brought.c.taxpayer, brought.c.identifier, brought.c.command_id)).all()
    here = {(row.taxpayer, row.identifier, row.command_id) for row in rows}
    return sorted(key for key, command in known.items() if (*key, command) not in here)


def enter(transaction: Transaction, given: Given) -> Iterator[Given]:
    """What a journal knows and the store does not. Yields it again where another command holds it.

    Of two that had it, one of them in vain (VOID), the other is the document that took its place.
    """
    for identifier in given.brought:
        holder = _holder(transaction, given.owner, identifier)
        own = _row(transaction, given, identifier)
        if own is not None:
            if own.outcome is None and given.fate is not None:
                _set(transaction, given.fate, brought.c.id == own.id)
        elif holder is None or given.fate is NumberFate.FREE:
            _insert(transaction, given, identifier, given.fate)
        elif NumberFate.VOID not in {holder.outcome, given.fate}:
            yield given
        elif holder.outcome == NumberFate.VOID:
            _set(transaction, NumberFate.FREE, brought.c.id == holder.id)
            _insert(transaction, given, identifier, given.fate)
        else:
            _insert(transaction, given, identifier, NumberFate.FREE)


def _again(held: Iterable[Row[Any]], claim: Claim) -> FieldError | None:
    for row in held:
        if row.taxpayer != claim.taxpayer:
            message = f"{row.identifier} was held for {row.taxpayer} for this document"
            return FieldError(path="$.order", code="OTHER_TAXPAYER", message=message)
        if row.outcome == NumberFate.FREE:
            message = f"the document had ended without {row.identifier}, which was free again"
            return FieldError(path="$.order", code="NUMBER_RELEASED", message=message)
    return None


def _why_not(
    transaction: Transaction, claim: Claim, identifier: str, known: Mapping[tuple[str, str], str]
) -> FieldError | None:
    is_number = NUMBER.fullmatch(identifier) is not None
    holder = _holder(transaction, claim.taxpayer, identifier)
    if holder is not None and holder.command_id != claim.command_id and not _has_moved(holder, claim):
        return _taken(is_number=is_number, by=holder.document_id)
    command = known.get((claim.taxpayer, identifier))
    if command not in {None, claim.command_id} and not _knows(transaction, claim.taxpayer, identifier, command):
        raise NumbersBehindError(
            f"the store does not know {identifier} of {claim.taxpayer}, which command {command} holds: it is older. "
            "Stop the workers, run `faturaflow rebuild numbers`, start them again"
        )
    return _why_no_number(transaction, claim, InvoiceNumber.parse(identifier)) if is_number else None


def _has_moved(holder: Row[Any], claim: Claim) -> bool:
    """It had the document whose place this one takes: the planner moves it only when it is surely not at the first."""
    return bool(holder.document_id in claim.moved_from and holder.outcome == NumberFate.VOID)


def _why_no_number(transaction: Transaction, claim: Claim, number: InvoiceNumber) -> FieldError | None:
    """A series in a year is counted here or elsewhere, never both: else numbers would clash, or their dates go back."""
    if not _is_counted_here(transaction, claim, number):
        return None
    return _counted(number)


def _counted(number: InvoiceNumber) -> FieldError:
    message = (
        f"the series {number.series} of {number.year} is counted by us: leave the number out, or use another series"
    )
    return FieldError(path=f"{INFO}.InvoiceSerieOrNumber", code="SERIES_IS_COUNTED", message=message)


def _is_counted_here(transaction: Transaction, claim: Claim, number: InvoiceNumber) -> bool:
    of_taxpayer = select(businesses.c.code).where(businesses.c.seller["tax_number"].as_string() == claim.taxpayer)
    declared = (
        series.c.name == number.series,
        or_(series.c.year.is_(None), series.c.year == number.year),
        or_(series.c.business == claim.business, series.c.business.in_(of_taxpayer)),
    )
    is_declared = transaction.execute(select(series.c.name).where(*declared).limit(1)).first() is not None
    return is_declared or _is_given(transaction, claim.taxpayer, number)


def _is_given(transaction: Transaction, taxpayer: str, number: InvoiceNumber) -> bool:
    """Whether we have given a number of this series in this year."""
    return transaction.execute(_of_series(taxpayer, number).limit(1)).first() is not None


def _of_series(taxpayer: str, number: InvoiceNumber) -> Any:
    table = allotments.c
    of_it = (table.taxpayer == taxpayer, table.series == number.series, table.year == number.year)
    return select(allotments).where(*of_it)


def _bearer(transaction: Transaction, claim: Claim, identifier: str) -> str | None:
    """The document that has this, or may have it: brought or recorded, or given by us.

    What we gave the claim's own document is its own also where the request seemed to have made nothing.
    """
    holder = _holder(transaction, claim.taxpayer, identifier)
    if holder is None and NUMBER.fullmatch(identifier):
        number, outcome = InvoiceNumber.parse(identifier), allotments.c.outcome
        is_held = or_(outcome.is_(None), outcome.in_((NumberFate.USED, NumberFate.VOID)))
        given = _of_series(claim.taxpayer, number).where(allotments.c.sequence == number.sequence)
        holder = (
            transaction.execute(given.where(is_held)).first()
            or transaction.execute(given.where(allotments.c.document_id == claim.document_id)).first()
        )
    return None if holder is None else str(holder.document_id)


def _hold_again(transaction: Transaction, claim: Claim, identifier: str) -> None:
    """Free since the request for it was refused, or not known at all."""
    of_it = (brought.c.command_id == claim.command_id, brought.c.identifier == identifier)
    if transaction.execute(update(brought).where(*of_it).values(outcome=None)).rowcount == 0:
        _insert(transaction, claim, identifier, None)


def _taken(*, is_number: bool, by: str) -> FieldError:
    message = f"is document {by}'s: what an order brings is for one document"
    if is_number:
        return FieldError(path=f"{INFO}.InvoiceSerieOrNumber", code="NUMBER_TAKEN", message=message)
    return FieldError(path=f"{INFO}.UUID", code="ETTN_TAKEN", message=message)


def _holder(transaction: Transaction, taxpayer: str, identifier: str) -> Row[Any] | None:
    query = select(brought).where(brought.c.taxpayer == taxpayer, brought.c.identifier == identifier, _HELD)
    return transaction.execute(query).first()


def _knows(transaction: Transaction, taxpayer: str, identifier: str, command: str | None) -> bool:
    of_it = (brought.c.taxpayer == taxpayer, brought.c.identifier == identifier, brought.c.command_id == command)
    return transaction.execute(select(brought.c.id).where(*of_it)).first() is not None


def _row(transaction: Transaction, given: Given, identifier: str) -> Row[Any] | None:
    of_it = (
        brought.c.command_id == given.command_id,
        brought.c.revision == given.revision,
        brought.c.identifier == identifier,
    )
    return transaction.execute(select(brought).where(*of_it)).first()


def _set(transaction: Transaction, fate: NumberFate, *where: Any) -> None:
    transaction.execute(update(brought).where(*where).values(outcome=fate))


def _insert(transaction: Transaction, of: Claim | Given, identifier: str, outcome: NumberFate | None) -> None:
    transaction.execute(
        insert(brought).values(
            taxpayer=of.taxpayer if isinstance(of, Claim) else of.owner,
            identifier=identifier,
            business=of.business,
            command_id=of.command_id,
            revision=of.revision,
            document_id=of.document_id,
            outcome=outcome,
        )
    )
