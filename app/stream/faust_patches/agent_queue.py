"""What the conductor hands to one agent, message by message; the queue stays in here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any, Protocol

from app.stream.records import InRecord


class Message(Protocol):
    """A record with its place in the group: the part of Faust's message that is used."""

    topic: str
    partition: int
    offset: int
    timestamp: float
    headers: Any
    key: bytes | None
    value: bytes | None
    tp: Any
    generation_id: int | None


class AgentQueue:
    """One agent's queue. What it gives is acknowledged or forgotten, or a revoke waits for it for ever."""

    def __init__(self, app: Any, stream: Any) -> None:
        self._app = app
        self._consumer = app.consumer
        self._queue = stream.channel.queue

    async def __aiter__(self) -> AsyncIterator[Message]:
        """Wait for records of the generation that is now; ends when Faust stops the agent."""
        while True:
            try:
                message = await self._queue.get()
            except StopAsyncIteration:  # Faust throws it into the queue
                return
            if self._tracked(message, self._app.consumer_generation_id):
                yield message

    def waiting(self, generation: int) -> Iterable[Message]:
        """Give what lies in the queue, without waiting.

        Waiting with part of a batch in hand would deadlock: a revoke empties the queue and waits for that part.
        """
        while not self._queue.empty():
            message = self._queue.get_nowait()
            if self._tracked(message, generation):
                yield message

    def _tracked(self, message: Message, generation: int) -> bool:
        """Track a record; one of another generation is left out, and comes again."""
        if not self._app.flow_control.is_active() or message.generation_id != generation:
            return False
        self._consumer.track(message)
        return True

    def first_offset(self, tp: Any) -> int:
        """Where the current assignment must begin to read this partition."""
        return int(self._consumer.first_offset(tp))

    def acknowledge(self, messages: Iterable[Message]) -> None:
        """These are done: the next commit covers them."""
        for message in messages:
            self._consumer.ack(message)

    def forget(self, messages: Iterable[Message]) -> None:
        """These were not done: they come again, to their owner then."""
        for message in messages:
            self._consumer.forget(message)


def as_record(message: Message) -> InRecord:
    """Take the values out of Faust's message."""
    return InRecord(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp_ms=milliseconds(message),
        key=message.key,
        value=message.value,
        headers=tuple(message.headers or ()),
    )


def milliseconds(message: Message) -> int:
    """Return the record's time as the broker has it: Faust makes seconds of it."""
    return round((message.timestamp or 0) * 1000)
