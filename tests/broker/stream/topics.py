"""Topics of one test, under a prefix of their own, and what they hold."""

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

from app.stream.clients.clients import committed_offsets, partitions_of, plain_consumer

APPEND_TIME = {"message.timestamp.type": "LogAppendTime"}
COMPACTED = {**APPEND_TIME, "cleanup.policy": "compact"}


class Topics:
    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.prefix = f"t{uuid.uuid4().hex[:8]}."
        self.admin = AdminClient({"bootstrap.servers": bootstrap})

    def create(self, name: str, partitions: int = 1, config: Mapping[str, str] = APPEND_TIME) -> None:
        """Return once the topic can be written."""
        topic = NewTopic(self.prefix + name, partitions, 1, config=dict(config))
        self.admin.create_topics([topic])[topic.topic].result(30)

    def delete_all(self) -> None:
        mine = [t for t in self.admin.list_topics(timeout=30).topics if t.startswith(self.prefix)]
        for deleted in self.admin.delete_topics(mine).values() if mine else ():
            deleted.result(30)

    def write(
        self,
        name: str,
        records: Iterable[tuple[bytes | None, bytes | None]],
        partition: int = -1,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Write (key, value) pairs; by murmur2 unless a partition is given."""
        producer = Producer(
            {"bootstrap.servers": self.bootstrap, "linger.ms": 20, "partitioner": "murmur2_random", "acks": "all"}
        )
        for key, value in records:
            producer.produce(self.prefix + name, value=value, key=key, partition=partition, headers=list(headers))
            producer.poll(0)
        assert producer.flush(60) == 0

    def ends(self, name: str) -> dict[int, int]:
        return self._offsets(name, OffsetSpec.latest())

    def committed(self, group: str, name: str) -> dict[int, int]:
        """Asked by a consumer, which asks again while a coordinator loads; the admin client raises or never answers."""
        with closing(plain_consumer(self.bootstrap, self.prefix + group)) as client:
            places = partitions_of(client, self.prefix + name, timeout=30)
            return {tp.partition: tp.offset for tp in committed_offsets(client, places, timeout=30) if tp.offset >= 0}

    def commit(self, group: str, name: str, offset: int, note: str = "") -> None:
        """Set a group's offset of partition 0, as an operator's tool does; it must have no members."""
        wanted = [TopicPartition(self.prefix + name, 0, offset, note)]
        asked = ConsumerGroupTopicPartitions(self.prefix + group, wanted)
        self.admin.alter_consumer_group_offsets([asked])[asked.group_id].result(30)

    def notes(self, group: str, name: str) -> list[str]:
        """What stands beside the group's offsets."""
        asked = ConsumerGroupTopicPartitions(self.prefix + group)
        answer = self.admin.list_consumer_group_offsets([asked])[asked.group_id].result(30)
        return [tp.metadata or "" for tp in answer.topic_partitions if tp.topic == self.prefix + name]

    def replace(
        self, name: str, records: Iterable[tuple[bytes | None, bytes | None]], config: Mapping[str, str] = APPEND_TIME
    ) -> None:
        """Make a topic of one partition anew, with these records."""
        topic = self.prefix + name
        self.admin.delete_topics([topic])[topic].result(30)
        while topic in self.admin.list_topics(timeout=30).topics:
            time.sleep(0.1)
        self.create(name, 1, config)
        self.write(name, records)

    def caught_up(self, group: str, name: str) -> bool:
        return self.committed(group, name) == self.ends(name)

    def read(self, name: str) -> Iterator[Message]:
        """Everything committed that the topic holds now, partition by partition."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.bootstrap,
                "group.id": f"{self.prefix}reader",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
            }
        )
        try:
            for partition in self.ends(name):
                consumer.assign([TopicPartition(self.prefix + name, partition, 0)])
                while (message := consumer.poll(30)) and not message.error():
                    yield message
        finally:
            consumer.close()

    def _offsets(self, name: str, spec: OffsetSpec) -> dict[int, int]:
        topic = self.prefix + name
        n = len(self.admin.list_topics(topic, timeout=30).topics[topic].partitions)
        answers = self.admin.list_offsets({TopicPartition(topic, p): spec for p in range(n)})
        return {tp.partition: answer.result(30).offset for tp, answer in answers.items()}
