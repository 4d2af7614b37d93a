"""What makes a run repeatable, and the stages and workers of every run."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.testbed.chaos.variants import NONE, Variant, Variants
from app.testbed.installation.installation import stages_of
from providers.registry import PROVIDERS

# At which businesses are in every run.
USUAL_PROVIDERS: Final = ("nilvera", "testbook")
_DOUBLE: Final = frozenset(stages_of(USUAL_PROVIDERS))
WORKERS_PER_STAGE: Final = 2
# The worker of the read model: no stage, for it reads alone; there is one of it.
PROJECTION: Final = "tracking"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What makes a run repeatable: how long, which faults, orders and variants, and the day that the orders bear."""

    seconds: float
    seed: int
    day: date
    variants: Variants = NONE

    @property
    def stages(self) -> tuple[str, ...]:
        """Intake, planner, and an issuer for each provider."""
        return stages_of(providers_of(self.variants))


def providers_of(variants: Variants) -> tuple[str, ...]:
    """The providers of a run with these variants."""
    others = [name for name in PROVIDERS if name not in USUAL_PROVIDERS] if Variant.PROVIDERS in variants else []
    return (*USUAL_PROVIDERS, *others)


def workers_in(stage: str) -> int:
    """One for each provider that only some runs have, so that two processors hold all of them."""
    return WORKERS_PER_STAGE if stage in _DOUBLE else 1


def workers_of(stage: str) -> tuple[str, ...]:
    """The names of a stage's workers."""
    return tuple(f"{stage}-{number}" for number in range(1, workers_in(stage) + 1))
