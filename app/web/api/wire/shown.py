"""From the read model's rows to what the API shows of them, in the wire's spelling."""

from datetime import date
from decimal import Decimal
from typing import Any

from app.documents.from_order.totals import RateTotals
from app.domain.documents import DocumentStatus
from app.domain.errors import FieldError
from app.domain.parties import hidden_tax_number
from app.tracking.orders import TrackedEvent
from app.tracking.read_model.rows import DocumentCount, DocumentRow, LineRow, OrderRow, RateSum
from app.tracking.read_model.timeline import TimelineEntry
from app.tracking.versions import CHANGES
from app.web.api.wire.paths import on_the_wire


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
        "returned": row.returned,
        "credited": row.credited,
    }


def document(row: DocumentRow, links: dict[str, str] | None, *, masked: bool = True) -> dict[str, Any]:
    """A `Document`; `links` where it has files, `masked` where a person's tax number is not shown whole."""
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
        "creditReference": row.credit_reference,
        "original": row.original,
        "creditedBy": [*row.credited_by],
        "corrects": latest.corrects,
        "correctedBy": latest.corrected_by,
        **_buyer(row, masked=masked),
        **_content(row),
        "lastAnswer": row.said,
        "reviewRevision": latest.review_revision,
        "sequence": latest.sequence,
        "errors": entries(latest.errors),
        "beganAt": row.began_at.isoformat(),
        "changedAt": latest.occurred_at.isoformat(),
        "links": links,
    }


def _buyer(row: DocumentRow | OrderRow, *, masked: bool) -> dict[str, Any]:
    number = row.buyer_tax_number
    return {
        "buyerName": row.buyer_name,
        "buyerTaxNumber": hidden_tax_number(number) if masked and number else number,
    }


def _content(row: DocumentRow) -> dict[str, Any]:
    return {
        "invoiceType": row.kind,
        "profile": row.profile,
        "currency": row.currency,
        "taxableAmount": _amount(row.taxable),
        "vatAmount": _amount(row.vat),
        "payableAmount": _amount(row.payable),
        "vatByRate": [vat_rate(each) for each in row.rates],
        "dispatchDate": _day(row.dispatch_date),
        "dueDate": _day(row.due_date),
        "issueUntil": _day(row.issue_until),
        "objectUntil": _day(row.object_until),
    }


def document_count(row: DocumentCount) -> dict[str, Any]:
    """A `DocumentCount`."""
    return {"state": row.state, "attention": row.attention, "count": row.count}


def vat_sum(row: RateSum) -> dict[str, Any]:
    """A `VatSum`."""
    return {"invoiceType": row.kind, "currency": row.currency, "documents": row.documents, **vat_rate(row)}


def vat_rate(each: RateTotals | RateSum) -> dict[str, Any]:
    """A `VatRate`."""
    return {"vatPercent": f"{each.rate:f}", "taxableAmount": _amount(each.taxable), "vatAmount": _amount(each.vat)}


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day}"


def step(status: DocumentStatus) -> dict[str, Any]:
    """A `DocumentStep`."""
    return {
        "sequence": status.sequence,
        "state": status.state,
        "attention": status.attention,
        "errors": entries(status.errors),
        "evidence": [{"at": e.at.isoformat(), "what": e.what, "detail": e.detail} for e in status.evidence],
        "at": status.occurred_at.isoformat(),
    }


def order_summary(row: OrderRow) -> dict[str, Any]:
    """An `OrderSummary`."""
    return {
        "businessCode": row.business,
        "orderReference": row.order_reference,
        "customerNumber": row.customer_number,
        "state": row.state,
        **_buyer(row, masked=True),
        "orderDate": _day(row.order_date),
        "currency": row.currency,
        "payableAmount": _amount(row.payable),
        "amendedAt": row.amended_at.isoformat() if row.amended_at else None,
        "documents": len(row.document_ids),
        "orderItems": row.lines,
        "openLines": row.open_lines,
        "attention": row.attention,
        "waiting": {why: at.isoformat() for why, at in row.waiting.items()},
        "changedAt": row.changed_at.isoformat(),
    }


def history_entry(entry: TimelineEntry) -> dict[str, Any]:
    """A `HistoryEntry`."""
    found: dict[str, Any] = {"at": entry.at.isoformat()}
    if entry.event is not None:
        found |= _event(entry.event)
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


def _event(event: TrackedEvent) -> dict[str, Any]:
    logged = event.logged
    return {
        "event": event.event_type,
        "internalRequestId": event.request_id,
        "actor": logged.actor if logged else None,
        "reason": logged.reason if logged else None,
        "orderItems": [item_reference(each) for each in event.references],
        "changesBuyer": event.buyer is not None if event.event_type in CHANGES else None,
    }
