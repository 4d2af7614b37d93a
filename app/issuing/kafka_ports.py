"""The engine's journal and order log, on Kafka."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.domain.orders import LoggedEvent
from app.stream.errors import OwnershipLost
from app.stream.faust_patches.application import App
from app.stream.processing.background import spawn
from app.stream.processing.sending import send_all
from app.stream.processing.table import DurableTable
from app.stream.records import Entry, Headers
from app.stream.serialization.record_builder import RecordBuilder


class TableJournal:
    """The journal in a durable table of the stream."""

    def __init__(self, app: App, table: DurableTable) -> None:
        self._app = app
        self._table = table
        self._forgetting: set[asyncio.Task[None]] = set()

    def entry(self, partition: int, command_id: bytes) -> Mapping[bytes, bytes]:
        """All facts of one command."""
        return self._table.entry(partition, command_id)

    def commands(self, partition: int) -> Iterator[bytes]:
        """The ids of all commands in a partition."""
        return self._table.entities(partition)

    async def put(self, partition: int, key: bytes, value: bytes, *, force: bool = False) -> None:
        """Returns when the fact is durable."""
        await self._table.put(partition, key, value, unfenced=force)

    async def put_all(self, entries: Sequence[tuple[int, bytes, bytes]]) -> None:
        """All durable before any is visible."""
        epoch = self._app.epoch
        if epoch is None:
            raise OwnershipLost
        await self._table.put_all(epoch, [Entry(partition=p, key=key, value=value) for p, key, value in entries])

    def forget_all(self, keys: Sequence[tuple[int, bytes]]) -> None:
        """Deletes without waiting."""
        if keys:
            task = spawn(self._table.forget_all(keys), name="forget")
            self._forgetting.add(task)
            task.add_done_callback(self._forgetting.discard)


class StreamLog:
    """The orders' log as a topic of the stream."""

    def __init__(self, app: App, outgoing: RecordBuilder) -> None:
        self._app = app
        self._outgoing = outgoing

    async def publish(self, event: LoggedEvent, headers: Headers) -> None:
        """Returns when the broker has it."""
        record = self._outgoing.of(event)
        await send_all(self._app, [replace(record, headers=record.headers + headers) if headers else record])
