"""Another connection for a document that is not issued: taken back from the old one first, then issued at the new one.

The event carries the policy for the new connection: intake has looked whether the business has it.
"""

from dataclasses import replace
from typing import Final

from app.domain.documents import INVOICING, Attention, DocumentState, Intent
from app.domain.errors import FieldError
from app.domain.orders import LoggedEvent, RerouteRequested
from app.domain.outcomes import Verdict
from app.planning.answers import ended_document, unknown_document
from app.planning.events import policy_of
from app.planning.planned_document import PlannedDocument
from app.planning.rules.claims import claim_errors, plan_again, release, withdraw
from app.planning.rules.credits import is_free
from app.planning.state import HeldFor, LineStatus
from app.planning.working_order import WorkingOrder

PATH: Final = "$.body.document_id"
# Nothing was made at the old connection, or nothing is left there.
GONE: Final = frozenset({DocumentState.CANCELLED, DocumentState.REJECTED})


def reroute_requested(order: WorkingOrder, event: LoggedEvent, body: RerouteRequested) -> None:
    """The document that takes its place; held until the old issuer has answered."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif document.moved_to is not None:
        answer_moved(order, event, document)
    elif document.state in INVOICING:
        answer_issued(order, event, document)
    elif document.is_dead:
        move_on(order, event, document)
    elif document.policy.connection_name == policy_of(event).connection_name:
        order.answer(event, Verdict.DUPLICATE, documents=(document.document_id,))
    elif document.cancelling is not None:
        message = "the document is being cancelled"
        order.reject(event, (FieldError(path=PATH, code="CANCELLING", message=message),))
    elif not document.released:
        succeed(order, event, document)
    elif document.withdrawing and not document.moving and not is_moved(order, event, document):
        message = "the document is being withdrawn because of cancelled lines: move the one that comes after it"
        order.reject(event, (FieldError(path=PATH, code="WITHDRAWING", message=message),))
    elif order.hold(event, HeldFor.WITHDRAWAL):
        withdraw(order, document, moves=True)


def is_moved(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument) -> bool:
    """Whether it is withdrawn for a move: for this one, which is decided again when any document ends, or another."""
    return order.waited(event, HeldFor.WITHDRAWAL) or order.is_being_rerouted(document)


def no_connection(order: WorkingOrder, event: LoggedEvent, body: RerouteRequested) -> None:
    """There was none when the event came in. Not remembered: the same request may be repeated when there is one."""
    message = f"the business has no enabled connection {body.connection}: see `faturaflow connections list`"
    error = FieldError(path="$.body.connection", code="UNKNOWN_CONNECTION", message=message)
    order.answer(event, Verdict.REJECTED, error.code, errors=(error,), remember=False)


def move_on(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument) -> None:
    """The old issuer has answered, if this event was waiting for it."""
    if document.state in GONE and order.waited(event, HeldFor.WITHDRAWAL):
        succeed(order, event, document)
    else:
        order.reject(event, (ended_document(document),))


def succeed(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument) -> None:
    """A new document at the connection of the event's policy; one that waited for approval waits.

    It covers what was not cancelled while the move waited.
    """
    lines = tuple(ref for ref in document.lines if order.lines[ref].status is not LineStatus.CANCELLED)
    if document.intent is not Intent.INVOICE and is_free(order, document):
        take_over(order, event, document, document.lines)
    elif document.intent is not Intent.INVOICE or not lines:
        order.reject(event, (ended_document(document),))
    elif errors := claim_errors(order, lines, (document,)):
        order.reject(event, tuple(replace(error, path=PATH) for error in errors))
    else:
        take_over(order, event, document, lines)


def take_over(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument, lines: tuple[str, ...]) -> None:
    """The old document ends, where it has not gone out, and the new one has its lines."""
    if not document.released:
        withdraw(order, document)
    successor = plan_again(order, document, lines, policy_of(event))
    order.documents[document.document_id] = replace(
        order.documents[document.document_id], moved_to=successor.document_id
    )
    if document.released or successor.policy.draft_first:
        release(order, successor)
    else:
        order.emit_status(successor, attention=Attention.AWAITING_APPROVAL)
    order.answer(event, Verdict.OK, documents=(successor.document_id,))


def answer_moved(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument) -> None:
    """A repeat is answered with the document that took its place; another target is asked for of that one."""
    successor = order.documents[document.moved_to or ""]
    if successor.policy.connection_name == policy_of(event).connection_name:
        order.answer(event, Verdict.DUPLICATE, documents=(successor.document_id,))
        return
    message = f"document {successor.document_id} has taken its place at {successor.policy.connection_name}"
    error = FieldError(path=PATH, code="DOCUMENT_MOVED", message=message)
    order.answer(event, Verdict.REJECTED, error.code, errors=(error,), documents=(successor.document_id,))


def answer_issued(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument) -> None:
    """It is at its provider, and a second one beside it would be a double."""
    message = f"the document is {document.state} at {document.policy.connection_name}"
    error = FieldError(path=PATH, code="ALREADY_ISSUED", message=message)
    order.answer(event, Verdict.REJECTED, error.code, errors=(error,), documents=(document.document_id,))
