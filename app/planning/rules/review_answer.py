"""What a person decides about a document of which only a person can know."""

from app.domain.commands import Action, ReviewDecision
from app.domain.errors import FieldError
from app.domain.orders import LoggedEvent, ReviewAnswer, ReviewDecided
from app.domain.outcomes import Verdict
from app.planning.answers import unknown_document
from app.planning.planned_document import ConfirmedNames, PlannedDocument
from app.planning.rules.review_questions import answer_question, names_in_use
from app.planning.working_order import WorkingOrder


def review_decided(order: WorkingOrder, event: LoggedEvent, body: ReviewDecided) -> None:
    """Hands a person's decision to the issuer. The first decision on a revision counts."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif body.decision is ReviewAnswer.CONFIRM_ISSUED and body.number is None:
        message = "a document that is confirmed as issued needs its number"
        order.reject(event, (FieldError(path="$.body.number", code="NUMBER_REQUIRED", message=message),))
    elif body.revision != document.review_revision:
        message = f"the document is at review {document.review_revision}"
        order.reject(event, (FieldError(path="$.body.revision", code="NO_SUCH_REVIEW", message=message),))
    elif document.is_being_cancelled and body.decision is ReviewAnswer.REJECT:
        message = "a cancellation is answered by CONFIRM_ABSENT (it is cancelled) or CONFIRM_ISSUED (it is not)"
        order.reject(event, (FieldError(path="$.body.decision", code="CANCELLING", message=message),))
    elif document.decided is not None:
        decide_again(order, event, body, document)
    elif body.decision is ReviewAnswer.LOOK_AGAIN and not may_be_looked_at_again(document):
        message = "only a document that is not issued yet is looked at again: confirm what is at the provider"
        order.reject(event, (FieldError(path="$.body.decision", code="NOT_LOOKED_AT", message=message),))
    elif body.decision is ReviewAnswer.CONFIRM_ISSUED and (errors := names_in_use(order, document, body)):
        order.reject(event, errors)
    elif document.doubt is not None and not document.is_being_cancelled:
        answer_question(order, event, body, document)
    else:
        pass_on(order, event, body, document)


def may_be_looked_at_again(document: PlannedDocument) -> bool:
    """Its issuer asks, and has no legal document of it yet."""
    return document.is_unfinished and document.doubt is None and not document.is_being_cancelled


def decide_again(order: WorkingOrder, event: LoggedEvent, body: ReviewDecided, document: PlannedDocument) -> None:
    """The same decision once more is a repeat; another one comes too late, as another number does."""
    named = document.named.number if document.named else None
    if body.decision is document.decided and body.number in {None, named, document.number}:
        order.answer(event, Verdict.DUPLICATE, documents=(document.document_id,))
    else:
        message = f"was decided already: {document.decided}"
        order.reject(event, (FieldError(path="$.body.decision", code="REVIEW_DECIDED", message=message),))


def pass_on(order: WorkingOrder, event: LoggedEvent, body: ReviewDecided, document: PlannedDocument) -> None:
    """To the issuer, under its own number of the question."""
    confirmed = ConfirmedNames(number=body.number, ettn=body.ettn)
    named = confirmed if body.decision is ReviewAnswer.CONFIRM_ISSUED else document.named
    document = order.emit_status(document, decided=body.decision, attention=None, named=named)
    review = ReviewDecision(
        revision=document.asked, decision=body.decision, number=body.number, ettn=body.ettn, actor=event.actor
    )
    order.command(document, Action.REVIEW, document.asked, review)
    order.answer(event, Verdict.OK, documents=(document.document_id,))
