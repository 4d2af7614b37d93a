"""Kafka as far as the stages see it: topics that are lists, groups that remember how far they are, durable tables."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.stream.errors import OwnershipLost
from app.stream.ownership.epoch import Epoch
from app.stream.records import Entry, InRecord, Record
from app.stream.table_memory import Entries
from tests.harness.fate import Fate

PARTITION = 0
# The time of the simulation.
Now = Callable[[], datetime]


class Topics:
    """Every topic has one partition; what is appended stays."""

    def __init__(self) -> None:
        self._records: defaultdict[str, list[InRecord]] = defaultdict(list)

    def append(self, record: Record, at: datetime) -> InRecord:
        log = self._records[record.topic]
        kept = InRecord(
            topic=record.topic,
            partition=PARTITION,
            offset=len(log),
            timestamp_ms=int(at.timestamp() * 1000),
            key=record.key,
            value=record.value,
            headers=record.headers,
        )
        log.append(kept)
        return kept

    def read(self, topic: str, position: int = 0, most: int | None = None) -> list[InRecord]:
        return self._records[topic][position : None if most is None else position + most]

    def names(self) -> Iterator[str]:
        return iter(tuple(self._records))


@dataclass
class Group:
    """A consumer group. Whoever is not its `member` any more commits in vain; without `commits` everybody does."""

    topic: str
    committed: int = 0
    member: object = None
    commits: bool = True

    def commit(self, member: object, position: int) -> None:
        if self.member is member and self.commits:
            self.committed = position


class WayOut:
    """A producer: every record is a step, before it is durable and before its sender knows."""

    def __init__(self, topics: Topics, fate: Fate, now: Now) -> None:
        self._topics = topics
        self._fate = fate
        self._now = now

    async def __call__(self, records: Iterable[Record]) -> None:
        for record in list(records):
            await self._fate.check_lease()
            await self._fate.step(f"publish {record.topic}")
            self._topics.append(record, self._now())
            await self._fate.step(f"published {record.topic}")


class Table:
    """A durable table: its changelog outlives the process, its memory is what the process has seen of it."""

    def __init__(self, name: str, durable: dict[tuple[int, bytes], bytes], fate: Fate) -> None:
        self.name = name
        self.changelog = f"{name}-changelog"
        self.epoch: Epoch | None = None
        self._durable = durable
        self._fate = fate
        self._entries = Entries()
        for (partition, key), value in durable.items():
            self._entries.keep(partition, key, value)

    def entry(self, partition: int, entity: bytes) -> Mapping[bytes, bytes]:
        return self._entries.of(partition, entity)

    def entities(self, partition: int) -> Iterator[bytes]:
        return self._entries.entities(partition)

    async def put_all(self, epoch: Epoch, entries: Sequence[Entry]) -> None:
        if epoch is not self.epoch:
            raise OwnershipLost
        for entry in entries:
            await self._fate.check_lease()
            await self._fate.step(f"write {self.name}")
            self._durable[entry.partition, entry.key] = entry.value
            await self._fate.step(f"written {self.name}")
        for entry in entries:
            self._entries.keep(entry.partition, entry.key, entry.value)

    async def forget_all(self, keys: Iterable[tuple[int, bytes]]) -> None:
        for partition, key in keys:
            self._entries.keep(partition, key, None)
            await self._fate.step(f"forget {self.name}")
            self._durable.pop((partition, key), None)
