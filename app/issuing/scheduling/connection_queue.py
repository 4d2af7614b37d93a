"""One connection's queue: its documents, its limiter, its breaker, and the connection as it was last seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from app.issuing.decisions.issue_state import LONGEST_RETRY_AFTER
from app.issuing.decisions.step_status import Rules
from app.issuing.execution.deadline import bounded
from app.issuing.ports import ConnectionId, Connections, ProviderConnection
from app.issuing.scheduling.circuit_breaker import Breaker, BreakerState
from app.issuing.scheduling.document_queue import NEVER, DocumentQueue
from app.issuing.scheduling.doubts import Doubts
from app.issuing.scheduling.permits import Permits, Reservation
from app.issuing.scheduling.rate_limiter import Limiter
from providers.base import (
    Capabilities,
    Finding,
    HasSession,
    LookUp,
    NotSent,
    Outcome,
    Quota,
    Registration,
    Unclear,
    Unknown,
)

log = structlog.get_logger(__name__)

# How long a connection is taken as it was: its owner's change works within seconds.
CONNECTION_FRESH_SECONDS: Final = 5.0
# How often a missing, disabled or blocked connection is looked at again.
RECHECK_SECONDS: Final = 5.0
# Before the connection was seen once one command is enough to find out, and what one call makes must not be taken for
# what another one has made.
ONE_BY_ONE: Final = 1
# What passes by itself, a store that restarts or a rebalance, has passed by then; else its documents report it.
REPORT_AFTER_SECONDS: Final = 30.0
STORE_AWAY: Final = "the store cannot be asked"


@dataclass(slots=True)
class Closure:
    """Why the connection cannot be used, and since when. `is_reported`: its documents report it."""

    why: str
    since: float
    is_reported: bool = False


@dataclass(slots=True)
class Block:
    """A revision of the connection that its owner has to look at."""

    revision: int
    why: str
    is_marked: bool = False


class ConnectionQueue:
    """Everything that one connection limits. Times are monotonic seconds."""

    def __init__(
        self,
        which: ConnectionId,
        connections: Connections,
        monotonic: Callable[[], float],
        is_ours: Callable[[], bool],
        owned_since: float,
        *,
        part_of: Callable[[Capabilities], Quota] = lambda capabilities: capabilities.quota,
    ) -> None:
        """`is_ours`: whether a request may still leave; asked for each, and it ends the process without a lease.

        `part_of`: how much of the connection's quota is for us.
        """
        self.which = which
        self.documents = DocumentQueue()
        self.breaker = Breaker()
        self.doubts = Doubts()
        self.running = 0
        self.connection: ProviderConnection | None = None
        self.turn_at = NEVER
        self._connections = connections
        self._monotonic = monotonic
        self._is_ours = is_ours
        self._part_of = part_of
        self._limiter: Limiter | None = None
        self._owned_since = owned_since
        self._seen_at = -NEVER
        self._closed_until = -NEVER
        self._block: Block | None = None
        self._closure: Closure | None = None

    @property
    def waits_because(self) -> str | None:
        """Why its documents wait, once that is to be reported."""
        return self._closure.why if self._closure is not None and self._closure.is_reported else None

    def begins_to_report(self) -> bool:
        """Whether its documents are to report from now on why they wait; true once for each reason."""
        known = self._closure
        if known is None or known.is_reported or self._monotonic() < known.since + REPORT_AFTER_SECONDS:
            return False
        known.is_reported = True
        return True

    @property
    def rules(self) -> Rules | None:
        """What the machine may know of the connection; None when it has never been seen, or is gone."""
        if self.connection is None:
            return None
        return Rules(
            capabilities=self.connection.adapter.capabilities,
            resend_after_absence=self.connection.resend_after_absence,
            account=self.connection.account,
            account_since=self.connection.account_since,
            has_other_register=bool(self.connection.registers),
        )

    @property
    def is_asked_by_list(self) -> bool:
        """Whether what is there is compared with what was there: then calls come one after the other."""
        connection = self.connection
        return connection is not None and connection.adapter.capabilities.look_up is LookUp.BY_LIST

    def opens_at(self, now: float) -> float:
        """When the next document may be taken up: now, later or never."""
        due = self.documents.due(now)
        if due == NEVER or self.running >= self._concurrency():
            return NEVER
        limit = self._limiter.opens_at(now) if self._limiter else now
        return max(due, limit, self.breaker.opens_at(now), self._closed_until)

    def come_back(self, now: float) -> None:
        """The partition is ours anew: its owner meanwhile may have used the whole quota until now."""
        self._owned_since = now
        if self._limiter is not None:
            self._limiter.fill(now + self._limiter.quota.seconds)

    @property
    def is_open(self) -> bool:
        """Whether calls may be made at all, quota aside."""
        return self._monotonic() >= self._closed_until and self.breaker.state is not BreakerState.OPEN

    def reserve(self) -> Reservation | None:
        """A slot for one call, now or not at all."""
        if self._limiter is None or not self.is_open:
            return None
        return Reservation.by(self._limiter, self._monotonic)

    def record_result(self, answer: Outcome | Finding | Registration, about: str | None = None) -> None:
        """Learns from an answer: what the breaker counts, what the limiter waits for, what needs the owner.

        `about`: the document, or the buyer, that was asked about.
        """
        now = self._monotonic()
        match answer:
            case NotSent(needs_owner=True, why=why) | Unclear(needs_owner=True, why=why):
                self._shut(why)
            case (
                NotSent(retry_after=float() | int() as seconds)
                | Unknown(retry_after=float() | int() as seconds)
                | Unclear(retry_after=float() | int() as seconds)
            ) if self._limiter:
                self._limiter.pause(now + min(seconds, LONGEST_RETRY_AFTER.total_seconds()))
            case Unknown() | Unclear() | NotSent():
                self.breaker.failed(now, about)
            case _:
                self.breaker.answered()

    async def refresh(self) -> None:
        """Reads the connection anew, if that was long ago, and marks it for its owner if an answer asked for that."""
        now = self._monotonic()
        if now < self._seen_at + CONNECTION_FRESH_SECONDS:
            return
        await self._mark()
        try:
            seen = await self._connections.get(self.which)
            self._seen_at = now = self._monotonic()
            if isinstance(seen, ProviderConnection):
                self._adopt(seen, now)
                return
            why = seen.why
        except Exception as exc:  # noqa: BLE001 - the store is down, or it is like no other: its own commands wait
            log.warning("a connection cannot be seen", **self.which._asdict(), error=type(exc).__name__)
            why = STORE_AWAY
        self._close(why)
        self.connection = None
        self._seen_at = now = self._monotonic()
        self._closed_until = now + RECHECK_SECONDS

    def _adopt(self, seen: ProviderConnection, now: float) -> None:
        capabilities = seen.adapter.capabilities
        quota, needed = self._part_of(capabilities), capabilities.requests_in_a_call if capabilities.is_slow else 1
        needed = min(needed, quota.requests)
        if self._limiter is None or (self._limiter.quota, self._limiter.needed) != (quota, needed):
            # It is not known what another process, or this one under another quota, has used of this window.
            since = self._owned_since if self._limiter is None else now
            self._limiter = Limiter(quota, full_until=since + quota.seconds, needed=needed)
        seen.adapter.use_permit(Permits(self._limiter, self._monotonic, self._is_ours))
        self.connection = seen
        is_blocked = self._block is not None and self._block.revision == seen.revision
        if seen.enabled and not is_blocked:
            self._closed_until, self._closure = -NEVER, None
            return
        self._closed_until = now + RECHECK_SECONDS
        self._close(self._block.why if is_blocked and self._block else seen.why_not)

    def _close(self, why: str) -> None:
        if self._closure is None or self._closure.why != why:
            self._closure = Closure(why, self._monotonic())

    def _shut(self, why: str) -> None:
        if self.connection is not None:
            log.warning("a connection needs its owner", **self.which._asdict(), why=why)
            self._block = Block(self.connection.revision, why)
            self._closed_until = self._monotonic() + RECHECK_SECONDS
            self._seen_at = -NEVER

    async def _mark(self) -> None:
        """The block holds here in any case; the mark is for the owner and for the next worker."""
        block = self._block
        if block is None or block.is_marked:
            return
        try:
            await self._connections.mark_needs_owner(self.which, block.revision, block.why)
            block.is_marked = True
        except Exception as exc:  # noqa: BLE001 - the store is down: it is marked next time
            log.warning(
                "cannot mark that a connection needs its owner", **self.which._asdict(), error=type(exc).__name__
            )

    def _concurrency(self) -> int:
        if self.connection is None or self.breaker.state is not BreakerState.CLOSED:
            return ONE_BY_ONE
        return ONE_BY_ONE if self.is_asked_by_list else self.connection.adapter.capabilities.concurrency

    async def end_session(self, seconds: float) -> None:
        """Logs out where its login is a session, so that the next owner, or the user, can log in."""
        adapter = self.connection.adapter if self.connection is not None else None
        if adapter is not None and adapter.capabilities.one_session:
            assert isinstance(adapter, HasSession)
            await bounded(adapter.end_session(seconds), seconds, type(None))

    async def probe(self) -> None:
        """Asks by a read whether the provider answers again."""
        await self.refresh()
        now = self._monotonic()
        if self.connection is None or now < self._closed_until:
            return
        adapter = self.connection.adapter
        seconds = adapter.capabilities.max_call_seconds
        answers = await bounded(adapter.probe(seconds), seconds, bool)
        self.breaker.probed(self._monotonic(), answers=answers is True)
