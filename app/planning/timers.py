"""The planner's timers: which orders wait for time, and the event that is appended when it has come."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from app.domain import identity
from app.domain.documents import UNSIGNED, DocumentState
from app.domain.orders import DeadlineApproached, DocumentOverdue, HoldExpired, LinesAged, LoggedEvent
from app.domain.policy import RULES_VERSION
from app.planning.order_entries import OrdersView, newest
from app.planning.planned_document import PlannedDocument
from app.planning.rules.notices import notices_due
from app.planning.rules.progress import is_waiting
from app.planning.state import OrderState
from app.stream.errors import LagUnknownError

# What was appended is folded within seconds, or after a backlog, which appending it again would make longer.
APPENDED_AGAIN_AFTER: Final = timedelta(minutes=10)
# An order may still be on its way through a backlog; a hold expires only when there has been none for this long.
QUIET_BEFORE_EXPIRY: Final = timedelta(minutes=15)

TimerBody = HoldExpired | DocumentOverdue | LinesAged | DeadlineApproached


class IntakeProgress(Protocol):
    """How far intake has come with the order topic. Both raise LagUnknownError when the broker does not answer."""

    async def ends(self) -> Mapping[int, int]:
        """Where each partition ends now."""

    async def has_passed(self, ends: Mapping[int, int]) -> bool:
        """Whether intake has finished every record before these ends."""


@dataclass(slots=True, kw_only=True)
class Mark:
    """Where the order topic ended when a hold had fallen due, and since when intake has been past it."""

    at: datetime
    ends: Mapping[int, int]
    passed_at: datetime | None = None


class Timers:
    """Remembers only when which order is due, and looks at the order itself when it is."""

    def __init__(self, intake: IntakeProgress, *, quiet: timedelta = QUIET_BEFORE_EXPIRY) -> None:
        self._intake = intake
        self._quiet = quiet
        self._due: dict[tuple[int, bytes], datetime] = {}
        self._mark: Mark | None = None

    def clear(self) -> None:
        """Forgets everything: this worker owns other partitions now."""
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
        """What is to be appended to the orders' logs now; and again, when it is still due minutes later."""
        late = [at for at, moment in self._due.items() if moment <= now]
        if not late:
            return []
        quiet_up_to = await self._quiet_up_to(now)
        events: list[LoggedEvent] = []
        for partition, key in late:
            state = newest(view.entry(partition, key))
            found = [*events_due(key.decode(), state, now, quiet_up_to)] if state is not None else []
            if found:
                self._due[partition, key] = now + APPENDED_AGAIN_AFTER  # until it is folded: then `watch` replaces it
            events += found
        return events

    async def _quiet_up_to(self, now: datetime) -> datetime | None:
        """Holds that fell due before this moment may expire: what was in the topic then was taken in long ago."""
        with suppress(LagUnknownError):
            if self._mark is None:
                self._mark = Mark(at=now, ends=await self._intake.ends())
            if self._mark.passed_at is None and await self._intake.has_passed(self._mark.ends):
                self._mark.passed_at = now
        mark = self._mark
        if mark is None or mark.passed_at is None or now - mark.passed_at < self._quiet:
            return None
        self._mark = None
        return mark.at


def due_at(state: OrderState) -> datetime | None:
    """When this order must be looked at again; None when nothing of it waits for time.

    What waits in a frozen order goes on waiting: nothing of it is decided before the thaw.
    """
    moments = [] if state.frozen else [held.expires_at for held in state.held if held.expires_at is not None]
    moments += [overdue_at(document) for document in state.documents.values() if is_waiting(document)]
    moments += [at for at, _ in notices_due(state)]
    return min(moments, default=None)


def overdue_at(document: PlannedDocument) -> datetime:
    """When a document without progress is raised; one that waits for a person there has a clock of its own."""
    policy, is_ours_to_send = document.policy, document.approved and document.state is DocumentState.DRAFT
    waits_there = document.state in UNSIGNED and not is_ours_to_send
    minutes = policy.signature_minutes if waits_there else policy.overdue_minutes
    return document.moved_at + timedelta(minutes=minutes)


def events_due(order_key: str, state: OrderState, now: datetime, quiet_up_to: datetime | None) -> Iterator[LoggedEvent]:
    """What is appended to this order's log now. Holds expire that fell due before `quiet_up_to`."""
    expired = [
        held.event.event_id
        for held in state.held
        if not state.frozen
        and held.expires_at is not None
        and quiet_up_to is not None
        and held.expires_at <= quiet_up_to
    ]
    if expired:
        yield _event(order_key, now, HoldExpired(event_ids=tuple(expired)), sorted(expired))
    for document in state.documents.values():
        if is_waiting(document) and overdue_at(document) <= now:
            body = DocumentOverdue(document_id=document.document_id, sequence=document.sequence)
            yield _event(order_key, now, body, (document.document_id, str(document.sequence)))
    for at, notice in notices_due(state):
        if at <= now:
            yield _event(order_key, now, notice, (str(state.version), at.isoformat()))


def _event(order_key: str, now: datetime, body: TimerBody, parts: Iterable[str]) -> LoggedEvent:
    business, _, order_reference = order_key.partition("/")
    return LoggedEvent(
        event_id=identity.derived("clock", body.type, business, order_reference, *parts),
        received_at=now,
        rules_version=RULES_VERSION,
        business=business,
        order_reference=order_reference,
        body=body,
    )
