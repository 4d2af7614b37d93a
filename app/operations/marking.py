"""What a person has done with a document where its provider cannot say so: it goes to its order's log."""

from datetime import date
from uuid import UUID

from app.domain.documents import UNSIGNED, DocumentStatus
from app.domain.numbers import NUMBER
from app.domain.orders import DocumentMarkedDeleted, DocumentMarkedIssued
from app.operations import documents
from app.operations.documents import submit_about
from app.operations.errors import NotPossibleError, RefusedInputError
from app.operations.submit import SubmittedEvent
from providers.registry import provider


def mark_issued(
    beginning: str,
    number: str,
    *,
    ettn: str | None,
    issue_date: date | None,
    actor: str,
    why: str | None,
    wait: float,
) -> SubmittedEvent:
    """Submits that the document whose id begins like this is issued under this number.

    Raises NotPossibleError where it waits for nothing, or another document of the business has the number,
    RefusedInputError for what is no number or ETTN of GİB's form, and as `find_document` and `submit` do.
    """
    latest = documents.find_document(beginning).latest
    body = DocumentMarkedIssued(
        document_id=latest.document_id, number=number, ettn=_ettn(ettn) if ettn else None, issue_date=issue_date
    )
    if not NUMBER.fullmatch(number):
        raise RefusedInputError(f"{number} is no number as GİB writes it, like ABC2026000000001.")
    if latest.state not in UNSIGNED and latest.number != number:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}, and waits for no number.")
    if other := _bearer(latest, number):
        raise NotPossibleError(f"Document {other.document_id} of order {other.order_reference} has {number}.")
    return submit_about(latest, body, actor=actor, why=why, wait=wait)


def mark_deleted(beginning: str, *, actor: str, why: str | None, wait: float) -> SubmittedEvent:
    """Submits that the document whose id begins like this, which was to be taken back, was deleted at its provider.

    Raises NotPossibleError where it is gone or legal, or its provider itself shows when it is gone, and as
    `find_document` and `submit` do.
    """
    latest = documents.find_document(beginning).latest
    if latest.state not in UNSIGNED:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}: there is no record of it to delete.")
    if latest.document_type in provider(latest.provider).capabilities().poll_until:
        raise NotPossibleError(f"{latest.provider} shows by itself when a document is gone: delete it there, and wait.")
    body = DocumentMarkedDeleted(document_id=latest.document_id)
    return submit_about(latest, body, actor=actor, why=why, wait=wait)


def _ettn(text: str) -> str:
    try:
        return f"{UUID(text)}"
    except ValueError:
        raise RefusedInputError(f"{text} is no ETTN.") from None


def _bearer(latest: DocumentStatus, number: str) -> DocumentStatus | None:
    """Another document of the business with this number."""
    of_business = (
        each.latest for each in documents.all_documents().values() if each.latest.business == latest.business
    )
    return next((one for one in of_business if one.number == number and one.document_id != latest.document_id), None)
