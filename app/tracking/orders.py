"""An order by its events, answers and documents: the state of its lines, what waits, why to look at it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final

from app.domain.documents import DEAD, LEGAL, Intent
from app.domain.notices import LinesCredited, OrderNotice
from app.domain.orders import LoggedEvent
from app.domain.outcomes import OrderOutcome, Verdict
from app.tracking.credits import NOTHING, Credited, counted_credits, credited
from app.tracking.documents import TrackedDocument

# A planner folds within seconds of intake; longer means that none runs, or that it is far behind.
ANSWERED_WITHIN: Final = timedelta(minutes=10)
# The planner's reason for an order of which no document is made here.
REGISTERED_ONLY: Final = "BEFORE_ACTIVE_FROM"
# Its reason for a cancellation that came too late for some of the documents.
PARTLY_CANCELLED: Final = "PARTLY_CANCELLED"
TAKEN: Final = frozenset({Verdict.OK, Verdict.DUPLICATE})


class LineState(StrEnum):
    """Where one line of an order is, by its documents and cancellations."""

    OPEN = "OPEN"
    ON_DOCUMENT = "ON_DOCUMENT"
    CANCELLED = "CANCELLED"


class Stuck(StrEnum):
    """Why a person should look at an order."""

    FROZEN = "FROZEN"
    """An event of it could not be folded: its later events wait (see the planner's dead letters)."""
    REFUSED = "REFUSED"
    """The last answer to this kind of event is a refusal: nothing has followed that was taken."""
    HELD = "HELD"
    """An event waits for something that has not happened yet."""
    UNANSWERED = "UNANSWERED"
    """An event was taken in and has no answer: no planner has come to it."""
    OPEN_LINES = "OPEN_LINES"
    """Lines are neither cancelled nor on a document that has not ended, for longer than the bound."""


# How long these may last before they are a reason to look; the others are one at once.
_PATIENCE: Final = {Stuck.UNANSWERED: ANSWERED_WITHIN}


class OrderState(StrEnum):
    """Where a whole order is, by its lines and their documents."""

    WAITING = "WAITING"
    """Events wait for the order itself, or it has no answer yet."""
    REFUSED = "REFUSED"
    """It was refused, and has not come again corrected."""
    REGISTERED = "REGISTERED"
    """From before the business's `active_from`: no document of it is made here."""
    OPEN = "OPEN"
    """At least one line is neither on a document nor cancelled."""
    IN_PROGRESS = "IN_PROGRESS"
    """Every line is on a document or cancelled, and a document has no legal effect yet, or is being cancelled."""
    COMPLETED = "COMPLETED"
    """Every line is cancelled or on a legal document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedBuyer:
    """Whom an order or an amendment is for: what lists show of a person, and nothing else that is personal."""

    name: str
    tax_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedEvent:
    """One event and its answers. `logged` is None where intake refused it, and in lists, which keep what they need.

    `references` are the lines that it names, of an order all of its lines; `buyer` whom it names.
    """

    event_id: str
    event_type: str
    at: datetime
    request_id: str | None
    buyer: TrackedBuyer | None = None
    references: tuple[str, ...] = ()
    answers: tuple[OrderOutcome, ...] = ()
    in_log: bool = False
    logged: LoggedEvent | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The last answer's; None while there is none. HELD is not final."""
        return self.answers[-1].verdict if self.answers else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedLine:
    """One line of the order. `document_id` is the document that has it; `since` is when it came into this state.

    `credited`: what of it came back, or was taken off its price afterwards.
    """

    reference: str
    state: LineState
    since: datetime
    document_id: str | None = None
    credited: Credited = NOTHING


@dataclass(frozen=True, kw_only=True)
class TrackedOrder:
    """One order: its events by the time they came, its documents, and the time of the dead letter that froze it."""

    business: str
    order_reference: str
    events: tuple[TrackedEvent, ...]
    documents: tuple[TrackedDocument, ...]
    notices: tuple[OrderNotice, ...] = ()
    frozen_at: datetime | None = None

    @property
    def latest_at(self) -> datetime:
        """When its latest event, status or dead letter was written."""
        events = [event.at for event in self.events]
        documents = [document.latest.occurred_at for document in self.documents]
        return max([*events, *documents, *([self.frozen_at] if self.frozen_at else [])])

    @cached_property
    def placed(self) -> TrackedEvent | None:
        """The event that brought the order; None while none was taken."""
        return next((e for e in self.events if e.event_type == "OrderPlaced" and e.verdict is Verdict.OK), None)

    @cached_property
    def lines(self) -> tuple[TrackedLine, ...]:
        """The order's lines in its own sequence; none while there is no order, and of one from before `active_from`."""
        if self.placed is None or self.placed.answers[-1].reason == REGISTERED_ONLY:
            return ()
        cancelled = {
            reference: event.at
            for event in self.events
            if event.event_type == "LinesCancelled"
            for reference in _cancelled_by(event)
        }
        credits_ = counted_credits(self.documents, self.notices)
        return tuple(self._line(reference, self.placed.at, cancelled, credits_) for reference in self.placed.references)

    def _line(
        self,
        reference: str,
        placed_at: datetime,
        cancelled: dict[str, datetime],
        credits_: tuple[LinesCredited, ...],
    ) -> TrackedLine:
        mine = [
            document
            for document in self.documents
            if document.latest.intent is Intent.INVOICE and reference in document.latest.lines
        ]
        living = [document.latest for document in mine if document.latest.state not in DEAD]
        if living:
            status = living[-1]
            return TrackedLine(
                reference=reference,
                state=LineState.ON_DOCUMENT,
                since=status.occurred_at,
                document_id=status.document_id,
                credited=credited(status.document_id, reference, credits_),
            )
        if reference in cancelled:
            return TrackedLine(reference=reference, state=LineState.CANCELLED, since=cancelled[reference])
        since = max([placed_at, *(document.latest.occurred_at for document in mine)])
        return TrackedLine(reference=reference, state=LineState.OPEN, since=since)

    @property
    def state(self) -> OrderState:
        """Where the whole order is."""
        if self.placed is None:
            is_refused = any(event.event_type == "OrderPlaced" for event in self.refused)
            return OrderState.REFUSED if is_refused else OrderState.WAITING
        if self.placed.answers[-1].reason == REGISTERED_ONLY:
            return OrderState.REGISTERED
        if any(line.state is LineState.OPEN for line in self.lines):
            return OrderState.OPEN
        living = [document.latest.state for document in self.documents if document.latest.state not in DEAD]
        return OrderState.COMPLETED if LEGAL.issuperset(living) else OrderState.IN_PROGRESS

    @property
    def refused(self) -> tuple[TrackedEvent, ...]:
        """The refusals after which nothing of their kind was taken."""
        last = {event.event_type: event for event in self.events if event.verdict in {*TAKEN, Verdict.REJECTED}}
        return tuple(event for event in last.values() if event.verdict is Verdict.REJECTED)

    @property
    def held(self) -> tuple[TrackedEvent, ...]:
        """What waits."""
        return tuple(event for event in self.events if event.verdict is Verdict.HELD)

    @property
    def waiting(self) -> dict[Stuck, datetime]:
        """What may become a reason to look at it, each with the time since when it is so."""
        found = {
            Stuck.FROZEN: [self.frozen_at] if self.frozen_at else [],
            Stuck.REFUSED: [event.at for event in self.refused],
            Stuck.HELD: [event.at for event in self.held],
            Stuck.UNANSWERED: [event.at for event in self.events if event.in_log and not event.answers],
            Stuck.OPEN_LINES: [line.since for line in self.lines if line.state is LineState.OPEN],
        }
        return {why: min(times) for why, times in found.items() if times}

    def stuck(self, now: datetime, *, open_for: timedelta) -> dict[Stuck, datetime]:
        """Why a person should look at it, each with the time since when. `open_for`: how long lines may be open."""
        return reasons(self.waiting, now, open_for=open_for)


def reasons(waiting: Mapping[Stuck, datetime], now: datetime, *, open_for: timedelta) -> dict[Stuck, datetime]:
    """Those that last longer than they may. `open_for`: how long lines may be open."""
    latest = latest_start(now, open_for=open_for)
    return {why: since for why, since in waiting.items() if why not in latest or since < latest[why]}


def latest_start(now: datetime, *, open_for: timedelta) -> dict[Stuck, datetime]:
    """Before which moment these must have begun to be a reason; the others are one at once."""
    return {why: now - patience for why, patience in {**_PATIENCE, Stuck.OPEN_LINES: open_for}.items()}


def _cancelled_by(event: TrackedEvent) -> Iterator[str]:
    """The lines that this cancellation has cancelled: of a partial one those that its answer has no error for."""
    is_partial = bool(event.answers) and event.answers[-1].reason == PARTLY_CANCELLED
    if event.verdict not in TAKEN and not is_partial:
        return
    kept = {error.path for error in event.answers[-1].errors} if is_partial else set()
    for index, reference in enumerate(event.references):
        if f"$.body.line_references[{index}]" not in kept:
            yield reference
