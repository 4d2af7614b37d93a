"""The time as the broker has it, by its answers to the records that we write; and whether our own clock agrees.

Legal documents are dated and holds expire by a machine's clock. What the broker appended when is in the log for
every reader, so a worker whose clock is minutes away from that must not go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from app.stream.errors import StreamError
from app.stream.ownership.exits import CLOCK_WRONG, Abort, abort
from app.stream.ownership.lease import boottime

# Clocks that are kept by NTP are milliseconds apart. Minutes date a document to another day, or before its order.
MOST_SECONDS_APART: Final = 120.0


class ClockSkewError(StreamError):
    """Our clock and the broker's are minutes apart; the message has by how much, and which is ahead."""


class BrokerTime:
    """The broker's time, counted on from its last answer by a clock that is never set; until then our own."""

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = boottime,
        abort: Abort = abort,
    ) -> None:
        self.wall = wall
        self._steady = steady
        self._abort = abort
        self._appended: float | None = None
        self._observed_at = 0.0

    def now(self) -> datetime:
        """Return the time of day, aware."""
        if self._appended is None:
            return datetime.fromtimestamp(self.wall(), UTC)
        return datetime.fromtimestamp(self._appended + self._steady() - self._observed_at, UTC)

    def observe(self, appended_ms: int, *, asked_at: float) -> None:
        """Note when the broker appended what left us at `asked_at` (by `wall`) and is acknowledged now.

        Abort where the clocks are minutes apart.
        """
        self._appended, self._observed_at = appended_ms / 1000, self._steady()
        try:
            compare(appended_ms, asked_at=asked_at, answered_at=self.wall())
        except ClockSkewError as apart:
            self._abort("the clocks", apart, code=CLOCK_WRONG)


def compare(appended_ms: int, *, asked_at: float, answered_at: float) -> None:
    """Return where the broker may have appended between these two times of ours (seconds), give or take two minutes.

    Raises:
        ClockSkewError: it cannot have been then.

    """
    appended = appended_ms / 1000
    if (behind := appended - answered_at) > MOST_SECONDS_APART:
        raise ClockSkewError(f"this machine's clock is {behind:.0f} s behind the broker's: {CLOCK_WRONG.remedy}")
    if (ahead := asked_at - appended) > MOST_SECONDS_APART:
        raise ClockSkewError(f"this machine's clock is {ahead:.0f} s ahead of the broker's: {CLOCK_WRONG.remedy}")
