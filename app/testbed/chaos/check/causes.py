"""What can account for an answer to an event: each cause looks at what was published, asked and made."""

from collections.abc import Callable, Collection, Iterator

from app.domain.documents import Attention, DocumentState
from app.domain.orders import (
    DocumentCancellationRequested,
    GoodwillGranted,
    InvoiceCorrected,
    InvoiceRequested,
    LinesCancelled,
    OrderAmended,
    OrderReturned,
    RerouteRequested,
    ReviewDecided,
)
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.document_history import DocumentHistory
from app.testbed.chaos.check.evidence import Submitted
from app.testbed.chaos.check.evidence_index import EvidenceIndex
from app.testbed.chaos.check.expected_content import can_be_invoiced, lines_of
from app.testbed.chaos.check.vocabulary import DEAD, INVOICING, UNSIGNED

# Whether what was published and made accounts for this answer to this event.
Cause = Callable[[EvidenceIndex, Submitted], bool]
S = DocumentState


def lines_named(index: EvidenceIndex, submitted: Submitted) -> Collection[str]:
    """The lines that the event is about; another buyer is for every line."""
    body = submitted.event.body
    if isinstance(body, InvoiceRequested | LinesCancelled):
        return body.line_references
    if isinstance(body, OrderAmended) and submitted.event.person is not None:
        return index.lines_of(submitted.order)
    lines = body.lines if isinstance(body, OrderAmended | OrderReturned | GoodwillGranted) else ()
    return [line.line_reference for line in lines]


def document_about(index: EvidenceIndex, submitted: Submitted) -> DocumentHistory | None:
    """The document that the event is about."""
    return index.documents.get(getattr(submitted.event.body, "document_id", ""))


def overlapping(index: EvidenceIndex, submitted: Submitted) -> Iterator[DocumentHistory]:
    """The documents of the order that share a line with the event's, or with its document's."""
    own = document_about(index, submitted)
    lines = set(own.latest.lines if own else lines_named(index, submitted))
    for status in index.documents_of.get(submitted.order, ()):
        if not lines.isdisjoint(status.lines) and (own is None or own.latest.document_id != status.document_id):
            yield index.documents[status.document_id]


def was_in(states: Collection[DocumentState]) -> Cause:
    """The event's document was in one of these."""

    def cause(index: EvidenceIndex, submitted: Submitted) -> bool:
        document = document_about(index, submitted)
        return document is not None and any(status.state in states for status in document.history)

    return cause


def was_questioned(document: DocumentHistory) -> bool:
    return any(status.attention is Attention.NEEDS_REVIEW for status in document.history)


def was_asked_about(index: EvidenceIndex, submitted: Submitted) -> bool:
    document = document_about(index, submitted)
    return any(map(was_questioned, [document] if document else overlapping(index, submitted)))


def other_was_asked_about(index: EvidenceIndex, submitted: Submitted) -> bool:
    return any(map(was_questioned, overlapping(index, submitted)))


def unknown_line(index: EvidenceIndex, submitted: Submitted) -> bool:
    taken, named = index.taken.get(submitted.order), set(lines_named(index, submitted))
    return taken is not None and len(lines_of(taken, named)) < len(named)


def cancelled_line(index: EvidenceIndex, submitted: Submitted) -> bool:
    own = document_about(index, submitted)
    lines = own.latest.lines if own else lines_named(index, submitted)
    return not index.cancelled_lines.get(submitted.order, set()).isdisjoint(lines)


def taken_line(index: EvidenceIndex, submitted: Submitted) -> bool:
    return any(True for _ in overlapping(index, submitted))


def invoiced_line(index: EvidenceIndex, submitted: Submitted) -> bool:
    return any(s.state in INVOICING for document in overlapping(index, submitted) for s in document.history)


def worthless(index: EvidenceIndex, submitted: Submitted) -> bool:
    taken = index.taken.get(submitted.order)
    return taken is not None and not can_be_invoiced(lines_of(taken, lines_named(index, submitted)))


