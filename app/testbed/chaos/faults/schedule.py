"""What goes wrong and when: a pure function of the seed, so that a run can be repeated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from types import MappingProxyType
from typing import Final

from app.testbed.chaos.plan import PROJECTION, USUAL_PROVIDERS, providers_of, workers_of
from app.testbed.chaos.variants import NONE, Variants
from app.testbed.installation.installation import stages_of


class FaultKind(StrEnum):
    """One kind of fault."""

    KILL = "KILL"
    """SIGKILL of a worker, which its supervisor starts again."""
    TERM = "TERM"
    """SIGTERM of a worker, which its supervisor starts again."""
    JOIN = "JOIN"
    """One worker more in a stage; it leaves after a while."""
    FREEZE = "FREEZE"
    """SIGSTOP of a worker for longer than its session, then SIGCONT: it goes on though its partitions are another's."""
    BROKER_RESTART = "BROKER_RESTART"
    BROKER_SLOW = "BROKER_SLOW"
    """SIGSTOP of the broker, again and again for a while: every answer comes late."""
    LOST_BEFORE = "LOST_BEFORE"
    """A provider drops requests before it has made anything."""
    LOST_ANSWER = "LOST_ANSWER"
    """A provider makes documents and drops its answers."""
    TOO_MANY = "TOO_MANY"
    """A storm of 429."""
    LATE_STATUS = "LATE_STATUS"
    """Documents wait long for their final state."""
    HIDDEN = "HIDDEN"
    """Look-ups do not see new documents for a while."""
    DOWN = "DOWN"
    """A provider answers 503 to everything."""
    GATEWAY = "GATEWAY"
    """Something before a provider answers in its stead, to writes and to reads."""
    PROJECTION_KILL = "PROJECTION_KILL"
    """SIGKILL of the read model's worker."""
    PROJECTION_FREEZE = "PROJECTION_FREEZE"
    """SIGSTOP of the read model's worker, then SIGCONT."""


WORKER_KINDS: Final = frozenset({FaultKind.KILL, FaultKind.TERM, FaultKind.JOIN, FaultKind.FREEZE})
BROKER_KINDS: Final = frozenset({FaultKind.BROKER_RESTART, FaultKind.BROKER_SLOW})
PROJECTION_KINDS: Final = (FaultKind.PROJECTION_KILL, FaultKind.PROJECTION_FREEZE)
PROVIDER_KINDS: Final = tuple(
    kind for kind in FaultKind if kind not in WORKER_KINDS | BROKER_KINDS | set(PROJECTION_KINDS)
)

BROKER: Final = "broker"

# What the workers are started with: the shortest that the settings allow, so that a minute holds many takeovers.
SESSION_SECONDS: Final = 6.0
# From here on a run is long enough to hold every kind.
FULL_RUN_SECONDS: Final = 60.0

# A group whose members die faster than their sessions run out never gets on, and that would prove nothing.
_BETWEEN_DISTURBANCES: Final = (SESSION_SECONDS + 0.5, SESSION_SECONDS + 3.0)
_BETWEEN_MISBEHAVIOURS: Final = (1.0, 3.0)
# It is in no group, and has started again within a second or two.
_BETWEEN_PROJECTION_FAULTS: Final = (6.0, 12.0)
_FIRST_DISTURBANCE: Final = 4.0
_FIRST_MISBEHAVIOUR: Final = 3.0

