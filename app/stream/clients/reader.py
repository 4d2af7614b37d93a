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
from app.stream.kafka_errors import sentence_of
from app.stream.records import InRecord

# A broker that is up answers in milliseconds; a person waits at the prompt.
ANSWER_SECONDS: Final = 10.0
# A broker that answers gives the next batch within this; silence for longer is a fault, not an end.
_SILENCE_SECONDS: Final = 20.0
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
    """As `read_topic`, for a start: it asks again what passes.

    Raises:
        TopicMissingError: there is no such topic.
        KafkaException: its broker does not answer, refuses, or fell silent.

    """
    group = f"faturaflow-reader-{uuid.uuid4()}"  # never committed: it only has to be no other client's
    # A transaction marker at the end has an offset but is never handed over: the end is reported by itself.
    more = {"auto.offset.reset": "earliest", "enable.partition.eof": True}
    with closing(plain_consumer(bootstrap, group, **more)) as consumer:
        yield from _read(consumer, topic)


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
        return [_record(message) for message in messages]


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
        return _record(message)


def _read(consumer: Consumer, topic: str) -> Iterator[InRecord]:
    known = watermarks(consumer, topic, timeout=ANSWER_SECONDS)
    open_ends = {partition: (low, high) for partition, (low, high) in known.items() if high > low}
    consumer.assign([TopicPartition(topic, partition, low) for partition, (low, _) in open_ends.items()])
    heard = time.monotonic()
    while open_ends:
        messages = consumer.consume(_BATCH, 0.2)
        if messages:
            heard = time.monotonic()
        elif time.monotonic() - heard > _SILENCE_SECONDS:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"silent for {_SILENCE_SECONDS:.0f} s"))  # noqa: SLF001 - the client's own name
        for message in messages:
            partition, error = message.partition(), message.error()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - likewise
                raise KafkaException(error)
            if partition not in open_ends:
                continue
            if error is None and message.offset() < open_ends[partition][1]:
                yield _record(message)
            if error is not None or message.offset() >= open_ends[partition][1] - 1:
                del open_ends[partition]


def _record(message: Message) -> InRecord:
    return InRecord(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        timestamp_ms=message.timestamp()[1],
        key=message.key(),
        value=message.value(),
        headers=tuple(message.headers() or ()),
    )
