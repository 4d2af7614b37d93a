"""Dead letters: the original bytes of what cannot be processed, and why, where, when and how often."""

from __future__ import annotations

from typing import Final, Protocol

from app.stream.records import Headers, Record
from app.stream.topics import Topics

REASON: Final = "dlq-reason"
MESSAGE: Final = "dlq-message"
TOPIC: Final = "dlq-topic"
PARTITION: Final = "dlq-partition"
OFFSET: Final = "dlq-offset"
TIMESTAMP: Final = "dlq-timestamp"
APP: Final = "dlq-app"
ATTEMPTS: Final = "dlq-attempts"

_OURS: Final = frozenset({REASON, MESSAGE, TOPIC, PARTITION, OFFSET, TIMESTAMP, APP, ATTEMPTS})
# A sentence; a longer one has gone astray.
LONGEST_MESSAGE: Final = 500
# Replaying by hand a million times is not a count but somebody else's header.
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


def dead_letter(record: Incoming, *, app: str, code: str, message: str) -> Record:
    """The dead letter of a record that `app` (its short name) could not process, with the record's own bytes.

    `message` must not quote the record: headers carry no personal data.
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
    return Record(
        topic=Topics().dead_letters(record.topic, app),
        # The client refuses a record with neither key nor value.
        key=b"" if record.key is None and record.value is None else record.key,
        value=record.value,
        headers=(*_without_ours(record.headers), *((name, str(value).encode()) for name, value in ours.items())),
    )


def replay(dead: Incoming) -> Record:
    """The record to be written to try a dead letter again, into its old topic; it remembers its attempts.

    Raises ValueError when the record does not say where it came from: it is no dead letter of ours.
    """
    told = dict(dead.headers)
    if TOPIC not in told:
        raise ValueError(f"{dead.topic}[{dead.partition}]@{dead.offset} has no {TOPIC} header: no dead letter of ours")
    count = (ATTEMPTS, str(attempts(dead.headers)).encode())
    return Record(
        topic=told[TOPIC].decode(), key=dead.key, value=dead.value, headers=(*_without_ours(dead.headers), count)
    )


def attempts(headers: Headers) -> int:
    """How often the record has failed before; 0 for one that never did."""
    counts = [value for name, value in headers if name == ATTEMPTS]
    return int(counts[-1]) if counts and counts[-1].isdigit() and len(counts[-1]) <= _MOST_DIGITS else 0


def _without_ours(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name not in _OURS)
