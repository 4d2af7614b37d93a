"""The consumer's cures, without a broker: on the real class, over a hand-written consumer thread."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from app.stream.faust_patches.consumer import PatchedConsumer
from app.stream.faust_patches.thread import Fetched
from app.stream.ownership.exits import LOG_CHANGED
from app.stream.ownership.ownership import Ownership
from tests.stream.fakes import Aborted, Message, abort

A, B, CHANGELOG = TP("log", 0), TP("log", 1), TP("orders-changelog", 0)


class Thread:
    """Stands for the thread that aiokafka's consumer runs in."""

    def __init__(self) -> None:
        self.sought: dict[TP, int] = {}
        self.committed: Mapping[TP, int | None] = {}
        self.fetched_for: list[Any] = []
        self.fetched: dict[TP, list[Any]] = {}
        self.while_fetching: Any = lambda: None
        self.assignment = object()

    async def getmany(self, active: Any, _timeout: float) -> Fetched:
        self.fetched_for.append(active)
        positions = {tp: self.fetch_position(tp) for tp in self.fetched}
        self.while_fetching()
        return Fetched(self.fetched, positions)

    def fetch_position(self, tp: TP) -> Any:
        return self.assignment, self.sought.get(tp)

    def seek(self, tp: TP, offset: int) -> None:
        self.sought[tp] = offset

    async def seek_to_committed(self) -> Mapping[TP, int | None]:
        return self.committed

    async def earliest_offsets(self, *tps: TP) -> dict[TP, int]:
        return dict.fromkeys(tps, 3)


class ConsumerUnderTest(PatchedConsumer):
    """The state that Faust's constructor makes, without its services."""

    def __init__(self) -> None:
        self.ownership = Ownership(abort=abort)
        self.ownership.rebalance_begins()
        self.ownership.assignment_taken()
        self.app = SimpleNamespace(
            ownership=self.ownership,
            tables=SimpleNamespace(changelog_topics={CHANGELOG.topic}),
            in_recovery=False,
            should_stop=False,
        )
        self._held_back, self._log_starts, self._abort = frozenset(), {}, abort
        self._seeking, self._read_offset = asyncio.Lock(), {}
        self._active_partitions, self._paused_partitions = set(), set()
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


def test_a_recovery_that_ends_in_a_stop_may_not_resume_the_flow(consumer: ConsumerUnderTest) -> None:
    # The drain of the stop would wait for what comes, and a backlog does not end.
    consumer.resume_partitions({A})
    consumer.app.should_stop = True
    consumer.resume_flow()
    assert not consumer.flow_active
    assert consumer.active == set()


async def test_a_fetch_keeps_its_partitions_when_faust_empties_the_set_meanwhile(consumer: ConsumerUnderTest) -> None:
    consumer._active_partitions = live = {A}
    consumer._thread.while_fetching = live.clear
    await consumer._getmany(live, 1.0)
    assert consumer._thread.fetched_for == [{A}]


async def test_records_of_a_partition_that_was_paused_meanwhile_are_given_back(consumer: ConsumerUnderTest) -> None:
    consumer._active_partitions = {A}
    consumer._thread.fetched = {A: [Message(5)], B: [Message(7), Message(8)]}
    assert list(await consumer._getmany({A, B}, 1.0)) == [A]
    assert consumer._thread.sought == {B: 7}


async def test_records_that_a_seek_has_overtaken_are_not_given_back_over_it(consumer: ConsumerUnderTest) -> None:
    # The seek wants 3: going back to 7 would leave a hole.
    consumer._thread.fetched = {B: [Message(7), Message(8)]}
    consumer._thread.while_fetching = lambda: consumer._thread.seek(B, 3)
    assert await consumer._getmany({A, B}, 1.0) == {}
    assert consumer._thread.sought == {B: 3}


async def test_a_partition_without_a_committed_offset_is_sought_to_the_logs_start(consumer: ConsumerUnderTest) -> None:
    consumer._thread.committed = {A: 40, B: None, CHANGELOG: None}
    consumer._committed_offset = {A: 40}
    await consumer.seek_to_committed()
    assert consumer._thread.sought == {B: 3}
    assert [consumer.first_offset(tp) for tp in (A, B)] == [40, 3]


