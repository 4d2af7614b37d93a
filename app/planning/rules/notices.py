"""What readers of an order are told beside its documents' states: shipments, lines forgotten, times nearly over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from app.domain.deadlines import issue_until, object_until
from app.domain.documents import UNFINISHED
from app.domain.notices import Deadline, DeadlineNear, LinesAgeing, ShipmentConfirmed
from app.domain.orders import (
    DeadlineApproached,
    InvoiceRequested,
    LinesAged,
    LoggedEvent,
    OrderPlaced,
    OrderStatusChanged,
)
from app.domain.policy import Policy
from app.domain.time import end_of_day
from app.planning.planned_document import PlannedDocument
from app.planning.state import LineStatus, OrderState, last_documents
from app.planning.working_order import WorkingOrder


def confirm_shipment(order: WorkingOrder, document: PlannedDocument, request: InvoiceRequested) -> None:
    """The request for an invoice is the confirmation that its lines have left."""
    body = ShipmentConfirmed(
        line_references=document.lines,
        document_id=document.document_id,
        shipment_reference=request.shipment_reference,
        invoice_reference=request.invoice_reference,
        dispatch_date=request.dispatch_date,
        due_date=request.due_date,
        carrier=request.carrier,
        tracking_code=request.tracking_code,
    )
    order.notice(body, document.document_id)


def lines_aged(order: WorkingOrder, _event: LoggedEvent, body: LinesAged) -> None:
    """Notices those of them that are still open, once for each time that they were left open."""
    aged = [ref for ref in _open(order, body.line_references) if not order.lines[ref].ageing_noticed]
    if aged:
        last = last_documents(order.before.documents)
        since = min(open_since(order.before, last.get(reference)) for reference in aged)
        order.notice(LinesAgeing(line_references=tuple(aged), open_since=since), "")
        order.lines |= {ref: replace(order.lines[ref], ageing_noticed=True) for ref in aged}


def deadline_approached(order: WorkingOrder, _event: LoggedEvent, body: DeadlineApproached) -> None:
    """Notices what is still not done: lines without a document, a document without effect, a cancellation."""
    if body.document_id is not None:
        _document_deadline(order, body, order.documents.get(body.document_id))
        return
    late = [ref for ref in _open(order, body.line_references) if not order.lines[ref].deadline_noticed]
    if late:
        _near(order, body, late)
        order.lines |= {ref: replace(order.lines[ref], deadline_noticed=True) for ref in late}


def _document_deadline(order: WorkingOrder, body: DeadlineApproached, document: PlannedDocument | None) -> None:
    if document is None or not has_deadline(document, body.deadline):
        return
    _near(order, body, document.lines)
    order.documents[document.document_id] = (
        replace(document, issue_noticed=True)
        if body.deadline is Deadline.ISSUE
        else replace(document, object_noticed=True)
    )


def _near(order: WorkingOrder, body: DeadlineApproached, lines: Iterable[str]) -> None:
    notice = DeadlineNear(
        deadline=body.deadline, until=body.until, line_references=tuple(lines), document_id=body.document_id
    )
    order.notice(notice, f"{body.deadline}/{body.document_id or ''}")


def _open(order: WorkingOrder, references: Iterable[str]) -> list[str]:
    return [ref for ref in references if ref in order.lines and order.lines[ref].status is LineStatus.OPEN]


# --- when they are due -----------------------------------------------------------------------------------------------


def notices_due(state: OrderState) -> Iterator[tuple[datetime, LinesAged | DeadlineApproached]]:
    """What is to be noticed of this order, and when; nothing of an order that is registered only."""
    placed = state.placed
    if placed is None or placed.policy is None or not isinstance(placed.body, OrderPlaced):
        return
    policy, last = placed.policy, last_documents(state.documents)
    if policy.registers_only(placed.body.order_date):
        return
    aged, late = defaultdict[datetime, list[str]](list), defaultdict[date, list[str]](list)
    for reference, line in state.lines.items():
        if line.status is not LineStatus.OPEN:
            continue
        document = last.get(reference)
        if not line.ageing_noticed:
            aged[open_since(state, document)].append(reference)
        if not line.deadline_noticed and (day := left_on(state, document)):
            late[day].append(reference)
    for since, references in aged.items():
        yield since + timedelta(days=policy.open_lines_days), LinesAged(line_references=tuple(references))
    for day, references in late.items():
        until = issue_until(day, policy.issue_within_days)
        due = DeadlineApproached(deadline=Deadline.ISSUE, until=until, line_references=tuple(references))
        yield warned_at(until, policy), due
    for document in state.documents.values():
        yield from _documents_notices(document)


def _documents_notices(document: PlannedDocument) -> Iterator[tuple[datetime, DeadlineApproached]]:
    for deadline in Deadline:
        if has_deadline(document, deadline):
            until = deadline_of(document, deadline)
            due = DeadlineApproached(deadline=deadline, until=until, document_id=document.document_id)
            yield warned_at(until, document.policy), due


def has_deadline(document: PlannedDocument, deadline: Deadline) -> bool:
    """Whether something of the document is still to be done by this deadline, and was not noticed."""
    if deadline is Deadline.ISSUE:
        return document.state in UNFINISHED and dispatched_on(document) is not None and not document.issue_noticed
    return document.is_being_cancelled and document.issue_date is not None and not document.object_noticed


def deadline_of(document: PlannedDocument, deadline: Deadline) -> date:
    """The last day, in Turkey. Raises LookupError where the document has none: see `has_deadline`."""
    begins = dispatched_on(document) if deadline is Deadline.ISSUE else document.issue_date
    if begins is None:
        raise LookupError(f"document {document.document_id} has no day from which {deadline} counts")
    if deadline is Deadline.ISSUE:
        return issue_until(begins, document.policy.issue_within_days)
    return object_until(begins, document.policy.object_within_days)


def warned_at(until: date, policy: Policy) -> datetime:
    """The beginning, in Turkey, of the first day on which a person is warned."""
    return end_of_day(until - timedelta(days=policy.warn_days + 1))


def dispatched_on(document: PlannedDocument) -> date | None:
    """The day on which the document's lines left, where its shipment has one."""
    return document.request.dispatch_date if document.request else None


def left_on(state: OrderState, document: PlannedDocument | None) -> date | None:
    """The day on which an open line left all the same: by its last document, or by the shop's status."""
    if document is not None and (day := dispatched_on(document)):
        return day
    status = state.triggered.body if state.triggered else None
    return status.dispatch_date if isinstance(status, OrderStatusChanged) else None


def open_since(state: OrderState, document: PlannedDocument | None) -> datetime:
    """Since when an open line is open: since its order came, or its last document, this one, ended.

    Raises LookupError before the order has arrived.
    """
    if state.placed is None:
        raise LookupError("the order has not arrived")
    return document.moved_at if document else state.placed.received_at
