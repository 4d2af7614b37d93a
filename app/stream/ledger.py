"""The guard's questions, put to the broker; before the worker's event loop exists, so with a blocking client."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

import stamina
import structlog
from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec

from app.stream.errors import StartRefused
from app.stream.exits import TOPIC_MISSING
from app.stream.guard import Claims, Ledger, Place, admit
from app.stream.offsets import committed, outsider
from app.stream.table import FOUNDING_KEY

REQUEST_TIMEOUT_SECONDS: Final = 30.0
_FOUNDED: Final = b"1"
# A broker that restarts or hands its partitions over is back within seconds; longer than this is a fault.
ASK_AGAIN_SECONDS: Final = 30.0
_LONGEST_PAUSE_SECONDS: Final = 2.0
# What is answered while leaders and coordinators move; seen at a broker's restart, and their kin. The client marks few
# of them as retriable.
PASSING: Final = frozenset(
    {
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.FENCED_LEADER_EPOCH,
        KafkaError.UNKNOWN_LEADER_EPOCH,
        KafkaError.OFFSET_NOT_AVAILABLE,
        KafkaError.REPLICA_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.NETWORK_EXCEPTION,
        KafkaError._TRANSPORT,  # the connection closed under the question  # noqa: SLF001 - the client's own name
        KafkaError._NOENT,  # the broker is up and knows no leader yet  # noqa: SLF001 - likewise
    }
)

log = structlog.get_logger(__name__)


def passes(refused: Exception) -> bool:
    """Whether the same question has an answer a moment later."""
    error = refused.args[0] if isinstance(refused, KafkaException) and refused.args else None
    return isinstance(error, KafkaError) and (error.retriable() or error.code() in PASSING)


@stamina.retry(on=passes, attempts=None, timeout=ASK_AGAIN_SECONDS, wait_max=_LONGEST_PAUSE_SECONDS)
def admit_when_settled(claims: Claims, open_ledger: Callable[[], Ledger], *, allow_fresh_group: bool) -> None:
    """`admit`, and again while leaders and coordinators move, as a worker that is started again would.

    With a ledger of its own each time: a client that once heard "no leader" believes it for minutes.

    Raises:
        StartRefused: as `admit`.
        KafkaException: the broker refuses for another reason, or for longer than half a minute.

    """
    admit(claims, open_ledger(), allow_fresh_group=allow_fresh_group)


class BrokerLedger:
    """A group's offsets and the ends of its topics, as they are now."""

    def __init__(self, bootstrap: str, group: str) -> None:
        # What goes wrong is raised here; librdkafka would write its own lines between the log's.
        self._connection: dict[str, Any] = {"bootstrap.servers": bootstrap, "log_level": 0}
        self._group = group
        self._admin = AdminClient(self._connection)

    def partitions(self, topic: str) -> int:
        """Return the number of partitions; asking creates nothing."""
        found = self._admin.list_topics(topic, timeout=REQUEST_TIMEOUT_SECONDS).topics[topic]
        if found.error and passes(moving := KafkaException(found.error)):
            raise moving
        if found.error or not found.partitions:
            raise StartRefused(TOPIC_MISSING, f"The topic {topic} does not exist: run `faturaflow topics apply`.")
        return len(found.partitions)

    def log_starts(self, places: Collection[Place]) -> dict[Place, int]:
        """Return the first offset that each log still holds."""
        return self._offsets(places, OffsetSpec.earliest())

    def committed(self, places: Collection[Place]) -> dict[Place, int]:
        """Return the group's offsets, of the places that have one."""
        if not places:
            return {}
        client = outsider(self._connection["bootstrap.servers"], self._group)
        try:
            found = committed(client, (TopicPartition(*place) for place in places), timeout=REQUEST_TIMEOUT_SECONDS)
        finally:
            client.close()
        return {(tp.topic, tp.partition): tp.offset for tp in found if tp.offset >= 0}

    def empty(self, places: Collection[Place]) -> set[Place]:
        """Return the logs that hold no record."""
        starts, ends = self.log_starts(places), self._offsets(places, OffsetSpec.latest())
        return {place for place in places if starts[place] == ends[place]}

    def filled(self, places: Collection[Place]) -> bool:
        """Whether any log holds a record besides the founding ones."""
        holding = set(places) - self.empty(places)
        with self._reader() as consumer:
            return any(key != FOUNDING_KEY for place in holding for key in self._keys(consumer, place))

    def found(self, changelogs: Collection[Place]) -> None:
        """Write the first record of each changelog partition, durable when this returns."""
        producer = Producer({**self._connection, "enable.idempotence": True})
        failed: list[Any] = []
        for topic, partition in changelogs:
            producer.produce(
                topic,
                key=FOUNDING_KEY,
                value=_FOUNDED,
                partition=partition,
                on_delivery=lambda error, _: failed.append(error) if error else None,
            )
        if producer.flush(REQUEST_TIMEOUT_SECONDS) or failed:
            raise KafkaException(*failed)

    def commit(self, offsets: dict[Place, int]) -> bool:
        """Give the group these offsets. False: it has members, and its offsets are theirs."""
        wanted = [TopicPartition(topic, partition, at) for (topic, partition), at in offsets.items()]
        answer = self._admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(self._group, wanted)])
        try:
            answer[self._group].result(REQUEST_TIMEOUT_SECONDS)
        except KafkaException as refused:
            if passes(refused):
                raise
            log.info("the group has members: its offsets are left to them", error=str(refused))
            return False
        return True

    def _offsets(self, places: Collection[Place], spec: OffsetSpec) -> dict[Place, int]:
        answers = self._admin.list_offsets({TopicPartition(*place): spec for place in places}) if places else {}
        return {(tp.topic, tp.partition): a.result(REQUEST_TIMEOUT_SECONDS).offset for tp, a in answers.items()}

    @contextmanager
    def _reader(self) -> Iterator[Consumer]:
        # librdkafka wants a group even for assigned partitions; nothing is ever committed to this one.
        consumer = outsider(self._connection["bootstrap.servers"], f"{self._group}.guard")
        try:
            yield consumer
        finally:
            consumer.close()

    def _keys(self, consumer: Consumer, place: Place) -> Iterator[bytes | None]:
        """Go through a log's keys; the caller stops at the first that tells."""
        end = self._offsets([place], OffsetSpec.latest())[place]
        consumer.assign([TopicPartition(*place, self.log_starts([place])[place])])
        while message := consumer.poll(REQUEST_TIMEOUT_SECONDS):
            if message.error():
                raise KafkaException(message.error())
            yield message.key()
            if message.offset() >= end - 1:
                return
