"""Dead letters as their topics keep them: where from, why, how often; and which of them were tried again. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from app.domain.time import from_millis
from app.stream.records import Headers, InRecord
from app.stream.serialization.deadletters import (
    APP,
    MESSAGE,
    OFFSET,
    OURS,
    PARTITION,
    REASON,
    SIZE,
    TIMESTAMP,
    TOPIC,
    attempts,
    is_without_bytes,
)

# Headers that a replay adds. They are no header of a dead letter's own, so a record that fails again still has them.
REPLAY_OF: Final = "dlq-replay-of"
REPLAYED_BY: Final = "dlq-replayed-by"

_REPLAYS: Final = frozenset({REPLAY_OF, REPLAYED_BY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record is, written `topic:partition:offset`."""

    topic: str
    partition: int
    offset: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError when the text names no place."""
        topic, partition, offset = text.rsplit(":", 2)
        return cls(topic=topic, partition=int(partition), offset=int(offset))

    @classmethod
    def of(cls, record: InRecord) -> Self:
        """Where this record is."""
        return cls(topic=record.topic, partition=record.partition, offset=record.offset)

    def __str__(self) -> str:
        return f"{self.topic}:{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """All that is known of a dead letter without its value, which may be large and personal.

    Texts are as the headers have them: what shows them escapes them.
    `source` is None when they name no place.
    `size` is the value's, in bytes, also where it was left behind at the source (`is_without_bytes`); None without one.
    """

    place: Place
    written_at: datetime
    app: str
    reason: str
    message: str
    source: Place | None
    source_written_at: datetime | None
    attempts: int
    size: int | None
    is_without_bytes: bool
    replay_of: str | None
    replayed_by: str | None
    handed_on: Headers

    def matches(
        self,
        *,
        topic: str | None = None,
        app: str | None = None,
        reason: str | None = None,
        since: datetime | None = None,
    ) -> bool:
        """Whether it fits a filter; None lets everything through. `topic` is the source's or the dead letter's own."""
        topics = {self.place.topic, self.source.topic if self.source else None}
        return (
            (topic is None or topic in topics)
            and app in {None, self.app}
            and reason in {None, self.reason}
            and (since is None or self.written_at >= since)
        )


def dead_letter_of(record: InRecord) -> DeadLetter:
    """A record of a dead-letter topic, from its headers, whatever program wrote it."""
    headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    return DeadLetter(
        place=Place.of(record),
        written_at=from_millis(record.timestamp_ms),
        app=headers.get(APP, ""),
        reason=headers.get(REASON, ""),
        message=headers.get(MESSAGE, ""),
        source=_source(headers),
        source_written_at=_moment(headers, TIMESTAMP),
        attempts=attempts(record.headers),
        size=_number(headers, SIZE) if record.value is None else len(record.value),
        is_without_bytes=is_without_bytes(record),
        replay_of=headers.get(REPLAY_OF),
        replayed_by=headers.get(REPLAYED_BY),
        handed_on=tuple(header for header in record.headers if header[0] not in OURS | _REPLAYS),
    )


def failed_again(letters: Iterable[DeadLetter]) -> frozenset[str]:
    """The places of those whose replay became a dead letter too: a filter takes that one and leaves these alone."""
    return frozenset(letter.replay_of for letter in letters if letter.replay_of is not None)


def without_replay(headers: Headers) -> Headers:
    """The headers without those of an earlier replay."""
    return tuple(header for header in headers if header[0] not in _REPLAYS)


def _source(headers: Mapping[str, str]) -> Place | None:
    partition, offset = _number(headers, PARTITION), _number(headers, OFFSET)
    if TOPIC not in headers or partition is None or offset is None:
        return None
    return Place(topic=headers[TOPIC], partition=partition, offset=offset)


def _moment(headers: Mapping[str, str], name: str) -> datetime | None:
    """None for a time that no calendar has: another program's header must not hide the dead letters beside it."""
    milliseconds = _number(headers, name)
    try:
        return None if milliseconds is None else from_millis(milliseconds)
    except (ValueError, OverflowError, OSError):
        return None


def _number(headers: Mapping[str, str], name: str) -> int | None:
    """Kafka's offsets and times have at most nineteen digits."""
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None  # noqa: PLR2004
