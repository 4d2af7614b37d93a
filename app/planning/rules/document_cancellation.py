"""A document that is to be undone: withdrawn while it is not issued yet, cancelled at its provider afterwards."""

from dataclasses import replace
from typing import Final

from app.domain.commands import Action, Cancellation
from app.domain.documents import Attention, DocumentState
from app.domain.errors import FieldError
from app.domain.orders import DocumentCancellationRequested, InvoiceCorrected, LoggedEvent
from app.domain.outcomes import Verdict
from app.planning.answers import ended_document, unknown_document
from app.planning.planned_document import CancellationProgress, PlannedDocument
from app.planning.rules.claims import withdraw
from app.planning.rules.credits import credits_of
from app.planning.rules.external import cancel_external, is_external
from app.planning.state import HeldFor
from app.planning.working_order import WorkingOrder

PATH: Final = "$.body.document_id"


def cancellation_requested(order: WorkingOrder, event: LoggedEvent, body: DocumentCancellationRequested) -> None:
    """Held until the issuer has answered: OK when there is no document any more, REJECTED when it stays."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif document.is_being_cancelled and is_being_corrected(order, document):
        message = "the document is being corrected; cancel the one that takes its place"
        order.reject(event, (FieldError(path=PATH, code="CORRECTING", message=message),))
    elif document.is_being_cancelled:
        order.hold(event, HeldFor.CANCELLATION)
    elif document.is_dead and document.doubt is None:
        answer_ended(order, event, document)
    elif order.waited(event, HeldFor.CANCELLATION):
        answer_refused(order, event, document)
    elif errors := cancellation_errors(order, document):
        order.reject(event, errors)
    elif is_external(document):
        cancel_external(order, event, document)
    elif document.state is DocumentState.ISSUED or document.is_dead:
        cancel(order, event, document, body.reason)
    else:
        withdraw_instead(order, event, document)


def is_being_corrected(order: WorkingOrder, document: PlannedDocument) -> bool:
    """Whether another one is issued when it is cancelled: to cancel this one would not end its lines' invoice."""
    waiting = (held.event.body for held in order.held if held.waits_for is HeldFor.CANCELLATION)
    return any(isinstance(body, InvoiceCorrected) and body.document_id == document.document_id for body in waiting)


def cancel(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument, reason: str) -> None:
    """The document is legal until its provider has cancelled it; its lines stay invoiced meanwhile.

    The state of one that ended and was seen all the same stays as it was published.
    """
    if not order.hold(event, HeldFor.CANCELLATION):
        return
    revision = (document.cancelling.revision if document.cancelling else 0) + 1
    document = order.emit_status(
        document,
        state=document.state if document.is_dead else DocumentState.CANCEL_PENDING,
        attention=None,
        cancelling=CancellationProgress(revision=revision, is_open=True),
    )
    seen = document.doubt or document
    cancellation = Cancellation(
        reason=reason,
        document_type=document.document_type or seen.document_type,
        ettn=document.ettn or seen.ettn,
        number=document.number or seen.number,
        issue_date=document.issue_date or seen.issue_date,
        review_revision=document.asked,
    )
    order.command(document, Action.CANCEL, revision, cancellation)


def withdraw_instead(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument) -> None:
    """Not issued yet: it is taken back. If it turns out to be issued, this is decided again, and it is cancelled."""
    if document.released and not order.hold(event, HeldFor.WITHDRAWAL):
        return
    asked = replace(document, cancelling=document.cancelling or CancellationProgress())
    order.documents[asked.document_id] = asked
    withdraw(order, asked)
    if not asked.released:
        order.answer(event, Verdict.OK, documents=(asked.document_id,))


def answer_ended(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument) -> None:
    """What ended by such a request is what was asked for; what ended otherwise cannot be cancelled any more."""
    by_request = document.state is DocumentState.CANCELLED or was_cancelled_after_its_end(document)
    if not by_request or document.cancelling is None:
        order.reject(event, (ended_document(document),))
        return
    waited = order.waited(event, HeldFor.CANCELLATION) or order.waited(event, HeldFor.WITHDRAWAL)
    order.answer(event, Verdict.OK if waited else Verdict.DUPLICATE, documents=(document.document_id,))


def was_cancelled_after_its_end(document: PlannedDocument) -> bool:
    """It had ended, was seen all the same, and was cancelled at its provider."""
    return document.cancelling is not None and document.cancelling.ended_review is not None


def answer_refused(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument) -> None:
    """The document is as it was before, with its provider's reasons."""
    emitted = [status for status in order.effects.statuses if status.document_id == document.document_id]
    errors = emitted[-1].errors if emitted else ()
    stays = FieldError(path=PATH, code="CANCELLATION_REFUSED", message="the document stays at its provider")
    order.answer(
        event,
        Verdict.REJECTED,
        "CANCELLATION_REFUSED",
        errors=errors or (stays,),
        documents=(document.document_id,),
    )


def cancellation_errors(order: WorkingOrder, document: PlannedDocument) -> tuple[FieldError, ...]:
    """Why this living document cannot be cancelled or withdrawn now."""
    if order.is_being_rerouted(document):
        message = "the document is being moved to another provider; cancel the one that takes its place"
        return (FieldError(path=PATH, code="REROUTING", message=message),)
    if document.is_legal and document.state is not DocumentState.ISSUED:
        message = f"the document is {document.state}: from here on only its buyer can have it undone, at the provider"
        return (FieldError(path=PATH, code="DOCUMENT_NOT_CANCELLABLE", message=message),)
    if taken := next((credit.document_id for credit in credits_of(order, document) if credit.document_id), None):
        message = f"document {taken} takes back a part of it: cancel that one first"
        return (FieldError(path=PATH, code="DOCUMENT_CREDITED", message=message),)
    if document.is_legal and document.attention is Attention.NEEDS_REVIEW:
        message = "it may be more than one document; decide its review first"
        return (FieldError(path=PATH, code="DOCUMENT_IN_REVIEW", message=message),)
    return ()
