"""Lines that will never be shipped: cancelled while they are open, withdrawn first where a document has them."""

from dataclasses import replace

from app.domain.commands import Action
from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.orders import LinesCancelled, LoggedEvent
from app.domain.outcomes import Verdict
from app.planning.draft import Draft
from app.planning.invoicing import reference_faults
from app.planning.state import Document, HeldFor, LineStatus


def lines_cancelled(draft: Draft, event: LoggedEvent, body: LinesCancelled) -> None:
    """All of the named lines or none: cancelled now, after a withdrawal, or refused with every reason."""
    references = body.line_references
    if faults := reference_faults(draft, references) or invoiced_faults(draft, references):
        draft.reject(event, faults)
        return
    if all(draft.lines[ref].status is LineStatus.CANCELLED for ref in references):
        draft.answer(event, Verdict.DUPLICATE)
        return
    for document in documents_holding(draft, references):
        withdraw(draft, document)
    if documents_holding(draft, references):
        draft.hold(event, HeldFor.WITHDRAWAL)
        return
    open_lines = [ref for ref in references if draft.lines[ref].status is LineStatus.OPEN]
    draft.move_lines(open_lines, LineStatus.CANCELLED, None)
    draft.answer(event, Verdict.OK)


def invoiced_faults(draft: Draft, references: tuple[str, ...]) -> tuple[FieldError, ...]:
    """An invoiced line can be returned, not cancelled."""
    return tuple(
        FieldError(
            path=f"$.body.line_references[{index}]",
            code="LINE_INVOICED",
            message=f"the line is invoiced on document {draft.lines[reference].document_id}; return it instead",
        )
        for index, reference in enumerate(references)
        if draft.lines[reference].status is LineStatus.INVOICED
    )


def documents_holding(draft: Draft, references: tuple[str, ...]) -> list[Document]:
    """The documents that have a claim on one of these lines, each once."""
    holders = {draft.lines[ref].document_id for ref in references if draft.lines[ref].status is LineStatus.CLAIMED}
    return [document for document in draft.documents.values() if document.document_id in holders]


def withdraw(draft: Draft, document: Document) -> None:
    """Takes back a document that has not become legal: at once while it has not gone out, else by its issuer.

    Only the issuer knows whether something was sent; its answer, or the document's final state, goes on from here.
    """
    if not document.released:
        document = draft.tell(replace(document, state=DocumentState.CANCELLED, attention=None))
        draft.settle(document)
    elif not document.withdrawing:
        draft.documents[document.document_id] = replace(document, withdrawing=True)
        draft.command(document, Action.WITHDRAW, 0)
