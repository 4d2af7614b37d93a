"""`fold(state, event) → (state, effects)`: the planner's whole decision.

Pure: no clock, no look-up, no configuration read. The policy and the rules version stand on the event, times are the
event's. So a replay, a restart and a worker that woke up too late all come to the same state and the same effects.
"""

from dataclasses import replace
from typing import Final

from app.domain.documents import DocumentProgressed
from app.domain.errors import FieldError
from app.domain.orders import (
    DocumentApproved,
    DocumentCancellationRequested,
    DocumentOverdue,
    HoldExpired,
    InvoiceRequested,
    LinesCancelled,
    LoggedEvent,
    OrderPlaced,
    OrderReturned,
    RerouteRequested,
    ReviewDecided,
)
from app.domain.outcomes import Verdict
from app.domain.policy import RULES_VERSION
from app.planning.cancelling import lines_cancelled
from app.planning.document_cancelling import cancellation_requested
from app.planning.draft import INTERNAL, Draft
from app.planning.effects import Effects
from app.planning.invoicing import document_approved, invoice_requested
from app.planning.placing import order_placed
from app.planning.progress import document_overdue, document_progressed, hold_expired, review_decided
from app.planning.rerouting import no_connection, reroute_requested
from app.planning.resuming import complete_cancelled, resume
from app.planning.sameness import content_digest
from app.planning.state import Answer, HeldFor, OrderState

# Beyond it a submitted event is refused and not remembered, so that an upstream loop cannot outgrow a record.
MOST_EVENTS: Final = 1000


class NewerRulesError(Exception):
    """The log holds decisions of a newer planner; older rules would decide differently. Do not start."""


def fold(state: OrderState | None, event: LoggedEvent) -> tuple[OrderState, Effects]:
    """Folds one event into its order. An event that was folded before changes nothing and causes nothing.

    Raises NewerRulesError. Any other exception is a poisoned event: see `freeze`.
    """
    if event.rules_version > RULES_VERSION:
        raise NewerRulesError(f"the log holds rules version {event.rules_version}; this planner knows {RULES_VERSION}")
    state = state or OrderState()
    draft = Draft(state, event)
    if event.event_id in state.seen:
        return state, draft.effects
    internal = isinstance(event.body, INTERNAL)
    if state.submitted >= MOST_EVENTS and not internal:
        draft.answer(event, Verdict.REJECTED, "TOO_MANY_EVENTS")
        return state, draft.effects
    if not state.frozen:
        draft.again.append(event)
    elif internal:
        draft.keep(event, HeldFor.FROZEN)
    else:
        draft.hold(event, HeldFor.FROZEN)
    while draft.again:
        take(draft, draft.again.pop(0))
    resume(draft)
    complete_cancelled(draft)
    return draft.close(), draft.effects


def freeze(state: OrderState | None, event_id: str, code: str) -> OrderState:
    """The state after a poisoned event: its order stands still and holds what comes; its neighbours go on."""
    state = state or OrderState()
    return replace(state, version=state.version + 1, seen=(*state.seen, event_id), frozen=code)


def take(draft: Draft, event: LoggedEvent) -> None:
    """Answers a repeated request from memory, and decides everything else."""
    known = draft.answers.get(event.request_id) if event.request_id is not None else None
    if known is None or known.event_id == event.event_id:
        decide(draft, event)
    elif known.digest == content_digest(event):
        repeat(draft, event, known)
    elif known.verdict is Verdict.REJECTED:
        decide(draft, event)
    else:
        error = FieldError(path="$.request_id", code="CONTENT_CONFLICT", message="was used for another request")
        draft.answer(event, Verdict.REJECTED, error.code, errors=(error,), remember=False)


def repeat(draft: Draft, event: LoggedEvent, known: Answer) -> None:
    """The stored answer: a refusal again with its errors, else the documents that exist.

    A repeat of what still waits, waits with it: its answer is not known yet. What is stored stays the first one's.
    """
    waiting = next((held for held in draft.held if held.event.event_id == known.event_id), None)
    if waiting is not None:
        draft.hold(event, waiting.waits_for, remember=False)
    elif known.verdict is Verdict.REJECTED:
        draft.answer(
            event, Verdict.REJECTED, known.reason, errors=known.errors, documents=known.documents, remember=False
        )
    else:
        draft.answer(event, Verdict.DUPLICATE, known.reason, documents=known.documents, remember=False)


def decide(draft: Draft, event: LoggedEvent) -> None:
    """Every kind of event has its decision; what needs an order waits until the order is there."""
    match event.body:
        case OrderPlaced() as body:
            order_placed(draft, event, body)
        case OrderReturned():
            draft.answer(event, Verdict.REJECTED, "RETURNS_NOT_ACTIVE")
        case DocumentProgressed() | HoldExpired() | DocumentOverdue() as body:
            hear(draft, body)
        case RerouteRequested() as body if event.policy is None:
            no_connection(draft, event, body)
        case _ if draft.placed is None:
            draft.hold(event, HeldFor.ORDER)
        case InvoiceRequested() as body:
            invoice_requested(draft, event, body)
        case LinesCancelled() as body:
            lines_cancelled(draft, event, body)
        case body:
            act(draft, event, body)


def act(
    draft: Draft,
    event: LoggedEvent,
    body: DocumentApproved | ReviewDecided | DocumentCancellationRequested | RerouteRequested,
) -> None:
    """What somebody wants done with one document."""
    match body:
        case DocumentApproved():
            document_approved(draft, event, body)
        case ReviewDecided():
            review_decided(draft, event, body)
        case DocumentCancellationRequested():
            cancellation_requested(draft, event, body)
        case RerouteRequested():
            reroute_requested(draft, event, body)


def hear(draft: Draft, body: DocumentProgressed | HoldExpired | DocumentOverdue) -> None:
    """News from our own writers; they get no outcome."""
    match body:
        case DocumentProgressed():
            document_progressed(draft, body)
        case HoldExpired():
            hold_expired(draft, body)
        case DocumentOverdue():
            document_overdue(draft, body)
