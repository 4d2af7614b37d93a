"""What lists can be narrowed to, and how much of one is read at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Table, exists, false, or_

from app.domain.documents import Attention, DocumentState, Intent
from app.domain.time import end_of_day
from app.tracking.orders import OrderState, Stuck, latest_start
from app.tracking.read_model.search import folded
from app.tracking.read_model.tables import documents, order_lines, orders

R = TypeVar("R")
MOST_ROWS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """At most `limit` rows (1 to 200) behind `cursor`; without one from the beginning. Raises ValueError."""

    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_ROWS:
            raise ValueError(f"a page has 1 to {MOST_ROWS} rows, not {self.limit}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[R]):
    """The rows, and the cursor of the next page; None at the end."""

    rows: tuple[R, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckSince:
    """Orders that a person should look at, at this moment. `open_for`: how long lines may be open."""

    now: datetime
    open_for: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """None lets everything through. `q`: every word is in its references, its numbers or its buyer.

    `provider` and `connection`: of one of its documents. `attention`: whether a document of it waits for a person.
    `changed_from` is included, `changed_before` is not; `ordered_from` and `ordered_to` are, by the order's own date.
    """

    business: str | None = None
    order_reference: str | None = None
    customer_number: str | None = None
    state: OrderState | None = None
    attention: bool | None = None
    stuck: StuckSince | None = None
    provider: str | None = None
    connection: str | None = None
    tax_number: str | None = None
    ordered_from: date | None = None
    ordered_to: date | None = None
    changed_from: datetime | None = None
    changed_before: datetime | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFilter:
    """As OrderFilter. `waits`: whether it waits for a person. `tax_number`: its buyer's.

    Days are Turkey's and included: of its issue, and of when it was planned. `began_before`: it was planned before this
    moment. `issue_by`: it is not issued, and by law it should be on this day or before.
    """

    business: str | None = None
    order_reference: str | None = None
    state: DocumentState | None = None
    attention: Attention | None = None
    waits: bool | None = None
    provider: str | None = None
    connection: str | None = None
    intent: Intent | None = None
    number: str | None = None
    ettn: str | None = None
    tax_number: str | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    began_from: date | None = None
    began_to: date | None = None
    began_before: datetime | None = None
    issue_by: date | None = None
    changed_from: datetime | None = None
    changed_before: datetime | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLineFilter:
    """`open_before`: only lines that have been open since before this moment."""

    business: str | None = None
    order_reference: str | None = None
    open_before: datetime | None = None


def of_orders(wanted: OrderFilter) -> Iterator[ColumnElement[bool]]:
    """What an order's row must be."""
    yield from _equal(orders, wanted, "business", "order_reference", "customer_number", "state", "attention")
    yield from _of_buyer(orders, wanted)
    yield from _within(orders, wanted)
    yield from _between(orders.c.order_date, wanted.ordered_from, wanted.ordered_to)
    if wanted.stuck is not None:
        bounds = latest_start(wanted.stuck.now, open_for=wanted.stuck.open_for)
        since = {why: orders.c[f"{why.lower()}_since"] for why in Stuck}
        yield or_(*(at < bounds[why] if why in bounds else at.is_not(None) for why, at in since.items()))
    if wanted.provider is not None or wanted.connection is not None:
        yield exists().where(
            documents.c.order_key == orders.c.order_key, *_equal(documents, wanted, "provider", "connection")
        )
    yield from _found(orders, wanted.q)


def of_documents(wanted: DocumentFilter) -> Iterator[ColumnElement[bool]]:
    """What a document's row must be."""
    columns = ("business", "state", "attention", "waits", "provider", "connection", "intent", "number")
    yield from _equal(documents, wanted, *columns)
    if wanted.attention is not None:  # which is known to the database then: its index has no others
        yield documents.c.waits.is_(True)
    if wanted.ettn is not None:
        yield documents.c.ettn.in_({wanted.ettn, wanted.ettn.lower(), wanted.ettn.upper()})
    yield from _of_buyer(documents, wanted)
    yield from _within(documents, wanted)
    yield from _between(documents.c.issue_date, wanted.issued_from, wanted.issued_to)
    yield from _begun(wanted)
    if wanted.order_reference is not None:
        reference = wanted.order_reference
        yield exists().where(orders.c.order_key == documents.c.order_key, orders.c.order_reference == reference)
    yield from _found(documents, wanted.q)


def _begun(wanted: DocumentFilter) -> Iterator[ColumnElement[bool]]:
    began = documents.c.began_at
    if wanted.began_from is not None:
        yield began >= end_of_day(wanted.began_from - timedelta(days=1))
    if wanted.began_to is not None:
        yield began < end_of_day(wanted.began_to)
    if wanted.began_before is not None:
        yield began < wanted.began_before
    yield from _between(documents.c.issue_until, None, wanted.issue_by)


def of_open_lines(wanted: OpenLineFilter) -> Iterator[ColumnElement[bool]]:
    """What an open line's row must be."""
    yield order_lines.c.state == "OPEN"
    yield from _equal(order_lines, wanted, "business")
    if wanted.order_reference is not None:
        yield orders.c.order_reference == wanted.order_reference
    if wanted.open_before is not None:
        yield order_lines.c.since < wanted.open_before


def _equal(table: Table, wanted: Any, *names: str) -> Iterator[ColumnElement[bool]]:
    for name in names:
        if (value := getattr(wanted, name)) is not None:
            yield table.c[name] == value


def _of_buyer(table: Table, wanted: Any) -> Iterator[ColumnElement[bool]]:
    if wanted.tax_number is not None:
        yield table.c.buyer_tax_number == wanted.tax_number


def _between(column: Column[Any], first: date | None, last: date | None) -> Iterator[ColumnElement[bool]]:
    """Both included."""
    if first is not None:
        yield column >= first
    if last is not None:
        yield column <= last


def _within(table: Table, wanted: Any) -> Iterator[ColumnElement[bool]]:
    if wanted.changed_from is not None:
        yield table.c.changed_at >= wanted.changed_from
    if wanted.changed_before is not None:
        yield table.c.changed_at < wanted.changed_before


def _found(table: Table, q: str | None) -> Iterator[ColumnElement[bool]]:
    """Folded text has letters and digits alone, so none of it means anything to LIKE."""
    if q is None or not q.strip():
        return
    words = folded(q).split()
    yield from (table.c.search_text.like(f"%{word}%") for word in words)
    if not words:
        yield false()
