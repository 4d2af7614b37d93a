"""The requests' rows, from an event loop: one thread writes them, as many in one transaction as have come meanwhile.

A commit costs more than all that is in it. What became of a record need not be awaited: while it is not written down,
a repeat sends the same record again.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

import structlog

from app.domain.record import record
from app.store import Begun, IncomingRequest, Progress, StoreError

log = structlog.get_logger(__name__)
_MOST_AT_ONCE: Final = 200
# Between two deletions, so that rows are written meanwhile.
SWEEP_PAUSE_SECONDS: Final = 0.2
# Until then a repeat in another process waits for what is known here already.
NOTES_SECONDS: Final = 0.2


class Table(Protocol):
    """What writes them."""

    def work(self, incoming: Sequence[IncomingRequest], progress: Sequence[Progress]) -> list[Begun]:
        """See `ApiRequestStore`."""


@record
class _Asked:
    request: IncomingRequest
    answer: asyncio.Future[Begun]


@record
class _Settling:
    answer: asyncio.Future[None]


_Queued = _Asked | _Settling | Progress


class RequestRows:
    """The one writer of this process. `start` it in the loop that awaits it."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._queue: queue.SimpleQueue[_Queued | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="api-requests", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Write from now on."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def begin(self, request: IncomingRequest) -> Begun:
        """What is to be done with this request, written down. Raises StoreError; then nothing is."""
        assert self._loop is not None
        answer: asyncio.Future[Begun] = self._loop.create_future()
        self._queue.put(_Asked(request=request, answer=answer))
        return await answer

    def note(self, progress: Progress) -> None:
        """Write down what became of a request, soon."""
        self._queue.put(progress)

    async def settled(self) -> None:
        """Returns when all is written that was noted before."""
        assert self._loop is not None
        answer: asyncio.Future[None] = self._loop.create_future()
        self._queue.put(_Settling(answer=answer))
        await answer

    async def stop(self) -> None:
        """Write what is left, and end."""
        self._queue.put(None)
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        going = True
        while going:
            batch = self._batch()
            going = None not in batch
            asked = [each for each in batch if isinstance(each, _Asked)]
            self._write(asked, [each for each in batch if isinstance(each, Progress)])
            self._hand_on(_settle, [each for each in batch if isinstance(each, _Settling)])

    def _batch(self) -> list[_Queued | None]:
        """What is waited for, and all that has come meanwhile; notes alone wait a little for the next request."""
        found: list[_Queued | None] = []
        end, is_urgent = 0.0, False
        while len(found) < _MOST_AT_ONCE:
            left = None if not found else 0.0 if is_urgent else max(0.0, end - time.monotonic())
            try:
                found.append(self._queue.get(timeout=left) if left != 0.0 else self._queue.get_nowait())
            except queue.Empty:
                break
            end = end or time.monotonic() + NOTES_SECONDS
            is_urgent = is_urgent or not isinstance(found[-1], Progress)
        return found

    def _write(self, asked: Sequence[_Asked], progress: Sequence[Progress]) -> None:
        answers: list[Begun] | Exception
        try:
            answers = self._table.work([each.request for each in asked], progress) if asked or progress else []
        except Exception as fault:  # noqa: BLE001 - each who waits gets it; the thread goes on
            answers = fault
            if not isinstance(fault, StoreError):
                log.error("requests were not written", error=type(fault).__name__)  # noqa: TRY400 - no content
        self._hand_on(_answer, asked, answers)

    def _hand_on(self, answer: Callable[..., None], asked: Sequence[object], *more: object) -> None:
        assert self._loop is not None
        try:
            if asked:
                self._loop.call_soon_threadsafe(answer, asked, *more)
        except RuntimeError:  # the loop is closed: no request waits
            log.warning("requests were written after the end")


async def forget_old(sweep: Callable[[datetime], int], before: datetime, *, pause: float = SWEEP_PAUSE_SECONDS) -> None:
    """Forgets every request that came before this moment, a few at a time. Raises StoreError.

    `sweep`: `ApiRequestStore.sweep`, which says how many it has forgotten.
    """
    swept = 1
    while swept:
        swept = await asyncio.to_thread(sweep, before)
        await asyncio.sleep(pause)


def _settle(asked: Sequence[_Settling]) -> None:
    for each in asked:
        if not each.answer.done():
            each.answer.set_result(None)


def _answer(asked: Sequence[_Asked], answers: list[Begun] | Exception) -> None:
    for number, each in enumerate(asked):
        if each.answer.done():
            continue
        if isinstance(answers, Exception):
            each.answer.set_exception(answers)
        else:
            each.answer.set_result(answers[number])
