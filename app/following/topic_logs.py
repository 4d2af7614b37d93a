"""Topics from outside of a group: where they begin and end, and their records from given offsets on."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, Message, TopicCollection, TopicPartition
from confluent_kafka.admin import OffsetSpec

from app.following.offsets import Follower, Place, TopicLog
from app.stream.clients.clients import admin, partitions_of, plain_consumer
from app.stream.clients.reader import as_record
from app.stream.errors import TopicMissingError
from app.stream.kafka_errors import is_transient
from app.stream.records import InRecord

# A broker that is up answers in milliseconds.
_ANSWER_SECONDS: Final = 10.0
# A batch is written when it is full, or after this: what comes now and then is seen at once, and a backlog quickly.
BATCH_SECONDS: Final = 0.05
# How often a follower is compared with the topics' ends: it is seen from this whether it runs.
CHECK_SECONDS: Final = 2.0
# Rows and offsets of so many records are written in one transaction: more would make none of them cheaper.
BATCH: Final = 500
_GONE: Final = frozenset(
    {
        KafkaError._AUTO_OFFSET_RESET,  # the offset is not in the log  # noqa: SLF001 - the client's own name
        KafkaError.OFFSET_OUT_OF_RANGE,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError.UNKNOWN_TOPIC_ID,
        KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001 - likewise
        KafkaError._UNKNOWN_TOPIC,  # noqa: SLF001 - likewise
    }
)


class TopicLogs:
    """Reads topics without committing anything: how far, their follower knows. Closed by `close`."""

    def __init__(self, bootstrap: str, group: str, topics: Collection[str], follower: Follower) -> None:
        self._follower = follower
        self._topics = tuple(topics)
        self._admin = admin(bootstrap)
        more = {"auto.offset.reset": "error", "enable.partition.eof": True}
        self._consumer = plain_consumer(bootstrap, group, **more)
        self._reached: dict[Place, int] = {}

    def close(self) -> None:
        self._consumer.close()

    def cluster_id(self) -> str:
        """The broker's. Raises KafkaException."""
        return str(self._consumer.list_topics(timeout=_ANSWER_SECONDS).cluster_id)

    def logs(self) -> dict[str, TopicLog]:
        """Each topic as it is now. Raises TopicMissingError and KafkaException."""
        places = [
            place for topic in self._topics for place in partitions_of(self._consumer, topic, timeout=_ANSWER_SECONDS)
        ]
        lows, highs = (self._offsets(places, spec) for spec in (OffsetSpec.earliest(), OffsetSpec.latest()))
        asked = self._admin.describe_topics(TopicCollection([*self._topics]), request_timeout=_ANSWER_SECONDS)
        ids = {topic: str(answer.result(_ANSWER_SECONDS).topic_id) for topic, answer in asked.items()}
        return {
            topic: TopicLog(
                topic_id=ids[topic],
                bounds={place[1]: (low, highs[place]) for place, low in lows.items() if place[0] == topic},
            )
            for topic in self._topics
        }

    def logs_since(self, when: str) -> dict[str, TopicLog] | None:
        """Each topic as it is now; None where the broker does not answer, and is asked again later.

        `when` they were all there, as a refusal says it. Raises LogChangedError where one is gone, and KafkaException
        where it is of no use to ask again.
        """
        try:
            return self.logs()
        except TopicMissingError as missing:
            raise self._follower.log_changed(f"{missing} It was there {when}") from missing
        except KafkaException as fault:
            if not is_transient(fault):
                raise
            return None

    def start(self, places: Mapping[Place, int]) -> None:
        """Read each of these partitions from its offset."""
        self._reached = dict(places)
        self._consumer.assign([TopicPartition(topic, number, offset) for (topic, number), offset in places.items()])

    def read(self, seconds: float) -> list[InRecord]:
        """The next records, at most BATCH, after at most this long.

        Raises LogChangedError where a log no longer has what comes next, and KafkaException.
        """
        return list(self._records(self._consumer.consume(BATCH, seconds)))

    def behind(self, logs: Mapping[str, TopicLog]) -> int:
        """How many offsets of these logs have not been read yet."""
        ends = {(topic, number): high for topic, log in logs.items() for number, (_, high) in log.bounds.items()}
        return sum(max(0, end - self._reached.get(place, 0)) for place, end in ends.items())

    def _records(self, messages: Collection[Message]) -> Iterator[InRecord]:
        for message in messages:
            place, error = (message.topic(), message.partition()), message.error()
            if error is None:
                self._reached[place] = message.offset() + 1
                yield as_record(message)
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the client's own name
                # Behind the markers of transactions, which have offsets and are no records.
                self._reached[place] = max(message.offset(), self._reached[place])
            elif error.code() in _GONE:
                missing = f"the offset {self._reached.get(place)} any more ({error.str()})"
                raise self._follower.log_changed(f"{place[0]}-{place[1]} does not have {missing}")
            elif not is_transient(KafkaException(error)):
                raise KafkaException(error)

    def _offsets(self, places: Collection[TopicPartition], spec: OffsetSpec) -> dict[Place, int]:
        asked: Mapping[Any, Any] = self._admin.list_offsets(
            dict.fromkeys(places, spec), request_timeout=_ANSWER_SECONDS
        )
        return {
            (place.topic, place.partition): answer.result(_ANSWER_SECONDS).offset for place, answer in asked.items()
        }
