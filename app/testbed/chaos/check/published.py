"""What outcomes and statuses state of events and documents, compared with what was sent and what the providers made."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from app.domain.documents import Attention, DocumentReference, DocumentState, DocumentStatus
from app.domain.orders import InvoiceCorrected, InvoiceRequested, OrderPlaced, OrderStatusChanged, RerouteRequested
from app.domain.outcomes import OrderOutcome, Verdict
from app.testbed.chaos.check.after_sales_causes import AFTER_SALES
from app.testbed.chaos.check.defects import Defects, wrong
from app.testbed.chaos.check.document_history import DocumentHistory
from app.testbed.chaos.check.evidence import MadeDocument, Submitted
from app.testbed.chaos.check.evidence_index import EvidenceIndex, name_of
from app.testbed.chaos.check.vocabulary import INVOICING, NEVER_COMES
from app.testbed.generator.content import SHIPPED

# Why upstream's own events are refused, by their order's scenario.
REASONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "conflicting content": frozenset({"CONTENT_CONFLICT"}),
        "wrong tax number": frozenset({"TAX_NUMBER_INVALID"}),
        "unknown line": frozenset({"UNKNOWN_LINE"}),
        "overlapping requests": frozenset({"LINE_CLAIMED", "LINE_INVOICED"}),
        "cancelled before shipping": frozenset({"LINE_CANCELLED"}),
        NEVER_COMES: frozenset({"ORDER_NOT_FOUND"}),
    }
)
# The code with which a document is REJECTED that its provider took and failed afterwards; where it is not known here,
# any reason will do.
FAILURES: Final[Mapping[str, str]] = MappingProxyType({"nilvera": "NILVERA_STATUS_ERROR", "testbook": "BOOKING_FAILED"})
BY_A_PERSON: Final = "REVIEW_REJECTED"


# --- of events -------------------------------------------------------------------------------------------------------


def outcomes(index: EvidenceIndex) -> Defects:
    """An outcome names its own event, its reason, and the documents that it is about, as their statuses had them."""
    for submitted in index.evidence.submitted:
        for outcome in index.outcomes.get(submitted.event_id, ()):
            said = f"order {name_of(submitted.order)}: the outcome of {submitted.event.body.type}"
            faults = (
                *_of_its_event(submitted, outcome),
                *_of_its_documents(index, submitted, outcome),
                *_of_its_reason(index, submitted, outcome),
            )
            yield from (wrong(f"{said} ({outcome.verdict}) {fault}") for fault in faults)


def _of_its_event(submitted: Submitted, outcome: OrderOutcome) -> Iterator[str]:
    event = submitted.event
    named = (outcome.event_type, outcome.business, outcome.order_reference, outcome.request_id)
    if named != (event.body.type, event.business, event.order_reference, event.request_id):
        yield f"names {named}"
    if outcome.verdict in {Verdict.REJECTED, Verdict.HELD} and not outcome.reason:
        yield "gives no reason"


def _of_its_documents(index: EvidenceIndex, submitted: Submitted, outcome: OrderOutcome) -> Iterator[str]:
    for reference in outcome.documents:
        document = index.documents.get(reference.document_id)
        if document is None or not any(_was_published(reference, status) for status in document.history):
            yield f"has document {reference.document_id} as {reference.state}, {reference.number}: it never was so"
    due = _due_document(index, submitted, outcome)
    if due is not None and not any(due.items() <= _values(reference).items() for reference in outcome.documents):
        yield f"names no document with {due}"


def _due_document(index: EvidenceIndex, submitted: Submitted, outcome: OrderOutcome) -> dict[str, object] | None:
    """What one of the named documents must be; None where none must be named."""
    body = submitted.event.body
    planned_by_order = submitted.order[0] in index.evidence.planned_by_order
    if outcome.verdict not in {Verdict.OK, Verdict.DUPLICATE}:
        return None
    if isinstance(body, InvoiceRequested):
        return {"lines": frozenset(body.line_references)}
    if isinstance(body, OrderPlaced) and outcome.verdict is Verdict.OK and planned_by_order:
        return {"lines": frozenset(line.line_reference for line in body.lines)}
    if isinstance(body, OrderStatusChanged) and body.status == SHIPPED and outcome.verdict is Verdict.OK:
        return {"lines": frozenset(index.lines_of(submitted.order))}
    if isinstance(body, RerouteRequested):
        return {"connection": body.connection}
    document_id = None if isinstance(body, InvoiceCorrected) else getattr(body, "document_id", None)
    return {"document_id": document_id} if document_id else None


def _values(reference: DocumentReference) -> dict[str, object]:
    return {
        "document_id": reference.document_id,
        "provider": reference.provider,
        "connection": reference.connection,
        "lines": frozenset(reference.lines),
    }


def _was_published(reference: DocumentReference, status: DocumentStatus) -> bool:
    names = ("state", "provider", "connection", "lines", "number", "ettn", "document_type", "intent")
    return all(getattr(reference, name) == getattr(status, name) for name in names)


def _of_its_reason(index: EvidenceIndex, submitted: Submitted, outcome: OrderOutcome) -> Iterator[str]:
    """Upstream is refused for what its order's scenario has wrong."""
    order = index.generated.get(submitted.order)
    is_made_up = submitted.event.actor is None and not isinstance(submitted.event.body, AFTER_SALES)
    is_upstream = is_made_up and order is not None and index.went_as_made_up(submitted.order)
    if outcome.verdict is not Verdict.REJECTED or not is_upstream or order is None:
        return
    due = REASONS.get(order.scenario, frozenset())
    said = outcome.errors[0].code if outcome.errors else outcome.reason
    if said not in due:
        yield f"is refused for {said}, not for {' or '.join(sorted(due)) or 'nothing'}"


