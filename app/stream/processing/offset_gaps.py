"""Gaps in a partition's offsets, and what each of them is.

On our own topics every offset is a record, so a gap means that one was overlooked. On a foreign topic transaction
markers, aborted records and compaction leave gaps as well; there a plain consumer reads the stretch again, and what
it does not find was never there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from app.stream.errors import OffsetWentBackError

# A broker that gives nothing for this long, where a record is known to be, is in trouble.
SILENCE_SECONDS: Final = 30.0
_POLL_MILLISECONDS: Final = 500


class GapCause(Enum):
    """What a gap turned out to be."""

    NO_RECORDS = "nothing was ever there"
    OVERLOOKED = "records in it were not handed over"
    DELETED = "it ends at the log's start: retention deleted records before they were read"


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetRange:
    """Offsets from `start` up to and without `end`, of which `handed_over` came to us; the record at `end` did, too."""

    topic: str
    partition: int
    start: int
    end: int
    handed_over: frozenset[int] = frozenset()

    def __str__(self) -> str:
        return f"{self.topic}-{self.partition} {self.start}..{self.end}"


class Reader(Protocol):
    """Reads a partition without a group; the seam for tests."""

    async def log_start(self, topic: str, partition: int) -> int: ...

    async def offsets(self, stretch: OffsetRange) -> frozenset[int]: ...


async def cause_of(stretch: OffsetRange, reader: Reader, *, foreign: bool) -> GapCause:
    """Decide what the gaps in a stretch are; on our own topics nothing excuses one but the log's start."""
    if await reader.log_start(stretch.topic, stretch.partition) > stretch.start:
        return GapCause.DELETED
    if not foreign:
        return GapCause.OVERLOOKED
    try:
        found = await reader.offsets(stretch)
    except OffsetOutOfRangeError:  # retention came in between
        return GapCause.DELETED
    return GapCause.OVERLOOKED if found - stretch.handed_over else GapCause.NO_RECORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainReader:
    """A consumer of its own for each question: gaps are rare, and an idle connection would have to be watched."""

    bootstrap: str

    async def log_start(self, topic: str, partition: int) -> int:
        """Return the first offset that the broker still holds."""
        tp = TopicPartition(topic, partition)
        async with self._assigned(tp) as consumer:
            return int((await consumer.beginning_offsets([tp]))[tp])

    async def offsets(self, stretch: OffsetRange) -> frozenset[int]:
        """Return the offsets of all committed records in the stretch."""
        tp = TopicPartition(stretch.topic, stretch.partition)
        found: set[int] = set()
        async with self._assigned(tp) as consumer:
            consumer.seek(tp, stretch.start)
            last = -1
            while last < stretch.end:
                async with asyncio.timeout(SILENCE_SECONDS):
                    records = await _next_records(consumer, tp)
                found.update(record.offset for record in records)
                last = records[-1].offset
        return frozenset(offset for offset in found if offset < stretch.end)

    @asynccontextmanager
    async def _assigned(self, tp: TopicPartition) -> AsyncIterator[Any]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="none",
        )
        await consumer.start()
        try:
            consumer.assign([tp])
            yield consumer
        finally:
            await consumer.stop()


async def _next_records(consumer: Any, tp: TopicPartition) -> Sequence[Any]:
    while True:
        if records := (await consumer.getmany(tp, timeout_ms=_POLL_MILLISECONDS)).get(tp):
            return cast("Sequence[Any]", records)


class Contiguity:
    """The next offset that each partition must bring, in one epoch, and the stretches that broke the rule."""

    def __init__(self) -> None:
        self._first: dict[Any, int] = {}
        self._next: dict[Any, int] = {}
        self._broken: dict[Any, tuple[int, int]] = {}

    def take(self, tp: Any, offset: int, first_offset: Callable[[Any], int]) -> bool:
        """Note a record; False where it was handed over already. A new partition must begin at its `first_offset`.

        Raises:
            OffsetWentBackError: it lies before what this epoch began with, so it was never handed over in it.

        """
        if tp not in self._next:
            self._first[tp] = self._next[tp] = first_offset(tp)
        expected = self._next[tp]
        if offset < self._first[tp]:
            raise OffsetWentBackError(tp.topic, tp.partition, offset=offset, read=self._first[tp])
        if offset < expected:
            return False
        if offset > expected:
            start, _ = self._broken.get(tp, (expected, offset))
            self._broken[tp] = start, offset
        self._next[tp] = offset + 1
        return True

    def broken(self, batch: Sequence[Any]) -> Iterator[OffsetRange]:
        """Give, once, the stretch of each partition that has a gap in this batch."""
        broken, self._broken = self._broken, {}
        for tp, (start, end) in broken.items():
            handed_over = frozenset(m.offset for m in batch if m.tp == tp and m.offset < end)
            yield OffsetRange(topic=tp.topic, partition=tp.partition, start=start, end=end, handed_over=handed_over)
