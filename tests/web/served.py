"""The API of a test at an address, in a thread of its own: programs of others ask it."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.web.api.links import DocumentLinks
from tests.web.running_api import CUSTOMER, ORDER, ORDERS, SHOP, RunningApi, invoice_body, order_body, running_api
from tests.web.signable import signable


@dataclass(frozen=True)
class ServedApi:
    """Where it is, a key that may do everything, and what there is: each parameter of a path.

    `signable`: the id of a document that waits for its signature.
    """

    url: str
    key: str
    known: dict[str, str]
    signable: str

    def document(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/openapi.json") as answer:  # noqa: S310 - loopback
            found: dict[str, Any] = json.loads(answer.read())
            return found


@contextmanager
def served(folder: Path) -> Iterator[ServedApi]:
    """The API, until the block ends."""
    ready: Future[ServedApi] = Future()
    loop, over = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        limits = {"per_minute": 1_000_000, "wrong_keys": 1_000_000}
        async with running_api(folder, **limits) as api, signable(api, folder) as document:
            known = await with_a_document(api)
            ready.set_result(ServedApi(f"{api.client.make_url('/')}".rstrip("/"), api.key, known, document))
            await kept_up(api, over)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        yield ready.result(30)
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(30)
        loop.close()


async def with_a_document(api: RunningApi) -> dict[str, str]:
    """An order of two lines, the first of which is on a document."""
    order = await api.post(ORDERS, order_body())
    await api.post(f"{ORDERS}/{ORDER}/invoices", invoice_body())
    await api.plan()
    shown = await (await api.get(f"{ORDERS}/{ORDER}")).json()
    return {
        "businessCode": SHOP,
        "customerNumber": CUSTOMER,
        "orderReference": ORDER,
        "internalRequestId": (await order.json())["internalRequestId"],
        "invoiceReference": "INV-1",
        "documentId": (document := shown["invoices"][0]["documentId"]),
        "token": DocumentLinks(api.store.fingerprint).of(document)["html"].rpartition("/")[2],
    }


async def kept_up(api: RunningApi, over: asyncio.Event) -> None:
    """Until it is over, what comes is planned and projected."""
    while not over.is_set():
        await api.plan()
        try:
            await asyncio.wait_for(over.wait(), 0.2)
        except TimeoutError:
            continue
