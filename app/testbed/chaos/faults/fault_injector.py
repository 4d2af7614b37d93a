"""Carries out a schedule: begins each fault at its time, ends it at its time, and counts what was really done."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from app.testbed.chaos.check.exits import Disturbance
from app.testbed.chaos.faults.schedule import (
    BROKER_KINDS,
    PROJECTION_KINDS,
    PROVIDER_KINDS,
    WORKER_KINDS,
    FaultKind,
    ScheduledFault,
)
from app.testbed.chaos.installation.broker import OwnBroker
from app.testbed.chaos.installation.businesses import HIDDEN_SECONDS
from app.testbed.chaos.installation.supervisor import Supervisor
from app.testbed.chaos.plan import providers_of
from app.testbed.chaos.variants import NONE, Variant, Variants
from app.testbed.installation.businesses import misbehaviour

# What a simulator does while its window is open, instead of its ordinary faults.
WINDOWS: Final[Mapping[FaultKind, Mapping[str, float]]] = MappingProxyType(
    {
        FaultKind.LOST_BEFORE: {"LOST_BEFORE": 0.4},
        FaultKind.LOST_ANSWER: {"LOST_ANSWER": 0.5},
        FaultKind.TOO_MANY: {"TOO_MANY": 0.9},
        FaultKind.LATE_STATUS: {"LATE_STATUS": 0.8},
        # An answer that is lost among them makes a person look.
        FaultKind.HIDDEN: {"HIDDEN": 0.5, "LOST_ANSWER": 0.2},
        FaultKind.GATEWAY: {"GATEWAY_BEFORE": 0.3, "GATEWAY_AFTER": 0.3},
    }
)
# Of the reads so many are answered in the provider's stead while that window is open.
READS_IN_ITS_STEAD: Final = 0.4

# Longer than a business waits that waits a minute for news.
OVERDUE_SECONDS: Final = 80.0
# An error's text in characters: far more than a status may carry.
LONG_WINDED: Final = 400_000

End = Callable[[], None]
# Changes how one provider behaves; the change as `providers.simulation.misbehaviour` takes it.
Misbehave = Callable[[str, dict[str, Any]], None]


class FaultInjector:
    """One run's faults. `done` counts by kind; a fault that found no running worker is tried again a moment later.

    `disturbances` are those of them that can end workers, in seconds of the run.
    """

    def __init__(
        self,
        faults: Iterable[ScheduledFault],
        supervisor: Supervisor,
        broker: OwnBroker,
        misbehave: Misbehave,
        variants: Variants = NONE,
    ) -> None:
        self._waiting = deque(faults)
        self._missed: list[ScheduledFault] = []
        self._open: list[tuple[ScheduledFault, float, End]] = []
        self._supervisor = supervisor
        self._broker = broker
        self._change = misbehave
        self._variants = variants
        self.done: Counter[FaultKind] = Counter()
        self.disturbances: list[Disturbance] = []

    @property
    def over(self) -> bool:
        """Everything has begun and has ended."""
        return not (self._waiting or self._missed or self._open or self._broker.busy)

    def step(self, now: float) -> None:
        """Ends and begins what is due at `now` (seconds of the run)."""
        for entry in [entry for entry in self._open if entry[1] <= now]:
            self._open.remove(entry)
            entry[2]()
        due, self._missed = self._missed, []
        while self._waiting and self._waiting[0].at <= now:
            due.append(self._waiting.popleft())
        for fault in due:
            self._try(fault, now)

    def end_all(self) -> None:
        """Ends what is open, drops what has not begun, and lets the providers behave."""
        for _, _, end in self._open:
            end()
        self._open, self._missed = [], []
        self._waiting.clear()
        for provider in providers_of(self._variants):
            self._change(provider, {"rates": {}, "down": False, "gateway": 0.0})

    def _try(self, fault: ScheduledFault, now: float) -> None:
        struck = self._begin(fault)
        if struck is False:
            self._missed.append(fault)
            return
        self.done[fault.kind] += 1
        if fault.kind not in PROVIDER_KINDS:
            self.disturbances.append(_disturbance(fault, now))
        if callable(struck):
            self._open.append((fault, now + fault.seconds, struck))

    def _begin(self, fault: ScheduledFault) -> End | bool:
        """What ends the fault, or whether one that is over at once has struck."""
        match fault.kind:
            case FaultKind.KILL | FaultKind.PROJECTION_KILL:
                return self._supervisor.kill(fault.target)
            case FaultKind.TERM:
                return self._supervisor.terminate(fault.target)
            case FaultKind.FREEZE | FaultKind.PROJECTION_FREEZE:
                return self._supervisor.freeze(fault.target) and partial(self._supervisor.thaw, fault.target)
            case FaultKind.JOIN:
                return partial(self._supervisor.leave, self._supervisor.join(fault.target))
            case FaultKind.BROKER_RESTART:
                self._broker.restart()
            case FaultKind.BROKER_SLOW:
                self._broker.slow(fault.seconds)
            case _:
                return self._begin_misbehaviour(fault)
        return True

    def _begin_misbehaviour(self, fault: ScheduledFault) -> End | bool:
        """While issuers are paused there are no calls; the windows that have waited then come one after the other."""
        if self._supervisor.is_pausing or self._misbehaves(fault.target):
            return False
        self._misbehave(fault)
        return partial(self._behave, fault.target)

    def _misbehaves(self, provider: str) -> bool:
        return any(fault.target == provider for fault, _, _ in self._open)

    def _misbehave(self, fault: ScheduledFault) -> None:
        change: dict[str, Any] = (
            {"down": True} if fault.kind is FaultKind.DOWN else {"rates": dict(WINDOWS[fault.kind])}
        )
        if fault.kind is FaultKind.GATEWAY:
            change["gateway"] = READS_IN_ITS_STEAD
        self._change(fault.target, change)

    def _behave(self, provider: str) -> None:
        """Back to the provider's ordinary faults; those of its first calls are over."""
        self._change(provider, {**ordinary(provider, self._variants), "next": [], "down": False, "gateway": 0.0})


def _disturbance(fault: ScheduledFault, now: float) -> Disturbance:
    stage = None if fault.kind in BROKER_KINDS else fault.target
    if fault.kind in WORKER_KINDS - {FaultKind.JOIN} | set(PROJECTION_KINDS):
        stage = fault.target.rpartition("-")[0]
    return Disturbance(name=fault.kind.value, stage=stage, began=now, ended=now + fault.seconds)


def ordinary(provider: str, variants: Variants = NONE) -> dict[str, Any]:
    """How a provider fails its callers while no window is open: as in the demonstration, and hiding for longer."""
    usual = misbehaviour(provider).as_request()
    seconds = {**usual["seconds"], "hidden": HIDDEN_SECONDS}
    if Variant.MINUTES in variants:
        seconds["late_status"] = OVERDUE_SECONDS
    words = LONG_WINDED if Variant.LARGE in variants else 0
    return {**usual, "seconds": seconds, "words": words}
