"""What becomes of a document by its issuer's progress and by time."""

from dataclasses import replace

from app.domain import identity
from app.domain.commands import Action
from app.domain.documents import DEAD, INVOICING, TRANSITIONS, UNFINISHED, Attention, DocumentProgressed, DocumentState
from app.domain.orders import DocumentOverdue, HoldExpired, LoggedEvent
from app.domain.outcomes import Verdict
from app.planning.answers import order_rejected
from app.planning.planned_document import CancellationProgress, PlannedDocument
from app.planning.rules.review_questions import (
    NAMES,
    ask,
    ask_if_returned,
    lines_are_free,
    lines_taken,
    name_error,
    next_name,
    was_returned,
)
from app.planning.state import HeldFor, LineStatus
from app.planning.working_order import WorkingOrder


def document_progressed(order: WorkingOrder, _event: LoggedEvent, body: DocumentProgressed) -> None:
    """Applies what an issuer reports; what is not new is dropped, and a legal state never goes backwards."""
    document = order.documents.get(body.document_id)
    if document is None or is_about_an_ended_cancellation(document, body):
        return
    state, ends_cancellation = next_state(document, body), answers_cancellation(document, body)
    cancelling = document.cancelling and next_cancelling(document, body, state, ends=ends_cancellation)
    error = None if is_stale(document, body) else name_error(order, document, body)
    if error is None and document.is_dead and state not in DEAD and not lines_are_free(order, document):
        error = lines_taken(document)
    if error is not None:
        ask(order, document, body, error, **({"cancelling": cancelling} if ends_cancellation else {}))
    else:
        apply_report(order, document, body, state, cancelling)
        ask_if_returned(order, order.documents[document.document_id], body)
    order.update_lines(order.documents[document.document_id])


def apply_report(
    order: WorkingOrder,
    document: PlannedDocument,
    body: DocumentProgressed,
    state: DocumentState,
    cancelling: CancellationProgress | None,
) -> None:
    """The document as its issuer reports it, if that is new. A question of the planner's own stays open."""
    ends_cancellation = answers_cancellation(document, body)
    ends_question = was_returned(document) and state is not document.state
    is_asked = document.doubt is not None and not ends_question and not document.is_being_cancelled
    attention = document.attention if is_asked else next_attention(document, body)
    if attention is None and replace(document, state=state).awaits_approval:
        attention = Attention.AWAITING_APPROVAL
    if not ends_cancellation and not is_new(document, body, state, attention):
        return
    is_new_review = body.review_revision > document.asked
    if is_new_review and body.attention is Attention.NEEDS_REVIEW:
        attention = Attention.NEEDS_REVIEW
    if document.is_dead and state not in DEAD:
        order.move_lines(document.claims, LineStatus.CLAIMED, document.document_id)
    order.emit_status(
        document,
        body,
        state=state,
        attention=attention,
        document_type=body.document_type or document.document_type,
        ettn=next_name(document, body, "ettn"),
        number=next_name(document, body, "number"),
        issue_date=document.issue_date or body.issue_date,
        review_revision=document.review_revision + max(0, body.review_revision - document.asked),
        asked=max(body.review_revision, document.asked),
        decided=None if is_new_review else document.decided,
        cancelling=cancelling,
        withdrawing=document.withdrawing and state not in INVOICING,
        moving=document.moving and state not in INVOICING,
        doubt=None if ends_question or (ends_cancellation and state in DEAD) else document.doubt,
    )


def next_state(document: PlannedDocument, body: DocumentProgressed) -> DocumentState:
    """The legal state after the report, by the table."""
    if body.state not in TRANSITIONS[document.state] or is_stale(document, body):
        return document.state
    return body.state


