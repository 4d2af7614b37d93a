"""Something before a simulated provider answers in its stead, and what is made is made all the same."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from providers.simulation.gateway import PAGES
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.server import running
from providers.testbook.simulator.service import Testbook

BODY = {
    "reference": "d-1",
    "buyer": {"name": "Deneme", "tax_number": "11111111111"},
    "currency": "TRY",
    "lines": [{"name": "Mal", "quantity": 1, "net": 10, "vat": 2}],
    "total": 12,
}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": "Bearer sandbox-1111111114"}
    async with (
        running(Testbook(misbehaviour()).application()) as url,
        aiohttp.ClientSession(url, headers=headers) as session,
    ):
        yield session


def misbehaviour() -> Misbehaviour:
    return Misbehaviour(rates={CallFault.GATEWAY_AFTER: 1.0})


async def change(http: aiohttp.ClientSession, **values: object) -> None:
    async with http.put("/_simulator/misbehaviour", json=values) as response:
        assert response.status == 200


async def test_a_page_stands_instead_of_the_answer_and_the_document_is_made(http: aiohttp.ClientSession) -> None:
    async with http.post("/invoices", json=BODY) as response:
        assert (response.status, await response.text()) in {(page.status, page.text) for page in PAGES}
    await change(http, rates={"GATEWAY_BEFORE": 1.0})
    async with http.post("/invoices", json=BODY) as response:
        assert (response.status, await response.text()) in {(page.status, page.text) for page in PAGES}
    async with http.get("/_simulator/record") as response:
        report = await response.json()
    assert len(report["documents"]) == 1
    assert report["faults"] == {"GATEWAY_AFTER": 1, "GATEWAY_BEFORE": 1}


async def test_a_read_is_answered_by_a_page_as_often_as_was_asked_for(http: aiohttp.ClientSession) -> None:
    await change(http, gateway=1.0)
    async with http.get("/invoices", params={"reference": "d-1"}) as response:
        assert (response.status, await response.text()) in {(page.status, page.text) for page in PAGES}
    async with http.get("/_simulator/calls") as response:
        assert await response.json() == {"calls": []}
    await change(http, gateway=0)
    async with http.get("/invoices", params={"reference": "d-1"}) as response:
        assert await response.json() == {"invoices": []}


def test_an_error_is_as_long_as_it_is_asked_to_be() -> None:
    long = Misbehaviour()
    assert long.worded("busy") == "busy"
    long.change(b'{"words": 1000}')
    assert 1000 <= len(long.worded("busy")) < 1010
