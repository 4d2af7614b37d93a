"""The order itself: registered once, planned by its business's trigger, and found again when it is repeated."""

from app.domain.documents import DocumentState
from app.domain.orders import LoggedEvent, OrderPlaced, OrderRefused
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.content_digest import conflicts, content_digest, is_same
from app.planning.events import BEFORE_PLANS, policy_of
from app.planning.rules.claims import active_from_errors, may_be_claimed, plan, release
from app.planning.rules.order_content import order_errors
from app.planning.rules.replanning import reason_for_none, resume
from app.planning.state import HeldFor, Line, LineStatus
from app.planning.working_order import WorkingOrder


def order_placed(order: WorkingOrder, event: LoggedEvent, body: OrderPlaced) -> None:
    """Registers the order, plans by policy, and decides the events that came too early."""
    if order.placed is not None and order.placed.event_id == event.event_id:
        trigger_by_order(order, event)
    elif order.placed is not None:
        order_repeated(order, event, order.placed)
    elif errors := order_errors(event, body):
        order.answer(event, Verdict.REJECTED, "CONTENT_INVALID", errors=errors)
        answer_waiting(order, event.event_id)
    else:
        register(order, event, body)


def order_refused(order: WorkingOrder, _event: LoggedEvent, body: OrderRefused) -> None:
    """Intake has refused the order."""
    answer_waiting(order, body.event_id)


def answer_waiting(order: WorkingOrder, event_id: str) -> None:
    """Answers what waits for an order that was refused, once; it goes on waiting, for the corrected one."""
    if order.placed is not None:
        return
    is_first, order.refused = order.refused is None, event_id
    for held in order.held if is_first else ():
        if held.waits_for is HeldFor.ORDER:
            order.answer_held(held.event, held.waits_for, remember=False)


def register(order: WorkingOrder, event: LoggedEvent, body: OrderPlaced) -> None:
    """The order is known from here. What was cancelled or amended before it came is so before its trigger plans."""
    order.placed, order.refused = event, None
    order.lines = {line.line_reference: Line() for line in body.lines}
    order.end_wait(HeldFor.ORDER)
    before = sum(isinstance(waiting.body, BEFORE_PLANS) for waiting in order.again)
    if before:
        order.again.insert(before, event)  # it is taken once more behind them, and plans what is left
    else:
        trigger_by_order(order, event)


def trigger_by_order(order: WorkingOrder, event: LoggedEvent) -> None:
    """What the placing of an order plans under the business's trigger."""
    if active_from_errors(order, event):
        order.answer(event, Verdict.OK, "BEFORE_ACTIVE_FROM")
        return
    resume(order)
    reason = None if order.resumed else reason_for_none(order)
    order.answer(event, Verdict.OK, reason, documents=order.resumed)


def order_repeated(order: WorkingOrder, event: LoggedEvent, placed: LoggedEvent) -> None:
    """Compared is what reaches a document; "10.0" and "10.00" are the same Decimal."""
    if order.original is not None and content_digest(event) == order.original:
        order.answer(event, Verdict.DUPLICATE, documents=order.documents)
    elif not is_same(event, placed):
        order.reject(event, conflicts(event, placed))
    elif is_new_try(order, event):
        document = release(order, plan(order, remaining(order), policy_of(event), None))
        order.answer(event, Verdict.OK, documents=(document.document_id,))
    else:
        order.answer(event, Verdict.DUPLICATE, documents=order.documents)


def is_new_try(order: WorkingOrder, event: LoggedEvent) -> bool:
    """A repeat under a new request id, after the document over all that is not cancelled was REJECTED for good.

    Without a request id a repeat is taken for what it most often is: the same record, sent twice upstream.
    """
    if event.request_id is None or policy_of(event).trigger is not Trigger.ORDER_PLACED:
        return False
    lines = remaining(order)
    whole = [d for d in order.documents.values() if set(d.claims) == set(lines)]
    was_rejected = bool(whole) and whole[-1].state is DocumentState.REJECTED
    return was_rejected and may_be_claimed(order, lines)


def remaining(order: WorkingOrder) -> tuple[str, ...]:
    """The lines that are not cancelled, in the order's sequence."""
    return tuple(reference for reference, line in order.lines.items() if line.status is not LineStatus.CANCELLED)
