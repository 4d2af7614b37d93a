"""A table and a way out that remember in which order they were used, and can break at any step."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.domain.orders import LoggedEvent
from app.planning.agent import Planner
from app.planning.timers import Timers
from app.stream.ownership.epoch import Epoch
from app.stream.records import MOST_BYTES, Entry, InRecord, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.table_memory import Entries
from app.stream.topics.names import Topics

TOPICS = Topics()
CODEC = Codec()


class Broken(Exception):  # noqa: N818 - it stands for a crash
    """The step that was to break."""


class Steps:
    """The durable steps in the order in which they were taken; breaks before the named one."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.breaks_at: str | None = None

    def take(self, name: str) -> None:
        if name == self.breaks_at:
            raise Broken(name)
        self.taken.append(name)


class FakeTable:
    """A durable table without a broker."""

    def __init__(self, name: str, steps: Steps) -> None:
        self.name = name
        self.changelog = f"{name}-changelog"
        self.steps = steps
        self.entries = Entries()
        self.forgotten: list[tuple[int, bytes]] = []

    def entry(self, partition: int, entity: bytes) -> Mapping[bytes, bytes]:
        return self.entries.of(partition, entity)

    def entities(self, partition: int) -> Iterator[bytes]:
        return self.entries.entities(partition)

    async def put_all(self, epoch: Epoch, entries: Sequence[Entry]) -> None:
        del epoch
        self.steps.take(self.name)
        for entry in entries:
            self.entries.keep(entry.partition, entry.key, entry.value)

    async def forget_all(self, keys: Iterable[tuple[int, bytes]]) -> None:
        for partition, key in keys:
            self.forgotten.append((partition, key))
            self.entries.keep(partition, key, None)


class UpToDate:
    """Intake has read everything."""

    async def ends(self) -> Mapping[int, int]:
        return {0: 0}

    async def has_passed(self, ends: Mapping[int, int]) -> bool:
        del ends
        return True


class World:
    """A planner with everything around it."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.steps = Steps()
        self.most = most
        self.published: list[Record] = []
        self.documents = FakeTable("documents", self.steps)
        self.orders = FakeTable("orders", self.steps)
        self.timers = Timers(UpToDate())
        self.epoch = Epoch(1, [(TOPICS.order_log, 0), (self.orders.changelog, 0)])
        self.restart()

    def restart(self) -> None:
        """Another process goes on with what is durable."""
        self.planner = Planner(
            publish=self._publish,
            documents=self.documents,
            orders=self.orders,
            outgoing=RecordBuilder(TOPICS, CODEC, app="planner", most=self.most),
            codec=CODEC,
            timers=self.timers,
        )

    async def _publish(self, records: Iterable[Record]) -> None:
        found = list(records)
        self.steps.take("publish")
        self.published += found

    async def take(self, *records: InRecord) -> None:
        await self.planner.on_batch(self.epoch, records)

    def on(self, topic: str) -> list[Record]:
        return [record for record in self.published if record.topic == topic]


def in_record(event: LoggedEvent | bytes, offset: int, key: str = "ORNEK/S-1001") -> InRecord:
    value = event if isinstance(event, bytes) else CODEC.write(event)
    return InRecord(
        topic=TOPICS.order_log,
        partition=0,
        offset=offset,
        timestamp_ms=0,
        key=key.encode(),
        value=value,
        headers=(("traceparent", b"00-1-2-01"),),
    )


def ids(records: Iterable[Record]) -> list[str]:
    """The records' ids: a repeated write has the same."""
    return [dict(record.headers)["ce_id"].decode() for record in records]
