"""A user's session at a provider that allows one, out of the store: the same for workers and for a person's command."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, Protocol, TypeVar

import structlog

from app.store import SessionHold, SessionLostError, Store, StoreError
from providers.base import Adapter, HeldSession, KeepsLogin, NotPermittedError

# Beyond what its holder needs it for: for writing, and for clocks of two machines that do not run quite alike.
MARGIN_SECONDS: Final = 5.0
# How often it is asked for while another holder has it, and for which part of a call's time.
ASK_AGAIN_SECONDS: Final = 0.2
MOST_OF_ITS_TIME: Final = 0.5

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")


def keep_session(adapter: Adapter, provider: str, address: str, store: Store) -> None:
    """Has the adapter keep its user's session, or the token that renews its login, in the store."""
    if adapter.capabilities.one_session or adapter.capabilities.rotating_login:
        assert isinstance(adapter, KeepsLogin)
        user = store.fingerprint(f"{provider}\n{address.rstrip('/')}\n{adapter.account}")
        adapter.use_sessions(StoredSession(store.sessions(), user))


class Sessions(Protocol):
    """Where sessions are kept; `app.store.SessionStore` blocks, and raises StoreError."""

    def take(self, user: str, seconds: float) -> SessionHold | None: ...

    def keep(self, hold: SessionHold, token: str | None) -> None: ...

    def give_back(self, hold: SessionHold) -> None: ...


# Runs what blocks, beside the event loop.
Run = Callable[..., Awaitable[Answer]]


class StoredSession:
    """One user's session, for the adapters of all processes: what `providers.base.SessionLease` promises."""

    def __init__(self, sessions: Sessions, user: str, *, run: Run[object] = asyncio.to_thread) -> None:
        """`user`: what names the user to the store, and shows nothing of them."""
        self._sessions = sessions
        self._user = user
        self._run = run
        # Calls of this process wait for each other here, and not by asking the store again and again.
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def __call__(self, seconds: float, /) -> AsyncIterator[HeldSession]:
        """Raises NotPermittedError while another process has it, or the store cannot be asked."""
        async with self._turn:
            hold = await self._taken(seconds)
            try:
                yield _Held(self, hold)
            finally:
                await self._given_back(hold)

    async def keep(self, hold: SessionHold, token: str | None) -> None:
        """Raises NotPermittedError."""
        try:
            await self._run(self._sessions.keep, hold, token)
        except SessionLostError as lost:
            raise NotPermittedError(str(lost), retry_after=0.0) from lost
        except StoreError as away:
            raise NotPermittedError(f"the session cannot be kept: {away}", retry_after=ASK_AGAIN_SECONDS) from away

    async def _taken(self, seconds: float) -> SessionHold:
        waited = 0.0
        while waited <= seconds * MOST_OF_ITS_TIME:
            try:
                hold = await self._run(self._sessions.take, self._user, seconds + MARGIN_SECONDS)
            except StoreError as away:
                raise NotPermittedError(f"the session cannot be read: {away}", retry_after=seconds) from away
            if isinstance(hold, SessionHold):
                return hold
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            waited += ASK_AGAIN_SECONDS
        raise NotPermittedError("another process uses the session", retry_after=seconds)

    async def _given_back(self, hold: SessionHold) -> None:
        try:
            await self._run(self._sessions.give_back, hold)
        except StoreError as away:  # its time ends
            log.warning("a session cannot be given back", why=str(away))


class _Held:
    """The session while it is ours."""

    def __init__(self, stored: StoredSession, hold: SessionHold) -> None:
        self._stored = stored
        self._hold = hold
        self.token = hold.token

    async def keep(self, token: str | None) -> None:
        await self._stored.keep(self._hold, token)
        self.token = token
