"""A person signs a document at its provider; its issuer is asked to look for the signature."""

from dataclasses import replace

from app.domain.commands import Action
from app.domain.documents import UNSIGNED, Attention
from app.domain.orders import LoggedEvent, SignatureRequested
from app.domain.outcomes import Verdict
from app.planning.answers import in_review, not_approved, not_awaiting_signature, unknown_document
from app.planning.working_order import WorkingOrder


def signature_requested(order: WorkingOrder, event: LoggedEvent, body: SignatureRequested) -> None:
    """A SIGN command for what waits for a signature. That it is signed, the provider's own state alone shows."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif document.state not in UNSIGNED or document.withdrawing:
        order.reject(event, (not_awaiting_signature(document),))
    elif document.attention is Attention.NEEDS_REVIEW:
        order.reject(event, (in_review(document),))
    elif document.is_unapproved:
        order.reject(event, (not_approved(),))
    else:
        document = replace(document, signings=document.signings + 1)
        order.documents[document.document_id] = document
        order.command(document, Action.SIGN, document.signings)
        order.answer(event, Verdict.OK, documents=(document.document_id,))
