"""While the registry is away a batch waits for it, and no record of it is unreadable for that."""

import asyncio

import pytest

from app.domain.orders import OrderEvent
from app.stream.errors import OwnershipLost
from app.stream.ownership.epoch import Epoch
from app.stream.processing.wait_for_schema import wait_for_schemas
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import UnreadableCode, UnreadableRecordError
from tests.stream.serialization.orders import spoilt
from tests.stream.serialization.registries import MemoryRegistry, Returning

UNKNOWN_ID = b"\x00" + (4711).to_bytes(4) + b"\x00"


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.stream.ownership.epoch.WAIT_SECONDS", 0.0)


def in_avro(registry: MemoryRegistry) -> bytes:
    """An order, written by somebody else's codec."""
    value = Codec(registry).write(Codec().read(OrderEvent, spoilt()))
    registry.asked = 0
    return value


def records(*values: bytes | None) -> list[InRecord]:
    return [
        InRecord(topic="orders.v1", partition=0, offset=offset, timestamp_ms=0, key=None, value=value, headers=())
        for offset, value in enumerate(values)
    ]


async def test_a_registry_is_asked_once_for_each_schema_and_not_at_all_for_json() -> None:
    registry = Returning()
    value, codec, epoch = in_avro(registry), Codec(registry), Epoch(1, [])
    await wait_for_schemas(epoch, codec, records(spoilt(), None, value, b"\x00", value))
    assert registry.asked == 1
    await wait_for_schemas(epoch, codec, records(value))
    assert registry.asked == 1
    assert epoch.waits_for is None


async def test_a_batch_waits_until_the_registry_is_back_and_then_every_record_can_be_read() -> None:
    registry = Returning()
    value, codec, epoch = in_avro(registry), Codec(registry), Epoch(1, [])
    registry.unanswered = 3
    await wait_for_schemas(epoch, codec, records(spoilt(), value))
    assert registry.asked == registry.unanswered + 1
    assert epoch.waits_for == "away"
    registry.unanswered = registry.asked + 1  # away again: nothing of it is needed any more
    assert codec.read(OrderEvent, value).business == "ORNEK"


async def test_a_schema_that_there_is_not_is_waited_for_no_longer_than_one_answer() -> None:
    registry = Returning()
    codec = Codec(registry)
    await wait_for_schemas(Epoch(1, []), codec, records(UNKNOWN_ID, UNKNOWN_ID))
    assert registry.asked == 1
    with pytest.raises(UnreadableRecordError) as refused:
        codec.read(OrderEvent, UNKNOWN_ID)
    assert refused.value.code == UnreadableCode.UNKNOWN_SCHEMA


async def test_a_revoke_ends_the_wait_and_the_records_are_the_next_owners() -> None:
    registry = Returning()
    value, epoch = in_avro(registry), Epoch(1, [])
    registry.unanswered = 10**9
    waiting = asyncio.create_task(wait_for_schemas(epoch, Codec(registry), records(value)))
    epoch.revoke()
    with pytest.raises(OwnershipLost):
        await waiting


async def test_the_event_loop_goes_on_while_the_registry_is_asked() -> None:
    # A heartbeat that waits for the registry would cost the partitions.
    registry = Returning()
    value, beats = in_avro(registry), asyncio.Event()
    loop = asyncio.get_running_loop()

    class Slow(MemoryRegistry):
        def schema(self, schema_id: int) -> str | None:
            asyncio.run_coroutine_threadsafe(beats.wait(), loop).result(timeout=10)
            return registry.schema(schema_id)

    waiting = asyncio.create_task(wait_for_schemas(Epoch(1, []), Codec(Slow()), records(value)))
    await asyncio.sleep(0)
    beats.set()
    await waiting
