"""Publishing: in order, under the lease, and awaited to the broker's acknowledgement."""

from __future__ import annotations

from collections.abc import Iterable

from app.stream.records import Record
from app.stream.tamed.application import App
from app.stream.tamed.producer import FEWEST_IN_BULK


async def send_all(app: App, records: Iterable[Record], *, whoever_owns: bool = False) -> None:
    """Publish, in order within each partition, and return after the last acknowledgement of all replicas.

    The lease is checked before each record or batch leaves, because a frozen worker may wake up between two of them.
    `whoever_owns` skips that, for what is true whoever owns the partition: a provider's answer, for example.

    Raises:
        Exception: whatever the producer raises; inside a batch or a `spawn`ed task it ends the worker.

    """
    check = _unchecked if whoever_owns else app.lease.check
    known = list(records)
    if len(known) >= FEWEST_IN_BULK:
        pending = await app.producer.send_bulk(known, check)
    else:
        pending = []
        for record in known:
            check()
            headers = list(record.headers) or None
            pending.append(
                await app.producer.send(record.topic, record.key, record.value, record.partition, None, headers)
            )
    for acknowledged in pending:
        await acknowledged


def _unchecked() -> None:
    """What is true whoever owns the partition needs no lease."""
