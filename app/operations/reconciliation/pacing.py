"""How fast, and how often, a comparison asks a provider: beside the issuer, which has the quota."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from providers.base import LOG_OUT, NotPermittedError, Quota

# The other half is the issuer's: documents go before lists.
SHARE: Final = 2
# A day's list of a hundred thousand documents has so many pages.
MOST_REQUESTS: Final = 1000
# A request that would wait for longer than half of its time would more likely end without its answer.
MOST_OF_ITS_TIME: Final = 0.5

Sleep = Callable[[float], Awaitable[None]]


class Pace:
    """Asked before each request of one comparison; no two begin closer together than half of the quota lets them."""

    def __init__(
        self,
        quota: Quota,
        *,
        most: int = MOST_REQUESTS,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._seconds = SHARE * quota.seconds / quota.requests
        self._left, self._most = most, most
        self._monotonic, self._sleep = monotonic, sleep
        self._opens = monotonic()

    @asynccontextmanager
    async def __call__(self, kind: str, seconds: float) -> AsyncIterator[None]:
        """Around one request. Raises NotPermittedError when there were enough, or it would wait for too long."""
        if kind != LOG_OUT:
            await self._wait(seconds)
        yield

    async def _wait(self, seconds: float) -> None:
        if not self._left:
            raise NotPermittedError(f"a comparison makes at most {self._most} requests", retry_after=0.0)
        wait = max(0.0, self._opens - self._monotonic())
        if wait > seconds * MOST_OF_ITS_TIME:
            raise NotPermittedError(f"the quota has no request for a comparison for {wait:.0f} s", retry_after=wait)
        self._left -= 1
        self._opens = max(self._opens, self._monotonic()) + self._seconds
        if wait:
            await self._sleep(wait)
