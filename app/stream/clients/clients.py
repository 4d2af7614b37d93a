"""Clients from outside of a group: they join none and commit nothing, and what goes wrong is raised."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from app.stream.errors import TopicMissingError
from app.stream.ownership.exits import TOPIC_MISSING

# librdkafka would write its own lines between ours.
SILENT: Final = {"log_level": 0}
_MISSING: Final = frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC})  # noqa: SLF001 - the client's own name


def admin(bootstrap: str) -> Any:
    """A client that asks for topics and groups."""
    return AdminClient({"bootstrap.servers": bootstrap, **SILENT})


def plain_consumer(bootstrap: str, group: str, **more: Any) -> Any:
    """A consumer that may ask for this group's offsets and read any partition, and joins no group.

    A consumer, not librdkafka's admin client: that one ends the process with a segmentation fault when the group's
    coordinator has just moved, as it does at every restart of a broker (confluentinc/librdkafka#5040).
    """
    fixed = {"enable.auto.commit": False, "isolation.level": "read_committed"}
    return Consumer({"bootstrap.servers": bootstrap, "group.id": group, **fixed, **SILENT, **more})


def partitions_of(client: Any, topic: str, *, timeout: float) -> list[TopicPartition]:
    """Every partition of the topic; asking creates nothing.

    Raises:
        TopicMissingError: the broker reports that there is none.
        KafkaException: it does not answer within `timeout` seconds, or reports something else.

    """
    found = client.list_topics(topic, timeout=timeout).topics[topic]
    if found.error and found.error.code() not in _MISSING:
        raise KafkaException(found.error)
    if found.error or not found.partitions:
        raise TopicMissingError(TOPIC_MISSING, f"The topic {topic} does not exist: run `faturaflow topics apply`.")
    return [TopicPartition(topic, partition) for partition in found.partitions]


def watermarks(client: Any, topic: str, *, timeout: float) -> dict[int, tuple[int, int]]:
    """Where each partition begins and ends now, transaction markers included. Raises as `partitions_of`."""
    return {
        place.partition: client.get_watermark_offsets(place, timeout=timeout)
        for place in partitions_of(client, topic, timeout=timeout)
    }


def committed_offsets(client: Any, places: Iterable[TopicPartition], *, timeout: float) -> list[TopicPartition]:
    """The group's offsets, one for each place; negative where it has none.

    Raises:
        KafkaException: the broker does not answer within `timeout` seconds, or not for all of them.

    """
    found: list[TopicPartition] = client.committed(list(places), timeout=timeout)
    for place in found:
        if place.error:
            raise KafkaException(place.error)
    return found
