"""From where on the other rules apply."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from app.domain.orders import LoggedEvent
from app.domain.time import legal_date
from app.operations.errors import RefusedInputError
from app.stream.records import InRecord

_OFFSETS: Final = re.compile(r"[0-9]{1,5}:[0-9]{1,19}(,[0-9]{1,5}:[0-9]{1,19})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A day in Turkey, or offsets of the order log by partition; with neither, its first record.

    Of a partition that is not among the offsets nothing is decided otherwise.
    """

    day: date | None = None
    offsets: Mapping[int, int] = field(default_factory=dict)

    def covers(self, record: InRecord, event: LoggedEvent) -> bool:
        """Whether the other rules decide this event."""
        if self.offsets:
            return record.offset >= self.offsets.get(record.partition, record.offset + 1)
        return self.day is None or legal_date(event.received_at) >= self.day


def beginning_of(text: str | None) -> Beginning:
    """What a person types: `2026-11-01`, or `0:1200,1:980`. Raises RefusedInputError."""
    if text is None:
        return Beginning()
    if _OFFSETS.fullmatch(text):
        return Beginning(offsets=dict(_pair(each) for each in text.split(",")))
    try:
        return Beginning(day=datetime.strptime(text, "%Y-%m-%d").date())  # noqa: DTZ007 - a day has no time
    except ValueError:
        raise RefusedInputError(
            f"{text!r} is neither a day like 2026-11-01 nor partitions with offsets like 0:1200,1:980."
        ) from None


def _pair(text: str) -> tuple[int, int]:
    partition, _, offset = text.partition(":")
    return int(partition), int(offset)
