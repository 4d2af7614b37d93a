"""What issuers, reviewers and clocks say of a document that exists."""

from dataclasses import replace

from app.domain import identity
from app.domain.commands import Action, ReviewDecision
from app.domain.documents import DEAD, INVOICING, TRANSITIONS, UNFINISHED, Attention, DocumentProgressed, DocumentState
from app.domain.errors import FieldError
from app.domain.orders import Decision, DocumentOverdue, HoldExpired, LoggedEvent, ReviewDecided
from app.domain.outcomes import Verdict
from app.planning.draft import Draft, order_rejected
from app.planning.invoicing import unknown_document
from app.planning.state import Cancelling, Document, HeldFor, LineStatus


def document_progressed(draft: Draft, body: DocumentProgressed) -> None:
    """Takes the news over; news that says nothing new is dropped, and a legal state never goes backwards."""
    document = draft.documents.get(body.document_id)
    if document is None or is_about_an_ended_cancellation(document, body):
        return
    state, errors = next_state(draft, document, body)
    attention = Attention.NEEDS_REVIEW if errors else next_attention(document, body)
    ends_cancellation = answers_cancellation(document, body)
    if not ends_cancellation and not is_news(document, body, state, attention):
        return
    is_new_review = body.review_revision > document.review_revision
    if document.dead and state not in DEAD:
        draft.move_lines(document.lines, LineStatus.CLAIMED, document.document_id)
    document = draft.tell(
        document,
        replace(body, errors=(*body.errors, *errors)),
        state=state,
        attention=attention,
        document_type=body.document_type or document.document_type,
        ettn=body.ettn or document.ettn,
        number=body.number or document.number,
        issue_date=body.issue_date or document.issue_date,
        review_revision=max(body.review_revision, document.review_revision),
        decided=None if is_new_review else document.decided,
        cancelling=document.cancelling and next_cancelling(document, state, ends=ends_cancellation),
        withdrawing=document.withdrawing and state not in INVOICING,
    )
    draft.settle(document)


def next_state(
    draft: Draft, document: Document, body: DocumentProgressed
) -> tuple[DocumentState, tuple[FieldError, ...]]:
    """The legal state after the news, by the table; and why it cannot be taken where its lines are gone."""
    if body.state is document.state or body.state not in TRANSITIONS[document.state] or is_stale(document, body):
        return document.state, ()
    if document.dead and not all(draft.lines[line].status is LineStatus.OPEN for line in document.lines):
        message = "the document lives at its provider, and its lines are cancelled or on another document"
        return document.state, (FieldError(path="$.lines", code="LINES_TAKEN", message=message),)
    return body.state, ()


def next_attention(document: Document, body: DocumentProgressed) -> Attention | None:
    """What people are to look at. Of news about an earlier legal state only a question counts, or its answer.

    News from before a review was asked comes late, from a worker that was frozen: it does not take the question back.
    """
    moves = body.state in TRANSITIONS[document.state]
    is_late = body.review_revision < document.review_revision and body.attention is not Attention.NEEDS_REVIEW
    if is_late and not moves:
        return document.attention
    is_current = moves or body.state is document.state
    unfinished = document.state in UNFINISHED
    asks = body.review_revision > document.review_revision
    if document.is_being_cancelled:
        is_current, unfinished = comes_from_cancellation(document, body), False
    return body.attention if is_current or unfinished or asks else document.attention


def is_stale(document: Document, body: DocumentProgressed) -> bool:
    """Whether the document was seen before its cancellation, and is told of after it."""
    if document.cancelling is None:
        return False
    if document.state is DocumentState.CANCEL_PENDING:
        return body.state is DocumentState.ISSUED and not answers_cancellation(document, body)
    return document.dead and document.cancelling.ended_review is not None and not document.was_confirmed


def is_about_an_ended_cancellation(document: Document, body: DocumentProgressed) -> bool:
    """Only the planner begins a cancellation: a late doubt about one that has ended says nothing."""
    return body.state is DocumentState.CANCEL_PENDING and not document.is_being_cancelled


def comes_from_cancellation(document: Document, body: DocumentProgressed) -> bool:
    """Whether the command that said this is the document's CANCEL command, and nobody has answered it yet."""
    if document.cancelling is None or not document.cancelling.is_open:
        return False
    revision, provider = document.cancelling.revision, document.policy.provider
    return body.command_id == identity.command_id(document.document_id, provider, Action.CANCEL, revision)


