"""Rows of the read model as callers get them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from app.documents.from_order.totals import RateTotals
from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.tracking.documents import TrackedDocument
from app.tracking.orders import LineState, OrderState, Stuck, TrackedOrder
from app.tracking.read_model.facts import content
from app.tracking.read_model.timeline import TimelineEntry

# Of the table of documents those that are shown as they are, in the sequence in which they are selected.
DOCUMENT_COLUMNS: Final = (
    *("waits", "credit_reference", "original", "buyer_name", "buyer_tax_number", "kind", "profile"),
    *("currency", "taxable", "vat", "payable", "said", "began_at", "row_seq"),
    *("dispatch_date", "due_date", "issue_until", "object_until"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far the read model is: `behind` records at `checked_at`, and it has all of `current_at`. None: never.

    `sequence`: the `row_seq` of the last change.
    """

    checked_at: datetime | None
    current_at: datetime | None
    behind: int
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order in a list. `waiting`: since when it is so that a person may have to look at it (`orders.reasons`).

    `payable`: what all of its lines come to. `amended_at`: since when it is otherwise than it was placed. `row_seq`
    grows with each change of the row. `attention`: a document of it waits for a person.
    """

    business: str
    order_reference: str
    state: OrderState
    customer_number: str | None
    buyer_name: str | None
    buyer_tax_number: str | None
    order_date: date | None
    currency: str | None
    payable: Decimal | None
    amended_at: datetime | None
    events: int
    document_ids: tuple[str, ...]
    lines: int
    open_lines: int
    attention: bool
    waiting: dict[Stuck, datetime]
    changed_at: datetime
    row_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A line as it is ordered now, and where it is. Quantity, price and VAT are decimal numbers as text.

    `returned`: the pieces that came back; `credited`: what was credited for them or off the price, in its terms.
    """

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
    returned: str
    credited: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document in a list by its latest status. `waits`: for a person. `row_seq`: as an order's.

    `credit_reference` and `original`: of what takes back, the merchant's reference and the invoice; `credited_by`: the
    documents that take something of this one back. `kind` and `profile`: UBL-TR's (SATIS, IADE; EARSIVFATURA). Amounts
    are in `currency`, and None where the order's events do not say them. `issue_until`, `object_until`: the last days
    by law, while they matter. `said`: the last words of its provider or issuer.
    """

    latest: DocumentStatus
    waits: bool
    credit_reference: str | None
    original: str | None
    credited_by: tuple[str, ...]
    buyer_name: str | None
    buyer_tax_number: str | None
    kind: str | None
    profile: str | None
    currency: str | None
    taxable: Decimal | None
    vat: Decimal | None
    payable: Decimal | None
    rates: tuple[RateTotals, ...]
    dispatch_date: date | None
    due_date: date | None
    issue_until: date | None
    object_until: date | None
    said: str | None
    began_at: datetime
    row_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDetails:
    """A document with every status."""

    row: DocumentRow
    document: TrackedDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCount:
    """How many documents of a list are in this state with this attention."""

    state: DocumentState
    attention: Attention | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSum:
    """What documents of one type and currency come to at one VAT rate. `documents`: how many have the rate."""

    kind: str
    currency: str
    rate: Decimal
    documents: int
    taxable: Decimal
    vat: Decimal


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
        buyer_tax_number=row.buyer_tax_number,
        order_date=row.order_date,
        currency=row.currency,
        payable=row.payable,
        amended_at=row.amended_at,
        events=row.events,
        document_ids=tuple(row.document_ids.split()),
        lines=row.lines,
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
        returned=row.returned,
        credited=row.credited,
    )


def document_row(row: Any, rates: tuple[RateTotals, ...]) -> DocumentRow:
    """From the columns DOCUMENT_COLUMNS and what follows them, and the document's VAT by rate."""
    return DocumentRow(
        latest=content(DocumentStatus, row.content),
        credited_by=tuple(row.credited_by.split()),
        rates=rates,
        **dict(zip(DOCUMENT_COLUMNS, row, strict=False)),
    )
