"""Dead letters: the original bytes of what cannot be processed, and why, where, when and how often.

A record that was compressed upstream may be larger than any topic takes it as it is. Its dead letter has no bytes, but
their number and digest; they lie where the record came from, for as long as that topic keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Final, Protocol

from app.stream.records import DEAD_LETTER_BYTES, Headers, InRecord, Record, size_of
from app.stream.topics.names import Topics

REASON: Final = "dlq-reason"
MESSAGE: Final = "dlq-message"
TOPIC: Final = "dlq-topic"
PARTITION: Final = "dlq-partition"
OFFSET: Final = "dlq-offset"
TIMESTAMP: Final = "dlq-timestamp"
APP: Final = "dlq-app"
ATTEMPTS: Final = "dlq-attempts"
SIZE: Final = "dlq-size"
"""The bytes of a value that was left behind, as a number; only beside no value."""
DIGEST: Final = "dlq-sha256"

OURS: Final = frozenset({REASON, MESSAGE, TOPIC, PARTITION, OFFSET, TIMESTAMP, APP, ATTEMPTS, SIZE, DIGEST})
# A sentence; a longer one has gone astray.
LONGEST_MESSAGE: Final = 500
# Replaying by hand a million times is not a count but another program's header.
_MOST_DIGITS: Final = 6


class Incoming(Protocol):
    """A record as the broker holds it; `InRecord` is one."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp_ms(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


def dead_letter(record: Incoming, *, app: str, code: str, message: str, most: int = DEAD_LETTER_BYTES) -> Record:
    """The dead letter of a record that `app` (its short name) could not process, with the record's own bytes.

    It has at most `most` bytes, which its topic takes: where the value is too large, it is left behind, and where that
    does not suffice, key and headers with it. `message` must not quote the record: headers carry no personal data.
    """
    ours = {
        REASON: code,
        MESSAGE: message[:LONGEST_MESSAGE],
        TOPIC: record.topic,
        PARTITION: record.partition,
        OFFSET: record.offset,
        TIMESTAMP: record.timestamp_ms,
        APP: app,
        ATTEMPTS: attempts(record.headers) + 1,
    }
    added = tuple((name, str(value).encode()) for name, value in ours.items())
    whole = Record(
        topic=Topics().dead_letters(record.topic, app),
        # The client refuses a record with neither key nor value.
        key=b"" if record.key is None and record.value is None else record.key,
        value=record.value,
        headers=(*_without_ours(record.headers), *added),
    )
    return next(letter for letter in _ever_smaller(whole, added) if size_of(letter) <= most)


def _ever_smaller(whole: Record, added: Headers) -> Iterator[Record]:
    """The dead letter, and what may be left of it; the last has some kilobytes."""
    yield whole
    value = whole.value or b""
    left_behind = ((SIZE, str(len(value)).encode()), (DIGEST, sha256(value).hexdigest().encode()))
    yield replace(whole, key=whole.key or b"", value=None, headers=(*whole.headers, *left_behind))
    yield replace(whole, key=b"", value=None, headers=(*added, *left_behind))


def is_without_bytes(dead: Incoming) -> bool:
    """Whether this dead letter's value was left behind, where it came from."""
    return dead.value is None and DIGEST in dict(dead.headers)


def with_bytes(dead: InRecord, original: Incoming | None) -> InRecord | None:
    """The dead letter with the value (and key) that was left behind; None where `original` is not that record."""
    digest = dict(dead.headers)[DIGEST]
    if original is None or sha256(original.value or b"").hexdigest().encode() != digest:
        return None
    headers = tuple((name, value) for name, value in dead.headers if name not in {SIZE, DIGEST})
    return replace(dead, key=original.key, value=original.value, headers=headers)


def replay(dead: Incoming) -> Record:
    """The record to be written to try a dead letter again, into its old topic; it remembers its attempts.

    Raises ValueError when the record has no header with its origin: it is no dead letter of ours.
    """
    headers = dict(dead.headers)
    if TOPIC not in headers:
        raise ValueError(f"{dead.topic}[{dead.partition}]@{dead.offset} has no {TOPIC} header: no dead letter of ours")
    count = (ATTEMPTS, str(attempts(dead.headers)).encode())
    return Record(
        topic=headers[TOPIC].decode(), key=dead.key, value=dead.value, headers=(*_without_ours(dead.headers), count)
    )


def attempts(headers: Headers) -> int:
    """How often the record has failed before; 0 for one that never did."""
    counts = [value for name, value in headers if name == ATTEMPTS]
    return int(counts[-1]) if counts and counts[-1].isdigit() and len(counts[-1]) <= _MOST_DIGITS else 0


def _without_ours(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name not in OURS)
