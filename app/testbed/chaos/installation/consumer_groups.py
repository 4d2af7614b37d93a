"""The consumer groups, asked from outside: whether they are stable, and what they have not read yet."""

from collections.abc import Mapping
from typing import Any, Final

from confluent_kafka import ConsumerGroupState, KafkaException, TopicPartition

from app.stream.clients.clients import admin, committed_offsets, plain_consumer, watermarks

_REQUEST_SECONDS: Final = 10.0


class ConsumerGroups:
    """Asks one broker; joins no group and commits nothing.

    Make one anew after the broker was restarted: a client that described groups before gets no offsets afterwards.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._admin = admin(bootstrap)
        self._clients: dict[str, Any] = {}

    def are_stable(self, members: Mapping[str, int]) -> bool:
        """Whether each of the groups is stable with so many members at least."""
        try:
            asked = self._admin.describe_consumer_groups(list(members))
            described = {name: future.result(_REQUEST_SECONDS) for name, future in asked.items()}
        except KafkaException:
            return False
        return all(
            group.state is ConsumerGroupState.STABLE and len(group.members) >= members[name]
            for name, group in described.items()
        )

    def unread(self, group: str, topic: str) -> int:
        """How many records of the topic the group has not committed. Raises KafkaException."""
        if (client := self._clients.get(group)) is None:
            client = self._clients[group] = plain_consumer(self._bootstrap, group)
        known = watermarks(client, topic, timeout=_REQUEST_SECONDS)
        reached = committed_offsets(client, (TopicPartition(topic, each) for each in known), timeout=_REQUEST_SECONDS)
        return sum(known[at.partition][1] - max(at.offset, known[at.partition][0]) for at in reached)
