"""Another provider for a document that is not issued: taken back from the old one first, then issued at the new one.

The event carries the policy for the new provider: intake has looked whether the business has a connection to it.
"""

from dataclasses import replace
from typing import Final

from app.domain.documents import INVOICING, Attention, DocumentState
from app.domain.errors import FieldError
from app.domain.orders import LoggedEvent, RerouteRequested
from app.domain.outcomes import Verdict
from app.planning.rules.invoice_request import claim_faults, ended_document, plan, policy_of, release, unknown_document
from app.planning.rules.withdrawing import withdraw
from app.planning.state import Document, HeldFor, LineStatus
from app.planning.working_order import Draft

PATH: Final = "$.body.document_id"
# Nothing was made at the old provider, or nothing stands there any more.
GONE: Final = frozenset({DocumentState.CANCELLED, DocumentState.REJECTED})


def reroute_requested(draft: Draft, event: LoggedEvent, body: RerouteRequested) -> None:
    """The document that takes its place; held until the old issuer has the last word."""
    document = draft.documents.get(body.document_id)
    if document is None:
        draft.reject(event, (unknown_document(),))
    elif document.moved_to is not None:
        answer_moved(draft, event, document)
    elif document.state in INVOICING:
        answer_issued(draft, event, document)
    elif document.dead:
        move_on(draft, event, document)
    elif document.policy.provider == policy_of(event).provider:
        draft.answer(event, Verdict.DUPLICATE, documents=(document.document_id,))
    elif document.cancelling is not None:
        message = "the document is being cancelled"
        draft.reject(event, (FieldError(path=PATH, code="CANCELLING", message=message),))
    elif not document.released:
        succeed(draft, event, document)
    elif draft.hold(event, HeldFor.WITHDRAWAL):
        withdraw(draft, document)


def no_connection(draft: Draft, event: LoggedEvent, body: RerouteRequested) -> None:
    """There was none when the event came in. Not remembered: the same request may be repeated when there is one."""
    message = f"the business has no enabled connection to {body.provider}: see `faturaflow connections list`"
    error = FieldError(path="$.body.provider", code="UNKNOWN_CONNECTION", message=message)
    draft.answer(event, Verdict.REJECTED, error.code, errors=(error,), remember=False)


def move_on(draft: Draft, event: LoggedEvent, document: Document) -> None:
    """The old issuer's last word, if this event was waiting for it."""
    if document.state in GONE and draft.waited(event, HeldFor.WITHDRAWAL):
        succeed(draft, event, document)
    else:
        draft.reject(event, (ended_document(document),))


def succeed(draft: Draft, event: LoggedEvent, document: Document) -> None:
    """A new document at the provider of the event's policy; one that waited for approval waits.

    It covers what was not cancelled while the move waited.
    """
    lines = tuple(ref for ref in document.lines if draft.lines[ref].status is not LineStatus.CANCELLED)
    if not lines:
        draft.reject(event, (ended_document(document),))
    elif faults := claim_faults(draft, lines, (document,)):
        draft.reject(event, tuple(replace(fault, path=PATH) for fault in faults))
    else:
        take_over(draft, event, document, lines)


def take_over(draft: Draft, event: LoggedEvent, document: Document, lines: tuple[str, ...]) -> None:
    """The old document ends, where it has not gone out, and the new one has its lines."""
    if not document.released:
        withdraw(draft, document)
    request = document.request and replace(document.request, line_references=lines)
    successor = plan(draft, lines, policy_of(event), request)
    draft.documents[document.document_id] = replace(
        draft.documents[document.document_id], moved_to=successor.document_id
    )
    if document.released:
        release(draft, successor)
    else:
        draft.tell(successor, attention=Attention.AWAITING_APPROVAL)
    draft.answer(event, Verdict.OK, documents=(successor.document_id,))


def answer_moved(draft: Draft, event: LoggedEvent, document: Document) -> None:
    """A repeat is answered with the document that took its place; another target is asked for of that one."""
    successor = draft.documents[document.moved_to or ""]
    if successor.policy.provider == policy_of(event).provider:
        draft.answer(event, Verdict.DUPLICATE, documents=(successor.document_id,))
        return
    message = f"document {successor.document_id} has taken its place at {successor.policy.provider}"
    error = FieldError(path=PATH, code="DOCUMENT_MOVED", message=message)
    draft.answer(event, Verdict.REJECTED, error.code, errors=(error,), documents=(successor.document_id,))


def answer_issued(draft: Draft, event: LoggedEvent, document: Document) -> None:
    """It stands at its provider, and a second one beside it would be a double."""
    message = f"the document is {document.state} at {document.policy.provider}"
    error = FieldError(path=PATH, code="ALREADY_ISSUED", message=message)
    draft.answer(event, Verdict.REJECTED, error.code, errors=(error,), documents=(document.document_id,))
