"""A document that waits is tried again at once, where a person can bring that about."""

from app.domain.documents import DEAD, INVOICING, Attention
from app.domain.orders import ReviewAnswer, ReviewDecided
from app.operations.document_acts import submit_about
from app.operations.documents import find_document
from app.operations.errors import NotPossibleError
from app.operations.installation.connections import retry_connection
from app.operations.review import decision_of
from app.operations.submit import SubmittedEvent
from app.tracking.documents import TrackedDocument


def retry_document(beginning: str, *, actor: str, why: str | None, wait: float) -> SubmittedEvent | None:
    """Has the document whose id begins like this tried again now; None where that is its connection's.

    Raises as `retry_of`, `retry_connection`, `find_document` and `submit` do.
    """
    document = find_document(beginning)
    body = retry_of(document)
    if body is None:
        retry_connection(document.latest.business, document.latest.connection, actor=actor)
        return None
    return submit_about(document.latest, body, actor=actor, why=why, wait=wait)


def retry_of(document: TrackedDocument) -> ReviewDecided | None:
    """The event that has its provider asked again; None where its connection is to be tried again.

    Raises NotPossibleError where nothing of it waits for a person: then the document goes on by itself, or has ended.
    """
    latest = document.latest
    if latest.attention is Attention.CONNECTION:
        return None
    if document.in_review:
        return decision_of(document, ReviewAnswer.LOOK_AGAIN, number=None, ettn=None)
    if latest.state in DEAD:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}: request the invoice again instead.")
    what = "there is nothing to try again" if latest.state in INVOICING else "it is tried again by itself"
    raise NotPossibleError(f"Document {latest.document_id} is {latest.state}: {what}.")
