"""`fold(state, event) → (state, effects)`: the planner's whole decision.

Pure: no clock, no look-up, no configuration read. The policy and the rules version are on the event, times are the
event's. So a replay, a restart and a worker that woke up too late all come to the same state and the same effects.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from app.domain.documents import DocumentProgressed
from app.domain.errors import FieldError
from app.domain.orders import (
    DeadlineApproached,
    DocumentApproved,
    DocumentCancellationRequested,
    DocumentMarkedDeleted,
    DocumentMarkedIssued,
    DocumentOverdue,
    GoodwillGranted,
    HoldExpired,
    InvoiceCorrected,
    InvoiceRequested,
    LinesAged,
    LinesCancelled,
    LoggedEvent,
    OrderAmended,
    OrderPlaced,
    OrderRefused,
    OrderReturned,
    OrderStatusChanged,
    OrderThawed,
    RerouteRequested,
    ReviewDecided,
    SignatureRequested,
)
from app.domain.outcomes import Verdict
from app.domain.policy import RULES_VERSION
from app.planning.answers import other_customer
from app.planning.content_digest import content_digest
from app.planning.effects import Effects
from app.planning.entry_size import MOST_ENTRY_BYTES, RESERVED_BYTES, EntryTooLargeError, fitted
from app.planning.events import INTERNAL, is_a_persons
from app.planning.rules.amendment import order_amended
from app.planning.rules.correction import invoice_corrected
from app.planning.rules.credit_request import goodwill_granted, order_returned
from app.planning.rules.credits import count_returned
from app.planning.rules.document_cancellation import cancellation_requested
from app.planning.rules.ended_originals import look_at_what_takes_back
from app.planning.rules.freezing import apply_while_frozen, order_thawed
from app.planning.rules.invoice_request import document_approved, invoice_requested
from app.planning.rules.line_cancellation import lines_cancelled
from app.planning.rules.marking import document_marked_deleted, document_marked_issued
from app.planning.rules.notices import deadline_approached, lines_aged
from app.planning.rules.order_placed import order_placed, order_refused
from app.planning.rules.order_status import order_status_changed
from app.planning.rules.progress import document_overdue, document_progressed, hold_expired
from app.planning.rules.replanning import complete_cancelled, resume
from app.planning.rules.rerouting import no_connection, reroute_requested
from app.planning.rules.review_answer import review_decided
from app.planning.rules.review_questions import take_back
from app.planning.rules.sign_through import issue_what_was_taken_back, take_back_unsigned
from app.planning.rules.signing import signature_requested
from app.planning.state import Answer, HeldFor, OrderState
from app.planning.working_order import WorkingOrder

__all__ = ["MOST_EVENTS", "MOST_REPEATS", "NewerRulesError", "fold", "refused"]

# So many events may change an order, and as many more of people: what upstream loops over must not shut them out.
MOST_EVENTS: Final = 1000
# So many that change nothing are remembered, so that a redelivered one has no second answer; later ones are answered
# and leave no trace.
MOST_REPEATS: Final = 1000
# What plans lines that are open, or asks for their invoice.
NEEDS_LINES: Final = (InvoiceRequested, OrderStatusChanged, OrderReturned, GoodwillGranted)


class NewerRulesError(Exception):
    """The log holds decisions of a newer planner; older rules would decide differently. Do not start."""


def fold(state: OrderState | None, event: LoggedEvent) -> tuple[OrderState, Effects]:
    """Folds one event into its order. An event that was folded before changes nothing and causes nothing.

    Raises NewerRulesError. Any other exception is a poisoned event: see `rules.freezing`.
    """
    if event.rules_version > RULES_VERSION:
        raise NewerRulesError(f"the log holds rules version {event.rules_version}; this planner knows {RULES_VERSION}")
    state = state or OrderState()
    # A hold that expires while its order is frozen will have expired when it is thawed: its timer writes it again.
    if event.event_id in state.seen or (state.frozen and isinstance(event.body, HoldExpired)):
        return state, Effects()
    order = decided(state, event)
    if isinstance(event.body, INTERNAL):  # people have room of their own, and none of this
        return fitted(order.close(), most=MOST_ENTRY_BYTES + 2 * RESERVED_BYTES), order.effects
    if not order.changes_order:
        return remembered(order), order.effects
    return bounded(order)


def decided(state: OrderState, event: LoggedEvent) -> WorkingOrder:
    """Everything that the event causes, whatever its bounds."""
    order = WorkingOrder(state, event)
    if state.frozen:
        apply_while_frozen(order, event)
    else:
        order.again.append(event)
    take_all(order)
    issue_what_was_taken_back(order)
    take_back_unsigned(order)
    resume(order)
    complete_cancelled(order)
    look_at_what_takes_back(order)
    count_returned(order)
    return order


def take_all(order: WorkingOrder) -> None:
    """Decides the event, and what no longer waits because of it; then documents that exist after their end."""
    while True:
        while order.again:
            due = order.again.pop(0)
            if isinstance(due.body, NEEDS_LINES):  # which may be on their way to another provider
                issue_what_was_taken_back(order)
            take(order, due)
        take_back(order)  # which may end what waits for the document
        if not order.again:
            return


def bounded(order: WorkingOrder) -> tuple[OrderState, Effects]:
    """What a submitted event changes, within its order's bounds; beyond them it is refused and changes nothing."""
    reserve = is_a_persons(order.event)
    if order.before.submitted >= MOST_EVENTS * (2 if reserve else 1):
        return refused(order.before, order.event, "TOO_MANY_EVENTS")
    try:
        return fitted(order.close(), most=MOST_ENTRY_BYTES + reserve * RESERVED_BYTES), order.effects
    except EntryTooLargeError:
        return refused(order.before, order.event, "ORDER_TOO_LARGE")