def answers_cancellation(document: Document, body: DocumentProgressed) -> bool:
    """The last word on the cancellation that is on its way: the document is cancelled, or stays."""
    return body.state is not DocumentState.CANCEL_PENDING and comes_from_cancellation(document, body)


def next_cancelling(document: Document, state: DocumentState, *, ends: bool) -> Cancelling | None:
    """A cancellation ends by its own answer, or with the document."""
    known = document.cancelling
    if known is None:
        return None
    is_cancelled = state is DocumentState.CANCELLED and document.state in INVOICING
    return replace(
        known,
        is_open=known.is_open and not ends and state not in DEAD,
        ended_review=document.review_revision if is_cancelled else known.ended_review,
    )


def is_news(document: Document, body: DocumentProgressed, state: DocumentState, attention: Attention | None) -> bool:
    """Another state, another attention, another review, or a name that was not known."""
    changed = state is not document.state or attention is not document.attention
    learnt = bool((body.number and not document.number) or (body.ettn and not document.ettn))
    return changed or learnt or body.review_revision > document.review_revision


def review_decided(draft: Draft, event: LoggedEvent, body: ReviewDecided) -> None:
    """Hands a person's decision to the issuer. The first decision on a revision counts."""
    document = draft.documents.get(body.document_id)
    if document is None:
        draft.reject(event, (unknown_document(),))
    elif body.decision is Decision.CONFIRM_ISSUED and body.number is None:
        message = "a document that is confirmed as issued needs its number"
        draft.reject(event, (FieldError(path="$.body.number", code="NUMBER_REQUIRED", message=message),))
    elif body.revision != document.review_revision:
        message = f"the document is at review {document.review_revision}"
        draft.reject(event, (FieldError(path="$.body.revision", code="NO_SUCH_REVIEW", message=message),))
    elif document.is_being_cancelled and body.decision is Decision.REJECT:
        message = "of a cancellation only CONFIRM_ABSENT (it is cancelled) and CONFIRM_ISSUED (it stands) can be said"
        draft.reject(event, (FieldError(path="$.body.decision", code="CANCELLING", message=message),))
    elif document.decided is not None:
        decide_again(draft, event, body, document)
    else:
        pass_on(draft, event, body, document)


def decide_again(draft: Draft, event: LoggedEvent, body: ReviewDecided, document: Document) -> None:
    """The same decision once more is a repeat; another one comes too late."""
    if body.decision is document.decided:
        draft.answer(event, Verdict.DUPLICATE, documents=(document.document_id,))
    else:
        message = f"was decided already: {document.decided}"
        draft.reject(event, (FieldError(path="$.body.decision", code="REVIEW_DECIDED", message=message),))


def pass_on(draft: Draft, event: LoggedEvent, body: ReviewDecided, document: Document) -> None:
    document = draft.tell(document, decided=body.decision, attention=None)
    review = ReviewDecision(
        revision=body.revision, decision=body.decision, number=body.number, ettn=body.ettn, actor=event.actor
    )
    draft.command(document, Action.REVIEW, body.revision, review=review)
    draft.answer(event, Verdict.OK, documents=(document.document_id,))


def hold_expired(draft: Draft, body: HoldExpired) -> None:
    """The order did not come in time: the events that still wait for it get their final answer."""
    expired = [h for h in draft.held if h.event.event_id in body.event_ids and h.waits_for is HeldFor.ORDER]
    draft.held = [held for held in draft.held if held not in expired]
    for held in expired:
        if draft.refused is None:
            draft.answer(held.event, Verdict.REJECTED, "ORDER_NOT_FOUND")
        else:
            draft.reject(held.event, (order_rejected(draft.refused),))


def document_overdue(draft: Draft, body: DocumentOverdue) -> None:
    """Raises a document that stands where it stood when the clock looked, and that nobody has raised yet."""
    document = draft.documents.get(body.document_id)
    if document is not None and document.sequence == body.sequence and is_waiting(document):
        draft.tell(document, attention=Attention.OVERDUE)


def is_waiting(document: Document) -> bool:
    """Sent out, not yet legal or ended, and nobody's attention on it."""
    return document.released and document.is_unfinished and document.attention in {None, Attention.UNCERTAIN}
