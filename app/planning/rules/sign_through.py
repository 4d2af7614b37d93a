"""`sign_through` of a policy: what waits for a signature is taken back there, and issued where none is needed.

The same two steps as of a move that a person asks for (`rules.rerouting`): nothing is issued at the other provider
before the first one has shown that the document is gone. What a person does meanwhile goes before: what is signed all
the same stays where it is, and what is to be cancelled or moved elsewhere is.
"""

from dataclasses import replace

from app.domain.documents import Attention, DocumentState, Intent
from app.planning.planned_document import PlannedDocument
from app.planning.rules.claims import may_be_claimed, plan_again, release, withdraw
from app.planning.rules.credits import is_free
from app.planning.state import LineStatus
from app.planning.working_order import WorkingOrder


def take_back_unsigned(order: WorkingOrder) -> None:
    """Has each document withdrawn that waits for a signature, where its policy signs through another connection."""
    for document in [] if order.frozen else list(order.documents.values()):
        if is_to_be_signed_elsewhere(document):
            moving = order.documents[document.document_id] = replace(document, moving=True)
            withdraw(order, moving, moves=True)


def is_to_be_signed_elsewhere(document: PlannedDocument) -> bool:
    """It waits for a signature, and nothing else was asked for it."""
    waits = document.state is DocumentState.AWAITING_SIGNATURE and document.attention is not Attention.NEEDS_REVIEW
    is_wanted = not document.withdrawing and document.cancelling is None
    return waits and is_wanted and document.policy.sign_through not in {None, document.policy.connection_name}


def is_on_its_way_there(order: WorkingOrder, document: PlannedDocument) -> bool:
    """Whether nothing is asked of it but to be issued there, over the same lines."""
    return document.moving and document.cancelling is None and not order.is_losing_lines


def issue_what_was_taken_back(order: WorkingOrder) -> None:
    """A document at the other connection for each that is gone, once no cancellation of lines waits any more."""
    if order.frozen or order.is_losing_lines:
        return
    for document in list(order.documents.values()):
        is_gone = document.state is DocumentState.CANCELLED and not document.may_live_after_all
        if document.moving and is_gone:
            issue_elsewhere(order, document)


def issue_elsewhere(order: WorkingOrder, document: PlannedDocument) -> None:
    """Over those of its lines that are still open, and released at once, as it had been.

    Where a person has asked for something else meanwhile, there is none; nor later by itself.
    """
    order.documents[document.document_id] = document = replace(document, moving=False)
    lines = lines_to_issue(order, document)
    was_asked = document.cancelling is not None or document.moved_to is not None
    connection, provider = document.policy.sign_through, document.policy.signing_provider
    if connection is None or provider is None or was_asked or not lines:
        return
    policy = replace(document.policy.at(connection, provider), sign_through=None, sign_through_provider=None)
    successor = plan_again(order, document, lines, policy)
    order.documents[document.document_id] = replace(document, moved_to=successor.document_id)
    release(order, successor)
    order.resumed.append(successor.document_id)


def lines_to_issue(order: WorkingOrder, document: PlannedDocument) -> tuple[str, ...]:
    """Those that its successor can be over now; none where there can be none."""
    if document.intent is not Intent.INVOICE:
        return document.lines if is_free(order, document) else ()
    lines = tuple(ref for ref in document.lines if order.lines[ref].status is LineStatus.OPEN)
    return lines if lines and may_be_claimed(order, lines) else ()
