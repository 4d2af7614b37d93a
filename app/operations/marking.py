"""What a person has done with a document where its provider cannot say so: it goes to its order's log."""

from datetime import date

from app.domain.documents import UNSIGNED, DocumentState, DocumentStatus
from app.domain.orders import DocumentMarkedDeleted, DocumentMarkedIssued
from app.operations import documents
from app.operations.document_acts import submit_about
from app.operations.documents import shows_itself
from app.operations.errors import NotPossibleError
from app.operations.given_names import given_ettn, given_number
from app.operations.naming import submit_named
from app.operations.submit import SubmittedEvent


def mark_issued(
    beginning: str,
    number: str,
    *,
    ettn: str | None,
    issue_date: date | None,
    correct: bool = False,
    actor: str,
    why: str | None,
    wait: float,
) -> SubmittedEvent:
    """Submits that the document whose id begins like this is issued under this number.

    `correct`: it was recorded with a mistyped number, and has this one instead. Raises NotPossibleError where it waits
    for nothing, its provider itself shows when it is legal, or there is nothing to correct; RefusedInputError for what
    is no number or ETTN of GİB's form, StoreError, and as `find_document`, `hold_names` and `submit` do.
    """
    latest = documents.find_document(beginning).latest
    body = DocumentMarkedIssued(
        document_id=latest.document_id,
        number=given_number(number),
        ettn=given_ettn(ettn) if ettn else None,
        issue_date=issue_date,
        corrects=_corrected(latest) if correct else None,
    )
    if latest.state not in UNSIGNED and latest.number != number and not correct:
        hint = " A mistyped number is corrected by --correct." if latest.state is DocumentState.ISSUED else ""
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}, and waits for no number.{hint}")
    if latest.state in UNSIGNED and shows_itself(latest):
        raise NotPossibleError(f"{latest.provider} shows by itself when a document is legal: make it so, and wait.")
    return submit_named(
        latest, body.number, body.ettn, lambda: submit_about(latest, body, actor=actor, why=why, wait=wait)
    )


def _corrected(latest: DocumentStatus) -> str:
    if latest.state is not DocumentState.ISSUED or latest.number is None:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}: there is no number to correct.")
    return latest.number


def mark_deleted(beginning: str, *, actor: str, why: str | None, wait: float) -> SubmittedEvent:
    """Submits that the document whose id begins like this, which was to be taken back, was deleted at its provider.

    Raises NotPossibleError where it is gone or legal, or its provider itself shows when it is gone, and as
    `find_document` and `submit` do.
    """
    latest = documents.find_document(beginning).latest
    if latest.state not in UNSIGNED:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}: there is no record of it to delete.")
    if shows_itself(latest):
        raise NotPossibleError(f"{latest.provider} shows by itself when a document is gone: delete it there, and wait.")
    body = DocumentMarkedDeleted(document_id=latest.document_id)
    return submit_about(latest, body, actor=actor, why=why, wait=wait)
