"""The durable table on a real application that is never started, over a hand-written producer."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.partitioner import DefaultPartitioner

from app.stream.errors import OwnershipLost, RecordTooLargeError
from app.stream.faust_patches.application import App
from app.stream.processing.sending import send_all
from app.stream.processing.table import DurableTable, durable_table
from app.stream.records import MOST_BYTES, Entry, Record
from app.stream.table_memory import FOUNDING_KEY, Entries, entry_key
from tests.stream.fakes import TP, Aborted, Acknowledging, Reader, abort, leased

CHANGELOG = "planner-orders-changelog"


class Producer(Acknowledging):
    """Faust's producer, record by record."""

    async def send(self, *record: Any) -> asyncio.Future[None]:
        return self.take(*record)


@pytest.fixture
def producer() -> Producer:
    return Producer()


@pytest.fixture
def app(tmp_path: Path, producer: Producer) -> App:
    app = leased(tmp_path)
    app.producer = producer
    return app


@pytest.fixture
def orders(app: App) -> DurableTable:
    table = durable_table(app, "orders", partitions=4)
    app.ownership.rebalance_begins()
    app.ownership.assignment_taken()
    app.ownership.begin(1, [(CHANGELOG, 0), (CHANGELOG, 1), ("log", 0)])
    return table


def entry(partition: int, order: bytes, version: bytes = b"1") -> Entry:
    return Entry(partition=partition, key=entry_key(order, version), value=order + version)


def test_the_changelog_is_named_after_the_application_and_the_table(orders: DurableTable) -> None:
    assert orders.changelog == CHANGELOG


async def test_no_entry_is_visible_before_all_of_them_are_durable(
    app: App, orders: DurableTable, producer: Producer
) -> None:
    producer.at_once = False
    assert app.epoch
    writing = asyncio.create_task(orders.put_all(app.epoch, [entry(0, b"A"), entry(1, b"B")]))
    await producer.handed_over.acquire()
    await producer.handed_over.acquire()
    producer.acknowledgements[0].set_result(None)
    await asyncio.sleep(0)
    assert not orders.entry(0, b"A")
    producer.acknowledgements[1].set_result(None)
    await writing
    assert orders.entry(0, b"A") == {b"1": b"A1"}
    assert list(orders.entities(1)) == [b"B"]


async def test_an_entry_that_the_changelog_would_not_take_is_refused_before_anything_is_sent(
    app: App, orders: DurableTable, producer: Producer
) -> None:
    assert app.epoch
    large = Entry(partition=1, key=b"B\x1f1", value=b"v" * (MOST_BYTES - 2))
    with pytest.raises(RecordTooLargeError):
        await orders.put_all(app.epoch, [entry(0, b"A"), large])
    with pytest.raises(RecordTooLargeError):
        await orders.put(large.partition, large.key, large.value, unfenced=True)
    assert not producer.sent
    await orders.put(large.partition, large.key, large.value[1:])


async def test_the_end_of_the_changelog_is_noted_from_what_was_recovered_and_written(
    app: App, orders: DurableTable, producer: Producer
) -> None:
    orders.apply_changelog_batch([recovered(CHANGELOG, 1, b"A\x1f1", b"a", offset=offset) for offset in (0, 1, 2)])
    await orders.on_recovery_completed({TP(CHANGELOG, 1)}, set())
    app.notes.finished("log", 1, 5, 0)
    assert f'"{CHANGELOG}": 2' in app.notes.of("log", 1)
    producer.where = SimpleNamespace(partition=1, offset=3, timestamp=0, timestamp_type=0)
    await orders.put(1, b"B\x1f1", b"v")
    assert f'"{CHANGELOG}": 3' in app.notes.of("log", 1)


async def test_an_entry_whose_send_fails_is_never_visible(orders: DurableTable, producer: Producer) -> None:
    producer.at_once = False
    writing = asyncio.create_task(orders.put(0, b"A\x1f1", b"v"))
    await producer.handed_over.acquire()
    producer.acknowledgements[0].set_exception(OSError("no broker"))
    with pytest.raises(OSError, match="no broker"):
        await writing
    assert not orders.entry(0, b"A")


async def test_a_partition_that_is_not_ours_is_not_written(app: App, orders: DurableTable, producer: Producer) -> None:
    assert app.epoch
    with pytest.raises(OwnershipLost):
        await orders.put_all(app.epoch, [entry(0, b"A"), entry(3, b"B")])
    with pytest.raises(OwnershipLost):
        await orders.put(3, b"B", b"v")
    assert not producer.sent


async def test_an_epoch_that_has_ended_writes_nothing_more(app: App, orders: DurableTable, producer: Producer) -> None:
    epoch = app.epoch
    assert epoch
    await app.ownership.end()
    with pytest.raises(OwnershipLost):
        await orders.put_all(epoch, [entry(0, b"A")])
    with pytest.raises(OwnershipLost):
        await orders.put(0, b"A", b"v")
    assert not producer.sent


async def test_what_is_true_whoever_owns_the_partition_is_written_without_lease_and_ownership(
    app: App, orders: DurableTable, producer: Producer
) -> None:
    await app.ownership.end()
    app.lease.clock.now += 100
    await orders.put(3, b"C\x1fAnswered", b"v", unfenced=True)
    assert producer.sent == [(CHANGELOG, b"C\x1fAnswered", b"v", 3, None, None)]


