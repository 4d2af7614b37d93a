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

from tests.web.running_api import RunningApi, running_api


@dataclass(frozen=True)
class ServedApi:
    """Where it is, and a key that may do everything."""

    url: str
    key: str

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
        async with running_api(folder, per_minute=1_000_000) as api:
            ready.set_result(ServedApi(f"{api.client.make_url('/')}".rstrip("/"), api.key))
            await kept_up(api, over)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        yield ready.result(30)
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(30)
        loop.close()


async def kept_up(api: RunningApi, over: asyncio.Event) -> None:
    """Until it is over, what comes is planned and projected."""
    while not over.is_set():
        await api.plan()
        try:
            await asyncio.wait_for(over.wait(), 0.2)
        except TimeoutError:
            continue
