"""What makes a run repeatable, and the stages and workers of every run."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.testbed.chaos.variants import NONE, Variants

STAGES: Final = ("intake", "planner", "issuer-nilvera", "issuer-testbook")
WORKERS_PER_STAGE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What makes a run repeatable: how long, which faults, orders and variants, and the day that the orders bear."""

    seconds: float
    seed: int
    day: date
    variants: Variants = NONE


def workers_of(stage: str) -> tuple[str, ...]:
    """The names of a stage's workers."""
    return tuple(f"{stage}-{number}" for number in range(1, WORKERS_PER_STAGE + 1))
