"""A refresh token is of use once: one process renews, and the new one is kept before it is used."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.domain import exact_json
from providers.base import HeldSession, NotPermittedError, NotSent, Registration, Unclear
from providers.parasut.adapter import ParasutAdapter
from tests.contract.bench import Bench
from tests.providers.examples import REGISTERED_VKN
from tests.providers.parasut.bench import SECONDS, counts, opened, switch


class Kept:
    """Where processes keep the tokens of one account; `away`: nothing can be written there."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.written: list[str] = []
        self.away = False
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def __call__(self, _seconds: float, /) -> AsyncIterator[HeldSession]:
        async with self._turn:
            yield self

    async def keep(self, token: str | None) -> None:
        if self.away:
            raise NotPermittedError("the store is away", retry_after=1.0)
        assert token is not None
        self.token = token
        self.written.append(token)

    def refresh(self) -> str:
        found: str = exact_json.loads(self.token or "")["refresh"]
        return found


def process(bench: Bench, kept: Kept) -> ParasutAdapter:
    """Another process with the same login."""
    adapter = bench.case.connect(bench.url)
    assert isinstance(adapter, ParasutAdapter)
    adapter.use_sessions(kept)
    return adapter


async def works(adapter: ParasutAdapter) -> bool:
    return await adapter.registration(REGISTERED_VKN, SECONDS) is Registration.REGISTERED


async def test_processes_share_one_login_and_one_of_them_renews_it() -> None:
    async with opened() as (bench, _):
        kept = Kept()
        processes = [process(bench, kept) for _ in range(3)]
        assert all(await asyncio.gather(*map(works, processes)))
        assert (await counts(bench))["token"] == 1
        before = kept.refresh()
        await switch(bench, expire=True)
        assert all(await asyncio.gather(*map(works, processes)))
        assert (await counts(bench))["token"] == 2
        assert kept.refresh() != before
        for each in processes:
            await each.close()


async def test_a_token_that_another_process_has_renewed_is_taken_and_not_renewed_again() -> None:
    async with opened() as (bench, _):
        kept = Kept()
        first, second = process(bench, kept), process(bench, kept)
        assert await works(first) and await works(second)
        await switch(bench, expire=True)
        assert await works(first)
        assert await works(second)
        assert (await counts(bench))["token"] == 2
        await first.close()
        await second.close()


async def test_what_cannot_be_kept_is_not_used_and_is_kept_as_soon_as_it_can_be() -> None:
    async with opened() as (bench, _):
        kept = Kept()
        kept.away = True
        adapter = process(bench, kept)
        said = await adapter.registration(REGISTERED_VKN, SECONDS)
        assert isinstance(said, Unclear) and "store is away" in said.why
        kept.away = False
        assert await works(adapter)
        assert (await counts(bench))["token"] == 1
        assert len(kept.written) == 1
        await adapter.close()


async def test_a_death_between_the_answer_and_the_write_costs_one_login_by_password() -> None:
    async with opened() as (bench, _):
        kept = Kept()
        first = process(bench, kept)
        assert await works(first)
        await switch(bench, expire=True)
        kept.away = True  # it has renewed, and dies before anything is written down
        assert not await works(first)
        kept.away = False
        await first.close()
        second = process(bench, kept)
        assert await works(second)
        await second.close()
        assert (await counts(bench))["token"] == 4  # password, lost renewal, refused renewal, password


async def test_a_kept_login_of_another_user_is_not_taken() -> None:
    async with opened() as (bench, _):
        kept = Kept()
        kept.token = '{"access":"a","refresh":"b","renew_at":99999999999,"user":"somebody@example.test"}'
        adapter = process(bench, kept)
        assert await works(adapter)
        assert "somebody" not in (kept.token or "")
        await adapter.close()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"access": 1}'])
async def test_what_is_no_login_is_none(text: str) -> None:
    async with opened() as (_, adapter):
        assert adapter.read_token(text) is None


async def test_a_refused_password_is_tried_once_and_needs_the_owner() -> None:
    async with opened() as (bench, _):
        stranger = bench.case.connect(bench.url, "wrong-key")
        for _ in range(2):
            said = await stranger.registration(REGISTERED_VKN, SECONDS)  # type: ignore[attr-defined]
            assert isinstance(said, Unclear) and said.needs_owner
        assert (await counts(bench))["token"] == 1
        await stranger.close()


async def test_no_text_shows_a_token() -> None:
    async with opened() as (bench, _):
        kept = Kept()
        adapter = process(bench, kept)
        login = await adapter.token(SECONDS)
        assert not isinstance(login, NotSent)
        assert login.access not in repr(login) and login.refresh not in repr(login)
        await adapter.close()


async def test_tokens_that_are_over_are_not_looked_for_in_answers_for_ever() -> None:
    """Each costs time in every answer: after weeks of renewals that was seconds."""
    async with opened() as (bench, adapter):
        assert await works(adapter)
        known = adapter.http._secrets
        for _ in range(3):
            await switch(bench, expire=True)
            assert await works(adapter)
        assert adapter.http._secrets == known