def next_attention(document: PlannedDocument, body: DocumentProgressed) -> Attention | None:
    """What people are to look at. Of a report about an earlier legal state only a question counts, or its answer.

    A report from before a review was asked is late, from a worker that was frozen: it does not end the question.
    """
    moves = body.state in TRANSITIONS[document.state]
    is_late = body.review_revision < document.asked and body.attention is not Attention.NEEDS_REVIEW
    if is_late and not moves:
        return document.attention
    is_current = moves or body.state is document.state
    unfinished = document.state in UNFINISHED
    asks = body.review_revision > document.asked
    if document.is_being_cancelled:
        is_current, unfinished = comes_from_cancellation(document, body), False
    return body.attention if is_current or unfinished or asks else document.attention


def is_stale(document: PlannedDocument, body: DocumentProgressed) -> bool:
    """Whether the document was seen before its cancellation, and is reported after it."""
    if document.cancelling is None:
        return False
    if document.state is DocumentState.CANCEL_PENDING:
        return body.state is DocumentState.ISSUED and not answers_cancellation(document, body)
    return document.is_dead and document.cancelling.ended_review is not None and not document.was_confirmed


def is_about_an_ended_cancellation(document: PlannedDocument, body: DocumentProgressed) -> bool:
    """Only the planner begins a cancellation: a late doubt about one that has ended is dropped."""
    return body.state is DocumentState.CANCEL_PENDING and not document.is_being_cancelled


def comes_from_cancellation(document: PlannedDocument, body: DocumentProgressed) -> bool:
    """Whether this is about the document's CANCEL command, and it is not answered yet."""
    if document.cancelling is None or not document.cancelling.is_open:
        return False
    revision, connection = document.cancelling.revision, document.policy.connection_name
    return body.command_id == identity.command_id(document.document_id, connection, Action.CANCEL, revision)


def answers_cancellation(document: PlannedDocument, body: DocumentProgressed) -> bool:
    """The final answer to the cancellation that is on its way: the document is cancelled, or stays."""
    return body.state is not DocumentState.CANCEL_PENDING and comes_from_cancellation(document, body)


def next_cancelling(
    document: PlannedDocument, body: DocumentProgressed, state: DocumentState, *, ends: bool
) -> CancellationProgress | None:
    """A cancellation ends by its own answer, or with the document."""
    known = document.cancelling
    if known is None:
        return None
    is_cancelled = state is DocumentState.CANCELLED and document.state in INVOICING
    # A document that ended and was seen all the same can be cancelled, too: its state stays as published.
    is_cancelled = is_cancelled or (ends and document.is_dead and body.state in DEAD)
    return replace(
        known,
        is_open=known.is_open and not ends and (state not in DEAD or document.is_dead),
        ended_review=document.review_revision if is_cancelled else known.ended_review,
    )


def is_new(
    document: PlannedDocument, body: DocumentProgressed, state: DocumentState, attention: Attention | None
) -> bool:
    """Another state, another attention, another review, or a name that was not known."""
    changed = state is not document.state or attention is not document.attention
    learnt = any(next_name(document, body, name) != getattr(document, name) for name in NAMES)
    return changed or learnt or body.review_revision > document.asked


def hold_expired(order: WorkingOrder, _event: LoggedEvent, body: HoldExpired) -> None:
    """The order did not come in time: the events that still wait for it get their final answer."""
    expired = [h for h in order.held if h.event.event_id in body.event_ids and h.waits_for is HeldFor.ORDER]
    order.held = [held for held in order.held if held not in expired]
    for held in expired:
        if order.refused is None:
            order.answer(held.event, Verdict.REJECTED, "ORDER_NOT_FOUND")
        else:
            order.reject(held.event, (order_rejected(order.refused),))


def document_overdue(order: WorkingOrder, _event: LoggedEvent, body: DocumentOverdue) -> None:
    """Raises a document that has not moved since the timer was set, and that is not raised yet."""
    document = order.documents.get(body.document_id)
    if document is not None and document.sequence == body.sequence and is_waiting(document):
        order.emit_status(document, attention=Attention.OVERDUE)


def is_waiting(document: PlannedDocument) -> bool:
    """Sent out, not yet legal or ended, and no person is asked to look at it."""
    return document.released and document.is_unfinished and document.attention in {None, Attention.UNCERTAIN}
