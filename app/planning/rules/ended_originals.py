"""Documents that take back a part of an invoice which has ended since: by its buyer, or by a person at its provider."""

from app.domain.documents import DocumentProgressed
from app.domain.errors import FieldError
from app.planning.planned_document import PlannedDocument
from app.planning.rules.claims import withdraw
from app.planning.rules.review_questions import ask
from app.planning.working_order import WorkingOrder


def look_at_what_takes_back(order: WorkingOrder) -> None:
    """What is on its way is withdrawn; what is legal asks a person, because an invoice would be taken back twice."""
    if order.frozen:
        return
    for credit in order.credits:
        original, document = order.documents[credit.original], order.documents.get(credit.document_id or "")
        if document is None or document.is_dead or not original.is_dead or original.may_live_after_all:
            continue
        if document.is_unfinished and not document.withdrawing and not document.is_being_cancelled:
            withdraw(order, document)
        elif document.is_legal and is_news(order, document, original):
            ask_about(order, document, original)


def is_news(order: WorkingOrder, document: PlannedDocument, original: PlannedDocument) -> bool:
    """Whether it has become so by this event: a person is asked once."""
    was, taken = (order.before.documents.get(each.document_id) for each in (original, document))
    return was is None or not was.is_dead or taken is None or not taken.is_legal


def ask_about(order: WorkingOrder, document: PlannedDocument, original: PlannedDocument) -> None:
    """The document stays what it is. When a person has confirmed its number, it can be cancelled."""
    message = (
        f"it takes back a part of document {original.document_id}, which is {original.state}: one of the two is wrong"
    )
    seen = DocumentProgressed(
        document_id=document.document_id,
        command_id="",
        state=document.state,
        number=document.number,
        ettn=document.ettn,
        document_type=document.document_type,
        issue_date=document.issue_date,
    )
    ask(order, document, seen, FieldError(path="$", code="ORIGINAL_ENDED", message=message))
