"""Publishing: in order, under the lease, and awaited to the broker's acknowledgement."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

from app.stream.faust_patches.application import App
from app.stream.faust_patches.producer import FEWEST_IN_BULK
from app.stream.records import Record

# A topic with append times; else a record's time is its writer's.
_BY_THE_BROKER: Final = 1


class Written(Protocol):
    """Where the broker has put a record, or the first of a batch; aiokafka's RecordMetadata."""

    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def timestamp_type(self) -> int: ...


async def send_all(app: App, records: Iterable[Record], *, unfenced: bool = False) -> list[Written]:
    """Publish, in order within each partition, and return after the last acknowledgement of all replicas.

    What is returned is where: of each record, or of each batch of many. The broker's time is learnt from it.

    The lease is checked before each record or batch leaves, because a frozen worker may wake up between two of them.
    `unfenced` skips that, for what is true whichever worker owns the partition: a provider's answer, for example.

    Raises:
        Exception: whatever the producer raises; inside a batch or a `spawn`ed task it ends the worker.

    """
    asked_at = app.broker_time.wall()
    pending = await hand_over(app, records, _unchecked if unfenced else app.lease.check)
    written = [where for acknowledged in pending if (where := await acknowledged) is not None]
    if written and written[-1].timestamp_type == _BY_THE_BROKER:
        app.broker_time.observe(written[-1].timestamp, asked_at=asked_at)
    return written


async def hand_over(app: App, records: Iterable[Record], check: Callable[[], None]) -> list[asyncio.Future[Any]]:
    """Give records to the producer, in order within each partition; return their acknowledgements to come."""
    known = list(records)
    if len(known) >= FEWEST_IN_BULK:
        return list(await app.producer.send_bulk(known, check))
    pending = []
    for record in known:
        check()
        headers = list(record.headers) or None
        pending.append(await app.producer.send(record.topic, record.key, record.value, record.partition, None, headers))
    return pending


async def send_unwatched(app: App, records: Iterable[Record]) -> None:
    """Hand over records that may be lost, without the lease; return before they are acknowledged."""
    for acknowledged in await hand_over(app, records, _unchecked):
        acknowledged.add_done_callback(_look_away)


def _unchecked() -> None:
    """What is true whichever worker owns the partition needs no lease."""


def _look_away(lost: asyncio.Future[Any]) -> None:
    """Retrieve the error of what may be lost, so that asyncio does not complain of it."""
    if not lost.cancelled():
        lost.exception()
