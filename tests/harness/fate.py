"""What can befall a process in memory: it freezes at a step, for ever or until it is thawed, or loses its lease."""

import asyncio


class Fate:
    """Freezes a worker at its n-th step, or where it first comes to a named one. Timers go off meanwhile.

    A freeze that never ends is a crash; one that ends is a zombie. `only_rebalances`: the moment is only told, and the
    process goes on: what it is doing is then caught by a rebalance.
    """

    def __init__(self, freezes_at: int | str | None = None, *, only_rebalances: bool = False) -> None:
        self.freezes_at = freezes_at
        self.only_rebalances = only_rebalances
        # The steps that it came to, by name.
        self.taken: list[str] = []
        self._first = 0
        self.frozen = asyncio.Event()
        self._thawed = asyncio.Event()
        self._buried = False
        self.is_evicted = False

    def arm(self, freezes_at: int | str, *, only_rebalances: bool = False) -> None:
        """The next thing that befalls it, counted from now."""
        self._first = len(self.taken)
        self.freezes_at = freezes_at
        self.only_rebalances = only_rebalances
        self.frozen.clear()

    async def step(self, name: str) -> None:
        """A moment at which the process may be gone."""
        self.taken.append(name)
        if self.freezes_at in {len(self.taken) - self._first, name}:
            self.frozen.set()
        if self.frozen.is_set() and not self._thawed.is_set() and not self.only_rebalances:
            await self._sleep()

    async def _sleep(self) -> None:
        if self._buried:  # it is being cancelled, and comes to another step on its way out
            raise asyncio.CancelledError
        cancelled = False
        while not self._thawed.is_set():
            try:
                await self._thawed.wait()
            except asyncio.CancelledError:
                cancelled = True
                if self._buried:
                    raise
        if cancelled:
            raise asyncio.CancelledError

    def thaw(self, *, has_lease: bool) -> None:
        """It wakes: what it was doing goes on. With a lease it ends before it begins anything else."""
        self.is_evicted = has_lease
        self._thawed.set()

    async def check_lease(self) -> None:
        """Where a worker that has lost its lease ends its process."""
        if self.is_evicted:
            self._thawed.clear()
            self.frozen.set()
            await self._sleep()

    def bury(self) -> None:
        """The test is over: its tasks may be cancelled."""
        self._buried = True
