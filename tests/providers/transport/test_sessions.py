"""A user's session around each call, whatever the provider's calls are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from providers.base import HeldSession, NotPermittedError, NotSent
from providers.transport.sessions import SessionEndedError, UserSession

SECONDS = 5.0


class Provider:
    """One that ends sessions as a test wants it."""

    def __init__(self, *, ends: int = 0, refuses: NotSent | None = None) -> None:
        self.log: list[str] = []
        self.has_logged_out = asyncio.Event()
        self._ends = ends
        self._refuses = refuses

    async def log_in(self, _seconds: float) -> str | NotSent:
        self.log.append("log in")
        return self._refuses or f"token {self.log.count('log in')}"

    async def log_out(self, token: str, _seconds: float) -> None:
        self.log.append(f"log out {token}")
        self.has_logged_out.set()

    async def call(self, token: str, _left: float) -> str:
        self.log.append(f"call {token}")
        if self._ends:
            self._ends -= 1
            raise SessionEndedError
        return "the answer"


def session_at(provider: Provider, idle_seconds: float = 60.0) -> UserSession:
    return UserSession(provider.log_in, provider.log_out, idle_seconds=idle_seconds)


async def test_one_login_is_for_all_calls_until_it_is_closed() -> None:
    provider = Provider()
    session = session_at(provider)
    for _ in range(2):
        assert await session.around(SECONDS, provider.call) == "the answer"
    await session.close()
    await session.close()
    assert provider.log == ["log in", "call token 1", "call token 1", "log out token 1"]


async def test_a_session_that_has_ended_is_opened_anew_and_the_call_repeated() -> None:
    provider = Provider()
    session = session_at(provider)
    await session.around(SECONDS, provider.call)
    provider._ends = 1
    assert await session.around(SECONDS, provider.call) == "the answer"
    await session.close()
    assert provider.log.count("log in") == 2


async def test_a_provider_that_ends_each_session_at_once_gets_one_login_for_a_call() -> None:
    provider = Provider(ends=9)
    session = session_at(provider)
    outcome = await session.around(SECONDS, provider.call)
    await session.close()
    assert isinstance(outcome, NotSent)
    assert provider.log == ["log in", "call token 1"]


async def test_a_refused_login_is_the_answer() -> None:
    refused = NotSent(why="the login was refused", needs_owner=True)
    provider = Provider(refuses=refused)
    session = session_at(provider)
    assert await session.around(SECONDS, provider.call) == refused
    await session.close()
    assert provider.log == ["log in"]


class Unwritten:
    """A session whose token cannot be written down."""

    token: str | None = None

    async def keep(self, token: str | None) -> None:
        del token
        raise NotPermittedError("the store is away", retry_after=1.0)


async def test_a_session_that_cannot_be_written_down_is_closed_at_once() -> None:
    @asynccontextmanager
    async def lease(_seconds: float, /) -> AsyncIterator[HeldSession]:
        yield Unwritten()

    provider = Provider()
    session = session_at(provider)
    session.lease = lease
    assert await session.around(SECONDS, provider.call) == NotSent(why="the store is away", retry_after=1.0)
    await session.close()
    assert provider.log == ["log in", "log out token 1"]


async def test_a_session_without_use_is_closed_after_a_while() -> None:
    provider = Provider()
    session = session_at(provider, idle_seconds=0.01)
    await session.around(SECONDS, provider.call)
    await asyncio.wait_for(provider.has_logged_out.wait(), SECONDS)
    assert await session.around(SECONDS, provider.call) == "the answer"
    await session.close()
    assert provider.log[-1] == "log out token 2"
