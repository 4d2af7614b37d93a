"""The note beside a committed offset: the last record that was read, and how long the changelogs were.

An offset is a bare number. After an unclean election, in a restored or mirrored cluster, the same number is that of
another record; and a changelog that was cut is shorter than what its group has read into it. So every commit has a
note beside its offset, and the next start compares.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

# librdkafka hands a text beside an offset on without its length, and Python's client reads on to the next zero byte.
_END: Final = "\0"

_JSON: Final = json.JSONDecoder()

Place = tuple[str, int]
"""A topic and a partition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Beside one partition's offset: the last record that was finished, and the last entry seen in each changelog."""

    offset: int
    timestamp_ms: int
    changelogs: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return json.dumps({"record": [self.offset, self.timestamp_ms], "changelogs": self.changelogs})

    @classmethod
    def parse(cls, text: str) -> Note | None:
        """Read a note, whatever follows it; None where it is none of ours: offsets that were set by hand have none."""
        try:
            note, _ = _JSON.raw_decode(text)
            offset, timestamp_ms = note["record"]
            changelogs = {str(name): int(end) for name, end in note["changelogs"].items()}
            return cls(offset=int(offset), timestamp_ms=int(timestamp_ms), changelogs=changelogs)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


class Notes:
    """The notes of a worker's next commits. Written in the event loop, read in the consumer's thread."""

    def __init__(self) -> None:
        self._records: dict[Place, tuple[int, int]] = {}
        self._entries: dict[Place, int] = {}

    def finished(self, topic: str, partition: int, offset: int, timestamp_ms: int) -> None:
        """Note the last record that was acknowledged."""
        self._records[topic, partition] = offset, timestamp_ms

    def entry_seen(self, changelog: str, partition: int, offset: int) -> None:
        """Note that a changelog has an entry there."""
        place = changelog, partition
        self._entries[place] = max(offset, self._entries.get(place, offset))

    def of(self, topic: str, partition: int) -> str:
        """Write the note beside this partition's offset; empty where nothing was finished."""
        if (record := self._records.get((topic, partition))) is None:
            return ""
        ends = {name: end for (name, number), end in list(self._entries.items()) if number == partition}
        return str(Note(offset=record[0], timestamp_ms=record[1], changelogs=ends)) + _END
