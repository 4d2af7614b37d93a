"""The rows of an order, its lines and its documents: what the pure folds say of it, and nothing that they do not."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.domain.documents import DocumentStatus
from app.domain.identity import order_key
from app.domain.orders import InvoiceRequested, OrderPlaced
from app.tracking.documents import TrackedDocument
from app.tracking.orders import LineState, Stuck, TrackedOrder
from app.tracking.read_model.facts import KnownOrder
from app.tracking.read_model.search import folded


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedOrder:
    """The rows of one order; `row_seq` is not in them yet."""

    order: dict[str, Any]
    lines: list[dict[str, Any]]
    documents: list[dict[str, Any]]


def derived(known: KnownOrder) -> DerivedOrder:
    """An order's rows."""
    lines = list(_lines(known.order))
    row = _order(known, lines)
    return DerivedOrder(
        order={**row, "digest": _digest([row, lines])},
        lines=lines,
        documents=[_document(document, known.buyer_name) for document in known.order.documents],
    )


def _order(known: KnownOrder, lines: list[dict[str, Any]]) -> dict[str, Any]:
    order, placed = known.order, _placed(known.order)
    waiting = order.waiting
    return {
        "order_key": order_key(order.business, order.order_reference),
        "business": order.business,
        "order_reference": order.order_reference,
        "state": order.state.value,
        "customer_number": placed.customer_number if placed else None,
        "buyer_name": known.buyer_name,
        "order_date": f"{placed.order_date}" if placed else None,
        "currency": placed.currency if placed else None,
        "events": len(order.events),
        "document_ids": " ".join(document.latest.document_id for document in order.documents),
        "open_lines": sum(line["state"] == LineState.OPEN for line in lines),
        "attention": any(document.waits_for_person for document in order.documents),
        **{f"{why.lower()}_since": waiting.get(why) for why in Stuck},
        "changed_at": order.latest_at,
        "search_text": _searched(_names_of_order(known, placed)),
    }


def _names_of_order(known: KnownOrder, placed: OrderPlaced | None) -> Iterator[str | None]:
    yield from (known.order.order_reference, known.buyer_name, placed.customer_number if placed else None)
    yield from _references(known.order)


def _placed(order: TrackedOrder) -> OrderPlaced | None:
    body = order.placed.logged.body if order.placed and order.placed.logged else None
    return body if isinstance(body, OrderPlaced) else None


def _lines(order: TrackedOrder) -> Iterator[dict[str, Any]]:
    placed = _placed(order)
    content = {line.line_reference: line for line in placed.lines} if placed else {}
    for position, line in enumerate(order.lines):
        its = content.get(line.reference)
        yield {
            "order_key": order_key(order.business, order.order_reference),
            "position": position,
            "business": order.business,
            "line_reference": line.reference,
            "state": line.state.value,
            "since": line.since,
            "document_id": line.document_id,
            "name": its.name if its else None,
            "quantity": f"{its.quantity:f}" if its else None,
            "unit_price": f"{its.unit_price:f}" if its else None,
            "vat_rate": f"{its.vat_rate:f}" if its else None,
        }


def _document(document: TrackedDocument, buyer_name: str | None) -> dict[str, Any]:
    latest = document.latest
    row = {
        "document_id": latest.document_id,
        "order_key": order_key(latest.business, latest.order_reference),
        "business": latest.business,
        "sequence": latest.sequence,
        "state": latest.state.value,
        "attention": latest.attention.value if latest.attention else None,
        "waits": document.waits_for_person,
        "provider": latest.provider,
        "connection": latest.connection,
        "number": latest.number,
        "ettn": latest.ettn,
        "issue_date": f"{latest.issue_date}" if latest.issue_date else None,
        "began_at": document.history[0].occurred_at,
        "changed_at": latest.occurred_at,
        "search_text": _searched([latest.order_reference, buyer_name, latest.ettn, *_names(latest)]),
    }
    return {**row, "digest": _digest(row)}


def _references(order: TrackedOrder) -> Iterator[str | None]:
    for event in order.events:
        body = event.logged.body if event.logged else None
        if isinstance(body, InvoiceRequested):
            yield from (body.shipment_reference, body.invoice_reference, body.tracking_code)
    for document in order.documents:
        yield from _names(document.latest)


def _names(latest: DocumentStatus) -> tuple[str | None, ...]:
    return (latest.number, latest.invoice_reference, latest.shipment_reference)


def _searched(texts: Iterable[str | None]) -> str:
    return " ".join(dict.fromkeys(folded(text) for text in texts if text))


def _digest(rows: Any) -> str:
    """Equal for equal rows: what has not changed is not written again, and two models are compared by it."""
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:32]
