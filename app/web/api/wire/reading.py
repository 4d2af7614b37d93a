"""What the API shows of orders, lines and documents: the read model in the wire's spelling."""

from typing import Any

from pydantic import Field

from app.domain.documents import DocumentStatus
from app.domain.errors import FieldError
from app.tracking.read_model.rows import DocumentRow, LineRow, OrderRow
from app.tracking.read_model.timeline import TimelineEntry
from app.web.api.wire.answers import ErrorEntry
from app.web.api.wire.model import WireModel
from app.web.api.wire.paths import on_the_wire


class Line(WireModel):
    """A line of an order: what was ordered, and where it is since when. `state`: OPEN, ON_DOCUMENT or CANCELLED."""

    business_code: str
    order_reference: str
    order_item_reference: int | str
    state: str
    since: str
    document_id: str | None = None
    description: str | None = None
    quantity: str | None = None
    unit_price: str | None = None
    vat_percent: str | None = None


class Links(WireModel):
    """Where the document's files are: addresses for you, which open without a key; keep them like one."""

    pdf: str
    xml: str
    html: str


class Document(WireModel):
    """A document by its latest status. `waits`: for a person, and `attention` says why."""

    document_id: str
    business_code: str
    order_reference: str
    intent: str
    state: str
    attention: str | None = None
    waits: bool
    provider: str
    connection: str
    document_type: str | None = None
    ettn: str | None = None
    number: str | None = None
    issue_date: str | None = None
    order_items: list[int | str]
    shipment_reference: str | None = None
    invoice_reference: str | None = None
    review_revision: int
    sequence: int
    errors: list[ErrorEntry] = Field(default_factory=list)
    changed_at: str
    links: Links | None = None


class DocumentStep(WireModel):
    """One status of a document."""

    sequence: int
    state: str
    attention: str | None = None
    errors: list[ErrorEntry] = Field(default_factory=list)
    at: str


class DocumentDetails(Document):
    """A document with every status."""

    buyer_name: str | None = None
    history: list[DocumentStep]


class OrderSummary(WireModel):
    """An order in a list. `waiting`: why a person should look at it, each with the time since when."""

    business_code: str
    order_reference: str
    customer_number: str | None = None
    state: str
    buyer_name: str | None = None
    order_date: str | None = None
    currency: str | None = None
    documents: int
    open_lines: int
    attention: bool
    waiting: dict[str, str] = Field(default_factory=dict)
    changed_at: str


class HistoryEntry(WireModel):
    """An event, an answer to one, a step of a document, or the kind of a notice."""

    at: str
    event: str | None = None
    internal_request_id: str | None = None
    actor: str | None = None
    outcome: str | None = None
    reason: str | None = None
    errors: list[ErrorEntry] = Field(default_factory=list)
    document_id: str | None = None
    state: str | None = None
    notice: str | None = None


class Order(OrderSummary):
    """An order with its lines, its documents, and everything that happened to it, the oldest first."""

    lines: list[Line]
    invoices: list[Document]
    history: list[HistoryEntry]


class Orders(WireModel):
    """A page of orders, the latest change first; `next` is the cursor of the next one."""

    rows: list[OrderSummary]
    next: str | None = None


class Documents(WireModel):
    """A page of documents, the latest change first."""

    rows: list[Document]
    next: str | None = None


class Lines(WireModel):
    """A page of open lines, those that have been open for longest first."""

    rows: list[Line]
    next: str | None = None


def item_reference(text: str) -> int | str:
    """The interface's number where it is one; an order that came another way may have texts."""
    return int(text) if text.isascii() and text.isdigit() and f"{int(text)}" == text else text


def entries(errors: tuple[FieldError, ...], event_type: str | None = None) -> list[dict[str, Any]]:
    """Errors with their places in the body that the event came from. `event_type`: its kind, where it is an event's."""
    found = (on_the_wire(each, event_type) for each in errors)
    return [{"path": each.path, "code": each.code, "message": each.message} for each in found]


def line(row: LineRow) -> dict[str, Any]:
    """A `Line`."""
    return {
        "businessCode": row.business,
        "orderReference": row.order_reference,
        "orderItemReference": item_reference(row.line_reference),
        "state": row.state,
        "since": row.since.isoformat(),
        "documentId": row.document_id,
        "description": row.name,
        "quantity": row.quantity,
        "unitPrice": row.unit_price,
        "vatPercent": row.vat_rate,
    }


def document(row: DocumentRow, links: dict[str, str] | None) -> dict[str, Any]:
    """A `Document`; `links` where it has files."""
    latest = row.latest
    return {
        "documentId": latest.document_id,
        "businessCode": latest.business,
        "orderReference": latest.order_reference,
        "intent": latest.intent,
        "state": latest.state,
        "attention": latest.attention,
        "waits": row.waits,
        "provider": latest.provider,
        "connection": latest.connection,
        "documentType": latest.document_type,
        "ettn": latest.ettn,
        "number": latest.number,
        "issueDate": latest.issue_date and f"{latest.issue_date}",
        "orderItems": [item_reference(each) for each in latest.lines],
        "shipmentReference": latest.shipment_reference,
        "invoiceReference": latest.invoice_reference,
        "reviewRevision": latest.review_revision,
        "sequence": latest.sequence,
        "errors": entries(latest.errors),
        "changedAt": latest.occurred_at.isoformat(),
        "links": links,
    }


def step(status: DocumentStatus) -> dict[str, Any]:
    """A `DocumentStep`."""
    return {
        "sequence": status.sequence,
        "state": status.state,
        "attention": status.attention,
        "errors": entries(status.errors),
        "at": status.occurred_at.isoformat(),
    }


def order_summary(row: OrderRow) -> dict[str, Any]:
    """An `OrderSummary`."""
    return {
        "businessCode": row.business,
        "orderReference": row.order_reference,
        "customerNumber": row.customer_number,
        "state": row.state,
        "buyerName": row.buyer_name,
        "orderDate": row.order_date,
        "currency": row.currency,
        "documents": len(row.document_ids),
        "openLines": row.open_lines,
        "attention": row.attention,
        "waiting": {why: at.isoformat() for why, at in row.waiting.items()},
        "changedAt": row.changed_at.isoformat(),
    }


def history_entry(entry: TimelineEntry) -> dict[str, Any]:
    """A `HistoryEntry`."""
    found: dict[str, Any] = {"at": entry.at.isoformat()}
    if entry.event is not None:
        found |= {"event": entry.event.event_type, "internalRequestId": entry.event.request_id}
        found["actor"] = entry.event.logged.actor if entry.event.logged else None
    if entry.outcome is not None:
        outcome = entry.outcome
        found |= {
            "outcome": outcome.verdict,
            "reason": outcome.reason,
            "errors": entries(outcome.errors, outcome.event_type),
        }
    if entry.status is not None:
        found |= {"documentId": entry.status.document_id, "state": entry.status.state}
        found["errors"] = entries(entry.status.errors)
    if entry.notice is not None:
        found["notice"] = entry.notice.body.type
    return found
