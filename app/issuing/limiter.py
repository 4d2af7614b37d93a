"""The provider's quota, kept exactly: one connection is one partition is one process."""

from collections import deque
from typing import Final

from providers.base import Quota

# The provider counts what arrives, and the way there varies; two in a hundred is what this costs.
WINDOW_MARGIN: Final = 1.02


class Limiter:
    """A sliding window: never more than the quota's requests start in any of its seconds. Times are monotonic."""

    def __init__(self, quota: Quota) -> None:
        if quota.requests < 1 or quota.seconds <= 0:
            raise ValueError(f"a quota of {quota.requests} requests in {quota.seconds} s lets nothing through")
        self.quota = quota
        self._starts: deque[float] = deque(maxlen=quota.requests)
        self._paused_until = float("-inf")

    def opens_at(self, now: float) -> float:
        """When the next request may start: now or later."""
        full = len(self._starts) == self.quota.requests
        free = self._starts[0] + self.quota.seconds * WINDOW_MARGIN if full else now
        return max(now, free, self._paused_until)

    def take(self, now: float) -> bool:
        """Takes a place in the window, if there is one."""
        if self.opens_at(now) > now:
            return False
        self._starts.append(now)
        return True

    def pause(self, until: float) -> None:
        """The provider has asked for silence. A shorter request does not end a longer one."""
        self._paused_until = max(self._paused_until, until)
