"""Documents that only a person can decide, and the decision."""

from app.domain.documents import DocumentStatus
from app.domain.orders import ReviewAnswer, ReviewDecided
from app.operations.documents import all_documents, find_document, submit_about
from app.operations.errors import NotPossibleError
from app.operations.submit import SubmittedEvent


def list_reviews() -> list[DocumentStatus]:
    """Every document that waits for a decision. Raises as `all_documents` does."""
    return [document.latest for document in all_documents().values() if document.in_review]


def decide_review(
    beginning: str,
    decision: ReviewAnswer,
    *,
    actor: str,
    why: str | None,
    wait: float,
    number: str | None = None,
    ettn: str | None = None,
) -> SubmittedEvent:
    """Submits a person's decision about the document whose id begins like this.

    `number` and `ettn` are those that the provider shows, where the decision is that it has issued the document; no
    `ettn` means ours. Raises NotPossibleError when the document waits for no decision, and as `find_document` and
    `submit` do.
    """
    document = find_document(beginning)
    latest = document.latest
    if not document.in_review:
        raise NotPossibleError(f"Document {latest.document_id} waits for no decision.")
    body = ReviewDecided(
        document_id=latest.document_id, revision=latest.review_revision, decision=decision, number=number, ettn=ettn
    )
    return submit_about(latest, body, actor=actor, why=why, wait=wait)
