"""Every stop ends the consumer's thread: the real thread, with mode's start and stop, over a fake of aiokafka."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace

from mode.threads import WorkerThread

from app.stream.faust_patches.thread import ReadCommittedThread

# Far below the minute that mode waits for a thread which does not report its end.
AT_ONCE_SECONDS = 10


class HeldWorker(WorkerThread):
    """A thread that runs its first line when it may. A daemon: one that a test has lost ends with the tests."""

    def __init__(self, service: "ThreadUnderTest") -> None:
        super().__init__(service)
        self.daemon = True

    def run(self) -> None:
        self.service.may_run.wait(AT_ONCE_SECONDS)
        super().run()


class ThreadUnderTest(ReadCommittedThread):
    """Without a broker: `leave` is what aiokafka's consumer does when it is stopped."""

    Worker = HeldWorker

    def __init__(self, leave: Callable[[], Awaitable[None]]) -> None:
        self.may_run = threading.Event()
        self._leave = leave
        super().__init__(SimpleNamespace(transport=SimpleNamespace(app=None)), loop=asyncio.get_running_loop())

    def __post_init__(self) -> None:
        """Make nothing of aiokafka's."""

    async def on_start(self) -> None:
        self._consumer = SimpleNamespace(stop=self._leave)

    @property
    def lives(self) -> bool:
        return self._thread is not None and self._thread.is_alive()


async def left() -> None:
    """The group answers."""


@asynccontextmanager
async def running(leave: Callable[[], Awaitable[None]]) -> AsyncIterator[ThreadUnderTest]:
    async with asyncio.timeout(AT_ONCE_SECONDS):
        thread = ThreadUnderTest(leave)
        thread.may_run.set()
        await thread.start()
        yield thread


async def test_a_stop_before_the_first_line_of_the_thread_ends_it() -> None:
    async with asyncio.timeout(AT_ONCE_SECONDS):
        thread = ThreadUnderTest(left)
        starting = asyncio.create_task(thread.start())
        await asyncio.sleep(0)
        stopping = asyncio.create_task(thread.stop())
        await asyncio.sleep(0)
        thread.may_run.set()
        await asyncio.gather(starting, stopping)
    assert not thread.lives


async def test_a_stop_of_a_thread_that_was_never_started_waits_for_nothing() -> None:
    async with asyncio.timeout(AT_ONCE_SECONDS):
        thread = ThreadUnderTest(left)
        await thread.stop()
        thread.thread_loop.close()


async def test_a_task_that_aiokafka_cancels_on_its_way_out_does_not_hide_the_end_of_the_thread() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    async with running(cancelled) as thread:
        await thread.stop()
    assert not thread.lives


async def test_a_fault_while_the_group_is_left_does_not_hide_the_end_of_the_thread() -> None:
    async def refused() -> None:
        raise ConnectionError

    async with running(refused) as thread:
        await thread.stop()
    assert not thread.lives


async def test_a_group_that_does_not_answer_is_waited_for_no_longer_than_its_time() -> None:
    async def joining() -> None:
        await asyncio.Event().wait()

    async with running(joining) as thread:
        thread.leaving_seconds = 0.01
        await thread.stop()
    assert not thread.lives
