"""Waiting for the schema registry: while it is away, a batch waits, and no record of it is unreadable for that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from app.stream.ownership.epoch import Epoch
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import RegistryUnavailableError


async def wait_for_schemas(epoch: Epoch, codec: Codec, records: Iterable[InRecord]) -> None:
    """Return when `codec.read` asks no registry for any of these records.

    Raises:
        OwnershipLost: the partitions are taken back meanwhile.

    """
    for record in records:
        while not codec.knows_schema_of(record.value):
            try:
                await asyncio.to_thread(codec.fetch_schema_of, record.value)
            except RegistryUnavailableError as away:
                await epoch.wait_for(away)
