"""Ends of workers that the run has not caused itself: which of them an injected fault explains, and which none does.

A worker may leave with 70 to be started anew when the broker does not answer, its lease has run out or a rebalance has
cost it a record. Each disturbance explains one such end of each worker that it touches; an end more is a defect.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.testbed.chaos.check.defects import Defects, wrong

LEAVE_AND_REPLAY: Final = 70
# The longest that a disturbance is felt: a session runs out, a rebalance of thirty seconds hangs, and the watchdog,
# which is as patient, ends it; on a busy machine each of these takes its time.
FELT_SECONDS: Final = 120.0
# These codes say that no start again helps; the supervisor reports them by itself.
HELPLESS: Final = range(LEAVE_AND_REPLAY + 1, LEAVE_AND_REPLAY + 13)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A worker's end; `at` in seconds of the run."""

    worker: str
    stage: str
    code: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """A disturbance that was really done. `stage` is None for one that all stages feel."""

    name: str
    stage: str | None
    began: float
    ended: float

    def explains(self, end: Exit) -> bool:
        """Whether this worker can have left because of it."""
        return self.stage in {None, end.stage} and self.began <= end.at <= self.ended + FELT_SECONDS


def unexplained(exits: Iterable[Exit], disturbances: Iterable[Disturbance]) -> Defects:
    """The ends that no disturbance accounts for: each accounts for one of each worker, the oldest first."""
    known = sorted(disturbances, key=lambda disturbance: disturbance.began)
    used: set[tuple[str, Disturbance]] = set()
    for end in sorted(exits, key=lambda each: each.at):
        if end.code in HELPLESS:
            continue
        free = (
            disturbance for disturbance in known if disturbance.explains(end) and (end.worker, disturbance) not in used
        )
        disturbance = next(free, None) if end.code == LEAVE_AND_REPLAY else None
        if disturbance is None:
            yield wrong(
                f"{end.worker} ended with {end.code} after {end.at:.0f} s, and nothing that was done explains it"
            )
        else:
            used.add((end.worker, disturbance))
