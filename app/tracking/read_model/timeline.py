"""Everything that happened to an order, in one sequence: what was asked, its answers, and each step of a document."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.documents import DocumentStatus
from app.domain.outcomes import OrderOutcome
from app.tracking.orders import TrackedEvent, TrackedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One of the three. An `outcome` and an event of a person has who and why in `event`."""

    at: datetime
    event: TrackedEvent | None = None
    outcome: OrderOutcome | None = None
    status: DocumentStatus | None = None


def timeline(order: TrackedOrder) -> tuple[TimelineEntry, ...]:
    """The oldest first; of one moment the event, then its answer, then the documents."""
    return tuple(sorted(_entries(order), key=lambda entry: entry.at))


def _entries(order: TrackedOrder) -> Iterator[TimelineEntry]:
    yield from (TimelineEntry(at=event.at, event=event) for event in order.events)
    for event in order.events:
        yield from (TimelineEntry(at=answer.occurred_at, event=event, outcome=answer) for answer in event.answers)
    for document in order.documents:
        yield from (TimelineEntry(at=status.occurred_at, status=status) for status in document.history)
