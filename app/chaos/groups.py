"""The consumer groups, asked from outside: whether they stand, and what they have not read yet."""

from collections.abc import Collection
from typing import Any, Final

from confluent_kafka import Consumer, ConsumerGroupState, ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from app.stream.reader import TopicUnreadableError

_REQUEST_SECONDS: Final = 10.0


class Groups:
    """Asks one broker; joins no group and commits nothing.

    Make one anew after the broker was restarted: a client that described groups before gets no offsets afterwards.
    """

    def __init__(self, bootstrap: str) -> None:
        connection = {"bootstrap.servers": bootstrap, "log_level": 0}
        self._admin = AdminClient(connection)
        self._consumer: Any = Consumer({**connection, "group.id": "faturaflow-chaos", "enable.auto.commit": False})

    def stand(self, groups: Collection[str], members: int) -> bool:
        """Whether each of them is stable with so many members at least."""
        try:
            asked = self._admin.describe_consumer_groups(list(groups)).values()
            described = [future.result(_REQUEST_SECONDS) for future in asked]
        except KafkaException:
            return False
        return all(group.state is ConsumerGroupState.STABLE and len(group.members) >= members for group in described)

    def unread(self, group: str, topic: str) -> int:
        """How many records of the topic the group has not committed. Raises KafkaException, TopicUnreadableError."""
        partitions = self._consumer.list_topics(topic, timeout=_REQUEST_SECONDS).topics[topic].partitions
        places = [TopicPartition(topic, partition) for partition in partitions]
        asked = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group, places)])
        try:
            committed = asked[group].result(_REQUEST_SECONDS).topic_partitions
        except TimeoutError:
            raise TopicUnreadableError(f"Kafka does not say how far {group} has come with {topic}") from None
        return sum(self._behind(place) for place in committed)

    def _behind(self, committed: TopicPartition) -> int:
        low, high = self._consumer.get_watermark_offsets(committed, timeout=_REQUEST_SECONDS)
        return int(high - max(committed.offset, low))
