"""What a call must pass before it leaves: a slot of the quota, and whether the partition is still ours."""

from enum import Enum
from typing import Protocol

from providers.base import Finding, Outcome, Registration


class CallResult(Enum):
    """What came of a call, for the queue. FRUITLESS: nothing was learnt, try later. NO_SLOT: it was not made."""

    WENT_ON = "WENT_ON"
    FRUITLESS = "FRUITLESS"
    NO_SLOT = "NO_SLOT"


class Gate(Protocol):
    """A connection's limiter and breaker, during one epoch of ownership."""

    def may_call(self) -> bool:
        """Whether a slot of the quota is reserved for one call, now or not at all."""

    def call(self) -> None:
        """The call begins: its first request claims the slot that was reserved."""

    def is_ours(self) -> bool:
        """Whether the partition has not been handed over since."""

    def record_result(self, answer: Outcome | Finding | Registration) -> None:
        """Counts what the provider answered."""
