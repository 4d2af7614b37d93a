"""A connection's queue: what is due goes in the order in which the planner asked, whatever it waited for in between."""

import heapq
from itertools import count
from typing import Final

from app.issuing.ports import ConnectionId

# Every so many turns one goes to a question about a finished document, so that neither starves the other.
POLL_SHARE: Final = 4
NEVER: Final = float("inf")
NO_TICKET: Final = 0
_tickets = count(1)


class QueuedDocument:
    """A document that is not at rest, as a connection's queue holds it: small, for there may be a hundred thousand.

    `sequence`: its position among the others. `ticket`: its newest entry in the queue; older ones count no more.
    """

    __slots__ = (
        "commands",
        "connection",
        "document_id",
        "failures",
        "is_busy",
        "is_woken",
        "partition",
        "sequence",
        "ticket",
    )

    def __init__(
        self,
        *,
        connection: ConnectionId,
        partition: int,
        document_id: str,
        commands: tuple[bytes, ...],
        sequence: int,
    ) -> None:
        self.connection = connection
        self.partition = partition
        self.document_id = document_id
        self.commands = commands
        self.sequence = sequence
        self.ticket = NO_TICKET
        self.failures = 0
        self.is_busy = False
        self.is_woken = False


class DocumentQueue:
    """Documents that wait for their time or their turn. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, QueuedDocument, bool]] = []
        self._ready: list[tuple[int, int, QueuedDocument]] = []
        self._polls: list[tuple[int, int, QueuedDocument]] = []
        self._served = 0

    def push(self, document: QueuedDocument) -> None:
        """Its turn has come, or it has not had it yet."""
        document.ticket = next(_tickets)
        heapq.heappush(self._ready, (document.sequence, document.ticket, document))

    def push_later(self, document: QueuedDocument, due: float, *, is_poll: bool) -> None:
        """Its turn comes at `due`. `is_poll`: it is then only asked for its state."""
        document.ticket = next(_tickets)
        heapq.heappush(self._waiting, (due, document.ticket, document, is_poll))

    def withdraw(self, document: QueuedDocument) -> None:
        """Whatever entry it has counts no more."""
        document.ticket = NO_TICKET

    def due(self, now: float) -> float:
        """When the next document is due: now, later or never."""
        self._move(now)
        if _has_one(self._ready) or _has_one(self._polls):
            return now
        return self._waiting[0][0] if self._waiting else NEVER

    def pop(self, now: float) -> QueuedDocument | None:
        """The next document; every fourth time a poll, if one is due."""
        self._move(now)
        self._served += 1
        heaps = (self._ready, self._polls) if self._served % POLL_SHARE else (self._polls, self._ready)
        for heap in heaps:
            if _has_one(heap):
                return heapq.heappop(heap)[2]
        return None

    def clear(self) -> None:
        """Removes all documents."""
        self._waiting.clear()
        self._ready.clear()
        self._polls.clear()

    def _move(self, now: float) -> None:
        while self._waiting:
            due, ticket, document, is_poll = self._waiting[0]
            is_stale = ticket != document.ticket
            if due > now and not is_stale:
                return
            heapq.heappop(self._waiting)
            if not is_stale:
                heapq.heappush(self._polls if is_poll else self._ready, (document.sequence, ticket, document))


def _has_one(heap: list[tuple[int, int, QueuedDocument]]) -> bool:
    while heap and heap[0][1] != heap[0][2].ticket:
        heapq.heappop(heap)
    return bool(heap)
