"""A connection's queue: what is due goes in the order in which the planner asked, whatever it waited for in between."""

import heapq
from itertools import count
from typing import Final

# Every so many places one goes to a question about a finished document, so that neither starves the other.
POLL_SHARE: Final = 4
NEVER: Final = float("inf")
NO_PLACE: Final = 0
_tickets = count(1)


class Document:
    """A document that is not at rest, as its lane queues it: small, for there may be a hundred thousand of them.

    `order` is its place among the others; `ticket` is that of its newest place in a queue, older ones count no more.
    """

    __slots__ = (
        "business",
        "commands",
        "document_id",
        "failures",
        "is_busy",
        "is_woken",
        "order",
        "partition",
        "ticket",
    )

    def __init__(
        self, *, business: str, partition: int, document_id: str, commands: tuple[bytes, ...], order: int
    ) -> None:
        self.business = business
        self.partition = partition
        self.document_id = document_id
        self.commands = commands
        self.order = order
        self.ticket = NO_PLACE
        self.failures = 0
        self.is_busy = False
        self.is_woken = False


class Queue:
    """Documents that wait for their time or their turn. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Document, bool]] = []
        self._ready: list[tuple[int, int, Document]] = []
        self._polls: list[tuple[int, int, Document]] = []
        self._served = 0

    def push(self, document: Document) -> None:
        """Its turn has come, or it has not had it yet."""
        document.ticket = next(_tickets)
        heapq.heappush(self._ready, (document.order, document.ticket, document))

    def push_later(self, document: Document, due: float, *, is_poll: bool) -> None:
        """Its turn comes at this time."""
        document.ticket = next(_tickets)
        heapq.heappush(self._waiting, (due, document.ticket, document, is_poll))

    def withdraw(self, document: Document) -> None:
        """Whatever place it has counts no more."""
        document.ticket = NO_PLACE

    def due(self, now: float) -> float:
        """When there is somebody to serve."""
        self._move(now)
        if _has_one(self._ready) or _has_one(self._polls):
            return now
        return self._waiting[0][0] if self._waiting else NEVER

    def pop(self, now: float) -> Document | None:
        """The next document; every fourth time a poll, if one is due."""
        self._move(now)
        self._served += 1
        heaps = (self._ready, self._polls) if self._served % POLL_SHARE else (self._polls, self._ready)
        for heap in heaps:
            if _has_one(heap):
                return heapq.heappop(heap)[2]
        return None

    def clear(self) -> None:
        """Forgets everybody."""
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
                heapq.heappush(self._polls if is_poll else self._ready, (document.order, ticket, document))


def _has_one(heap: list[tuple[int, int, Document]]) -> bool:
    while heap and heap[0][1] != heap[0][2].ticket:
        heapq.heappop(heap)
    return bool(heap)