# Seconds that each kind lasts; what is not here is over at once.
_LASTING: Final[Mapping[FaultKind, tuple[float, float]]] = MappingProxyType(
    {
        FaultKind.FREEZE: (SESSION_SECONDS + 3.0, SESSION_SECONDS + 7.0),
        FaultKind.JOIN: (7.0, 11.0),
        FaultKind.BROKER_SLOW: (4.0, 6.0),
        FaultKind.PROJECTION_FREEZE: (2.0, 6.0),
        **dict.fromkeys(PROVIDER_KINDS, (3.0, 5.0)),
    }
)
# What follows once every kind has come, shuffled anew each time: takeovers above all; a broker's restart holds up all.
_DECK: Final = (
    *(FaultKind.KILL, FaultKind.KILL, FaultKind.KILL, FaultKind.FREEZE, FaultKind.FREEZE),
    *(FaultKind.TERM, FaultKind.JOIN, FaultKind.BROKER_SLOW, FaultKind.BROKER_RESTART),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledFault:
    """`at` and `seconds` are counted in seconds of the run. `target`: a worker, a stage to join, a provider, BROKER."""

    at: float
    kind: FaultKind
    target: str
    seconds: float = 0.0

    @property
    def ends(self) -> float:
        """When it is over."""
        return self.at + self.seconds


def schedule(seed: int, seconds: float, variants: Variants = NONE) -> list[ScheduledFault]:
    """Every fault of a run, by time; all are over when the run's `seconds` are.

    A run of FULL_RUN_SECONDS or more has every kind. What strikes workers and the broker is spaced by more than a
    session; a provider misbehaves in one way at a time, and of those that are in every run one at a time.
    """
    chance = Random(seed)  # noqa: S311 - repeatable, not secret
    providers = providers_of(variants)
    faults = [*_disturbances(chance, seconds, stages_of(providers)), *_misbehaviours(chance, seconds, USUAL_PROVIDERS)]
    for provider in providers[len(USUAL_PROVIDERS) :]:
        faults += _misbehaviours(chance, seconds, (provider,))
    faults += _of_projection(chance, seconds)
    return sorted(faults, key=lambda fault: fault.at)


def _disturbances(chance: Random, seconds: float, stages: Sequence[str]) -> Iterator[ScheduledFault]:
    at, kinds = _FIRST_DISTURBANCE, _kinds_of_disturbance(chance)
    while at < seconds:
        fault = _fault(chance, at, next(kinds), stages)
        if fault.ends <= seconds:
            yield fault
        at += chance.uniform(*_BETWEEN_DISTURBANCES)


def _kinds_of_disturbance(chance: Random) -> Iterator[FaultKind]:
    """Each kind once, those that last not at the end, where a short run would cut them off; then deck after deck."""
    short = [FaultKind.KILL, FaultKind.TERM, FaultKind.BROKER_RESTART, FaultKind.BROKER_SLOW]
    lasting = [FaultKind.FREEZE, FaultKind.JOIN]
    chance.shuffle(short)
    chance.shuffle(lasting)
    yield from (short[0], lasting[0], short[1], lasting[1], short[2], short[3])
    yield from _shuffled(chance, _DECK)


def _misbehaviours(chance: Random, seconds: float, providers: Sequence[str]) -> Iterator[ScheduledFault]:
    at, kinds = _FIRST_MISBEHAVIOUR, _shuffled(chance, PROVIDER_KINDS)
    while at < seconds:
        fault = _fault(chance, at, next(kinds), providers)
        if fault.ends <= seconds:
            yield fault
        at = fault.ends + chance.uniform(*_BETWEEN_MISBEHAVIOURS)


def _of_projection(chance: Random, seconds: float) -> Iterator[ScheduledFault]:
    """Killed and frozen in turns."""
    at, kinds = _FIRST_DISTURBANCE, _shuffled(chance, PROJECTION_KINDS)
    while at < seconds:
        fault = _fault(chance, at, next(kinds), (PROJECTION,))
        if fault.ends <= seconds:
            yield fault
        at = fault.ends + chance.uniform(*_BETWEEN_PROJECTION_FAULTS)


def _shuffled(chance: Random, deck: Sequence[FaultKind]) -> Iterator[FaultKind]:
    while True:
        yield from chance.sample(deck, len(deck))


def _fault(chance: Random, at: float, kind: FaultKind, struck: Sequence[str]) -> ScheduledFault:
    lasting = chance.uniform(*_LASTING[kind]) if kind in _LASTING else 0.0
    return ScheduledFault(at=round(at, 2), kind=kind, target=_target(chance, kind, struck), seconds=round(lasting, 2))


def _target(chance: Random, kind: FaultKind, struck: Sequence[str]) -> str:
    """One of the stages, or of the providers, that can be struck; or one of a stage's workers."""
    if kind in BROKER_KINDS:
        return BROKER
    target = chance.choice(struck)
    of_worker = WORKER_KINDS - {FaultKind.JOIN} | set(PROJECTION_KINDS)
    return chance.choice(workers_of(target)) if kind in of_worker else target