class SlowBroker(Thread):
    """The first seek is answered for A before the broker goes away, and for the rest when it is back."""

    def __init__(self) -> None:
        super().__init__()
        self.is_back, self.calls = asyncio.Event(), 0

    async def seek_to_committed(self) -> Mapping[TP, int | None]:
        self.calls += 1
        if self.calls > 1:
            return {A: None}
        self.seek(A, 1552)
        await self.is_back.wait()
        return {A: 1552}


async def begun(consumer: ConsumerUnderTest) -> asyncio.Future[None]:
    seek = asyncio.ensure_future(consumer.perform_seek())
    for _ in range(10):
        await asyncio.sleep(0)
    return seek


async def test_of_two_seeks_at_once_the_one_that_moves_last_also_says_last_what_was_read(
    consumer: ConsumerUnderTest,
) -> None:
    # Else A is at the log's start, and read up to 1552: what comes from there looks like another log.
    consumer._thread = broker = SlowBroker()
    seeks = [await begun(consumer), await begun(consumer)]
    broker.is_back.set()
    await asyncio.gather(*seeks)
    assert (broker.sought[A], consumer._read_offset[A]) == (3, None)


async def test_a_seek_waits_for_a_cancelled_one_which_goes_on_in_the_thread(consumer: ConsumerUnderTest) -> None:
    consumer._thread = broker = SlowBroker()
    (await begun(consumer)).cancel()
    seek = await begun(consumer)
    assert (broker.calls, seek.done()) == (1, False)
    broker.is_back.set()
    await seek
    assert (broker.sought[A], consumer._read_offset[A]) == (3, None)


class HandingOver(ConsumerUnderTest):
    """With what a turn of the fetching loop needs beside; `delivered` are the offsets that were handed over."""

    should_stop = False

    def __init__(self) -> None:
        super().__init__()
        self.app.consumer_generation_id = 1
        self.app.topics = SimpleNamespace(acks_enabled_for=lambda topic: topic != CHANGELOG.topic)
        self.scheduler = SimpleNamespace(iterate=lambda records: [(tp, r) for tp in records for r in records[tp]])
        self._read_offset: dict[TP, int | None] = {A: None, B: None, CHANGELOG: None}
        self._active_partitions = {A, B, CHANGELOG}
        self.flow_active = True
        self.delivered: list[tuple[TP, int]] = []
        self.at_each: Any = lambda: None
        self.gaps: list[tuple[TP, int, int]] = []
        self.sought_anew = 0

    async def callback(self, message: Message) -> None:
        self.delivered.append((TP(message.topic, message.partition), message.offset))
        self.at_each()

    def _to_message(self, _tp: TP, record: Message) -> Message:
        return record

    async def _add_gap(self, tp: TP, first: int, last: int) -> None:
        self.gaps.append((tp, first, last))

    async def perform_seek(self) -> None:
        self.sought_anew += 1

    async def turn(self, *records: Message) -> None:
        self._thread.fetched = {}
        for record in records:
            self._thread.fetched.setdefault(TP(record.topic, record.partition), []).append(record)
        await self._hand_over(await self._getmany(self._active_partitions, 1.0))


def changelog(offset: int) -> Message:
    return Message(offset, topic=CHANGELOG.topic)


async def test_what_was_fetched_is_handed_over_in_order() -> None:
    consumer = HandingOver()
    await consumer.turn(Message(5), Message(6), changelog(0))
    assert consumer.delivered == [(A, 5), (A, 6), (CHANGELOG, 0)]
    assert consumer._read_offset == {A: 6, B: None, CHANGELOG: 0}


async def test_what_a_seek_has_overtaken_during_the_fetch_is_dropped_and_its_neighbours_are_not() -> None:
    # Else a recovery takes its offset for progress, and drops what it reads again from the start as seen.
    consumer = HandingOver()
    consumer._thread.while_fetching = lambda: consumer._thread.seek(CHANGELOG, 12)
    await consumer.turn(changelog(4690), Message(5))
    assert consumer.delivered == [(A, 5)]
    assert consumer._read_offset[CHANGELOG] is None


