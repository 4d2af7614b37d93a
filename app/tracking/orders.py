"""From log, outcomes, status events and dead letters to orders: what was asked, answered, and waits. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.documents import DEAD, DocumentStatus
from app.domain.identity import OrderKey, order_key
from app.domain.orders import InternalBody, LinesCancelled, LoggedEvent, OrderPlaced
from app.domain.outcomes import OrderOutcome, Verdict
from app.tracking.deadletters import DeadLetter
from app.tracking.documents import TrackedDocument, track

# A planner folds within seconds of intake; longer means that none runs, or that it is far behind.
ANSWERED_WITHIN: Final = timedelta(minutes=10)
# The planner's reason for an order of which no document is made here.
REGISTERED_ONLY: Final = "BEFORE_ACTIVE_FROM"
# Its reason for a cancellation that came too late for some of the documents.
PARTLY_CANCELLED: Final = "PARTLY_CANCELLED"
TAKEN: Final = frozenset({Verdict.OK, Verdict.DUPLICATE})
# The kind of event that lets a frozen order go on.
THAW: Final = "OrderThawed"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedEvent:
    """One event and its answers. `logged` is None where intake refused it, and in lists, which keep what they need.

    `references` are the lines that it names, of an order all of its lines.
    """

    event_id: str
    event_type: str
    at: datetime
    request_id: str | None
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
    """One line of the order. `document_id` is the document that has it; `since` is when it came into this state."""

    reference: str
    state: LineState
    since: datetime
    document_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedOrder:
    """One order: its events by the time they came, its documents, and the time of the dead letter that froze it."""

    business: str
    order_reference: str
    events: tuple[TrackedEvent, ...]
    documents: tuple[TrackedDocument, ...]
    frozen_at: datetime | None = None

    @property
    def latest_at(self) -> datetime:
        """When its latest event, status or dead letter was written."""
        events = [event.at for event in self.events]
        documents = [document.latest.occurred_at for document in self.documents]
        return max([*events, *documents, *([self.frozen_at] if self.frozen_at else [])])

    @property
    def placed(self) -> TrackedEvent | None:
        """The event that brought the order; None while none was taken."""
        return next((e for e in self.events if e.event_type == "OrderPlaced" and e.verdict is Verdict.OK), None)

    @property
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
        return tuple(self._line(reference, self.placed.at, cancelled) for reference in self.placed.references)

    def _line(self, reference: str, placed_at: datetime, cancelled: dict[str, datetime]) -> TrackedLine:
        mine = [document for document in self.documents if reference in document.latest.lines]
        living = [document.latest for document in mine if document.latest.state not in DEAD]
        if living:
            status = living[-1]
            return TrackedLine(
                reference=reference,
                state=LineState.ON_DOCUMENT,
                since=status.occurred_at,
                document_id=status.document_id,
            )
        if reference in cancelled:
            return TrackedLine(reference=reference, state=LineState.CANCELLED, since=cancelled[reference])
        since = max([placed_at, *(document.latest.occurred_at for document in mine)])
        return TrackedLine(reference=reference, state=LineState.OPEN, since=since)

    @property
    def refused(self) -> tuple[TrackedEvent, ...]:
        """The refusals after which nothing of their kind was taken."""
        last = {event.event_type: event for event in self.events if event.verdict in {*TAKEN, Verdict.REJECTED}}
        return tuple(event for event in last.values() if event.verdict is Verdict.REJECTED)

    @property
    def held(self) -> tuple[TrackedEvent, ...]:
        """What waits."""
        return tuple(event for event in self.events if event.verdict is Verdict.HELD)

    def stuck(self, now: datetime, *, open_for: timedelta) -> dict[Stuck, datetime]:
        """Why a person should look at it, each with the time since when. `open_for`: how long lines may be open."""
        unanswered = [e.at for e in self.events if e.in_log and not e.answers and e.at < now - ANSWERED_WITHIN]
        still_open = [x.since for x in self.lines if x.state is LineState.OPEN and x.since < now - open_for]
        found = {
            Stuck.FROZEN: [self.frozen_at] if self.frozen_at else [],
            Stuck.REFUSED: [event.at for event in self.refused],
            Stuck.HELD: [event.at for event in self.held],
            Stuck.UNANSWERED: unanswered,
            Stuck.OPEN_LINES: still_open,
        }
        return {why: min(times) for why, times in found.items() if times}


@dataclass(slots=True)
class _Event:
    event_type: str
    at: datetime
    request_id: str | None
    references: tuple[str, ...] = ()
    answers: list[OrderOutcome] = field(default_factory=list)
    in_log: bool = False
    logged: LoggedEvent | None = None


@dataclass(slots=True)
class OrderTracker:
    """Takes the records of an installation topic by topic, and returns the orders. `whole` keeps the logged events.

    `takes`: which orders are wanted; the others are left out at once.
    """

    whole: bool = False
    takes: Callable[[str, str], bool] = lambda _business, _reference: True
    _events: dict[OrderKey, dict[str, _Event]] = field(default_factory=dict)
    _statuses: dict[OrderKey, list[DocumentStatus]] = field(default_factory=dict)
    _frozen: dict[OrderKey, datetime] = field(default_factory=dict)

    def log(self, events: Iterable[LoggedEvent]) -> None:
        """What `order-log.v1` holds. What our own writers report gets no answer and is left out."""
        for event in events:
            if isinstance(event.body, InternalBody) or not self.takes(event.business, event.order_reference):
                continue
            known = self._event(event.business, event.order_reference, event.event_id, event.body.type, event)
            known.in_log, known.at = True, event.received_at
            known.references = _references(event)
            known.logged = event if self.whole else None

    def outcomes(self, outcomes: Iterable[OrderOutcome]) -> None:
        """What `order-outcomes.v1` holds; a repeated one counts once, and a later one with other content is added."""
        for outcome in outcomes:
            if not self.takes(outcome.business, outcome.order_reference):
                continue
            known = self._event(
                outcome.business, outcome.order_reference, outcome.event_id, outcome.event_type, outcome
            )
            content = (outcome.verdict, outcome.reason, outcome.occurred_at)
            if all((answer.verdict, answer.reason, answer.occurred_at) != content for answer in known.answers):
                known.answers.append(outcome)

    def statuses(self, statuses: Iterable[DocumentStatus]) -> None:
        """What `document-status.v1` holds."""
        for status in statuses:
            if self.takes(status.business, status.order_reference):
                self._statuses.setdefault(order_key(status.business, status.order_reference), []).append(status)

    def dead_letters(self, letters: Iterable[tuple[bytes | None, DeadLetter]]) -> None:
        """The planner's dead letters, each with its key: the order's."""
        for key, letter in letters:
            business, slash, reference = (key or b"").decode(errors="replace").partition("/")
            if slash and self.takes(business, reference):
                self._frozen[order_key(business, reference)] = letter.written_at

    def orders(self) -> Iterator[TrackedOrder]:
        """Every order that any record names, in the order of their first record."""
        for key in dict.fromkeys((*self._events, *self._statuses, *self._frozen)):
            business, _, reference = key.partition("/")
            yield TrackedOrder(
                business=business,
                order_reference=reference,
                events=tuple(sorted(self._tracked(key), key=lambda event: event.at)),
                documents=tuple(track(self._statuses.get(key, ())).values()),
                frozen_at=self._frozen_at(key),
            )

    def _frozen_at(self, key: OrderKey) -> datetime | None:
        """When it froze; None where it never did, or was thawed since."""
        frozen = self._frozen.get(key)
        events = self._events.get(key, {}).values()
        thaws = [known.at for known in events if known.event_type == THAW and _is_taken(known)]
        return None if frozen and any(at > frozen for at in thaws) else frozen

    def _event(
        self, business: str, reference: str, event_id: str, event_type: str, source: LoggedEvent | OrderOutcome
    ) -> _Event:
        at = source.received_at if isinstance(source, LoggedEvent) else source.occurred_at
        events = self._events.setdefault(order_key(business, reference), {})
        return events.setdefault(event_id, _Event(event_type=event_type, at=at, request_id=source.request_id))

    def _tracked(self, key: OrderKey) -> Iterator[TrackedEvent]:
        for event_id, known in self._events.get(key, {}).items():
            yield TrackedEvent(
                event_id=event_id,
                event_type=known.event_type,
                at=known.at,
                request_id=known.request_id,
                references=known.references,
                answers=tuple(sorted(known.answers, key=lambda answer: answer.verdict is not Verdict.HELD)),
                in_log=known.in_log,
                logged=known.logged,
            )


def _is_taken(known: _Event) -> bool:
    return any(answer.verdict is Verdict.OK for answer in known.answers)


def _cancelled_by(event: TrackedEvent) -> Iterator[str]:
    """The lines that this cancellation has cancelled: of a partial one those that its answer has no error for."""
    is_partial = bool(event.answers) and event.answers[-1].reason == PARTLY_CANCELLED
    if event.verdict not in TAKEN and not is_partial:
        return
    kept = {error.path for error in event.answers[-1].errors} if is_partial else set()
    for index, reference in enumerate(event.references):
        if f"$.body.line_references[{index}]" not in kept:
            yield reference


def _references(event: LoggedEvent) -> tuple[str, ...]:
    match event.body:
        case OrderPlaced() as placed:
            return tuple(line.line_reference for line in placed.lines)
        case LinesCancelled() as cancelled:
            return cancelled.line_references
        case _:
            return ()
