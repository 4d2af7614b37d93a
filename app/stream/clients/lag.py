"""How far a group has come with a topic, asked from outside the group."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from app.stream.clients.clients import committed_offsets, plain_consumer, watermarks
from app.stream.errors import LagUnknownError, TopicMissingError

_TIMEOUT_SECONDS: Final = 10.0
Answer = TypeVar("Answer")


def reached(bootstrap: str, group: str, topic: str) -> dict[int, int]:
    """The offset that the group goes on from, by partition; those of which it has finished nothing are left out.

    Raises LagUnknownError.
    """
    return GroupProgress(bootstrap, group, topic).reached()


class GroupProgress:
    """One group on one topic. Keeps its client; joins no group and commits nothing."""

    def __init__(self, bootstrap: str, group: str, topic: str) -> None:
        self._group = group
        self._topic = topic
        self._consumer = plain_consumer(bootstrap, group, **{"enable.partition.eof": True})

    async def ends(self) -> Mapping[int, int]:
        """Where each partition ends now, transaction markers included. Raises LagUnknownError."""
        return await asyncio.to_thread(self._asked, self._ends)

    async def has_passed(self, ends: Mapping[int, int]) -> bool:
        """Whether the group has finished every record before these ends. Raises LagUnknownError."""
        return await asyncio.to_thread(self._asked, lambda: self._has_passed(ends))

    def reached(self) -> dict[int, int]:
        """As the function of this name."""
        return self._asked(self._committed)

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except (KafkaException, TimeoutError, TopicMissingError) as fault:
            raise LagUnknownError(f"{self._group} on {self._topic}: {type(fault).__name__}") from fault

    def _ends(self) -> dict[int, int]:
        found = watermarks(self._consumer, self._topic, timeout=_TIMEOUT_SECONDS)
        return {partition: end for partition, (_, end) in found.items()}

    def _committed(self) -> dict[int, int]:
        places = [TopicPartition(self._topic, partition) for partition in self._ends()]
        found = committed_offsets(self._consumer, places, timeout=_TIMEOUT_SECONDS)
        return {place.partition: place.offset for place in found if place.offset >= 0}

    def _has_passed(self, ends: Mapping[int, int]) -> bool:
        places = [TopicPartition(self._topic, partition) for partition in ends]
        found = committed_offsets(self._consumer, places, timeout=_TIMEOUT_SECONDS)
        return not any(place.offset < ends[place.partition] and self._holds_records(place, ends) for place in found)

    def _holds_records(self, reached: TopicPartition, ends: Mapping[int, int]) -> bool:
        """Whether there is a record between: a transaction's marker has an offset too, which is never committed."""
        start, _ = self._consumer.get_watermark_offsets(reached, timeout=_TIMEOUT_SECONDS)
        self._consumer.assign([TopicPartition(self._topic, reached.partition, max(reached.offset, start))])
        try:
            message = self._consumer.poll(_TIMEOUT_SECONDS)
        finally:
            self._consumer.unassign()
        if message is None:
            raise LagUnknownError(f"{self._topic}-{reached.partition}: the broker does not answer")
        if message.error() is not None and message.error().code() != KafkaError._PARTITION_EOF:  # noqa: SLF001
            raise LagUnknownError(f"{self._topic}-{reached.partition}: {message.error().str()}")
        return message.error() is None and message.offset() < ends[reached.partition]
