"""Everything that happened to an order, in one sequence: what was asked, its answers, and each step of a document."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.documents import DocumentStatus
from app.domain.notices import OrderNotice
from app.domain.outcomes import OrderOutcome
from app.tracking.orders import TrackedEvent, TrackedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """An event, an outcome (with its event), a status or a notice; the others are None."""

    at: datetime
    event: TrackedEvent | None = None
    outcome: OrderOutcome | None = None
    status: DocumentStatus | None = None
    notice: OrderNotice | None = None


def timeline(order: TrackedOrder) -> tuple[TimelineEntry, ...]:
    """The oldest first; of one moment the event, then its answer, then the documents and notices."""
    return tuple(sorted(_entries(order), key=lambda entry: entry.at))


def _entries(order: TrackedOrder) -> Iterator[TimelineEntry]:
    yield from (TimelineEntry(at=event.at, event=event) for event in order.events)
    for event in order.events:
        yield from (TimelineEntry(at=answer.occurred_at, event=event, outcome=answer) for answer in event.answers)
    for document in order.documents:
        yield from (TimelineEntry(at=status.occurred_at, status=status) for status in document.history)
    yield from (TimelineEntry(at=notice.occurred_at, notice=notice) for notice in order.notices)
