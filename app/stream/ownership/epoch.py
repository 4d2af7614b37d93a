"""An epoch: one time of ownership, from the end of a recovery to the next revoke."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

import structlog

from app.stream.errors import OwnershipLost
from app.stream.ownership.lease import boottime

# A store or a registry that is away comes back; until then the records wait where they are.
WAIT_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)
_NONE: frozenset[int] = frozenset()


class Epoch:
    """What this worker owns until `ended`; a new assignment of the same partitions is another epoch."""

    def __init__(self, generation: int, owned: Iterable[tuple[str, int]]) -> None:
        self.generation = generation
        by_topic: defaultdict[str, set[int]] = defaultdict(set)
        for topic, partition in owned:
            by_topic[topic].add(partition)
        self._partitions = {topic: frozenset(partitions) for topic, partitions in by_topic.items()}
        self._revoked = asyncio.Event()
        self._end = asyncio.Event()
        self.waits_for: str | None = None
        """What the batch at work waits for, in a sentence: `/ready` names it."""
        self.waited_at = -math.inf
        """When that was last so (boot time): the watchdog counts from then."""

    def __repr__(self) -> str:
        return f"Epoch({self.generation}, ended={self.ended})"

    def partitions(self, topic: str) -> frozenset[int]:
        """Return the partitions of this topic (or changelog) that are ours."""
        return self._partitions.get(topic, _NONE)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        for topic, partitions in self._partitions.items():
            for partition in partitions:
                yield topic, partition

    @property
    def ended(self) -> bool:
        """Whether the next rebalance has taken the partitions back."""
        return self._end.is_set()

    @property
    def revoked(self) -> bool:
        """Whether a revoke or a stop has begun, which waits until what is being handled is finished or given up."""
        return self._revoked.is_set()

    def revoke(self) -> None:
        """Wake what waits for others: a drain would wait for it for as long as they are away."""
        self._revoked.set()

    def end(self) -> None:
        """Wake everything that sleeps in this epoch."""
        self._revoked.set()
        self._end.set()

    async def wait_for(self, away: Exception) -> None:
        """Wait for something else than our own work, which is away and comes back; then try again.

        Raises:
            OwnershipLost: the partitions are being taken back. What is not acknowledged comes to the next owner.

        """
        if self.waits_for != (why := str(away)):
            log.warning("waiting", why=why)
        self.waits_for, self.waited_at = why, boottime()
        await _set_within(self._revoked, WAIT_SECONDS)
        if self.revoked:
            raise OwnershipLost from away

    async def sleep(self, seconds: float) -> None:
        """Sleep, but no longer than the epoch lasts; look at `ended` afterwards."""
        await _set_within(self._end, seconds)


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    """Return when it is set, at the latest after so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), timeout=max(seconds, 0))
