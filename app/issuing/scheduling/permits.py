"""Each request's way to the provider: past the quota, and past the lease, at the last moment before it leaves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, Self

from app.issuing.scheduling.document_queue import NEVER
from app.issuing.scheduling.rate_limiter import Limiter
from providers.base import LOG_OUT, NotPermittedError

# A request that would wait for longer than half of its time would more likely end in doubt than in an answer.
MOST_OF_ITS_TIME: Final = 0.5


class Reservation:
    """A slot of the quota, kept for a call while what must be durable before its first request is written."""

    def __init__(self, limiter: Limiter, slot: float, monotonic: Callable[[], float]) -> None:
        self._limiter = limiter
        self._slot = slot
        self._monotonic = monotonic
        self._reserved_at = monotonic()

    @classmethod
    def by(cls, limiter: Limiter, monotonic: Callable[[], float]) -> Self | None:
        """A reservation at this limiter, now or not at all."""
        slot = limiter.reserve(monotonic())
        return None if slot is None else cls(limiter, slot, monotonic)

    def use(self) -> None:
        """The call begins: the request that follows at once claims the slot."""
        self._limiter.got_ready(self._monotonic() - self._reserved_at)
        self._limiter.release(self._slot)

    def release(self) -> None:
        """There is no call."""
        self._limiter.release(self._slot)


class Permits:
    """What a connection's adapter asks before each request. `is_ours` ends the process when the lease is over."""

    def __init__(self, limiter: Limiter, monotonic: Callable[[], float], is_ours: Callable[[], bool]) -> None:
        self._limiter = limiter
        self._monotonic = monotonic
        self._is_ours = is_ours

    @asynccontextmanager
    async def __call__(self, kind: str, seconds: float) -> AsyncIterator[None]:
        """Around one request, from before its first byte to after its answer's last.

        Raises NotPermittedError when it may not leave within half of its `seconds`. A log-out always may: it makes
        nothing, and it comes when the partition was handed over, too.
        """
        if kind == LOG_OUT:
            yield
            return
        await self._claim(seconds)
        began, answered = self._monotonic(), False
        try:
            yield
            answered = True
        finally:
            self._limiter.ended(kind, began, self._monotonic(), answered=answered)

    async def _claim(self, seconds: float) -> None:
        slot = self._limiter.claim()
        if slot is None:
            raise NotPermittedError("every request of the quota is under way", retry_after=0.0)
        try:
            await self._wait_for(slot, self._monotonic() + seconds * MOST_OF_ITS_TIME)
        except BaseException:
            self._limiter.release(slot)
            raise

    async def _wait_for(self, slot: float, latest: float) -> None:
        """Until the slot opens; a pause that the provider asks for meanwhile holds it too."""
        waited_for = -NEVER
        # A timer may go off a little early, which the limiter's margin covers.
        while (opens := self._limiter.leaves_at(slot)) > max(now := self._monotonic(), waited_for):
            if opens > latest:
                raise NotPermittedError(f"the quota has no slot for {opens - now:.1f} s", retry_after=opens - now)
            await asyncio.sleep(opens - now)
            waited_for = opens
        if not self._is_ours():
            raise NotPermittedError("the partition was handed over before the request", retry_after=0.0)
