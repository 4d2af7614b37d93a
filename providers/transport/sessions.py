"""A user's session around each call: the one that is open, or a new one, and a new one once where it has ended.

An adapter gives how it logs in and out; which process may do so, and where the session is kept, is the engine's.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from providers.base import HeldSession, NotPermittedError, NotSent, SessionLease
from providers.transport.http import Deadline

# A person who wants to log in at the provider waits no longer for a connection that has nothing to do.
IDLE_SECONDS: Final = 30.0
# A log-out that is not answered by then is left: the provider ends the session by itself.
LOG_OUT_SECONDS: Final = 5.0

Answer = TypeVar("Answer")
# Opens a session: its token, or why there is none. A refused login is NotSent(needs_owner=True).
LogIn = Callable[[float], Awaitable[str | NotSent]]
# Ends the session of a token. It may fail, and says so to nothing.
LogOut = Callable[[str, float], Awaitable[object]]


class SessionEndedError(Exception):
    """The provider says that the session has ended, and so has surely done nothing of what was asked."""


class UserSession:
    """One user's session, as an adapter uses it."""

    def __init__(self, log_in: LogIn, log_out: LogOut, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self.lease: SessionLease = own_lease()
        self._log_in = log_in
        self._log_out = log_out
        self._idle_seconds = idle_seconds
        self._closing: asyncio.Task[None] | None = None

    async def around(self, seconds: float, call: Callable[[str, float], Awaitable[Answer]]) -> Answer | NotSent:
        """The answer of `call`, which gets the token and the seconds that are left.

        `call` raises SessionEndedError where the provider says so; then a session is opened anew, once.
        """
        deadline = Deadline(seconds)
        self._keep_open()
        try:
            async with self.lease(seconds) as held:
                return await self._called(held, deadline, call)
        except NotPermittedError as refusal:
            return NotSent(why=str(refusal), retry_after=refusal.retry_after)
        finally:
            self._close_later()

    async def close(self, seconds: float = LOG_OUT_SECONDS) -> None:
        """Ends the session that is open, if no other holder uses it; without one nothing is asked."""
        self._keep_open()
        try:
            async with self.lease(seconds) as held:
                if held.token is not None:
                    await self._log_out(held.token, seconds)
                    await held.keep(None)
        except NotPermittedError:
            return

    async def _called(
        self, held: HeldSession, deadline: Deadline, call: Callable[[str, float], Awaitable[Answer]]
    ) -> Answer | NotSent:
        if held.token is not None:
            try:
                return await call(held.token, deadline.left())
            except SessionEndedError:
                await held.keep(None)
        token = await self._log_in(deadline.left())
        if isinstance(token, NotSent):
            return token
        await self._kept(held, token)
        try:
            return await call(token, deadline.left())
        except SessionEndedError:
            await held.keep(None)
            return NotSent(why="the provider ends each session at once")

    async def _kept(self, held: HeldSession, token: str) -> None:
        """What cannot be written down is closed: known to nothing, it would keep the user out until it ends by itself.

        Raises NotPermittedError.
        """
        try:
            await held.keep(token)
        except NotPermittedError:
            await self._log_out(token, LOG_OUT_SECONDS)
            raise

    def _keep_open(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    def _close_later(self) -> None:
        async def close() -> None:
            await asyncio.sleep(self._idle_seconds)
            self._closing = None
            await self.close()

        self._keep_open()
        self._closing = asyncio.create_task(close())


def own_lease() -> SessionLease:
    """For an adapter by hand, outside of the engine: what is kept is in memory, and its calls come one by one."""
    session, turn = _InMemory(), asyncio.Lock()

    @asynccontextmanager
    async def lease(_seconds: float, /) -> AsyncIterator[HeldSession]:
        async with turn:
            yield session

    return lease


class _InMemory:
    """A session that ends with its process, if it is not closed before."""

    def __init__(self) -> None:
        self.token: str | None = None

    async def keep(self, token: str | None) -> None:
        self.token = token
