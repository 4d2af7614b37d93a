"""Many records as few batches, over a hand-written aiokafka."""

import asyncio
import gc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.structs import TopicPartition

from app.stream.faust_patches.application import App
from app.stream.faust_patches.producer import FEWEST_IN_BULK
from app.stream.processing.sending import send_all, send_unwatched
from app.stream.records import Record
from tests.stream.fakes import Aborted, Acknowledging, leased

PARTITIONS = 4
RECORDS = [Record(topic="t", key=b"order-%d" % (n % 7), value=b"%d" % n) for n in range(100)]
_ALL = list(range(PARTITIONS))
FILLED = {DefaultPartitioner()(record.key, _ALL, _ALL) for record in RECORDS}


class Batch:
    """Takes as many records as there is room for; into an empty one any record goes."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.records: list[tuple[Any, Any, Any]] = []

    def append(self, *, timestamp: Any, key: Any, value: Any, headers: Any) -> object | None:
        assert timestamp is None
        if len(self.records) >= max(self.room, 1):
            return None
        self.records.append((key, value, headers))
        return object()


class Waiting:
    """aiokafka's queues: what waits for each partition."""

    _exception: Exception | None = None
    _closed = False

    def __init__(self, kafka: "Kafka") -> None:
        self._kafka = kafka
        self._batches: dict[TopicPartition, list[Any]] = {}

    def _append_batch(self, batch: Batch, tp: TopicPartition) -> SimpleNamespace:
        self._kafka.appended.append(tp.partition)
        return SimpleNamespace(future=self._kafka.take(tp.topic, tp.partition, batch.records))


class Kafka(Acknowledging):
    """aiokafka's producer, as far as batches go."""

    def __init__(self) -> None:
        super().__init__()
        self._message_accumulator = Waiting(self)
        self.appended: list[int] = []
        self.room = 1000

    async def partitions_for(self, topic: str) -> set[int]:  # noqa: ARG002 - aiokafka's signature
        return set(range(PARTITIONS))

    def create_batch(self) -> Batch:
        return Batch(self.room)

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> asyncio.Future[None]:
        return self.take(topic, partition, batch.records)


@pytest.fixture
def kafka() -> Kafka:
    return Kafka()


@pytest.fixture
def app(tmp_path: Path, kafka: Kafka) -> App:
    app = leased(tmp_path)
    app.producer._producer = kafka
    return app


async def test_each_partition_gets_its_records_in_one_batch_and_in_order(app: App, kafka: Kafka) -> None:
    await send_all(app, RECORDS)
    assert sorted(partition for _, partition, _ in kafka.sent) == sorted(FILLED)
    for _, partition, records in kafka.sent:
        assert {DefaultPartitioner()(key, _ALL, _ALL) for key, _, _ in records} == {partition}
        assert [int(value) for _, value, _ in records] == sorted(int(value) for _, value, _ in records)
    assert sorted(int(value) for _, _, records in kafka.sent for _, value, _ in records) == list(range(100))


async def test_a_full_batch_is_followed_by_another_of_its_partition(app: App, kafka: Kafka) -> None:
    kafka.room = 10
    await send_all(app, [Record(topic="t", key=b"k", value=b"%d" % n, partition=3) for n in range(35)])
    assert [len(records) for _, _, records in kafka.sent] == [10, 10, 10, 5]
    assert [int(value) for _, _, records in kafka.sent for _, value, _ in records] == list(range(35))


async def test_a_record_larger_than_a_batch_goes_out_alone(app: App, kafka: Kafka) -> None:
    kafka.room = 0
    await send_all(app, RECORDS)
    assert [len(records) for _, _, records in kafka.sent] == [1] * len(RECORDS)


async def test_headers_go_with_their_record_and_a_missing_key_finds_some_partition(app: App, kafka: Kafka) -> None:
    headers = (("ce_id", b"1"),)
    await send_all(app, [Record(topic="t", key=None, value=b"v", headers=headers)] * FEWEST_IN_BULK)
    found = [record for _, _, records in kafka.sent for record in records]
    assert found == [(None, b"v", list(headers))] * FEWEST_IN_BULK


async def test_it_returns_after_the_last_acknowledgement_and_not_before(app: App, kafka: Kafka) -> None:
    kafka.at_once = False
    sending = asyncio.create_task(send_all(app, RECORDS))
    for _ in range(len(FILLED)):
        await kafka.handed_over.acquire()
    for acknowledged in kafka.acknowledgements[:-1]:
        acknowledged.set_result(None)
    await asyncio.sleep(0)
    assert not sending.done()
    kafka.acknowledgements[-1].set_exception(OSError("no broker"))
    with pytest.raises(OSError, match="no broker"):
        await sending


async def test_the_lease_is_checked_before_each_batch(app: App, kafka: Kafka) -> None:
    def freeze() -> None:
        app.lease.clock.now += 100

    kafka.after_each = freeze
    with pytest.raises(Aborted, match="lease"):
        await send_all(app, RECORDS)
    assert len(kafka.sent) == 1


async def test_a_batch_queues_behind_what_waits_instead_of_waiting_until_nothing_does(app: App, kafka: Kafka) -> None:
    # A journal's partition is written by many tasks: some batch of theirs always waits.
    busy = max(FILLED)
    kafka._message_accumulator._batches[TopicPartition("t", busy)] = [object()]
    await send_all(app, RECORDS)
    assert kafka.appended == [busy]
    assert sorted(partition for _, partition, _ in kafka.sent) == sorted(FILLED)


async def test_a_producer_that_has_failed_says_so_instead_of_queueing_for_ever(app: App, kafka: Kafka) -> None:
    waiting = kafka._message_accumulator
    waiting._batches = {TopicPartition("t", partition): [object()] for partition in range(PARTITIONS)}
    waiting._exception = OSError("fenced")
    await send_all(app, RECORDS)  # through `send_batch`, which raises in earnest
    assert kafka.appended == []


async def test_what_is_true_whoever_owns_the_partition_asks_no_lease(app: App, kafka: Kafka) -> None:
    app.lease.clock.now += 100
    await send_all(app, RECORDS, unfenced=True)
    assert sum(len(records) for _, _, records in kafka.sent) == len(RECORDS)


async def test_what_may_be_lost_is_handed_over_as_few_batches_that_nobody_waits_for(app: App, kafka: Kafka) -> None:
    kafka.at_once = False
    app.lease.clock.now += 100
    superseded = [Record(topic="t", key=record.key, value=None, partition=0) for record in RECORDS]
    await send_unwatched(app, superseded)
    ((_, _, records),) = kafka.sent
    assert [(key, value) for key, value, _ in records] == [(record.key, None) for record in RECORDS]


@pytest.mark.filterwarnings("error")
async def test_what_was_lost_of_it_is_nobodys_fault(app: App, kafka: Kafka) -> None:
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
    kafka.at_once = False
    await send_unwatched(app, RECORDS)
    for acknowledged in kafka.acknowledgements:
        acknowledged.set_exception(OSError("no broker"))
    kafka.acknowledgements.clear()
    del acknowledged
    await asyncio.sleep(0)
    gc.collect(1)  # the young ones: the whole heap of a test run takes a second
    assert not complaints
