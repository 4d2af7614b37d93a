"""A person says what became of a document where its provider cannot: that it is legal, or was deleted; what follows."""

from app.domain.commands import Action, ReviewDecision
from app.domain.documents import UNSIGNED, Attention, DocumentState
from app.domain.errors import FieldError
from app.domain.orders import DocumentMarkedDeleted, DocumentMarkedIssued, LoggedEvent, ReviewAnswer
from app.domain.outcomes import Verdict
from app.planning.answers import in_review, not_awaiting_signature, unknown_document
from app.planning.planned_document import ConfirmedNames, PlannedDocument
from app.planning.rules.review_questions import names_in_use
from app.planning.working_order import WorkingOrder


def document_marked_issued(order: WorkingOrder, event: LoggedEvent, body: DocumentMarkedIssued) -> None:
    """ISSUED under this number, once; its issuer is told, and follows it no longer."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif document.is_legal and document.number == body.number:
        order.answer(event, Verdict.DUPLICATE, documents=(document.document_id,))
    elif body.corrects is not None:
        _correct(order, event, document, body)
    elif document.state not in UNSIGNED or is_on_its_way_back(document) or document.doubt is not None:
        order.reject(event, (not_awaiting_signature(document),))
    elif document.attention is Attention.NEEDS_REVIEW:
        order.reject(event, (in_review(document),))
    elif errors := names_in_use(order, document, body):
        order.reject(event, errors)
    else:
        _mark(order, event, document, body)


def _correct(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument, body: DocumentMarkedIssued) -> None:
    """Only what a person has typed, as long as the document is as they left it; its issuer has no part in it."""
    is_typed = document.named is not None and document.named.number == document.number == body.corrects
    if document.state is not DocumentState.ISSUED or document.doubt is not None or not is_typed:
        message = f"the document is {document.state}, and no person has recorded {body.corrects} of it"
        order.reject(event, (FieldError(path="$.body.corrects", code="NOT_TO_BE_CORRECTED", message=message),))
    elif errors := names_in_use(order, document, body):
        order.reject(event, errors)
    else:
        order.emit_status(
            document,
            number=body.number,
            ettn=body.ettn or document.ettn,
            issue_date=body.issue_date or document.issue_date,
            named=ConfirmedNames(number=body.number, ettn=body.ettn, corrects=body.corrects),
        )
        order.answer(event, Verdict.OK, documents=(document.document_id,))


def document_marked_deleted(order: WorkingOrder, event: LoggedEvent, body: DocumentMarkedDeleted) -> None:
    """CANCELLED, once: what waited for its withdrawal goes on; its issuer is told, and follows it no longer."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif document.state is DocumentState.CANCELLED and document.withdrawing:
        order.answer(event, Verdict.DUPLICATE, documents=(document.document_id,))
    elif document.state not in UNSIGNED or not document.withdrawing:
        message = f"the document is {document.state}, and is not being taken back: have it cancelled first"
        order.reject(event, (FieldError(path="$.body.document_id", code="NOT_TO_BE_DELETED", message=message),))
    elif document.attention is Attention.NEEDS_REVIEW:
        order.reject(event, (in_review(document),))
    else:
        document = order.emit_status(document, state=DocumentState.CANCELLED, attention=None)
        _tell_issuer(order, event, document, ReviewAnswer.CONFIRM_ABSENT)
        order.update_lines(document)
        order.answer(event, Verdict.OK, documents=(document.document_id,))


def is_on_its_way_back(document: PlannedDocument) -> bool:
    """Its provider may still delete it; where a person has to, they may have found it legal."""
    return document.withdrawing and document.attention is not Attention.DELETE_AT_PROVIDER


def _mark(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument, body: DocumentMarkedIssued) -> None:
    document = order.emit_status(
        document,
        state=DocumentState.ISSUED,
        attention=None,
        number=body.number,
        ettn=body.ettn or document.ettn,
        issue_date=body.issue_date or document.issue_date,
        named=ConfirmedNames(number=body.number, ettn=body.ettn),
        withdrawing=False,
        moving=False,
    )
    order.update_lines(document)
    _tell_issuer(order, event, document, ReviewAnswer.CONFIRM_ISSUED, body)
    order.answer(event, Verdict.OK, documents=(document.document_id,))


def _tell_issuer(
    order: WorkingOrder,
    event: LoggedEvent,
    document: PlannedDocument,
    decision: ReviewAnswer,
    body: DocumentMarkedIssued | None = None,
) -> None:
    """Each of these ends what is followed, so that there is one of them."""
    number, ettn = (body.number, body.ettn) if body else (None, None)
    seen = ReviewDecision(revision=1, decision=decision, number=number, ettn=ettn, actor=event.actor)
    order.command(document, Action.MARK, 1, seen)