def worthless_rest(index: EvidenceIndex, submitted: Submitted) -> bool:
    """What cancellations have left of the document that is to move."""
    own, taken = document_about(index, submitted), index.taken.get(submitted.order)
    if own is None or taken is None:
        return False
    left = set(own.latest.lines) - index.cancelled_lines.get(submitted.order, set())
    return bool(left) and not can_be_invoiced(lines_of(taken, left))


def also(body_type: type[DocumentCancellationRequested | RerouteRequested | InvoiceCorrected]) -> Cause:
    """The same document was to be undone otherwise, too."""

    def cause(index: EvidenceIndex, submitted: Submitted) -> bool:
        own = getattr(submitted.event.body, "document_id", None)
        bodies = (each.event.body for each in index.orders[submitted.order] if each is not submitted)
        return any(isinstance(body, body_type) and body.document_id == own for body in bodies)

    return cause


def is_past_signing(index: EvidenceIndex, submitted: Submitted) -> bool:
    """It was signed or has ended, or a person asked for something that takes it back."""
    moved_on = was_in(frozenset(S) - UNSIGNED - {S.PLANNED})(index, submitted)
    return moved_on or also(DocumentCancellationRequested)(index, submitted)


def beside_cancelled_lines(index: EvidenceIndex, submitted: Submitted) -> bool:
    """Lines of its order were cancelled, which takes its document back."""
    return any(isinstance(each.event.body, LinesCancelled) for each in index.orders[submitted.order])


def other_review(index: EvidenceIndex, submitted: Submitted) -> bool:
    document, body = document_about(index, submitted), submitted.event.body
    return document is not None and isinstance(body, ReviewDecided) and document.latest.review_revision != body.revision


def decided_otherwise(index: EvidenceIndex, submitted: Submitted) -> bool:
    body = submitted.event.body
    return isinstance(body, ReviewDecided) and any(
        (document, revision) == (body.document_id, body.revision) and decision is not body.decision
        for document, revision, decision, *_ in index.decided
    )


def is_made(index: EvidenceIndex, submitted: Submitted) -> bool:
    made = index.made.get(getattr(submitted.event.body, "document_id", ""), ())
    return any(not document.ended for document in made)


def gone(index: EvidenceIndex, submitted: Submitted) -> bool:
    """It is CANCELLED, or it has been and came to life again, of which a person is asked."""
    document = document_about(index, submitted)
    return document is not None and any(status.state is S.CANCELLED for status in document.history)


def moved(index: EvidenceIndex, submitted: Submitted) -> bool:
    """It is dead, and its lines were planned at the other connection, without those that were cancelled meanwhile."""
    body, own = submitted.event.body, document_about(index, submitted)
    if not isinstance(body, RerouteRequested) or own is None or own.latest.state not in DEAD:
        return False
    left = set(own.latest.lines) - index.cancelled_lines.get(submitted.order, set())
    others = (document.latest for document in overlapping(index, submitted))
    return any(other.connection == body.connection and left <= set(other.lines) for other in others)


def either(*causes: Cause) -> Cause:
    return lambda index, submitted: any(cause(index, submitted) for cause in causes)


def all_cancelled(index: EvidenceIndex, submitted: Submitted) -> bool:
    return set(lines_named(index, submitted)) <= index.cancelled_lines.get(submitted.order, set())


def never_came(index: EvidenceIndex, submitted: Submitted) -> bool:
    """Its order is not there, and it was waited for as long as the business's policy allows."""
    patience = index.evidence.patience_seconds
    held = [each for each in index.outcomes[submitted.event_id] if each.verdict is Verdict.HELD]
    final = index.final(submitted)
    if patience is None or final is None or not held or submitted.order in index.taken:
        return False
    return (final.occurred_at - held[0].occurred_at).total_seconds() >= patience
