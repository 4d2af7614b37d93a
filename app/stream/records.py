"""Records as a stage sees them: plain values, on the way in and on the way out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from app.domain.record import record

Headers = tuple[tuple[str, bytes], ...]

MEBIBYTE: Final = 1024 * 1024
# The most that an order's value may have, and what values of ours may then grow to: defaults are written out in them.
MOST_SUBMITTED_BYTES: Final = MEBIBYTE
MOST_BYTES: Final = 2 * MEBIBYTE
# What the topics take, headers and framing included. Of orders far more than is read, so that a larger record still
# arrives, and gets its dead letter, instead of failing upstream; a dead letter has the same bytes and more headers.
ORDERS_MESSAGE_BYTES: Final = 8 * MEBIBYTE
ORDERS_DEAD_LETTER_BYTES: Final = 9 * MEBIBYTE
MESSAGE_BYTES: Final = MOST_BYTES + MEBIBYTE // 8
DEAD_LETTER_BYTES: Final = MESSAGE_BYTES + MEBIBYTE // 8


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
