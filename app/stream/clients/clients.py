"""Clients that look from outside: they join no group, commit nothing, and what goes wrong is raised."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from app.stream.errors import TopicMissing
from app.stream.ownership.exits import TOPIC_MISSING

# librdkafka would write its own lines between ours.
SILENT: Final = {"log_level": 0}
_NO_ANSWER: Final = frozenset(
    {KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._RESOLVE, KafkaError._ALL_BROKERS_DOWN}  # noqa: SLF001 - the client's own names
)
_MISSING: Final = frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC})  # noqa: SLF001 - the client's own name


def sentence_of(fault: KafkaException, bootstrap: str | None = None) -> str:
    """What a person is told of a client's fault: a broker that does not answer is the same sentence everywhere."""
    error = fault.args[0]
    if error.code() in _NO_ANSWER:
        at = f" at {bootstrap}" if bootstrap else ""
        return f"Kafka does not answer{at}: is it running, and is the address right? ({error.str()})"
    return f"Kafka refused: {error.str()}."


def admin(bootstrap: str) -> Any:
    """A client that asks for topics and groups."""
    return AdminClient({"bootstrap.servers": bootstrap, **SILENT})


def outsider(bootstrap: str, group: str, **more: Any) -> Any:
    """A client that may ask for this group's offsets, and read any partition.

    A consumer, not librdkafka's admin client: that one ends the process with a segmentation fault when the group's
    coordinator has just moved, as it does at every restart of a broker (confluentinc/librdkafka#5040).
    """
    fixed = {"enable.auto.commit": False, "isolation.level": "read_committed"}
    return Consumer({"bootstrap.servers": bootstrap, "group.id": group, **fixed, **SILENT, **more})


def partitions_of(client: Any, topic: str, *, timeout: float) -> list[TopicPartition]:
    """Every partition of the topic; asking creates nothing.

    Raises:
        TopicMissing: the broker says that there is none.
        KafkaException: it says nothing within `timeout` seconds, or something else.

    """
    found = client.list_topics(topic, timeout=timeout).topics[topic]
    if found.error and found.error.code() not in _MISSING:
        raise KafkaException(found.error)
    if found.error or not found.partitions:
        raise TopicMissing(TOPIC_MISSING, f"The topic {topic} does not exist: run `faturaflow topics apply`.")
    return [TopicPartition(topic, partition) for partition in found.partitions]


def marks(client: Any, topic: str, *, timeout: float) -> dict[int, tuple[int, int]]:
    """Where an outsider sees each partition begin and end now, markers included. Raises as `partitions_of`."""
    return {
        place.partition: client.get_watermark_offsets(place, timeout=timeout)
        for place in partitions_of(client, topic, timeout=timeout)
    }


def committed(client: Any, places: Iterable[TopicPartition], *, timeout: float) -> list[TopicPartition]:
    """The group's offsets, one for each place; negative where it has none.

    Raises:
        KafkaException: the broker does not answer within `timeout` seconds, or not for all of them.

    """
    found: list[TopicPartition] = client.committed(list(places), timeout=timeout)
    for place in found:
        if place.error:
            raise KafkaException(place.error)
    return found
