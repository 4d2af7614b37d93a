"""Reading a topic once, from its start to where it ends now: for lists, checks and reports, never for a stage."""

import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final, Self

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from app.stream.clients.clients import plain_consumer, watermarks
from app.stream.clients.errors import TopicUnreadableError
from app.stream.errors import TopicMissingError
from app.stream.kafka_errors import is_moving, sentence_of
from app.stream.records import InRecord

# A broker that is up answers in milliseconds; a person waits at the prompt.
ANSWER_SECONDS: Final = 10.0
# A broker that answers gives the next batch within this; silence for longer is a fault, not an end.
_SILENCE_SECONDS: Final = 20.0
# A broker that restarts has its leaders back within seconds.
_MOVING_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.5
_BATCH: Final = 5000


def read_topic(bootstrap: str, topic: str) -> Iterator[InRecord]:
    """Every committed record of the topic up to its present end; in order within a partition.

    Raises TopicUnreadableError.
    """
    with _said(bootstrap):
        yield from records_of(bootstrap, topic)


@contextmanager
def _said(bootstrap: str) -> Iterator[None]:
    """Turn what the client raises into the sentence that a person reads."""
    try:
        yield
    except TopicMissingError as missing:
        raise TopicUnreadableError(str(missing)) from missing
    except KafkaException as error:
        raise TopicUnreadableError(sentence_of(error, bootstrap)) from error


def records_of(bootstrap: str, topic: str) -> Iterator[InRecord]:
    """As `read_topic`, in the client's own errors. While a restarted broker's leaders move, it asks again.

    Raises:
        TopicMissingError: there is no such topic.
        KafkaException: its broker does not answer, refuses, or fell silent.

    """
    reading = _Reading(bootstrap, topic)
    while reading.is_open():
        yield from reading.records()


class Tail:
    """What is written to a topic after this was made. Closed by its block.

    Raises TopicUnreadableError, when made and when read.
    """

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self._consumer = plain_consumer(bootstrap, f"faturaflow-reader-{uuid.uuid4()}")
        with _said(bootstrap):
            ends = watermarks(self._consumer, topic, timeout=ANSWER_SECONDS)
        self._consumer.assign([TopicPartition(topic, partition, end) for partition, (_, end) in ends.items()])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def read(self, seconds: float) -> list[InRecord]:
        """What has come, after at most this long."""
        messages = self._consumer.consume(_BATCH, seconds)
        with _said(self._bootstrap):
            for message in messages:
                if message.error() is not None:
                    raise KafkaException(message.error())
        return [as_record(message) for message in messages]


def record_at(bootstrap: str, topic: str, partition: int, offset: int) -> InRecord | None:
    """The record at this place; None where the log does not hold one there. Raises TopicUnreadableError."""
    with _said(bootstrap), closing(plain_consumer(bootstrap, f"faturaflow-reader-{uuid.uuid4()}")) as consumer:
        start, end = watermarks(consumer, topic, timeout=ANSWER_SECONDS).get(partition, (0, 0))
        if not start <= offset < end:
            return None
        consumer.assign([TopicPartition(topic, partition, offset)])
        message = consumer.poll(_SILENCE_SECONDS)
        if message is None or message.error() is not None or message.offset() != offset:
            return None
        return as_record(message)


class _Reading:
    """How far a topic is read, over as many clients as it takes: one that was answered "no leader" keeps that."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap, self._topic = bootstrap, topic
        # The next offset of each partition, and its end; None until the broker has said it.
        self._places: dict[int, tuple[int, int]] | None = None
        self._heard = time.monotonic()

    def is_open(self) -> bool:
        return self._places is None or bool(self._places)

    def records(self) -> Iterator[InRecord]:
        """What is left; ends early, after a pause, when a leader has moved."""
        group = f"faturaflow-reader-{uuid.uuid4()}"  # never committed: it only has to be no other client's
        # A transaction marker at the end has an offset but is never handed over: the end is reported by itself.
        more = {"auto.offset.reset": "earliest", "enable.partition.eof": True}
        with closing(plain_consumer(self._bootstrap, group, **more)) as consumer:
            try:
                yield from self._rest(consumer)
            except KafkaException as refused:
                if not is_moving(refused) or time.monotonic() - self._heard > _MOVING_SECONDS:
                    raise
                time.sleep(_PAUSE_SECONDS)

    def _rest(self, consumer: Consumer) -> Iterator[InRecord]:
        places = self._begin(consumer)
        while places:
            messages = consumer.consume(_BATCH, 0.2)
            if not messages and time.monotonic() - self._heard > _SILENCE_SECONDS:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"silent for {_SILENCE_SECONDS:.0f} s"))  # noqa: SLF001 - the client's own name
            for message in messages:
                yield from self._take(message, places)

    def _begin(self, consumer: Consumer) -> dict[int, tuple[int, int]]:
        if self._places is None:
            known = watermarks(consumer, self._topic, timeout=ANSWER_SECONDS)
            self._places = {partition: place for partition, place in known.items() if place[1] > place[0]}
            self._heard = time.monotonic()
        consumer.assign([TopicPartition(self._topic, partition, low) for partition, (low, _) in self._places.items()])
        return self._places

    def _take(self, message: Message, places: dict[int, tuple[int, int]]) -> Iterator[InRecord]:
        partition, error = message.partition(), message.error()
        if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - likewise
            raise KafkaException(error)
        if partition not in places:
            return
        self._heard = time.monotonic()
        end = places[partition][1]
        # Before the record is handed over: who asked for it may ask for nothing more.
        if error is not None or message.offset() >= end - 1:
            del places[partition]
        else:
            places[partition] = (message.offset() + 1, end)
        if error is None and message.offset() < end:
            yield as_record(message)


def as_record(message: Message) -> InRecord:
    """What the client has read, as our code has it; the message is no error."""
    return InRecord(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        timestamp_ms=message.timestamp()[1],
        key=message.key(),
        value=message.value(),
        headers=tuple(message.headers() or ()),
    )
