"""A group's offsets, asked from outside the group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition


def outsider(bootstrap: str, group: str, **more: Any) -> Any:
    """A client that may ask for this group's offsets; it joins nothing and commits nothing.

    A consumer, not librdkafka's admin client: that one ends the process with a segmentation fault when the group's
    coordinator has just moved, as it does at every restart of a broker (confluentinc/librdkafka#5040).
    """
    return Consumer(
        {"bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False, "log_level": 0, **more}
    )


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
