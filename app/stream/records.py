"""Records as a stage sees them: plain values, on the way in and on the way out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from app.domain.record import record

Headers = tuple[tuple[str, bytes], ...]


@record
class InRecord:
    """One record as the broker holds it: bytes, nothing decoded. `timestamp_ms` is the topic's append time."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@record
class Record:
    """One record to be written. Without a partition the key decides, by murmur2 as in Java."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int | None = None
    headers: Headers = ()


# A batch's own framing, and a record's in it; a header's two lengths. More than there is, never less.
_FRAMING_BYTES: Final = 128
_HEADER_FRAMING_BYTES: Final = 10


def size_of(record: Record) -> int:
    """How many bytes a broker counts at most for this record in a batch of its own, uncompressed."""
    headers = sum(len(name.encode()) + len(value or b"") + _HEADER_FRAMING_BYTES for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers + _FRAMING_BYTES


Publish = Callable[[Iterable[Record]], Awaitable[object]]
"""Writes in order, and returns after the last acknowledgement."""


@record
class Entry:
    """One entry of a durable table: `key` is the entity and the rest, joined by U+001F (see `entry_key`)."""

    partition: int
    key: bytes
    value: bytes