def refused(state: OrderState | None, event: LoggedEvent, reason: str) -> tuple[OrderState, Effects]:
    """REJECTED because of what it would make of its order, which goes on as it was."""
    order = WorkingOrder(state or OrderState(), event)
    order.answer(event, Verdict.REJECTED, reason, remember=False)
    return remembered(order), order.effects


def remembered(order: WorkingOrder) -> OrderState:
    """The state after an event that changed nothing but what is known of it."""
    if order.before.repeated >= MOST_REPEATS:
        return order.before
    try:
        return fitted(order.close(), most=MOST_ENTRY_BYTES + RESERVED_BYTES)
    except EntryTooLargeError:
        return order.before


def take(order: WorkingOrder, event: LoggedEvent) -> None:
    """Answers a repeated request from memory, and decides everything else."""
    known = order.answers.get(event.request_id) if event.request_id is not None else None
    if known is None or known.event_id == event.event_id:
        decide(order, event)
    elif known.digest == content_digest(event):
        repeat(order, event, known)
    elif known.verdict is Verdict.REJECTED:
        decide(order, event)
    else:
        error = FieldError(path="$.request_id", code="CONTENT_CONFLICT", message="was used for another request")
        order.answer(event, Verdict.REJECTED, error.code, errors=(error,), remember=False)


def repeat(order: WorkingOrder, event: LoggedEvent, known: Answer) -> None:
    """The stored answer: a refusal again with its errors, else the documents that exist.

    A repeat of what still waits, waits with it: its answer is not known yet. What is stored stays the first one's.
    """
    waiting = next((held for held in order.held if held.event.event_id == known.event_id), None)
    if waiting is not None:
        order.hold(event, waiting.waits_for, remember=False)
    elif known.verdict is Verdict.REJECTED:
        order.answer(
            event, Verdict.REJECTED, known.reason, errors=known.errors, documents=known.documents, remember=False
        )
    else:
        order.answer(event, Verdict.DUPLICATE, known.reason, documents=known.documents, remember=False)


def decide(order: WorkingOrder, event: LoggedEvent) -> None:
    """By the rule for its kind; what needs an order waits until the order is there."""
    kind = type(event.body)
    if isinstance(event.body, RerouteRequested) and event.policy is None:
        no_connection(order, event, event.body)
    elif order.placed is None and kind not in WITHOUT_ORDER:
        order.hold(event, HeldFor.ORDER)
    elif order.placed is not None and is_of_another(event, order.content):
        order.reject(event, (other_customer(),))
    else:
        RULES[kind](order, event, event.body)


def is_of_another(event: LoggedEvent, placed: OrderPlaced) -> bool:
    """Whether it is asked for another customer than the order's; an order without a number takes it for any."""
    numbers = {event.customer_number, placed.customer_number}
    return None not in numbers and len(numbers) > 1


# What each kind of event does to its order. What our own writers report gets no outcome.
RULES: Final[Mapping[type, Callable[[WorkingOrder, LoggedEvent, Any], None]]] = MappingProxyType(
    {
        OrderPlaced: order_placed,
        InvoiceRequested: invoice_requested,
        LinesCancelled: lines_cancelled,
        OrderStatusChanged: order_status_changed,
        OrderAmended: order_amended,
        OrderReturned: order_returned,
        GoodwillGranted: goodwill_granted,
        InvoiceCorrected: invoice_corrected,
        DocumentApproved: document_approved,
        SignatureRequested: signature_requested,
        DocumentMarkedIssued: document_marked_issued,
        DocumentMarkedDeleted: document_marked_deleted,
        ReviewDecided: review_decided,
        DocumentCancellationRequested: cancellation_requested,
        RerouteRequested: reroute_requested,
        OrderThawed: order_thawed,
        DocumentProgressed: document_progressed,
        OrderRefused: order_refused,
        HoldExpired: hold_expired,
        DocumentOverdue: document_overdue,
        LinesAged: lines_aged,
        DeadlineApproached: deadline_approached,
    }
)
# What is decided also while there is no order; everything else waits for it.
WITHOUT_ORDER: Final = frozenset({OrderPlaced, OrderThawed, *INTERNAL})
