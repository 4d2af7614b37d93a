"""The order itself: registered once, planned by its business's trigger, and found again when it is repeated."""

from app.domain.documents import DocumentState
from app.domain.orders import LinesCancelled, LoggedEvent, OrderPlaced
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.content_digest import conflicts, is_same
from app.planning.rules.invoice_request import may_be_claimed, plan, policy_of, release, too_old
from app.planning.rules.order_content import faults_of
from app.planning.rules.replanning import reason_for_none, resume
from app.planning.state import HeldFor, Line, LineStatus
from app.planning.working_order import Draft


def order_placed(draft: Draft, event: LoggedEvent, body: OrderPlaced) -> None:
    """Registers the order, plans by policy, and lets events go that came too early."""
    if draft.placed is event:
        trigger_by_order(draft, event)
    elif draft.placed is not None:
        order_repeated(draft, event, draft.placed)
    elif faults := faults_of(event, body):
        draft.answer(event, Verdict.REJECTED, "CONTENT_INVALID", errors=faults)
        order_refused(draft, event.event_id)
    else:
        register(draft, event, body)


def order_refused(draft: Draft, event_id: str) -> None:
    """What waits for the order is told that it was refused, once; it goes on waiting, for the corrected one."""
    if draft.placed is not None:
        return
    is_first, draft.refused = draft.refused is None, event_id
    for held in draft.held if is_first else ():
        if held.waits_for is HeldFor.ORDER:
            draft.tell_waiting(held.event, held.waits_for, remember=False)


def register(draft: Draft, event: LoggedEvent, body: OrderPlaced) -> None:
    """The order is known from here. What was cancelled before it came is cancelled before its trigger plans."""
    draft.placed, draft.refused = event, None
    draft.lines = {line.line_reference: Line() for line in body.lines}
    draft.end_wait(HeldFor.ORDER)
    cancellations = sum(isinstance(waiting.body, LinesCancelled) for waiting in draft.again)
    if cancellations:
        draft.again.insert(cancellations, event)  # it is taken once more behind them, and plans what is left
    else:
        trigger_by_order(draft, event)


def trigger_by_order(draft: Draft, event: LoggedEvent) -> None:
    """What the placing of an order plans under the business's trigger."""
    if too_old(draft, event):
        draft.answer(event, Verdict.OK, "BEFORE_ACTIVE_FROM")
        return
    resume(draft)
    reason = None if draft.resumed else reason_for_none(draft)
    draft.answer(event, Verdict.OK, reason, documents=draft.resumed)


def order_repeated(draft: Draft, event: LoggedEvent, placed: LoggedEvent) -> None:
    """Sameness is judged by what reaches a document; "10.0" and "10.00" are the same Decimal."""
    if not is_same(event, placed):
        draft.reject(event, conflicts(event, placed))
    elif is_new_try(draft, event):
        document = release(draft, plan(draft, remaining(draft), policy_of(event), None))
        draft.answer(event, Verdict.OK, documents=(document.document_id,))
    else:
        draft.answer(event, Verdict.DUPLICATE, documents=draft.documents)


def is_new_try(draft: Draft, event: LoggedEvent) -> bool:
    """A repeat under a new request id, after the document over all that is not cancelled was REJECTED for good.

    Without a request id a repeat is taken for what it most often is: the same record, sent twice upstream.
    """
    if event.request_id is None or policy_of(event).trigger is not Trigger.ORDER_PLACED:
        return False
    lines = remaining(draft)
    whole = [d for d in draft.documents.values() if set(d.lines) == set(lines)]
    was_rejected = bool(whole) and whole[-1].state is DocumentState.REJECTED
    return was_rejected and may_be_claimed(draft, lines)


def remaining(draft: Draft) -> tuple[str, ...]:
    """The lines that are not cancelled, in the order's sequence."""
    return tuple(reference for reference, line in draft.lines.items() if line.status is not LineStatus.CANCELLED)
