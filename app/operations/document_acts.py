"""What a person decides about a document: its approval, its cancellation, its move to another connection."""

import re

from app.domain.documents import DEAD, INVOICING, Attention, DocumentState, DocumentStatus
from app.domain.orders import DocumentApproved, DocumentCancellationRequested, RerouteRequested, SubmittedBody
from app.domain.policy import CONNECTION_PATTERN
from app.operations import documents
from app.operations.errors import NotPossibleError, RefusedInputError
from app.operations.submit import SubmittedEvent, submit_body


def approve_document(beginning: str, *, actor: str, why: str | None, wait: float) -> SubmittedEvent:
    """Lets a planned document go. Raises as `find_document` and `submit` do."""
    latest = documents.find_document(beginning).latest
    return submit_about(latest, DocumentApproved(document_id=latest.document_id), actor=actor, why=why, wait=wait)


def cancel_document(beginning: str, reason: str, *, actor: str, wait: float) -> SubmittedEvent:
    """Cancels an issued document at its provider, or withdraws one that is not issued yet.

    Raises as `cancellation_of`, `find_document` and `submit` do.
    """
    latest = documents.find_document(beginning).latest
    return submit_about(latest, cancellation_of(latest, reason), actor=actor, why=None, wait=wait)


def reroute_document(beginning: str, connection: str, *, actor: str, why: str | None, wait: float) -> SubmittedEvent:
    """Lets another connection issue what is not issued yet.

    Raises as `reroute_of`, `find_document` and `submit` do.
    """
    latest = documents.find_document(beginning).latest
    return submit_about(latest, reroute_of(latest, connection), actor=actor, why=why, wait=wait)


def submit_about(
    document: DocumentStatus, body: SubmittedBody, *, actor: str, why: str | None, wait: float
) -> SubmittedEvent:
    """Submits one event about a document's order. Raises as `submit` does."""
    return submit_body(document.business, document.order_reference, body, actor=actor, why=why, wait=wait)


def cancellation_of(latest: DocumentStatus, reason: str) -> DocumentCancellationRequested:
    """The event that asks for it.

    Raises NotPossibleError where it is certain already that it would be refused, and RefusedInputError without a
    reason.
    """
    if latest.state in DEAD and latest.attention is not Attention.NEEDS_REVIEW:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}: there is nothing left to cancel.")
    if latest.state in INVOICING - {DocumentState.ISSUED, DocumentState.CANCEL_PENDING}:
        raise NotPossibleError(
            f"Document {latest.document_id} is {latest.state} and can no longer be cancelled here: settle it with the "
            "buyer at the provider."
        )
    if not reason.strip():
        raise RefusedInputError("A cancellation needs its reason.")
    return DocumentCancellationRequested(document_id=latest.document_id, reason=reason)


def reroute_of(latest: DocumentStatus, connection: str) -> RerouteRequested:
    """The event that asks for it.

    Raises NotPossibleError where it is certain already that it would be refused, and RefusedInputError for what is no
    connection's name.
    """
    if latest.state in INVOICING:
        raise NotPossibleError(
            f"Document {latest.document_id} is {latest.state} at {latest.connection}: cancel it first, then request "
            "the invoice again."
        )
    if latest.state in DEAD:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}: request the invoice again instead.")
    if connection == latest.connection:
        raise NotPossibleError(f"Document {latest.document_id} is at {connection} already: choose another connection.")
    if re.fullmatch(CONNECTION_PATTERN, connection) is None:
        raise RefusedInputError(f"{connection!r} is no connection's name: see `faturaflow connections list`.")
    return RerouteRequested(document_id=latest.document_id, connection=connection)
