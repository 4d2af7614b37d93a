"""The circuit breaker: a provider that answers nothing is left alone, and asked by a read whether it is back."""

from enum import StrEnum
from typing import Final

# One lost answer happens; three in a row mean that the provider is away.
MOST_FAILURES: Final = 3
FIRST_PAUSE_SECONDS: Final = 5.0
# A provider that was away for hours should be noticed within minutes of its return.
LONGEST_PAUSE_SECONDS: Final = 300.0


class BreakerState(StrEnum):
    """TRYING: a read was answered; one command at a time until one of them is answered too."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    TRYING = "TRYING"


class Breaker:
    """One connection's breaker. Times are monotonic seconds.

    `about`: what a call was made for. While it is tried, what has failed before says nothing new: an answer about one
    document that is never understood would else keep all others from being tried.
    """

    def __init__(self) -> None:
        self.state = BreakerState.CLOSED
        self._failures = 0
        self._failing: set[str] = set()
        self._pause = FIRST_PAUSE_SECONDS
        self._probe_at = float("-inf")

    def opens_at(self, now: float) -> float:
        """When something may be asked: while open, only a read."""
        return max(now, self._probe_at) if self.state is BreakerState.OPEN else now

    def answered(self) -> None:
        """The provider gave an answer that was understood, of whatever content."""
        self.state = BreakerState.CLOSED
        self._failures = 0
        self._failing.clear()
        self._pause = FIRST_PAUSE_SECONDS

    def failed(self, now: float, about: str | None = None) -> None:
        """No answer, or none that was understood. Calls that were under way when it opened add nothing."""
        self._failures += 1
        has_failed_before = about in self._failing
        if about is not None:
            self._failing.add(about)
        if self.state is BreakerState.OPEN or (self.state is BreakerState.TRYING and has_failed_before):
            return
        if self.state is BreakerState.TRYING or self._failures >= MOST_FAILURES:
            self._open(now)

    def probed(self, now: float, *, answers: bool) -> None:
        """What the read came to."""
        if answers:
            self.state = BreakerState.TRYING
        else:
            self._open(now)

    def _open(self, now: float) -> None:
        if self.state is not BreakerState.CLOSED:
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        self.state = BreakerState.OPEN
        self._probe_at = now + self._pause
