"""The rows of an order, its lines and its documents: what the pure folds say of it, and nothing that they do not."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain.documents import DocumentStatus
from app.domain.identity import order_key
from app.domain.orders import InvoiceRequested, OrderPlaced
from app.tracking.contents import DocumentContent, content_of, order_totals
from app.tracking.documents import TrackedDocument
from app.tracking.orders import LineState, Stuck, TrackedOrder
from app.tracking.read_model.search import folded
from app.tracking.versions import OrderVersion, versions


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedOrder:
    """The rows of one order; `row_seq` is not in them yet. `vat`: of its documents."""

    order: dict[str, Any]
    lines: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    vat: list[dict[str, Any]]


def derived(order: TrackedOrder) -> DerivedOrder:
    """An order's rows."""
    known = versions(order)
    now = known[-1] if known else None
    lines = list(_lines(order, now))
    contents = [(document, content_of(order, document, known)) for document in order.documents]
    payable = _payable(now.content, [content for _, content in contents]) if now else None
    row = _order(order, known, lines, payable)
    vat = {document.latest.document_id: list(_vat(document, content)) for document, content in contents}
    return DerivedOrder(
        order={**row, "digest": _digest([row, lines])},
        lines=lines,
        documents=[_document(order, document, content, now, vat) for document, content in contents],
        vat=[each for rates in vat.values() for each in rates],
    )


def _payable(placed: OrderPlaced, contents: Iterable[DocumentContent | None]) -> Decimal:
    """What all lines come to; most orders have one document over all of them, whose total it is."""
    whole = (each.totals.payable for each in contents if each is not None and each.lines == placed.lines)
    found = next(whole, None)
    return order_totals(placed).payable if found is None else found


def _order(
    order: TrackedOrder, known: tuple[OrderVersion, ...], lines: list[dict[str, Any]], payable: Decimal | None
) -> dict[str, Any]:
    now = known[-1] if known else None
    waiting = order.waiting
    return {
        "order_key": order_key(order.business, order.order_reference),
        "business": order.business,
        "order_reference": order.order_reference,
        "state": order.state.value,
        "customer_number": now.content.customer_number if now else None,
        **_buyer(now),
        "order_date": now.content.order_date if now else None,
        "currency": now.content.currency if now else None,
        "payable": payable,
        "amended_at": now.since if now and len(known) > 1 else None,
        "events": len(order.events),
        "document_ids": " ".join(document.latest.document_id for document in order.documents),
        "lines": len(lines),
        "open_lines": sum(line["state"] == LineState.OPEN for line in lines),
        "attention": any(document.waits_for_person for document in order.documents),
        **{f"{why.lower()}_since": waiting.get(why) for why in Stuck},
        "changed_at": order.latest_at,
        "search_text": _searched(_names_of_order(order, known)),
    }


def _buyer(of: OrderVersion | DocumentContent | None) -> dict[str, Any]:
    buyer = of.buyer if of else None
    return {"buyer_name": buyer.name if buyer else None, "buyer_tax_number": buyer.tax_number if buyer else None}


def _names_of_order(order: TrackedOrder, known: tuple[OrderVersion, ...]) -> Iterator[str | None]:
    yield order.order_reference
    yield from (each.content.customer_number for each in known[:1])
    for buyer in (each.buyer for each in known if each.buyer):
        yield from (buyer.name, buyer.tax_number)
    yield from _references(order)


def _lines(order: TrackedOrder, now: OrderVersion | None) -> Iterator[dict[str, Any]]:
    content = {line.line_reference: line for line in now.content.lines} if now else {}
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
            "returned": f"{line.credited.pieces:f}",
            "credited": f"{line.credited.amount:f}",
        }


def _document(
    order: TrackedOrder,
    document: TrackedDocument,
    content: DocumentContent | None,
    now: OrderVersion | None,
    vat: dict[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    latest = document.latest
    customer = now.content.customer_number if now else None
    buyer = _buyer(content)
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
        "issue_date": latest.issue_date,
        "intent": latest.intent.value,
        "credit_reference": document.credit_reference,
        "original": document.original,
        "credited_by": " ".join(_credited_by(order, latest.document_id)),
        **buyer,
        **_content(content),
        "said": document.said,
        "began_at": document.history[0].occurred_at,
        "changed_at": latest.occurred_at,
        "search_text": _searched(
            [latest.order_reference, customer, *buyer.values(), latest.ettn, document.credit_reference, *_names(latest)]
        ),
    }
    return {**row, "digest": _digest([row, vat[latest.document_id]])}


def _credited_by(order: TrackedOrder, document_id: str) -> Iterator[str]:
    return (each.latest.document_id for each in order.documents if each.original == document_id)


def _content(content: DocumentContent | None) -> dict[str, Any]:
    shipment, totals = (content.shipment, content.totals) if content else (None, None)
    return {
        "kind": content.kind.name if content else None,
        "profile": content.profile if content else None,
        "currency": content.currency if content else None,
        "taxable": totals.taxable if totals else None,
        "vat": totals.vat if totals else None,
        "payable": totals.payable if totals else None,
        "dispatch_date": shipment.dispatch_date if shipment else None,
        "due_date": shipment.due_date if shipment else None,
        "issue_until": content.issue_until if content else None,
        "object_until": content.object_until if content else None,
    }


def _vat(document: TrackedDocument, content: DocumentContent | None) -> Iterator[dict[str, Any]]:
    for each in content.totals.rates if content else ():
        rate = f"{each.rate.normalize():f}"
        yield {"document_id": document.latest.document_id, "rate": rate, "taxable": each.taxable, "vat": each.vat}


def _references(order: TrackedOrder) -> Iterator[str | None]:
    for event in order.events:
        body = event.logged.body if event.logged else None
        if isinstance(body, InvoiceRequested):
            yield from (body.shipment_reference, body.invoice_reference, body.tracking_code)
    for document in order.documents:
        yield from (document.latest.ettn, document.credit_reference, *_names(document.latest))


def _names(latest: DocumentStatus) -> tuple[str | None, ...]:
    return (latest.number, latest.invoice_reference, latest.shipment_reference)


def _searched(texts: Iterable[str | None]) -> str:
    return " ".join(dict.fromkeys(folded(text) for text in texts if text))


def _digest(rows: Any) -> str:
    """Equal for equal rows: what has not changed is not written again, and two models are compared by it."""
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:32]
