"""From log, outcomes, status events and dead letters to orders: takes the records topic by topic. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.domain.documents import DocumentStatus
from app.domain.identity import OrderKey, order_key
from app.domain.notices import OrderNotice
from app.domain.orders import (
    GoodwillGranted,
    InternalBody,
    InvoiceCorrected,
    InvoiceRequested,
    LinesCancelled,
    LoggedEvent,
    OrderAmended,
    OrderPlaced,
    OrderReturned,
)
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.parties import Person
from app.tracking.deadletters import DeadLetter
from app.tracking.documents import track
from app.tracking.orders import TrackedBuyer, TrackedEvent, TrackedOrder

# The kind of event that lets a frozen order go on.
THAW: Final = "OrderThawed"


def tracked_event(event: LoggedEvent, *, whole: bool) -> TrackedEvent | None:
    """An event of the log, without its answers; None for what our own writers report, which gets none.

    `whole`: with the logged event itself.
    """
    if isinstance(event.body, InternalBody):
        return None
    return TrackedEvent(
        event_id=event.event_id,
        event_type=event.body.type,
        at=event.received_at,
        request_id=event.request_id,
        buyer=buyer_of(event.person),
        references=_references(event),
        in_log=True,
        logged=event if whole else None,
    )


def buyer_of(person: Person | None) -> TrackedBuyer | None:
    """What is shown of this person; None for the final consumer."""
    if person is None:
        return None
    buyer = person.buyer
    return TrackedBuyer(name=" ".join(filter(None, (buyer.name, buyer.family_name))), tax_number=buyer.tax_number)


@dataclass(slots=True)
class _Event:
    event_type: str
    at: datetime
    request_id: str | None
    buyer: TrackedBuyer | None = None
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
    _notices: dict[OrderKey, dict[str, OrderNotice]] = field(default_factory=dict)
    _frozen: dict[OrderKey, datetime] = field(default_factory=dict)

    def log(self, events: Iterable[LoggedEvent]) -> None:
        """What `order-log.v1` holds. What our own writers report gets no answer and is left out."""
        for event in events:
            if (tracked := tracked_event(event, whole=self.whole)) is not None:
                self.logged(event.business, event.order_reference, tracked)

    def logged(self, business: str, reference: str, event: TrackedEvent) -> None:
        """One event of the log; of its copies, which a crash of intake may leave, the first counts."""
        if not self.takes(business, reference):
            return
        known = self._event(order_key(business, reference), event.event_id, event.event_type, event.at)
        if not known.in_log:
            known.in_log, known.at, known.request_id = True, event.at, event.request_id
            known.references, known.logged, known.buyer = event.references, event.logged, event.buyer

    def outcomes(self, outcomes: Iterable[OrderOutcome]) -> None:
        """What `order-outcomes.v1` holds; a repeated one counts once, and a later one with other content is added."""
        for outcome in outcomes:
            if not self.takes(outcome.business, outcome.order_reference):
                continue
            key = order_key(outcome.business, outcome.order_reference)
            known = self._event(key, outcome.event_id, outcome.event_type, outcome.occurred_at, outcome.request_id)
            content = (outcome.verdict, outcome.reason, outcome.occurred_at)
            if all((answer.verdict, answer.reason, answer.occurred_at) != content for answer in known.answers):
                known.answers.append(outcome)

    def statuses(self, statuses: Iterable[DocumentStatus]) -> None:
        """What `document-status.v1` holds."""
        for status in statuses:
            if self.takes(status.business, status.order_reference):
                self._statuses.setdefault(order_key(status.business, status.order_reference), []).append(status)

    def notices(self, notices: Iterable[OrderNotice]) -> None:
        """What `order-notices.v1` holds; of copies the first counts."""
        for notice in notices:
            if self.takes(notice.business, notice.order_reference):
                key = order_key(notice.business, notice.order_reference)
                self._notices.setdefault(key, {}).setdefault(notice.notice_id, notice)

    def dead_letters(self, letters: Iterable[tuple[bytes | None, DeadLetter]]) -> None:
        """The planner's dead letters, each with its key: the order's."""
        for key, letter in letters:
            business, slash, reference = (key or b"").decode(errors="replace").partition("/")
            if slash and self.takes(business, reference):
                self.froze(business, reference, letter.written_at)

    def froze(self, business: str, reference: str, at: datetime) -> None:
        """The order has a dead letter of the planner; the last one counts."""
        self._frozen[order_key(business, reference)] = at

    def orders(self) -> Iterator[TrackedOrder]:
        """Every order that any record names, in the order of their first record."""
        for key in dict.fromkeys((*self._events, *self._statuses, *self._frozen)):
            business, _, reference = key.partition("/")
            yield TrackedOrder(
                business=business,
                order_reference=reference,
                events=tuple(sorted(self._tracked(key), key=lambda event: event.at)),
                documents=tuple(track(self._statuses.get(key, ())).values()),
                notices=tuple(self._notices.get(key, {}).values()),
                frozen_at=self._frozen_at(key),
            )

    def _frozen_at(self, key: OrderKey) -> datetime | None:
        """When it froze; None where it never did, or was thawed since."""
        frozen = self._frozen.get(key)
        events = self._events.get(key, {}).values()
        thaws = [known.at for known in events if known.event_type == THAW and _is_taken(known)]
        return None if frozen and any(at > frozen for at in thaws) else frozen

    def _event(
        self, key: OrderKey, event_id: str, event_type: str, at: datetime, request_id: str | None = None
    ) -> _Event:
        events = self._events.setdefault(key, {})
        return events.setdefault(event_id, _Event(event_type=event_type, at=at, request_id=request_id))

    def _tracked(self, key: OrderKey) -> Iterator[TrackedEvent]:
        for event_id, known in self._events.get(key, {}).items():
            yield TrackedEvent(
                event_id=event_id,
                event_type=known.event_type,
                at=known.at,
                request_id=known.request_id,
                buyer=known.buyer,
                references=known.references,
                answers=tuple(sorted(known.answers, key=lambda answer: answer.verdict is not Verdict.HELD)),
                in_log=known.in_log,
                logged=known.logged,
            )


def _is_taken(known: _Event) -> bool:
    return any(answer.verdict is Verdict.OK for answer in known.answers)


def _references(event: LoggedEvent) -> tuple[str, ...]:
    match event.body:
        case OrderPlaced() | OrderAmended() | OrderReturned() | GoodwillGranted() | InvoiceCorrected() as of_lines:
            return tuple(line.line_reference for line in of_lines.lines)
        case InvoiceRequested() | LinesCancelled() as named:
            return named.line_references
        case _:
            return ()
