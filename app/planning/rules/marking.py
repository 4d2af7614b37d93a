"""A person says that a document is legal by now, where its provider cannot: its number, and what follows from it."""

from app.domain.commands import Action, ReviewDecision
from app.domain.documents import UNSIGNED, DocumentState
from app.domain.orders import DocumentMarkedIssued, LoggedEvent, ReviewAnswer
from app.domain.outcomes import Verdict
from app.planning.answers import not_awaiting_signature, unknown_document
from app.planning.rules.review_questions import names_in_use
from app.planning.state import ConfirmedNames, PlannedDocument
from app.planning.working_order import WorkingOrder


def document_marked_issued(order: WorkingOrder, event: LoggedEvent, body: DocumentMarkedIssued) -> None:
    """ISSUED under this number, once; its issuer is told, and follows it no longer."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif document.is_legal and document.number == body.number:
        order.answer(event, Verdict.DUPLICATE, documents=(document.document_id,))
    elif document.state not in UNSIGNED or document.withdrawing or document.doubt is not None:
        order.reject(event, (not_awaiting_signature(document),))
    elif errors := names_in_use(order, document, body):
        order.reject(event, errors)
    else:
        _mark(order, event, document, body)


def _mark(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument, body: DocumentMarkedIssued) -> None:
    document = order.emit_status(
        document,
        state=DocumentState.ISSUED,
        attention=None,
        number=body.number,
        ettn=body.ettn or document.ettn,
        issue_date=body.issue_date or document.issue_date,
        named=ConfirmedNames(number=body.number, ettn=body.ettn),
    )
    order.update_lines(document)
    seen = ReviewDecision(
        revision=1, decision=ReviewAnswer.CONFIRM_ISSUED, number=body.number, ettn=body.ettn, actor=event.actor
    )
    order.command(document, Action.MARK, 1, seen)
    order.answer(event, Verdict.OK, documents=(document.document_id,))
