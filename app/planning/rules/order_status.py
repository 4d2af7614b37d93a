"""The shop's own word for where an order is, and what such a word plans."""

from app.domain.orders import LoggedEvent, OrderStatusChanged
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.events import policy_of
from app.planning.rules.claims import active_from_errors
from app.planning.rules.notices import confirm_shipment
from app.planning.rules.replanning import reason_for_none, resume
from app.planning.working_order import WorkingOrder


def order_status_changed(order: WorkingOrder, event: LoggedEvent, body: OrderStatusChanged) -> None:
    """Remembers the word; the first of the policy's `trigger_statuses` plans what is open.

    By the policy of this event: the business may have changed its provider since the order was placed.
    """
    is_known, order.status = order.status == body.status, body.status
    policy = policy_of(event)
    plans = policy.trigger is Trigger.STATUS and body.status in policy.trigger_statuses
    if not plans or order.triggered is not None:
        order.answer(event, Verdict.DUPLICATE if is_known else Verdict.OK)
    elif active_from_errors(order, event):
        order.answer(event, Verdict.OK, "BEFORE_ACTIVE_FROM")
    else:
        order.triggered = event
        resume(order)
        for document in map(order.documents.__getitem__, order.resumed):
            if document.request is not None:
                confirm_shipment(order, document, document.request)
        order.answer(event, Verdict.OK, None if order.resumed else reason_for_none(order), documents=order.resumed)
