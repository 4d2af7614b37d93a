"""The lease: for how long the group may still count us as a member.

A process that was frozen for longer than its session wakes up with every flag still saying that it owns its
partitions. The one thing it can know is when the coordinator last answered it, so that is asked before every
publication and every outside effect.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from app.stream.ownership.exits import Abort, abort

# Covers the way from our check to the broker that takes the record.
LEASE_MARGIN_SECONDS: Final = 1.0
# On macOS this is the clock that runs on, under the name of the one that stops on Linux.
_SINCE_BOOT: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def boottime() -> float:
    """Seconds that run on while the machine sleeps; `time.monotonic` stops then, and a lease with it."""
    return time.clock_gettime(_SINCE_BOOT)


class Lease:
    """Valid for the session timeout after the last request that the group coordinator granted."""

    def __init__(self, session_timeout: float, *, clock: Callable[[], float] = boottime, abort: Abort = abort) -> None:
        self.session_timeout = session_timeout
        self.clock = clock
        self._abort = abort
        self._renewed_at = clock()

    def renew(self, asked_at: float) -> None:
        """Count from before the request: the coordinator's own clock starts when it sees it, never earlier."""
        self._renewed_at = max(self._renewed_at, asked_at)

    @property
    def age(self) -> float:
        """Seconds since the coordinator was last asked with success."""
        return self.clock() - self._renewed_at

    @property
    def overdue(self) -> bool:
        """Whether the coordinator has surely given us up by now."""
        return self.age > self.session_timeout

    def check(self) -> None:
        """Return only if the partitions are still ours; else abort, because another worker may be writing already."""
        if self.age > self.session_timeout - LEASE_MARGIN_SECONDS:
            self._abort(f"lease: the last heartbeat is {self.age:.1f} s old")
