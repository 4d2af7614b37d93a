"""A session in the store, as the adapters of several processes share it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from pydantic import SecretStr

from app.operations.logins.sessions import StoredSession
from app.settings import Settings
from app.store import Store, StoreUnavailableError, new_key
from providers.base import NotPermittedError

USER = "f" * 64
SECONDS = 0.5


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    settings = Settings(database=f"sqlite:///{tmp_path}/test.db", secret_key=SecretStr(new_key()))
    with Store.open(settings) as opened:
        yield opened


def process(store: Store) -> StoredSession:
    """The session as one process has it."""
    return StoredSession(store.sessions(), USER)


async def test_what_one_process_has_opened_is_there_for_the_next(store: Store) -> None:
    async with process(store)(SECONDS) as held:
        assert held.token is None
        await held.keep("the token")
        assert held.token == "the token"
    async with process(store)(SECONDS) as held:
        assert held.token == "the token"


async def test_another_process_waits_for_it_and_is_not_permitted_for_ever(store: Store) -> None:
    async with process(store)(SECONDS):
        with pytest.raises(NotPermittedError, match="another process"):
            async with process(store)(SECONDS):
                pass
    async with process(store)(SECONDS) as held:
        assert held.token is None


async def test_calls_of_one_process_have_it_one_after_the_other(store: Store) -> None:
    session, inside = process(store), []

    async def call() -> None:
        async with session(SECONDS):
            inside.append("in")
            await asyncio.sleep(0)
            inside.append("out")

    await asyncio.gather(call(), call(), call())
    assert inside == ["in", "out"] * 3


def _raise(*_: object) -> NoReturn:
    raise StoreUnavailableError("the database cannot be reached")


class Away:
    """A store that cannot be reached."""

    take = keep = give_back = staticmethod(_raise)


async def test_without_the_store_nothing_is_permitted() -> None:
    with pytest.raises(NotPermittedError, match="cannot be reached"):
        async with StoredSession(Away(), USER)(SECONDS):
            pass
