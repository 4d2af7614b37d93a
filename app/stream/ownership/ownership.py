"""Ownership: which epoch is now, and the hooks that are called when one begins and ends.

Faust's own signals come at the wrong times: `on_rebalance_complete` before the tables are purged and before the
generation is looked at, and errors in a table's recovery callbacks vanish. So an epoch begins where Faust calls
`on_rebalance_end` (recovered, purged, sought) and ends once a revoke has drained what was being handled, before
the group learns that we let go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import structlog

from app.stream.ownership.epoch import Epoch
from app.stream.ownership.exits import Abort, abort

log = structlog.get_logger(__name__)

OnOwned = Callable[[Epoch], None]
OnLost = Callable[[Epoch], Awaitable[None]]

# Faust resumes the flow a moment before it calls `on_rebalance_end`.
_WAIT_STEP_SECONDS = 0.01


class Ownership:
    """The current epoch, and the rebalance that it belongs to."""

    def __init__(self, *, abort: Abort = abort) -> None:
        self.epoch: Epoch | None = None
        self.rebalances_begun = 0
        self._rebalance_taken = -1
        self._on_owned: list[OnOwned] = []
        self._on_lost: list[OnLost] = []
        self._ending = asyncio.Lock()
        self._abort = abort

    def on_owned(self, hook: OnOwned) -> None:
        """Call `hook` at the start of every epoch, before its first record. It must not block."""
        self._on_owned.append(hook)

    def on_lost(self, hook: OnLost) -> None:
        """Await `hook` at the end of every epoch: heartbeats go on meanwhile, the group waits."""
        self._on_lost.append(hook)

    @property
    def overtaken(self) -> bool:
        """Whether a rebalance has begun whose assignment we have not taken yet: what we recover is out of date."""
        return self._rebalance_taken != self.rebalances_begun

    def rebalance_begins(self) -> None:
        """Count it; called in the consumer's thread, before anything else of the rebalance."""
        self.rebalances_begun += 1

    def assignment_taken(self) -> None:
        """Note that the recovery which follows belongs to the newest rebalance."""
        self._rebalance_taken = self.rebalances_begun

    def begin(self, generation: int, owned: Iterable[tuple[str, int]]) -> None:
        """Start an epoch. An error in a hook leaves: Faust would only log it and go on half prepared."""
        epoch = self.epoch = Epoch(generation, owned)
        log.info("epoch begins", generation=generation, partitions=sum(1 for _ in epoch))
        try:
            for hook in self._on_owned:
                hook(epoch)
        except Exception as exc:  # noqa: BLE001 - whatever it is, the stage is not ready
            self._abort("on_owned", exc)

    def revoke(self) -> None:
        """Note that the epoch, if there is one, ends when what is being handled is drained."""
        if self.epoch is not None:
            self.epoch.revoke()

    async def end(self) -> None:
        """End the epoch and wait until its running work has ended, whether a revoke or a stop asks, or both."""
        async with self._ending:
            epoch, self.epoch = self.epoch, None
            if epoch is not None:
                await self._end(epoch)

    async def _end(self, epoch: Epoch) -> None:
        epoch.end()
        log.info("epoch ends", generation=epoch.generation)
        try:
            for hook in self._on_lost:
                await hook(epoch)
        except Exception as exc:  # noqa: BLE001 - likewise
            self._abort("on_lost", exc)

    async def current(self) -> Epoch | None:
        """Wait for the epoch that the flow belongs to; None where a newer rebalance has overtaken it."""
        while self.epoch is None and not self.overtaken:  # noqa: ASYNC110 - rebalances are counted in another thread
            await asyncio.sleep(_WAIT_STEP_SECONDS)
        return None if self.overtaken else self.epoch
