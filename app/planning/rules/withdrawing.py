"""Taking a document back before it has become legal."""

from collections.abc import Iterable
from dataclasses import replace

from app.domain.commands import Action
from app.domain.documents import DocumentState
from app.planning.state import LineStatus, PlannedDocument
from app.planning.working_order import WorkingOrder


def documents_holding(order: WorkingOrder, references: Iterable[str]) -> list[PlannedDocument]:
    """The documents that have a claim on one of these lines, each once."""
    holders = {order.lines[ref].document_id for ref in references if order.lines[ref].status is LineStatus.CLAIMED}
    return [document for document in order.documents.values() if document.document_id in holders]


def withdraw_all(order: WorkingOrder, documents: Iterable[PlannedDocument]) -> None:
    """Takes back each of them, those that went out first: ending one that did not may end the waits for all."""
    for document in sorted(documents, key=lambda each: not each.released):
        withdraw(order, document)


def withdraw(order: WorkingOrder, document: PlannedDocument) -> None:
    """Takes back a document that has not become legal: at once while it has not gone out, else by its issuer.

    Only the issuer knows whether something was sent; its answer, or the document's final state, goes on from here.
    """
    if not document.released:
        document = order.emit_status(document, state=DocumentState.CANCELLED, attention=None)
        order.update_lines(document)
    elif not document.withdrawing:
        order.documents[document.document_id] = replace(document, withdrawing=True)
        order.command(document, Action.WITHDRAW, 0)
