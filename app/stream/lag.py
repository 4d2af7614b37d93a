"""How far a group is behind a topic, asked from outside the group."""

import asyncio
from typing import Any, Final

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

_TIMEOUT_SECONDS: Final = 10.0


class GroupLag:
    """Counts the records of one topic that a group has not committed yet. Keeps its two clients."""

    def __init__(self, bootstrap: str, group: str, topic: str) -> None:
        self._group = group
        self._topic = topic
        connection = {"bootstrap.servers": bootstrap, "log_level": 0}
        self._admin = AdminClient(connection)
        # Asks for watermarks only: it joins no group and commits nothing.
        self._consumer: Any = Consumer({**connection, "group.id": f"{group}-lag"})

    async def records(self) -> int:
        """The lag now, in records; transaction markers count. Raises KafkaException."""
        return await asyncio.to_thread(self.count)

    def count(self) -> int:
        """The same, for callers without an event loop."""
        partitions = self._consumer.list_topics(self._topic, timeout=_TIMEOUT_SECONDS).topics[self._topic].partitions
        places = [TopicPartition(self._topic, partition) for partition in partitions]
        asked = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(self._group, places)])
        committed = asked[self._group].result(timeout=_TIMEOUT_SECONDS).topic_partitions
        return sum(self._behind(place) for place in committed)

    def _behind(self, committed: TopicPartition) -> int:
        low, high = self._consumer.get_watermark_offsets(committed, timeout=_TIMEOUT_SECONDS)
        return int(high - max(committed.offset, low))