# --- of documents ----------------------------------------------------------------------------------------------------


def documents(index: EvidenceIndex) -> Defects:
    """A document's statuses have it as its provider has it, and a reason for what went wrong with it."""
    for document_id, document in index.documents.items():
        made = index.kept.get(document_id, [])
        for sentence in (*_names(index, document, made), *_reasons(index, document, made), *_silences(index, document)):
            yield wrong(f"document {document_id}: {sentence}")


def _names(index: EvidenceIndex, document: DocumentHistory, made: list[MadeDocument]) -> Iterator[str]:
    """Number, ETTN, type and date in every status of a legal document, and in earlier ones that have them.

    Where a person has recorded its number alone, its statuses need not have the ETTN.
    """
    found: dict[str, str] = {}
    by_number = any((document.latest.document_id, None) == (mark[0], mark[3]) for mark in index.marked)
    for status in document.history if made else ():
        for name, (said, due) in _named(status, made[0]).items():
            is_needed = status.state in INVOICING and not (name == "ETTN" and by_number)
            if said != due and (said is not None or is_needed):
                found.setdefault(name, f"status {status.sequence} has its {name} as {said}, and it is {due}")
    yield from found.values()


def _named(status: DocumentStatus, made: MadeDocument) -> dict[str, tuple[object, object]]:
    names: dict[str, tuple[object, object]] = {
        "number": (status.number, made.number),
        "ETTN": (status.ettn, made.ettn),
        "date": (status.issue_date, made.issue_date),
    }
    if status.state in INVOICING:  # before that its type may still turn out to be another
        names["type"] = (status.document_type, made.document_type)
    return names


def _reasons(index: EvidenceIndex, document: DocumentHistory, made: list[MadeDocument]) -> Iterator[str]:
    latest = document.latest
    if latest.attention is Attention.NEEDS_REVIEW and not (latest.evidence or latest.errors):
        yield "a person is asked, and is shown nothing"
    if latest.state is not DocumentState.REJECTED:
        return
    said = {error.code for error in _ending(document).errors}
    due = {FAILURES[each.provider] for each in made if each.failed and each.provider in FAILURES}
    due |= {BY_A_PERSON} if latest.document_id in index.rejected_by_persons else set()
    if not said or (due and said.isdisjoint(due)):
        yield f"it is REJECTED for {sorted(said)}, not for {sorted(due) or 'a reason'}"


def _silences(index: EvidenceIndex, document: DocumentHistory) -> Iterator[str]:
    """A document is raised as overdue when its legal state has stood still for so long, and not before."""
    patience = index.evidence.patience_seconds
    moved = document.history[0]
    for before, after in pairwise(document.history):
        moved = after if after.state is not before.state else moved
        if after.attention is Attention.OVERDUE is not before.attention:
            silence = (after.occurred_at - moved.occurred_at).total_seconds()
            if patience is None or silence < patience:
                yield f"status {after.sequence} raises it as overdue after {silence:.0f} s"


def _ending(document: DocumentHistory) -> DocumentStatus:
    """The status that brought its last state."""
    moved = [after for before, after in pairwise(document.history) if after.state is not before.state]
    return moved[-1] if moved else document.history[0]
