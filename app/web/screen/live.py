"""Whether something has changed: the read model is asked once a second, however many pages are open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from app.tracking.read_model.queries import Queries

SECONDS: Final = 1.0
# A proxy takes a stream that is silent for a minute for a dead one.
SILENCE_SECONDS: Final = 20.0


class ChangeWatch:
    """The sequence of the last change. Make it in the loop that awaits it; `seconds` is how old it may be."""

    def __init__(self, queries: Queries, *, seconds: float = SECONDS) -> None:
        self._queries = queries
        self._seconds = seconds
        self._asking = asyncio.Lock()
        self._ended = asyncio.Event()
        self._known, self._until = 0, 0.0

    async def sequence(self) -> int:
        """It grows with each change of a row. Raises NoReadModelError and StoreError."""
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if now >= self._until:
                self._known = (await asyncio.to_thread(self._queries.freshness)).sequence
                self._until = now + self._seconds
            return self._known

    async def after(self, since: int) -> AsyncIterator[int | None]:
        """Each new sequence behind `since`, and None after a silence; until the server ends."""
        quiet = 0.0
        while not self._ended.is_set():
            now = await self.sequence()
            if now != since:
                since, quiet = now, 0.0
                yield now
            elif quiet >= SILENCE_SECONDS:
                quiet = 0.0
                yield None
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), self._seconds)
            quiet += self._seconds

    def end(self) -> None:
        """The server ends, and every stream with it."""
        self._ended.set()
