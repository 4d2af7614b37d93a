"""A group's state as the broker has it: what the guard asks. With a blocking client: no event loop runs yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from typing import Any, Final

import structlog
from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import OffsetSpec

from app.stream.clients.clients import SILENT, admin, committed_offsets, partitions_of, plain_consumer
from app.stream.kafka_errors import is_transient
from app.stream.ownership.commit_metadata import Note, Place
from app.stream.table_memory import FOUNDING_KEY

REQUEST_TIMEOUT_SECONDS: Final = 30.0
_FOUNDED: Final = b"1"
# Of each partition the first record is wanted, and nothing more.
_ONE_AT_A_TIME: Final = {
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",
    "fetch.message.max.bytes": 1024,
    "queued.min.messages": 1,
    # By default the client rests for a second with a full queue, and a broker that has nothing for half a second.
    "fetch.queue.backoff.ms": 0,
    "fetch.wait.max.ms": 10,
}

log = structlog.get_logger(__name__)


class KafkaGroupState:
    """A group's offsets and the ends of its topics, as they are now."""

    def __init__(self, bootstrap: str, group: str) -> None:
        self._bootstrap = bootstrap
        self._group = group
        self._admin = admin(bootstrap)

    def partitions(self, topic: str) -> int:
        """Return the number of partitions; asking creates nothing."""
        return len(partitions_of(self._admin, topic, timeout=REQUEST_TIMEOUT_SECONDS))

    def log_starts(self, places: Collection[Place]) -> dict[Place, int]:
        """Return the first offset that each log still holds."""
        return self._offsets(places, OffsetSpec.earliest())

    def log_ends(self, places: Collection[Place]) -> dict[Place, int]:
        """Return the offset that each log's next record will have, whether or not its transaction is decided."""
        return self._offsets(places, OffsetSpec.latest())

    def committed(self, places: Collection[Place]) -> dict[Place, int]:
        """Return the group's offsets, of the places that have one."""
        return {(tp.topic, tp.partition): tp.offset for tp in self._committed(places)}

    def notes(self, places: Collection[Place]) -> dict[Place, Note]:
        """Return the notes beside the group's offsets, of those that have one."""
        found = {(tp.topic, tp.partition): Note.parse(_text_beside(tp)) for tp in self._committed(places)}
        return {place: note for place, note in found.items() if note}

    def timestamps(self, offsets: Mapping[Place, int]) -> dict[Place, int]:
        """Return the append times (milliseconds) of the records at these offsets, where there is one."""
        ends = self.log_ends(offsets)
        found: dict[Place, int] = {}
        with closing(plain_consumer(self._bootstrap, f"{self._group}.guard", **_ONE_AT_A_TIME)) as consumer:
            for place, at in offsets.items():
                message = self._first(consumer, place, at) if at < ends[place] else None
                if message is not None and not message.error() and message.offset() == at:
                    found[place] = message.timestamp()[1]
        return found

    def written_now(self, changelog: str) -> tuple[float, int, float]:
        """Write a first record again; return our time before, the broker's (milliseconds), and ours after it.

        Raises KafkaException: the broker does not take it.
        """
        appended_ms: list[int] = []
        asked_at = time.time()
        self._write([(changelog, 0)], lambda message: appended_ms.append(message.timestamp()[1]))
        return asked_at, appended_ms[0], time.time()

    def empty(self, places: Collection[Place]) -> set[Place]:
        """Return the logs that hold no record."""
        starts, ends = self.log_starts(places), self.log_ends(places)
        return {place for place in places if starts[place] == ends[place]}

    def filled(self, places: Collection[Place]) -> bool:
        """Whether any log holds a record besides the founding ones."""
        holding = set(places) - self.empty(places)
        # librdkafka wants a group even for assigned partitions; nothing is ever committed to this one.
        with closing(plain_consumer(self._bootstrap, f"{self._group}.guard")) as consumer:
            return any(key != FOUNDING_KEY for place in holding for key in self._keys(consumer, place))

    def write_founding_records(self, changelogs: Collection[Place]) -> None:
        """Write the first record of each changelog partition, durable when this returns."""
        self._write(changelogs, lambda _: None)

    def commit(self, offsets: dict[Place, int]) -> bool:
        """Give the group these offsets. False: it has members, and its offsets are theirs."""
        wanted = [TopicPartition(topic, partition, at) for (topic, partition), at in offsets.items()]
        answer = self._admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(self._group, wanted)])
        try:
            answer[self._group].result(REQUEST_TIMEOUT_SECONDS)
        except KafkaException as refused:
            if is_transient(refused):
                raise
            log.info("the group has members: its offsets are left to them", error=str(refused))
            return False
        return True

    def _committed(self, places: Collection[Place]) -> list[TopicPartition]:
        if not places:
            return []
        with closing(plain_consumer(self._bootstrap, self._group)) as client:
            found = committed_offsets(
                client, (TopicPartition(*place) for place in places), timeout=REQUEST_TIMEOUT_SECONDS
            )
        return [tp for tp in found if tp.offset >= 0]

    def _write(self, changelogs: Collection[Place], written: Callable[[Any], None]) -> None:
        producer = Producer({"bootstrap.servers": self._bootstrap, "enable.idempotence": True, **SILENT})
        failed: list[Any] = []

        def delivered(error: Any, message: Any) -> None:
            failed.append(error) if error else written(message)

        for topic, partition in changelogs:
            producer.produce(topic, key=FOUNDING_KEY, value=_FOUNDED, partition=partition, on_delivery=delivered)
        if producer.flush(REQUEST_TIMEOUT_SECONDS) or failed:
            raise KafkaException(*failed)

    def _offsets(self, places: Collection[Place], spec: OffsetSpec) -> dict[Place, int]:
        answers = self._admin.list_offsets({TopicPartition(*place): spec for place in places}) if places else {}
        return {(tp.topic, tp.partition): a.result(REQUEST_TIMEOUT_SECONDS).offset for tp, a in answers.items()}

    def _first(self, consumer: Consumer, place: Place, at: int) -> Any:
        """Return the first record from there on, or what the client reports where there is none.

        Asked for alone: of several partitions a broker gives only the first its batch, whatever the batch's size.
        """
        consumer.assign([TopicPartition(*place, at)])
        while message := consumer.poll(REQUEST_TIMEOUT_SECONDS):
            if message.error() and message.error().code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - the client's own name
                raise KafkaException(message.error())
            if (message.topic(), message.partition()) == place:
                return message
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - likewise

    def _keys(self, consumer: Consumer, place: Place) -> Iterator[bytes | None]:
        """Go through a log's keys; the caller stops at the first that decides."""
        end = self.log_ends([place])[place]
        consumer.assign([TopicPartition(*place, self.log_starts([place])[place])])
        while message := consumer.poll(REQUEST_TIMEOUT_SECONDS):
            if message.error():
                raise KafkaException(message.error())
            yield message.key()
            if message.offset() >= end - 1:
                return


def _text_beside(tp: TopicPartition) -> str:
    """Give the text beside an offset, and what the client has read behind it where it does not end with a zero."""
    try:
        return tp.metadata or ""
    except UnicodeDecodeError as fault:
        return fault.object.decode(errors="replace")
