"""The switches: chance that repeats, scripts that come first."""

import asyncio
import json

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from providers.simulation.misbehaviour import CallFault, Delays, Misbehaviour
from providers.simulation.record import SimulatorRecord
from providers.simulation.server import running, simulator_application
from tests.docs.extraction import ROOT


def drawn(misbehaviour: Misbehaviour, count: int) -> list[CallFault]:
    return [misbehaviour.draw() for _ in range(count)]


def test_the_same_seed_gives_the_same_faults() -> None:
    rates = {CallFault.LOST_ANSWER: 0.3, CallFault.TOO_MANY: 0.3}
    one, two, other = (Misbehaviour(seed=seed, rates=rates) for seed in (7, 7, 8))
    faults = drawn(one, 50)
    assert faults == drawn(two, 50)
    assert faults != drawn(other, 50)
    assert set(faults) == {CallFault.NONE, CallFault.LOST_ANSWER, CallFault.TOO_MANY}


def test_rates_come_out_as_asked() -> None:
    misbehaviour = Misbehaviour(seed=1, rates={CallFault.LOST_ANSWER: 0.1, CallFault.LOST_BEFORE: 0.05})
    drawn(misbehaviour, 10_000)
    assert misbehaviour.injected[CallFault.LOST_ANSWER] == pytest.approx(1000, rel=0.15)
    assert misbehaviour.injected[CallFault.LOST_BEFORE] == pytest.approx(500, rel=0.15)


def test_a_script_comes_before_chance_and_ends() -> None:
    misbehaviour = Misbehaviour()
    misbehaviour.change(json.dumps({"next": ["NONE", "LOST_ANSWER"]}).encode())
    misbehaviour.change(json.dumps({"next": ["TOO_MANY"]}).encode())
    assert drawn(misbehaviour, 4) == [CallFault.NONE, CallFault.LOST_ANSWER, CallFault.TOO_MANY, CallFault.NONE]


def test_what_is_left_out_stays() -> None:
    misbehaviour = Misbehaviour(rates={CallFault.TOO_MANY: 1.0})
    misbehaviour.change(b'{"down": true, "seconds": {"slow": 0.5}}')
    assert (misbehaviour.down, misbehaviour.delays.slow, misbehaviour.draw()) == (True, 0.5, CallFault.TOO_MANY)
    misbehaviour.change(b'{"rates": {}}')
    assert (misbehaviour.down, misbehaviour.draw()) == (True, CallFault.NONE)


@pytest.mark.parametrize(
    "change",
    [b"", b"[]", b'{"next": ["SULKING"]}', b'{"rates": {"SLOW": 2}}', b'{"seconds": {"nap": 1}}', b'{"up": 1}'],
)
def test_a_change_that_is_not_understood_changes_nothing(change: bytes) -> None:
    misbehaviour = Misbehaviour(rates={CallFault.SLOW: 1.0})
    with pytest.raises(ValueError, match=r".+"):
        misbehaviour.change(change)
    assert misbehaviour.draw() is CallFault.SLOW


async def test_what_waits_to_be_booked_is_booked_when_its_delay_is_taken_away() -> None:
    misbehaviour = Misbehaviour(delays=Delays(booked_late=600))
    misbehaviour.change(b'{"next": ["BOOKED_LATE"]}')

    async def book(_: CallFault) -> web.Response:
        return web.Response(status=201)

    call = asyncio.create_task(misbehaviour.around(make_mocked_request("POST", "/"), book, {}))
    await asyncio.sleep(0)
    misbehaviour.change(b'{"seconds": {"slow": 9}}')
    await asyncio.sleep(0)
    assert not call.done()
    misbehaviour.change(b'{"seconds": {"booked_late": 0}}')
    assert (await call).status == 201


async def test_what_is_wrong_with_a_change_is_said_with_its_place() -> None:
    application = simulator_application(SimulatorRecord("any"), Misbehaviour())
    async with running(application) as url, aiohttp.ClientSession(url) as http:
        async with http.put("/_simulator/misbehaviour", data=b'{"next": ["SULKING"], "up": 1}') as response:
            said = (await response.json())["error"]
        assert response.status == 400
        assert said.startswith("next.0: Input should be 'NONE', ") and said.endswith(
            "; up: Unexpected keyword argument"
        )


def test_every_fault_is_on_the_page_of_the_sandbox() -> None:
    page = (ROOT / "docs" / "providers" / "sandbox.md").read_text()
    assert [fault for fault in CallFault if f"`{fault}`" not in page] == []