async def test_what_a_new_assignment_has_overtaken_is_dropped_whole() -> None:
    consumer = HandingOver()

    def assign() -> None:
        consumer._thread.assignment = object()

    consumer._thread.while_fetching = assign
    await consumer.turn(changelog(4690), Message(5))
    assert consumer.delivered == []


async def test_a_fetch_that_came_after_the_seek_is_handed_over_even_in_a_rebalance() -> None:
    # Its position is the one that the seek wanted: whoever drops it makes the hole.
    consumer = HandingOver()
    consumer._thread.while_fetching = consumer.ownership.rebalance_begins
    await consumer.turn(changelog(12))
    assert consumer.delivered == [(CHANGELOG, 12)]


async def test_a_seek_between_two_records_ends_their_delivery_and_stands() -> None:
    consumer = HandingOver()

    def seek() -> None:
        consumer._thread.seek(A, 2)
        consumer._read_offset[A] = 2

    consumer.at_each = seek
    await consumer.turn(Message(5), Message(6))
    assert consumer.delivered == [(A, 5)]
    assert consumer._read_offset[A] == 2


async def test_a_new_generation_ends_the_delivery_of_what_was_fetched_before() -> None:
    consumer = HandingOver()

    def next_generation() -> None:
        consumer.app.consumer_generation_id += 1

    consumer.at_each = next_generation
    await consumer.turn(Message(5), Message(6))
    assert consumer.delivered == [(A, 5)]


async def test_what_comes_while_the_flow_stands_still_is_read_again() -> None:
    consumer = HandingOver()
    consumer.flow_active = False
    await consumer.turn(Message(5))
    assert consumer.delivered == []
    assert consumer.sought_anew == 1


async def test_a_log_that_goes_back_by_itself_is_another_log_and_its_records_are_not_dropped_as_known() -> None:
    # So a fetcher does whose offset lies beyond the end: an election or a restored cluster has cut the log.
    consumer = HandingOver()
    consumer._read_offset[A] = 6
    with pytest.raises(Aborted, match="log-0 gives offset 5 after the group has read up to 6") as left:
        await consumer.turn(Message(5), Message(7))
    assert left.value.code == LOG_CHANGED
    assert consumer.delivered == []


async def test_offsets_without_a_record_hold_up_no_commit() -> None:
    consumer = HandingOver()
    consumer._read_offset = {A: 3, CHANGELOG: 3}
    await consumer.turn(Message(7), changelog(7))
    assert consumer.gaps == [(A, 4, 7)]


async def test_a_fetcher_hands_over_until_it_is_stopped() -> None:
    consumer, fetcher = HandingOver(), SimpleNamespace(should_stop=False)
    consumer.app.client_only, consumer.app.should_stop = False, False
    consumer.not_waiting_next_records = asyncio.Event()
    consumer._thread.fetched = {A: [Message(5)]}

    def stop() -> None:
        fetcher.should_stop = True

    consumer.at_each = stop
    await asyncio.wait_for(consumer._drain_messages(fetcher), 5)
    assert consumer.delivered == [(A, 5)]


def test_only_what_was_tracked_is_acknowledged(consumer: ConsumerUnderTest) -> None:
    assert not consumer.ack(SimpleNamespace(tracked=False))


def test_what_is_forgotten_holds_up_no_revoke(consumer: ConsumerUnderTest) -> None:
    message = Message(1)
    consumer._unacked_messages = {message}
    consumer.forget(message)
    consumer.forget(message)
    assert not consumer._unacked_messages


async def test_an_idle_partition_raises_no_alarm_beside_the_watchdogs(consumer: ConsumerUnderTest) -> None:
    # Faust would ask the thread of each assigned partition, which logs an error for what was not fetched in minutes.
    consumer._thread.assignment = None
    await consumer.verify_all_partitions_active()
