"""The HTTP API at a steady rate, beside a bare handler that only writes to Kafka; each answer is of a write."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any, Final

from aiohttp import ClientSession

from app.testbed.benchmarks import orders
from app.testbed.benchmarks.environment import BenchmarkInstallation
from app.testbed.benchmarks.measurement import Measurement, percentile

PER_SECOND: Final = 200
SECONDS: Final = 5
TURNS: Final = 4
UNBOUND: Final = {"FATURAFLOW_WEB_REQUESTS_PER_MINUTE": "10000000"}
BARE: Final = "app.testbed.benchmarks.bare_handler"
# Never called: the orders wait for a shipment.
_ADDRESS: Final = "http://127.0.0.1:1"
_PATH: Final = f"/accounting/v1/businesses/{orders.BUSINESS}/customers/C-1/orders"
_ACCEPTED: Final = 202
_MILLI: Final = 1_000


def measure(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """From the request to its answer, seen by the client; the API and the bare handler in turns, at the same load."""
    installation.configure("nilvera", _ADDRESS, {})
    key = _key(installation)
    servers = [installation.start_web(UNBOUND), installation.start_module(BARE)]
    for server in servers:
        server.wait_until_ready()
    found, bare = asyncio.run(_in_turns([f"http://127.0.0.1:{server.health_port}{_PATH}" for server in servers], key))
    yield Measurement(name="api-p50", value=percentile(found, 50) * _MILLI, unit="ms")
    yield Measurement(name="api-p99", value=percentile(found, 99) * _MILLI, unit="ms")
    yield Measurement(name="api-bare-p99", value=percentile(bare, 99) * _MILLI, unit="ms")
    yield Measurement(name="api-ratio", value=percentile(found, 99) / percentile(bare, 99), unit="times the bare p99")


def _key(installation: BenchmarkInstallation) -> str:
    typed = ["keys", "add", "bench", "--business", orders.BUSINESS, "--actor", "bench", "--json"]
    process = installation.processes.start("keys", typed, pipe=True)
    assert process.popen.stdout is not None
    text = process.popen.stdout.readline()
    installation.processes.finish(process)
    return str(json.loads(text)["text"])


async def _in_turns(urls: list[str], key: str) -> list[list[float]]:
    """Each address's seconds, without those of the first turn, which meets a cold process."""
    found: list[list[float]] = [[] for _ in urls]
    for turn in range(TURNS + 1):
        for number, url in enumerate(urls):
            waits = await _asked(url, key, turn * PER_SECOND * SECONDS)
            found[number] += waits if turn else []
    return found


async def _asked(url: str, key: str, first: int) -> list[float]:
    """Each request's seconds. They leave at their times, whatever the ones before are waiting for."""
    headers = {"X-Subscription-Key": key, "Content-Type": "application/json"}
    async with ClientSession(headers=headers) as session:
        began, sent = time.perf_counter() + 0.1, []
        for number in range(PER_SECOND * SECONDS):
            await asyncio.sleep(began + number / PER_SECOND - time.perf_counter())
            sent.append(asyncio.create_task(_one(session, url, first + number)))
        return list(await asyncio.gather(*sent))


async def _one(session: ClientSession, url: str, number: int) -> float:
    raw, began = json.dumps(_body(number)).encode(), time.perf_counter()
    async with session.post(url, data=raw, headers={"X-Request-ID": f"bench-{number}"}) as answer:
        text = await answer.text()
    if answer.status != _ACCEPTED:
        raise RuntimeError(f"{answer.status}: {text}")
    return time.perf_counter() - began


def _body(number: int) -> dict[str, Any]:
    """The order with this number, as a client of the interface sends it."""
    return {
        "orderReference": f"S-{number:08d}",
        "orderDate": "2026-11-20",
        "orderType": "PHYSICAL_GOODS",
        "orderChannel": "ECOM",
        "currency": "TRY",
        "billToAddress": {
            "firstName": "Deneme",
            "lastName": f"Alıcı {number:06d}",
            "street": "Deneme Sokak",
            "streetNumber": "12",
            "district": "Ortahisar",
            "postalCode": "61000",
            "postalPlace": "Trabzon",
            "email": "deneme@example.invalid",
            "taxIdentificationNumber": "10001707174",
        },
        "items": [
            {
                "orderItemReference": line,
                "productId": "SKU-1044-SARI",
                "description": "Masa lambası",
                "quantity": 2,
                "grossUnitPrice": "180.90",
                "vatPercent": 20,
            }
            for line in range(1, 4)
        ],
    }