async def test_the_lease_is_checked_before_each_record(app: App, producer: Producer) -> None:
    def freeze() -> None:
        app.lease.clock.now += 100

    producer.after_each = freeze
    with pytest.raises(Aborted, match="lease"):
        await send_all(app, [Record(topic="t", key=b"1", value=b""), Record(topic="t", key=b"2", value=b"")])
    assert [record[1] for record in producer.sent] == [b"1"]


async def test_a_record_goes_out_with_its_partition_and_headers(app: App, producer: Producer) -> None:
    headers = (("ce_id", b"1"), ("ce_id", b"2"))
    await send_all(app, [Record(topic="t", key=b"k", value=b"v", partition=2, headers=headers)])
    assert producer.sent == [("t", b"k", b"v", 2, None, list(headers))]


def test_keys_are_partitioned_as_java_does_it() -> None:
    # From the Java client's own test of its murmur2.
    partitions = list(range(1000))
    found = [DefaultPartitioner()(key, partitions, partitions) for key in (b"21", b"foobar", b"abc")]
    assert found == [(hashed & 0x7FFFFFFF) % 1000 for hashed in (-973932308, -790332482, 479470107)]


async def test_a_tombstone_forgets_at_once_and_its_failure_is_looked_away_from(
    orders: DurableTable, producer: Producer
) -> None:
    await orders.put(0, b"A\x1f1", b"old")
    await orders.put(0, b"A\x1f2", b"new")
    producer.at_once = False
    await orders.forget_all([(0, b"A\x1f1")])
    assert orders.entry(0, b"A") == {b"2": b"new"}
    assert producer.sent[-1] == (CHANGELOG, b"A\x1f1", None, 0, None, None)
    producer.acknowledgements[-1].set_exception(OSError())
    await asyncio.sleep(0)


def recovered(topic: str, partition: int, key: bytes, value: bytes | None, *, offset: int = 0) -> Any:
    return SimpleNamespace(
        message=SimpleNamespace(topic=topic, partition=partition, key=key, value=value, offset=offset)
    )


def test_a_recovery_takes_only_its_own_records_and_not_the_founding_one(orders: DurableTable) -> None:
    orders.apply_changelog_batch(
        [
            recovered(CHANGELOG, 0, FOUNDING_KEY, b"1"),
            recovered(CHANGELOG, 0, b"A\x1f1", b"a"),
            recovered("planner-documents-changelog", 0, b"X\x1f1", b"x"),
            recovered(CHANGELOG, 0, b"B\x1f1", b"b"),
            recovered(CHANGELOG, 0, b"B\x1f1", None),
        ]
    )
    assert list(orders.entities(0)) == [b"A"]


def test_an_error_in_a_recovery_leaves_because_faust_would_swallow_it(
    orders: DurableTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.stream.processing.table.abort", abort)
    with pytest.raises(Aborted, match=CHANGELOG):
        orders.apply_changelog_batch([recovered(CHANGELOG, 0, None, b"v")])  # type: ignore[arg-type]


async def test_partitions_that_are_not_ours_are_dropped_after_a_recovery(orders: DurableTable) -> None:
    await orders.put(0, b"A\x1f1", b"a")
    await orders.put(1, b"B\x1f1", b"b")
    await orders.on_recovery_completed({TP(CHANGELOG, 1)}, set())
    assert not orders.entry(0, b"A")
    assert orders.entry(1, b"B")


async def test_a_table_that_was_not_recovered_whole_is_not_used(
    orders: DurableTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.stream.processing.table.abort", abort)
    orders.apply_changelog_batch([recovered(CHANGELOG, 1, b"A\x1f1", b"a", offset=offset) for offset in (0, 1, 5)])
    orders._reader = Reader(found=frozenset({0, 1, 3, 5}))
    with pytest.raises(Aborted, match=f"{CHANGELOG}-1 2..5: a record was not recovered"):
        await orders.on_recovery_completed({TP(CHANGELOG, 1)}, set())


async def test_a_table_of_which_nobody_knows_whether_it_is_whole_is_not_used(
    orders: DurableTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(Reader):
        async def log_start(self, _topic: str, _partition: int) -> int:
            raise OSError("no broker")

    monkeypatch.setattr("app.stream.processing.table.abort", abort)
    orders.apply_changelog_batch([recovered(CHANGELOG, 1, b"A\x1f1", b"a", offset=5)])
    orders._reader = Silent()
    with pytest.raises(Aborted, match=CHANGELOG):
        await orders.on_recovery_completed({TP(CHANGELOG, 1)}, set())


async def test_what_compaction_removed_was_not_missed(orders: DurableTable) -> None:
    orders.apply_changelog_batch([recovered(CHANGELOG, 1, b"A\x1f1", b"a", offset=offset) for offset in (2, 7)])
    orders._reader = Reader(found=frozenset({2, 7}))
    await orders.on_recovery_completed({TP(CHANGELOG, 1)}, set())
    assert orders.entry(1, b"A") == {b"1": b"a"}


def test_entities_may_be_deleted_while_they_are_gone_through() -> None:
    entries = Entries()
    for name in (b"A", b"B"):
        entries.keep(0, entry_key(name, b"1"), b"v")
    for name in entries.entities(0):
        entries.keep(0, entry_key(name, b"1"), None)
    assert entries.partitions() == frozenset()


def test_a_key_without_a_rest_is_the_entity_itself() -> None:
    entries = Entries()
    entries.keep(0, b"A", b"v")
    assert entries.of(0, b"A") == {b"": b"v"}
    entries.keep(0, b"B", None)
    entries.keep(0, b"A", None)
    assert entries.of(0, b"A") == {}
