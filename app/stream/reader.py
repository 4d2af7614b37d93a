"""Reading a topic once, from its start to where it ends now: for lists, checks and reports, never for a stage."""

import time
import uuid
from collections.abc import Iterator
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from app.stream.records import InRecord

# A broker that answers gives the next batch within this; silence for longer is a fault, not an end.
_SILENCE_SECONDS: Final = 20.0
_BATCH: Final = 5000


class TopicUnreadableError(Exception):
    """The topic does not exist, or its broker fell silent; says which and what to do."""


def read_topic(bootstrap: str, topic: str) -> Iterator[InRecord]:
    """Every committed record of the topic up to its present end; in order within a partition.

    Raises TopicUnreadableError.
    """
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": f"faturaflow-reader-{uuid.uuid4()}",  # never committed: it only has to be nobody else's
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "log_level": 0,  # what goes wrong is raised here, as one sentence
            "enable.partition.eof": True,  # a transaction marker at the end has an offset but is never handed over
        }
    )
    try:
        yield from _read(consumer, topic)
    except KafkaException as error:
        raise TopicUnreadableError(f"Kafka at {bootstrap} does not give {topic}: {error.args[0].str()}") from error
    finally:
        consumer.close()


def _read(consumer: Consumer, topic: str) -> Iterator[InRecord]:
    open_ends = _ends(consumer, topic)
    consumer.assign([TopicPartition(topic, partition, low) for partition, (low, _) in open_ends.items()])
    heard = time.monotonic()
    while open_ends:
        messages = consumer.consume(_BATCH, 0.2)
        if messages:
            heard = time.monotonic()
        elif time.monotonic() - heard > _SILENCE_SECONDS:
            raise TopicUnreadableError(f"{topic}: the broker has been silent for {_SILENCE_SECONDS:.0f} s")
        for message in messages:
            partition, error = message.partition(), message.error()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - the client's own name
                raise TopicUnreadableError(f"{topic}: {error.str()}")
            if partition not in open_ends:
                continue
            if error is None and message.offset() < open_ends[partition][1]:
                yield _record(message)
            if error is not None or message.offset() >= open_ends[partition][1] - 1:
                del open_ends[partition]


def _ends(consumer: Consumer, topic: str) -> dict[int, tuple[int, int]]:
    metadata = consumer.list_topics(topic, timeout=10).topics[topic]
    if metadata.error is not None:
        raise TopicUnreadableError(f"{topic}: {metadata.error.str()}; `faturaflow topics apply` creates the topics")
    marks = {
        partition: consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)
        for partition in metadata.partitions
    }
    return {partition: (low, high) for partition, (low, high) in marks.items() if high > low}


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
