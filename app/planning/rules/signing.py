"""A person signs a document at its provider; its issuer is asked to look for the signature."""

from dataclasses import replace

from app.domain.commands import Action
from app.domain.documents import UNSIGNED
from app.domain.errors import FieldError
from app.domain.orders import LoggedEvent, SignatureRequested
from app.domain.outcomes import Verdict
from app.planning.answers import unknown_document
from app.planning.state import PlannedDocument
from app.planning.working_order import WorkingOrder


def signature_requested(order: WorkingOrder, event: LoggedEvent, body: SignatureRequested) -> None:
    """A SIGN command for what waits for a signature. That it is signed, the provider's own state alone shows."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif error := _error(document):
        order.reject(event, (error,))
    else:
        document = replace(document, signings=document.signings + 1)
        order.documents[document.document_id] = document
        order.command(document, Action.SIGN, document.signings)
        order.answer(event, Verdict.OK, documents=(document.document_id,))


def _error(document: PlannedDocument) -> FieldError | None:
    """Why it is not to be signed now."""
    if document.state in UNSIGNED and not document.withdrawing:
        return None
    message = f"the document is {'being taken back' if document.withdrawing else document.state}"
    return FieldError(path="$.body.document_id", code="NOT_AWAITING_SIGNATURE", message=message)
