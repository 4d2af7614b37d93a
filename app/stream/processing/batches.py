"""Consumption in batches: what is there, in order, acknowledged as a whole or not at all.

One batch at a time. A task per record costs four times the processor, and nothing that only computes needs one;
HTTP never runs inside a batch, because a batch is as slow as its slowest record.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Any, Protocol

import structlog

from app.stream.errors import OffsetWentBackError, OwnershipLost
from app.stream.faust_patches.agent_queue import AgentQueue, Message, as_record
from app.stream.faust_patches.application import App
from app.stream.ownership.epoch import Epoch
from app.stream.ownership.exits import ABORTED, LOG_CHANGED, LOG_START_PASSED, Abort, abort
from app.stream.ownership.lease import boottime
from app.stream.ownership.ownership import Ownership
from app.stream.processing.offset_gaps import Contiguity, GapCause, PlainReader, Reader, cause_of
from app.stream.records import InRecord

Handler = Callable[[Epoch, Sequence[InRecord]], Awaitable[None]]

log = structlog.get_logger(__name__)


class Source(Protocol):
    """What a batch needs of Faust; `AgentQueue` is the real one."""

    def __aiter__(self) -> Any: ...
    def waiting(self, generation: int) -> Any: ...
    def first_offset(self, tp: Any) -> int: ...
    def acknowledge(self, messages: Any) -> None: ...
    def forget(self, messages: Any) -> None: ...


class Consumption:
    """One topic's way through one handler. Every exception but `OwnershipLost` aborts, and the records come again."""

    def __init__(
        self, ownership: Ownership, handle: Handler, reader: Reader, *, size: int, foreign: bool, abort: Abort = abort
    ) -> None:
        self._ownership = ownership
        self._handle = handle
        self._reader = reader
        self._size = size
        self._foreign = foreign
        self._abort = abort
        self._epoch: Epoch | None = None
        self._contiguity = Contiguity()
        self._handed_over_at: float | None = None

    @property
    def oldest(self) -> float | None:
        """When the record that has waited longest for its acknowledgement was handed over (boot time)."""
        return self._handed_over_at

    async def run(self, source: Source) -> None:
        """Consume until the worker ends."""
        try:
            async for first in source:
                epoch = await self._ownership.current()
                self._handed_over_at = boottime()
                await self._one_batch(source, first, epoch)
                self._handed_over_at = None
                if epoch is not None:
                    epoch.waits_for = None
        except OffsetWentBackError as back:
            self._abort(str(back), code=LOG_CHANGED)
        except Exception as exc:  # noqa: BLE001 - Faust would acknowledge the record that raised it
            self._abort("batch", exc)

    async def _one_batch(self, source: Source, first: Message, epoch: Epoch | None) -> None:
        """Gather, look for gaps, handle; then acknowledge all of it, or forget all of it."""
        if epoch is None or not self._admits(source, first, epoch):
            source.forget([first])
            return
        batch = self._gathered(source, first, epoch)
        await self._explain_gaps(batch)
        try:
            await self._handle(epoch, [as_record(message) for message in batch])
        except OwnershipLost:
            source.forget(batch)
            return
        # Of the epoch, not of the generation: a new owner may have begun since.
        (source.acknowledge if self._ownership.epoch is epoch else source.forget)(batch)

    def _gathered(self, source: Source, first: Message, epoch: Epoch) -> list[Message]:
        batch = [first]
        for message in islice(source.waiting(epoch.generation), self._size - 1):
            if self._admits(source, message, epoch):
                batch.append(message)
            else:
                source.forget([message])
        return batch

    def _admits(self, source: Source, message: Message, epoch: Epoch) -> bool:
        """Whether this record belongs to this epoch and was not handed over before."""
        ownership = self._ownership
        if ownership.epoch is not epoch or ownership.overtaken or message.generation_id != epoch.generation:
            return False
        if self._epoch is not epoch:
            self._epoch, self._contiguity = epoch, Contiguity()
        return self._contiguity.take(message.tp, message.offset, source.first_offset)

    async def _explain_gaps(self, batch: list[Message]) -> None:
        for stretch in self._contiguity.broken(batch):
            verdict = await cause_of(stretch, self._reader, foreign=self._foreign)
            log.info("gap", stretch=str(stretch), verdict=verdict.value)
            if verdict is not GapCause.NO_RECORDS:
                code = LOG_START_PASSED if verdict is GapCause.DELETED else ABORTED
                self._abort(f"gap {stretch}: {verdict.value}", code=code)


def consume_batches(app: App, topic: str, handle: Handler, *, foreign: bool = False) -> None:
    """Have `handle(epoch, records)` called with the topic's records, at most `batch_size` at a time and in order.

    When it returns, all of them are acknowledged; when it raises `OwnershipLost`, none are, and they come to their new
    owner; when it raises anything else, the worker ends and they come again. So `handle` makes everything durable
    before it returns. `foreign`: the topic is written by others, perhaps in transactions or compacted.
    """
    settings = app.settings
    reader = PlainReader(bootstrap=settings.bootstrap)
    consumption = Consumption(app.ownership, handle, reader, size=settings.batch_size, foreign=foreign)
    app.consumptions.append(consumption)
    app.consumed_topics.append(topic)
    raw = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    # One at a time: with more, Faust acknowledges a later record over an earlier one that is still at work.
    @app.agent(raw, concurrency=1, name=topic)  # type: ignore[untyped-decorator]
    async def agent(stream: Any) -> None:
        await consumption.run(AgentQueue(app, stream))
