"""What issuers, reviewers and clocks say of a document that exists."""

from dataclasses import replace

from app.domain.commands import Action, ReviewDecision
from app.domain.documents import TRANSITIONS, Attention, DocumentProgressed, DocumentState
from app.domain.errors import FieldError
from app.domain.orders import Decision, DocumentOverdue, HoldExpired, LoggedEvent, ReviewDecided
from app.domain.outcomes import Verdict
from app.planning.draft import Draft
from app.planning.invoicing import unknown_document
from app.planning.state import Document, HeldFor


def document_progressed(draft: Draft, body: DocumentProgressed) -> None:
    """Takes the news over; a regression, and news that says nothing new, is dropped."""
    document = draft.documents.get(body.document_id)
    if document is None or not is_news(document, body):
        return
    document = draft.tell(
        replace(
            document,
            state=body.state,
            attention=body.attention,
            document_type=body.document_type or document.document_type,
            ettn=body.ettn or document.ettn,
            number=body.number or document.number,
            issue_date=body.issue_date or document.issue_date,
            review_revision=max(body.review_revision, document.review_revision),
            decided=None if body.review_revision > document.review_revision else document.decided,
        ),
        body,
    )
    draft.settle(document)


def is_news(document: Document, body: DocumentProgressed) -> bool:
    """The next legal state by the table; or the same one with another attention, or with a name learnt only now."""
    if body.state is not document.state:
        return body.state in TRANSITIONS[document.state]
    learnt = (body.number and not document.number) or (body.ettn and not document.ettn)
    changed = body.attention is not document.attention or body.review_revision > document.review_revision
    return changed or bool(learnt)


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
    document = draft.tell(replace(document, decided=body.decision, attention=None))
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
        draft.answer(held.event, Verdict.REJECTED, "ORDER_NOT_FOUND")


def document_overdue(draft: Draft, body: DocumentOverdue) -> None:
    """Raises a document that stands where it stood when the clock looked, and that nobody has raised yet."""
    document = draft.documents.get(body.document_id)
    if document is not None and document.sequence == body.sequence and is_waiting(document):
        draft.tell(replace(document, attention=Attention.OVERDUE))


def is_waiting(document: Document) -> bool:
    """Sent out, not yet legal or ended, and nobody's attention on it."""
    unfinished = document.state in {DocumentState.PLANNED, DocumentState.PROCESSING}
    return document.released and unfinished and document.attention in {None, Attention.UNCERTAIN}
