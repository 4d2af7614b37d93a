"""What a cancellation leaves open is planned again by itself, where the order's trigger plans by itself."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from app.domain.documents import Attention
from app.domain.orders import InvoiceRequested, OrderPlaced, OrderStatusChanged
from app.domain.policy import Mode, Policy, Trigger
from app.planning.events import policy_of
from app.planning.planned_document import PlannedDocument
from app.planning.rules.claims import may_be_claimed, part_errors, plan, release
from app.planning.state import LineStatus, last_documents
from app.planning.working_order import WorkingOrder

# Under these the order itself plans its lines.
BY_ORDER: Final = frozenset({Trigger.ORDER_PLACED, Trigger.MANUAL})


def planning_policy(order: WorkingOrder) -> Policy | None:
    """The policy by which this order's lines become documents without a request; None where it takes a request."""
    placed = order.placed
    if placed is None or not isinstance(placed.body, OrderPlaced):
        return None
    planned_by = placed if policy_of(placed).trigger in BY_ORDER else order.triggered
    policy = policy_of(planned_by) if planned_by else None
    if policy is None or policy.mode is Mode.EXTERNAL or policy.registers_only(placed.body.order_date):
        return None
    return policy


def resume(order: WorkingOrder) -> None:
    """Plans the lines that no document has and that were not given up, once no cancellation of lines waits any more.

    Their order was placed under a trigger that plans by itself, or has come to a status that does. What was REJECTED,
    cancelled at its provider or given up by a person is planned by an explicit request alone.
    """
    if order.frozen or all(line.status is not LineStatus.OPEN for line in order.lines.values()):
        return
    policy = planning_policy(order)
    if policy is None or order.is_losing_lines:
        return
    for document, references in left_open(order):
        is_whole = document is None and len(references) == len(order.lines)  # an order is checked when it is taken
        if is_whole or may_be_claimed(order, references):
            resume_lines(order, policy, document, references)


def resume_lines(
    order: WorkingOrder, policy: Policy, before: PlannedDocument | None, references: tuple[str, ...]
) -> None:
    """A document over what is left of the one before: at its provider and with its shipment, fewer lines.

    Under MANUAL it waits for approval, whatever became of the one before: no person has approved these lines alone.
    Draft first, its draft is made meanwhile, and waits for the same approval.
    """
    request = before.request if before else shipment_of(order, references)
    request = request and replace(request, line_references=references)
    document = plan(order, references, before.policy if before else policy, request)
    if policy.trigger is Trigger.MANUAL and not document.policy.draft_first:
        order.emit_status(document, attention=Attention.AWAITING_APPROVAL)
    else:
        release(order, document)
    order.resumed.append(document.document_id)


def shipment_of(order: WorkingOrder, references: tuple[str, ...]) -> InvoiceRequested | None:
    """What the status that plans these lines says of their shipment; None where it says nothing."""
    body = order.triggered.body if order.triggered else None
    if not isinstance(body, OrderStatusChanged) or not (body.dispatch_date or body.carrier or body.tracking_code):
        return None
    return InvoiceRequested(
        line_references=references,
        dispatch_date=body.dispatch_date,
        carrier=body.carrier,
        tracking_code=body.tracking_code,
    )


def left_open(order: WorkingOrder) -> Iterator[tuple[PlannedDocument | None, tuple[str, ...]]]:
    """The open lines that the order's trigger is to plan, by the document that had them last."""
    last = last_documents(order.documents)
    groups: dict[str, tuple[PlannedDocument | None, list[str]]] = {}
    for reference, line in order.lines.items():
        document = last.get(reference)
        if line.status is LineStatus.OPEN and (document is None or document.was_taken_back):
            key = document.document_id if document else ""
            groups.setdefault(key, (document, []))[1].append(reference)
    return ((document, tuple(references)) for document, references in groups.values())


def complete_cancelled(order: WorkingOrder) -> None:
    """Adds to the cancellations of this fold which documents cover what they left open, or why none does."""
    for event in order.cancelled:
        order.complete(event, None if order.resumed else reason_for_none(order), order.resumed)


def reason_for_none(order: WorkingOrder) -> str | None:
    """Why a trigger that plans by itself has planned nothing; None where the documents give another reason."""
    if planning_policy(order) is None:
        return None
    if all(line.status is LineStatus.CANCELLED for line in order.lines.values()):
        return "ALL_LINES_CANCELLED"
    errors = [error for _, lines in left_open(order) for error in part_errors(order, lines)]
    return errors[0].code if errors else None
