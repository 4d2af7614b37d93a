"""A session that all processes share: opened by one of them, ended by DİA or another login, never asked for twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.domain import exact_json
from providers.base import Done, NotSent, Step, StepInput
from providers.dia.adapter import DiaAdapter
from tests.contract.test_sessions import Kept
from tests.providers.dia.bench import KEY, SECONDS, Desk, opened, settings_of


@asynccontextmanager
async def process(desk: Desk, kept: Kept, **options: str) -> AsyncIterator[DiaAdapter]:
    """Another process with the same login."""
    adapter = DiaAdapter(settings_of(desk.url, **options))
    adapter.use_sessions(kept)
    yield adapter
    await adapter.close()


def contact(desk: Desk, name: str = "first") -> StepInput:
    return StepInput(Step.CONTACT, desk.prepared(name))


async def test_processes_share_one_session_and_work_at_the_same_time() -> None:
    kept = Kept()
    async with opened() as desk, process(desk, kept) as first, process(desk, kept) as second:
        made = await asyncio.gather(*(each.create(contact(desk), SECONDS) for each in (first, second)))
        again = await asyncio.gather(*(each.create(contact(desk), SECONDS) for each in (first, second)))
    assert {type(each) for each in (*made, *again)} == {Done}
    assert len(kept.opened) == 1
    assert KEY not in kept.opened[0]


@pytest.mark.parametrize("words", [{}, {"timeout": True}], ids=["INVALID_SESSION", "LOGIN_TIMEOUT"])
async def test_a_session_that_has_ended_is_opened_anew_once_and_the_call_repeated(words: dict[str, bool]) -> None:
    kept = Kept()
    async with opened() as desk, process(desk, kept) as adapter:
        await adapter.create(contact(desk), SECONDS)
        await desk.switch(**words, end_sessions=True)
        assert isinstance(await adapter.create(contact(desk, "second"), SECONDS), Done)
    assert len(kept.opened) == 2


async def test_a_user_that_is_connected_elsewhere_is_not_thrown_out_and_the_owner_is_asked() -> None:
    async with opened() as desk, process(desk, Kept()) as adapter:
        await desk.session()
        before = await desk.arrivals()
        outcomes = [await adapter.create(contact(desk), SECONDS) for _ in range(2)]
        asked = await desk.arrivals() - before
    assert all(isinstance(each, NotSent) and each.needs_owner for each in outcomes)
    assert asked == 1


async def test_a_session_is_closed_for_the_next_owner() -> None:
    kept = Kept()
    async with opened() as desk, process(desk, kept) as adapter:
        await adapter.create(contact(desk), SECONDS)
        session = exact_json.loads(kept.opened[0])["token"]
        await adapter.end_session(SECONDS)
        said = await desk.call("sis_kontor_sorgula", session_id=session)
        assert isinstance(await adapter.create(contact(desk, "second"), SECONDS), Done)
    assert said["msg"] == "INVALID_SESSION"
    assert len(kept.opened) == 2


async def test_another_user_s_session_is_not_taken() -> None:
    kept = Kept()
    kept.token = exact_json.dumps({"token": "0" * 32, "user": "somebody"})
    async with opened() as desk, process(desk, kept) as adapter:
        assert isinstance(await adapter.create(contact(desk), SECONDS), Done)
    assert len(kept.opened) == 1


async def test_a_probe_costs_nothing_and_opens_no_session() -> None:
    kept = Kept()
    async with opened() as desk, process(desk, kept) as adapter:
        assert await adapter.probe(SECONDS)
        assert await desk.arrivals() == 1
    assert kept.opened == []
