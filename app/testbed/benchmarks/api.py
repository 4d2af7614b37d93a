"""The HTTP API at a steady rate, beside a bare handler that only writes to Kafka; each answer is of a write."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any, Final

from aiohttp import ClientSession

from app.testbed.benchmarks import orders
from app.testbed.benchmarks.environment import BenchmarkInstallation, MeasuredWorker
from app.testbed.benchmarks.measurement import Measurement, percentile

PER_SECOND: Final = 200
SECONDS: Final = 20
# The first requests meet a cold process.
WARMING: Final = 200
BARE: Final = "app.testbed.benchmarks.bare_handler"
# Never called: the orders wait for a shipment.
_ADDRESS: Final = "http://127.0.0.1:1"
_PATH: Final = f"/accounting/v1/businesses/{orders.BUSINESS}/customers/C-1/orders"
_ACCEPTED: Final = 202
_MILLI: Final = 1_000


def measure(installation: BenchmarkInstallation) -> Iterator[Measurement]:
    """From the request to its answer, seen by the client; first the API, then the bare handler."""
    installation.configure("nilvera", _ADDRESS, {})
    key = _key(installation)
    unbound = {"FATURAFLOW_WEB_REQUESTS_PER_MINUTE": "10000000"}
    found = _waits(installation, installation.start_web(unbound), key)
    bare = _waits(installation, installation.start_module(BARE), key)
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


def _waits(installation: BenchmarkInstallation, server: MeasuredWorker, key: str) -> list[float]:
    server.wait_until_ready()
    try:
        return asyncio.run(_asked(f"http://127.0.0.1:{server.health_port}{_PATH}", key))[WARMING:]
    finally:
        installation.stop(server)


async def _asked(url: str, key: str) -> list[float]:
    """Each request's seconds. They leave at their times, whatever the ones before are waiting for."""
    headers = {"X-Subscription-Key": key, "Content-Type": "application/json"}
    async with ClientSession(headers=headers) as session:
        began, sent = time.perf_counter() + 0.1, []
        for number in range(PER_SECOND * SECONDS + WARMING):
            await asyncio.sleep(began + number / PER_SECOND - time.perf_counter())
            sent.append(asyncio.create_task(_one(session, url, number)))
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
