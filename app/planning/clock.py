"""The planner's clock: which orders hold something that time must move, and what it says when the time has come."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, Protocol

from app.domain import identity
from app.domain.orders import DocumentOverdue, HoldExpired, LoggedEvent
from app.domain.policy import RULES_VERSION
from app.planning.entries import OrdersView, newest
from app.planning.progress import is_waiting
from app.planning.state import Document, HeldFor, OrderState

# An order may still be on its way through a backlog; a hold expires only when there has been none for this long.
QUIET_BEFORE_EXPIRY: Final = timedelta(minutes=15)


class IntakeLag(Protocol):
    """Whether the intake has read everything that was written to it."""

    async def records(self) -> int:
        """How many records of the order topic intake has not finished yet."""


class Clock:
    """Remembers only when which order is due, and looks at the order itself when it is."""

    def __init__(self, lag: IntakeLag, *, quiet: timedelta = QUIET_BEFORE_EXPIRY) -> None:
        self._lag = lag
        self._quiet = quiet
        self._due: dict[tuple[int, bytes], datetime] = {}
        self._quiet_since: datetime | None = None

    def clear(self) -> None:
        """Forgets everything: other partitions are ours now."""
        self._due.clear()

    def watch(self, partition: int, key: bytes, state: OrderState | None) -> None:
        """Notes when this order must be looked at, or that it need not be."""
        moment = due_at(state) if state is not None else None
        if moment is None:
            self._due.pop((partition, key), None)
        else:
            self._due[partition, key] = moment

    def watch_entry(self, partition: int, key: bytes, view: OrdersView) -> None:
        """The same, from the order's entry."""
        self.watch(partition, key, newest(view.entry(partition, key)))

    async def due(self, now: datetime, view: OrdersView) -> list[LoggedEvent]:
        """What is to be appended to the orders' logs now."""
        late = [at for at, moment in self._due.items() if moment <= now]
        if not late:
            return []
        await self._listen(now)
        quiet = self._quiet_since is not None and now - self._quiet_since >= self._quiet
        events: list[LoggedEvent] = []
        for partition, key in late:
            state = newest(view.entry(partition, key))
            if state is not None:
                events += events_due(key.decode(), state, now, quiet=quiet)
        return events

    async def _listen(self, now: datetime) -> None:
        lag = await self._lag.records()
        self._quiet_since = None if lag else self._quiet_since or now


def due_at(state: OrderState) -> datetime | None:
    """When this order must be looked at again; None when nothing of it waits for time."""
    moments = [held.expires_at for held in state.held if held.expires_at is not None]
    moments += [overdue_at(document) for document in state.documents.values() if is_waiting(document)]
    return min(moments, default=None)


def overdue_at(document: Document) -> datetime:
    """When a document without news is raised."""
    return document.changed_at + timedelta(minutes=document.policy.overdue_minutes)


def events_due(order_key: str, state: OrderState, now: datetime, *, quiet: bool) -> Iterator[LoggedEvent]:
    """What the clock appends to this order's log now. `quiet`: intake has long had no lag, so nothing is on its way."""
    expired = [
        held.event.event_id
        for held in state.held
        if held.waits_for is HeldFor.ORDER and held.expires_at is not None and held.expires_at <= now
    ]
    if expired and quiet:
        yield _event(order_key, now, HoldExpired(event_ids=tuple(expired)), sorted(expired))
    for document in state.documents.values():
        if is_waiting(document) and overdue_at(document) <= now:
            body = DocumentOverdue(document_id=document.document_id, sequence=document.sequence)
            yield _event(order_key, now, body, (document.document_id, document.sequence))


def _event(order_key: str, now: datetime, body: HoldExpired | DocumentOverdue, parts: Iterable[object]) -> LoggedEvent:
    business, _, order_reference = order_key.partition("/")
    return LoggedEvent(
        event_id=identity.derived("clock", body.type, business, order_reference, *parts),
        received_at=now,
        rules_version=RULES_VERSION,
        business=business,
        order_reference=order_reference,
        body=body,
    )
