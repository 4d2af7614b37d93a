"""The sender: whatever is due is called, a few calls to an endpoint at a time, and no endpoint waits for another.

claim (durable) → call → end (durable). A process that ends in between leaves the claim, which runs out: the same event
is sent again, with the same id.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

import structlog

from app.store.errors import SecretsUnreadableError
from app.store.webhooks.queue import Claimed, Finished
from app.store.webhooks.schedule import Answer

# Different documents' events; a document's own are one after the other.
CALLS_AT_ONCE: Final = 4
# What another process has made due is seen within so long: a redelivery, an endpoint that was resumed.
LOOK_SECONDS: Final = 0.5
# A call is bounded by its own time limit; what is longer under way at the end is left to its claim.
END_SECONDS: Final = 16.0
T = TypeVar("T")

log = structlog.get_logger(__name__)


class Queue(Protocol):
    """The deliveries; every method blocks, and raises StoreError."""

    def due_endpoints(self) -> Sequence[str]:
        """Those that have something to be sent now."""

    def claim(self, endpoint_id: str, most: int, *, under_way: int = 0) -> Sequence[Claimed]:
        """At most so many of its deliveries."""

    def finish(self, claimed: Claimed, answer: Answer) -> Finished | None:
        """What the attempt has come to."""


class Sender:
    """Sends until `stop` is set. `call` raises nothing that a receiver can bring about."""

    def __init__(
        self, queue: Queue, call: Callable[[Claimed], Awaitable[Answer]], *, end_seconds: float = END_SECONDS
    ) -> None:
        self.stop = asyncio.Event()
        self._queue = queue
        self._call = call
        self._end_seconds = end_seconds
        self._wake = asyncio.Event()
        self._under_way: Counter[str] = Counter()
        self._calls: set[asyncio.Task[None]] = set()
        self._unreadable: set[str] = set()
        # Threads of its own: they wait for the database alone.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="webhooks")

    def wake(self) -> None:
        """Something may be due."""
        self._wake.set()

    async def run(self) -> None:
        """Until `stop` is set, and then until the calls have ended. Raises StoreUnavailableError."""
        try:
            while not self.stop.is_set():
                self._wake.clear()
                await self.send_due()
                await self._rest()
        finally:
            if self._calls:
                await asyncio.wait(self._calls, timeout=self._end_seconds)
            for task in self._calls:
                task.cancel()
            self._threads.shutdown(wait=False)

    async def send_due(self) -> None:
        """Begin a call for whatever is due, as far as there is room. Raises what a call that has ended has raised."""
        self._raise_what_failed()
        for endpoint_id in await self._in_thread(self._queue.due_endpoints):
            room = CALLS_AT_ONCE - self._under_way[endpoint_id]
            if room > 0:
                for claimed in await self._claimed(endpoint_id, room):
                    self._under_way[endpoint_id] += 1
                    self._calls.add(asyncio.create_task(self._send(claimed)))

    async def all_ended(self) -> None:
        """Returns when no call is under way. Raises what one of them has raised."""
        while self._calls - {each for each in self._calls if each.done()}:
            await asyncio.wait(self._calls)
        self._raise_what_failed()

    def _raise_what_failed(self) -> None:
        ended = {each for each in self._calls if each.done()}
        self._calls -= ended
        for each in ended:
            each.result()

    async def _claimed(self, endpoint_id: str, room: int) -> Sequence[Claimed]:
        under_way = self._under_way[endpoint_id]
        try:
            return await self._in_thread(lambda: self._queue.claim(endpoint_id, room, under_way=under_way))
        except SecretsUnreadableError as error:
            if endpoint_id not in self._unreadable:
                log.error("an endpoint's secret cannot be read", endpoint=endpoint_id, why=str(error))  # noqa: TRY400
            self._unreadable.add(endpoint_id)
            return ()

    async def _send(self, claimed: Claimed) -> None:
        try:
            answer = await self._call(claimed)
            finished = await self._in_thread(lambda: self._queue.finish(claimed, answer))
        finally:
            self._under_way[claimed.endpoint_id] -= 1
            self._wake.set()
        if finished is not None and finished.paused is not None:
            known = {"endpoint": claimed.endpoint_id, "business": finished.endpoint.business}
            log.error("a webhook endpoint is paused, and what comes for it waits", **known, why=finished.paused)

    async def _rest(self) -> None:
        stopping, woken = asyncio.create_task(self.stop.wait()), asyncio.create_task(self._wake.wait())
        await asyncio.wait({stopping, woken}, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for each in (stopping, woken):
            each.cancel()

    async def _in_thread(self, ask: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)
