"""What can account for an answer to something that follows a sale: a return, a goodwill, a correction, an amendment."""

from collections import Counter
from typing import Final

from app.domain.numbers import NUMBER
from app.domain.orders import (
    DocumentCancellationRequested,
    GoodwillGranted,
    InvoiceCorrected,
    OrderAmended,
    OrderReturned,
)
from app.testbed.chaos.check.causes import cancelled_line, document_about, lines_named, overlapping
from app.testbed.chaos.check.credited import of_event
from app.testbed.chaos.check.evidence import Submitted
from app.testbed.chaos.check.evidence_index import EvidenceIndex
from app.testbed.chaos.check.expected_content import sold
from app.testbed.chaos.check.vocabulary import DEAD

# What is sent about an invoice that there is, or about an order before it has one.
AFTER_SALES: Final = (OrderAmended, OrderReturned, GoodwillGranted, InvoiceCorrected, DocumentCancellationRequested)


def no_such_document(index: EvidenceIndex, submitted: Submitted) -> bool:
    """There is none, or the event has overtaken what planned it."""
    document, final = document_about(index, submitted), index.final(submitted)
    return document is None or (final is not None and final.occurred_at <= document.history[0].occurred_at)


def credited(index: EvidenceIndex, submitted: Submitted) -> bool:
    """A part of its document was given back, on a document."""
    own = getattr(submitted.event.body, "document_id", None)
    return any(grant.original == own and grant.document_id for grant in index.grants.get(submitted.order, ()))


def uninvoiced_line(index: EvidenceIndex, submitted: Submitted) -> bool:
    """One of its lines was cancelled, or its document has ended, or nothing had asked for one yet.

    The last can be so where neither the order itself nor what comes with it plans one.
    """
    if submitted.order[0] not in index.evidence.planned_by_order or cancelled_line(index, submitted):
        return True
    documents = list(overlapping(index, submitted))
    held = {line for document in documents for line in document.latest.lines}
    ended = any(status.state in DEAD for document in documents for status in document.history)
    return ended or not set(lines_named(index, submitted)) <= held


def exceeds(index: EvidenceIndex, submitted: Submitted) -> bool:
    """With all that was ever granted of a line it would be more than the line."""
    is_return = isinstance(submitted.event.body, OrderReturned)
    granted: Counter[str] = Counter()
    for grant in index.grants.get(submitted.order, ()):
        granted.update({line.line_reference: line.quantity if is_return else line.amount for line in grant.lines})
    for taken in index.versions.get(submitted.order, ()):
        for document in overlapping(index, submitted):
            limits = sold(taken, document.latest.lines)[0 if is_return else 1]
            asked = of_event(submitted)[1]
            if any(value + granted[line] > limits[line] for line, value in asked.items() if line in limits):
                return True
    return False


def nameless_original(index: EvidenceIndex, submitted: Submitted) -> bool:
    """Its invoice has a number of a bookkeeping program, or none that is known here."""
    return any(NUMBER.fullmatch(each.latest.number or "") is None for each in overlapping(index, submitted))


def corrected_otherwise(index: EvidenceIndex, submitted: Submitted) -> bool:
    """Another event has given the order what this one would correct."""
    return len(index.versions.get(submitted.order, ())) > 1


def corrected(index: EvidenceIndex, submitted: Submitted) -> bool:
    document = document_about(index, submitted)
    return document is not None and document.latest.corrected_by is not None


def reissued(index: EvidenceIndex, submitted: Submitted) -> bool:
    """The wrong document has ended, and another one is in its place."""
    document = document_about(index, submitted)
    return document is not None and document.latest.corrected_by in index.documents and document.latest.state in DEAD
