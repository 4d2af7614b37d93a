"""From a record to the events that receivers get: which type, in which lane, and the exact bytes.

A document's events are in its own lane; what is about an order is in the order's. Nothing of a person is in them: no
name, address, tax number or mail address; what a provider said of a document may repeat what the merchant sent.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from app.domain.documents import DocumentReference, DocumentState, DocumentStatus
from app.domain.errors import FieldError
from app.domain.identity import derived, order_key
from app.domain.notices import CreditedLine, DeadlineNear, LinesAgeing, LinesCredited, OrderNotice, ShipmentConfirmed
from app.domain.outcomes import OrderOutcome, Verdict
from app.store.webhooks.queue import WebhookEvent
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics

# A receiver of webhooks expects some kilobytes; all of a long list is read from the API.
MOST_LISTED: Final = 50
ATTENTION: Final = "document.attention"
REQUEST_COMPLETED: Final = "request.completed"
REQUEST_HELD: Final = "request.held"
TEST: Final = "webhook.test"
_NOTICES: Final[Mapping[type[Any], str]] = MappingProxyType(
    {
        ShipmentConfirmed: "shipment.confirmed",
        LinesAgeing: "order.lines_ageing",
        DeadlineNear: "order.deadline_near",
        LinesCredited: "order.lines_credited",
    }
)


# That a document has come to a state. These names are for life: receivers ask for them.
OF_STATE: Final[Mapping[DocumentState, str]] = MappingProxyType(
    {
        DocumentState.PLANNED: "document.planned",
        DocumentState.DRAFT: "document.draft",
        DocumentState.AWAITING_SIGNATURE: "document.awaiting_signature",
        DocumentState.PROCESSING: "document.processing",
        DocumentState.ISSUED: "document.issued",
        DocumentState.DELIVERED: "document.delivered",
        DocumentState.ACCEPTED: "document.accepted",
        DocumentState.CANCEL_PENDING: "document.cancel_pending",
        DocumentState.CANCELLED: "document.cancelled",
        DocumentState.REJECTED: "document.rejected",
        DocumentState.REJECTED_BY_BUYER: "document.rejected_by_buyer",
    }
)
TYPES: Final = (*OF_STATE.values(), ATTENTION, REQUEST_COMPLETED, REQUEST_HELD, *_NOTICES.values())
"""Every type that can be asked for."""

Source = Callable[[InRecord, Codec], Iterator[WebhookEvent]]
"""The events of a record; raises CodecError for one that cannot be read."""


def sources(topics: Topics) -> dict[str, Source]:
    """Every topic that is followed."""
    return {
        topics.document_status: _of_status,
        topics.order_outcomes: _of_outcome,
        topics.order_notices: _of_notice,
    }


def trial(business: str, endpoint_id: str, event_id: str, at: datetime) -> WebhookEvent:
    """An event about nothing, by which a receiver is tried."""
    return WebhookEvent(
        event_id=event_id,
        type=TEST,
        business=business,
        lane=f"test {endpoint_id}",
        body=_body(TEST, at, {"businessCode": business, "endpointId": endpoint_id}),
        at=at,
    )


def written_at(record: InRecord) -> datetime:
    """When the record was appended to its topic."""
    return datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)


def _of_status(record: InRecord, codec: Codec) -> Iterator[WebhookEvent]:
    status = codec.read(DocumentStatus, record.value)
    types = [OF_STATE[status.state], *([ATTENTION] if status.attention is not None else [])]
    data = _status_data(status)
    for kind in types:
        yield WebhookEvent(
            event_id=derived("webhook", kind, status.document_id, str(status.sequence)),
            type=kind,
            business=status.business,
            lane=status.document_id,
            body=_body(kind, status.occurred_at, data),
            at=written_at(record),
        )


def _of_outcome(record: InRecord, codec: Codec) -> Iterator[WebhookEvent]:
    outcome = codec.read(OrderOutcome, record.value)
    kind = REQUEST_HELD if outcome.verdict is Verdict.HELD else REQUEST_COMPLETED
    data = {
        **_order(outcome.business, outcome.order_reference),
        "eventId": outcome.event_id,
        "eventType": outcome.event_type,
        "requestId": outcome.request_id,
        "result": outcome.verdict,
        "reason": outcome.reason,
        **_errors(outcome.errors),
        **_listed("documents", [_reference(each) for each in outcome.documents]),
    }
    yield WebhookEvent(
        event_id=derived("webhook", kind, outcome.event_id, outcome.verdict),
        type=kind,
        business=outcome.business,
        lane=order_key(outcome.business, outcome.order_reference),
        body=_body(kind, outcome.occurred_at, data),
        at=written_at(record),
    )


def _of_notice(record: InRecord, codec: Codec) -> Iterator[WebhookEvent]:
    notice = codec.read(OrderNotice, record.value)
    kind = _NOTICES[type(notice.body)]
    yield WebhookEvent(
        event_id=derived("webhook", kind, notice.notice_id),
        type=kind,
        business=notice.business,
        lane=order_key(notice.business, notice.order_reference),
        body=_body(kind, notice.occurred_at, {**_order(notice.business, notice.order_reference), **_noticed(notice)}),
        at=written_at(record),
    )


def _status_data(status: DocumentStatus) -> dict[str, Any]:
    return {
        **_order(status.business, status.order_reference),
        "documentId": status.document_id,
        "sequence": status.sequence,
        "state": status.state,
        "attention": status.attention,
        "intent": status.intent,
        "documentType": status.document_type,
        "number": status.number,
        "ettn": status.ettn,
        "issueDate": status.issue_date,
        "provider": status.provider,
        "connection": status.connection,
        "shipmentReference": status.shipment_reference,
        "invoiceReference": status.invoice_reference,
        "creditReference": status.credit_reference,
        "original": status.original,
        "corrects": status.corrects,
        "correctedBy": status.corrected_by,
        **_listed("lineReferences", status.lines),
        **_errors(status.errors),
    }


def _noticed(notice: OrderNotice) -> dict[str, Any]:
    body = notice.body
    match body:
        case ShipmentConfirmed():
            return {
                "documentId": body.document_id,
                "shipmentReference": body.shipment_reference,
                "invoiceReference": body.invoice_reference,
                "dispatchDate": body.dispatch_date,
                "dueDate": body.due_date,
                "carrier": body.carrier,
                "trackingCode": body.tracking_code,
                **_listed("lineReferences", body.line_references),
            }
        case LinesAgeing():
            return {"openSince": body.open_since, **_listed("lineReferences", body.line_references)}
        case DeadlineNear():
            known = {"deadline": body.deadline, "until": body.until, "documentId": body.document_id}
            return {**known, **_listed("lineReferences", body.line_references)}
        case LinesCredited():
            return {
                "intent": body.intent,
                "creditReference": body.reference,
                "day": body.day,
                "original": body.original,
                "documentId": body.document_id,
                **_listed("lines", [_credited(each) for each in body.lines]),
            }


def _credited(line: CreditedLine) -> dict[str, Any]:
    return {"lineReference": line.line_reference, "quantity": line.quantity, "amount": line.amount}


def _reference(document: DocumentReference) -> dict[str, Any]:
    return {"documentId": document.document_id, "state": document.state, "number": document.number}


def _order(business: str, order_reference: str) -> dict[str, Any]:
    return {"businessCode": business, "orderReference": order_reference}


def _errors(errors: Iterable[FieldError]) -> dict[str, Any]:
    known = [{"path": each.path, "code": each.code, "message": each.message} for each in errors]
    return _listed("errorDetails", known)


def _listed(name: str, values: Sequence[Any]) -> dict[str, Any]:
    """The first of a list, and how many it has."""
    return {name: list(values[:MOST_LISTED]), f"{name}Total": len(values)}


def _body(kind: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """The bytes that are kept, signed and sent; what has no value is left out."""
    known = {name: value for name, value in data.items() if value is not None}
    whole = {"type": kind, "timestamp": _plain(at), "data": known}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def _plain(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return f"{value}"
