# ruff: noqa: SLF001 - private names are touched in this folder, and only here; `privates` lists them
"""The producer: idempotent, acknowledged by every replica, and able to take many records as few."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, cast

from aiokafka.partitioner import murmur2
from aiokafka.structs import TopicPartition
from faust.transport.drivers import aiokafka as driver

from app.stream.records import Record

# Below this, records of many tasks share aiokafka's own batches; a batch for each of them would wait for its turn.
FEWEST_IN_BULK: Final = 32
_POSITIVE: Final = 0x7FFFFFFF
# Pure Python, and asked for the same key again and again: an order's outcome, status and log, a connection's commands.
_hash: Final = lru_cache(maxsize=8192)(murmur2)


class IdempotentProducer(driver.Producer):  # type: ignore[misc]  # untyped library
    """Faust asks for idempotence only inside transactions, which lose records elsewhere; we want it without them."""

    def _settings_default(self) -> dict[str, Any]:
        return {**super()._settings_default(), "enable_idempotence": True, "acks": "all"}

    async def send_bulk(self, records: Sequence[Record], check: Callable[[], None]) -> list[asyncio.Future[Any]]:
        """Hand over batches that were built here, in order within each partition; one acknowledgement for each.

        A future, a callback and a walk through aiokafka for each record are most of what a send costs. `check` is
        called before each batch is sent, and may end the process.
        """
        producer = self._ensure_producer()
        counts = {topic: len(await producer.partitions_for(topic)) for topic in {record.topic for record in records}}
        batches: dict[tuple[str, int], list[Any]] = {}
        for record in records:
            at = record.topic, _partition(record, counts[record.topic])
            building = batches.get(at)
            if building is None:
                building = batches[at] = [producer.create_batch()]
            if not _append(building[-1], record):
                building.append(producer.create_batch())
                _append(building[-1], record)
        pending = []
        for (topic, partition), building in batches.items():
            for batch in building:
                check()
                pending.append(await _queue(producer, batch, TopicPartition(topic, partition)))
        return pending


async def _queue(producer: Any, batch: Any, tp: TopicPartition) -> asyncio.Future[Any]:
    """Put a batch behind those that wait for this partition already.

    aiokafka's `send_batch` waits until none does: where tasks write the same partition all the time, that is never.
    """
    accumulator = producer._message_accumulator
    if accumulator._batches.get(tp) and accumulator._exception is None and not accumulator._closed:
        return asyncio.shield(accumulator._append_batch(batch, tp).future)
    return cast("asyncio.Future[Any]", await producer.send_batch(batch, tp.topic, partition=tp.partition))


def _partition(record: Record, count: int) -> int:
    """As Java does it: murmur2 of the key."""
    if record.partition is not None:
        return record.partition
    return random.randrange(count) if record.key is None else (_hash(record.key) & _POSITIVE) % count  # noqa: S311


def _append(batch: Any, record: Record) -> bool:
    """Whether there was room; an empty batch takes a record of any size."""
    return bool(batch.append(timestamp=None, key=record.key, value=record.value, headers=list(record.headers)))
