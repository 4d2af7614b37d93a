"""The consumer's cures, without a broker: on the real class, over a hand-written consumer thread."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from app.stream.ownership import Ownership
from app.stream.tamed.consumer import TamedConsumer
from tests.stream.kernel.fakes import Message, leave

A, B, CHANGELOG = TP("log", 0), TP("log", 1), TP("orders-changelog", 0)


class Thread:
    """Stands for the thread that aiokafka's consumer runs in."""

    def __init__(self) -> None:
        self.sought: dict[TP, int] = {}
        self.committed: Mapping[TP, int | None] = {}
        self.fetched_for: list[Any] = []
        self.fetched: dict[TP, list[Any]] = {}
        self.while_fetching: Any = lambda: None

    async def getmany(self, active: Any, _timeout: float) -> dict[TP, list[Any]]:
        self.fetched_for.append(active)
        self.while_fetching()
        return dict(self.fetched)

    def seek(self, tp: TP, offset: int) -> None:
        self.sought[tp] = offset

    async def seek_to_committed(self) -> Mapping[TP, int | None]:
        return self.committed

    async def earliest_offsets(self, *tps: TP) -> dict[TP, int]:
        return dict.fromkeys(tps, 3)


class ConsumerUnderTest(TamedConsumer):
    """The state that Faust's constructor makes, without its services."""

    def __init__(self) -> None:
        self.ownership = Ownership(leave=leave)
        self.ownership.rebalance_begins()
        self.ownership.assignment_taken()
        self.app = SimpleNamespace(
            ownership=self.ownership, tables=SimpleNamespace(changelog_topics={CHANGELOG.topic}), in_recovery=False
        )
        self._held_back, self._log_starts = frozenset(), {}
        self._active_partitions, self._paused_partitions, self._buffered_partitions = set(), set(), set()
        self._committed_offset, self._unacked_messages = {}, set()
        self.can_resume_flow, self.suspend_flow = asyncio.Event(), asyncio.Event()
        self.flow_active = False
        self._thread = Thread()

    @property
    def active(self) -> set[TP]:
        return set(self._active_partitions)


@pytest.fixture
def consumer() -> ConsumerUnderTest:
    return ConsumerUnderTest()


def test_source_partitions_start_only_with_the_flow_which_follows_the_seek(consumer: ConsumerUnderTest) -> None:
    consumer.resume_partitions({A, B, CHANGELOG})
    assert consumer.active == {CHANGELOG}
    consumer.resume_flow()
    assert consumer.active == {A, B, CHANGELOG}
    assert consumer.flow_active


def test_what_a_newer_pause_took_back_is_not_resumed(consumer: ConsumerUnderTest) -> None:
    consumer.resume_partitions({A})
    consumer.pause_partitions({A})
    consumer.resume_flow()
    assert consumer.active == set()


def test_a_recovery_that_was_overtaken_may_not_resume_the_flow(consumer: ConsumerUnderTest) -> None:
    consumer.resume_partitions({A})
    consumer.ownership.rebalance_begins()
    consumer.resume_flow()
    assert not consumer.flow_active
    assert consumer.active == set()


async def test_a_fetch_keeps_its_partitions_when_faust_empties_the_set_meanwhile(consumer: ConsumerUnderTest) -> None:
    consumer._active_partitions = live = {A}
    consumer._thread.while_fetching = live.clear
    await consumer._getmany(live, 1.0)
    assert consumer._thread.fetched_for == [{A}]


async def test_a_fetch_that_a_rebalance_has_overtaken_is_dropped_whole(consumer: ConsumerUnderTest) -> None:
    # Else a recovery takes its offsets for progress, and drops what it reads again from the start as seen.
    consumer._active_partitions = {CHANGELOG, A}
    consumer._thread.fetched = {CHANGELOG: [Message(offset=4690)], A: [Message(offset=7)]}
    consumer._thread.while_fetching = consumer.ownership.rebalance_begins
    assert await consumer._getmany({CHANGELOG, A}, 1.0) == {}
    assert consumer._thread.sought == {}
    consumer._thread.while_fetching = lambda: None
    assert (await consumer._getmany({CHANGELOG, A}, 1.0)).keys() == {CHANGELOG, A}


async def test_records_of_a_partition_that_was_paused_meanwhile_are_given_back(consumer: ConsumerUnderTest) -> None:
    consumer._active_partitions = {A}
    consumer._thread.fetched = {A: [Message(5)], B: [Message(7), Message(8)]}
    assert list(await consumer._getmany({A, B}, 1.0)) == [A]
    assert consumer._thread.sought == {B: 7}


async def test_a_partition_without_a_committed_offset_is_sought_to_the_logs_start(consumer: ConsumerUnderTest) -> None:
    consumer._thread.committed = {A: 40, B: None, CHANGELOG: None}
    consumer._committed_offset = {A: 40}
    await consumer.seek_to_committed()
    assert consumer._thread.sought == {B: 3}
    assert [consumer.first_offset(tp) for tp in (A, B)] == [40, 3]


def test_only_what_was_tracked_is_acknowledged(consumer: ConsumerUnderTest) -> None:
    assert not consumer.ack(SimpleNamespace(tracked=False))


def test_what_is_forgotten_holds_up_no_revoke(consumer: ConsumerUnderTest) -> None:
    message = Message(1)
    consumer._unacked_messages = {message}
    consumer.forget(message)
    consumer.forget(message)
    assert not consumer._unacked_messages


def test_a_full_queue_pauses_nothing(consumer: ConsumerUnderTest) -> None:
    consumer._active_partitions = {A}
    consumer.on_buffer_full(A)
    consumer.on_buffer_drop(A)
    assert consumer.active == {A}


async def test_a_delivery_that_need_not_wait_makes_no_task(consumer: ConsumerUnderTest) -> None:
    tasks_before = len(asyncio.all_tasks())

    async def deliver() -> str:
        return f"{len(asyncio.all_tasks()) - tasks_before} tasks"

    results = await consumer.wait_first(deliver(), consumer.suspend_flow.wait())
    assert results.results == ["0 tasks"]
    assert not results.stopped


class Waiting(ConsumerUnderTest):
    """With mode's own `wait_first` behind it, for deliveries that must wait."""

    def __init__(self) -> None:
        super().__init__()
        self._stopped, self._crashed = asyncio.Event(), asyncio.Event()
        self.loop = asyncio.get_running_loop()


async def test_a_delivery_that_waits_goes_on_where_it_stood() -> None:
    consumer, go_on, steps = Waiting(), asyncio.Event(), []

    async def deliver() -> str:
        steps.append("begun")
        await go_on.wait()
        await asyncio.sleep(0)
        return "done"

    asyncio.get_running_loop().call_soon(go_on.set)
    results = await consumer.wait_first(deliver(), consumer.suspend_flow.wait())
    assert "done" in results.results
    assert steps == ["begun"]


async def test_a_delivery_that_waits_ends_when_the_flow_is_suspended() -> None:
    consumer, cancelled = Waiting(), asyncio.Event()

    async def deliver() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    asyncio.get_running_loop().call_soon(consumer.suspend_flow.set)
    await consumer.wait_first(deliver(), consumer.suspend_flow.wait())
    await asyncio.wait_for(cancelled.wait(), 5)


async def test_an_error_of_a_delivery_that_waits_comes_out() -> None:
    async def deliver() -> None:
        await asyncio.sleep(0)
        raise ValueError("broken")

    consumer = Waiting()
    with pytest.raises(ValueError, match="broken"):
        await consumer.wait_first(deliver(), consumer.suspend_flow.wait())
