"""Rows of the read model as callers get them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.documents import DocumentStatus
from app.tracking.documents import TrackedDocument
from app.tracking.orders import LineState, OrderState, Stuck, TrackedOrder
from app.tracking.read_model.facts import content
from app.tracking.read_model.timeline import TimelineEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far the read model is: `behind` records at `checked_at`, and none at `current_at`. None: never."""

    checked_at: datetime | None
    current_at: datetime | None
    behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order in a list. `waiting`: since when it is so that a person may have to look at it (`orders.reasons`).

    `row_seq` grows with each change of the row. `attention`: a document of it waits for a person.
    """

    business: str
    order_reference: str
    state: OrderState
    customer_number: str | None
    buyer_name: str | None
    order_date: str | None
    currency: str | None
    events: int
    document_ids: tuple[str, ...]
    open_lines: int
    attention: bool
    waiting: dict[Stuck, datetime]
    changed_at: datetime
    row_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A line as it was ordered and where it is. Quantity, price and VAT are decimal numbers as text."""

    business: str
    order_reference: str
    line_reference: str
    state: LineState
    since: datetime
    document_id: str | None
    name: str | None
    quantity: str | None
    unit_price: str | None
    vat_rate: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document in a list by its latest status. `waits`: for a person. `row_seq`: as an order's."""

    latest: DocumentStatus
    waits: bool
    began_at: datetime
    row_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDetails:
    """A document with every status, and the name of its order's buyer."""

    row: DocumentRow
    document: TrackedDocument
    buyer_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails:
    """An order with its lines, its documents, and everything that happened to it, the oldest first."""

    row: OrderRow
    lines: tuple[LineRow, ...]
    documents: tuple[DocumentRow, ...]
    timeline: tuple[TimelineEntry, ...]
    tracked: TrackedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An order or a document whose row has changed; `key` is `business/order`, or the document's id."""

    kind: str
    key: str
    business: str
    row_seq: int


def order_row(row: Any) -> OrderRow:
    """From the table's row."""
    since = {why: getattr(row, f"{why.lower()}_since") for why in Stuck}
    return OrderRow(
        business=row.business,
        order_reference=row.order_reference,
        state=OrderState(row.state),
        customer_number=row.customer_number,
        buyer_name=row.buyer_name,
        order_date=row.order_date,
        currency=row.currency,
        events=row.events,
        document_ids=tuple(row.document_ids.split()),
        open_lines=row.open_lines,
        attention=row.attention,
        waiting={why: at for why, at in since.items() if at is not None},
        changed_at=row.changed_at,
        row_seq=row.row_seq,
    )


def line_row(row: Any) -> LineRow:
    """From the table's row, joined with its order's."""
    return LineRow(
        business=row.business,
        order_reference=row.order_reference,
        line_reference=row.line_reference,
        state=LineState(row.state),
        since=row.since,
        document_id=row.document_id,
        name=row.name,
        quantity=row.quantity,
        unit_price=row.unit_price,
        vat_rate=row.vat_rate,
    )


def document_row(row: Any) -> DocumentRow:
    """From the table's row, joined with its latest status."""
    return DocumentRow(
        latest=content(DocumentStatus, row.content), waits=row.waits, began_at=row.began_at, row_seq=row.row_seq
    )
