"""The course of a run: orders stream, faults strike, people act; then everything settles and stops."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.chaos.crew import Crew
from app.chaos.groups import Groups
from app.chaos.havoc import Havoc
from app.chaos.operators import Operators
from app.chaos.schedule import STAGES
from app.demo.processes import Processes, ProcessFailedError, tail
from app.demo.stage import Stage
from app.demo.watch import Watch
from app.domain.orders import OrderEvent
from app.sources.producer import OrderProducer
from app.stream import identities

# Upstream is done before the faults are: the last of them meet work that nobody adds to.
STREAMED_SHARE: Final = 0.85
STEP_SECONDS: Final = 0.1
# Counting everything that was said takes longer the longer a run lasts.
DISPLAY_SECONDS: Final = 1.0
# Everything must have settled so long after the last fault; otherwise the check says what has not.
SETTLE_SECONDS: Final = 120.0
# Longer than any clock of the scene's connections: whoever is still at work says something within it.
STILL_SECONDS: Final = 8.0
# The planner reads what the others said last, and commits it.
DRAIN_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the run is, for the display. `sent` counts all events, `upstream` those that upstream will send."""

    phase: str
    at: float
    sent: int
    upstream: int
    counts: dict[str, int]
    faults: dict[str, int]


Show = Callable[[Standing], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What makes a run repeatable: how long, which faults and orders, and the day that the orders are dated."""

    seconds: float
    seed: int
    day: date


@dataclass(slots=True, kw_only=True)
class Course:
    """The run while it runs."""

    stage: Stage
    processes: Processes
    crew: Crew
    havoc: Havoc
    events: tuple[OrderEvent, ...]
    plan: Plan
    show: Show
    sent: int = 0
    settled_after: float = 0.0
    unread: int = 0
    _began: float = field(default_factory=time.monotonic)
    _shown: float = 0.0

    def perform(self) -> None:
        """Streams under faults, settles, and stops the workers, the planner last."""
        stage = self.stage
        producer = OrderProducer(bootstrap=stage.bootstrap, topic=stage.topics.orders, encode=stage.codec.write)

        def submit(event: OrderEvent) -> None:
            producer.send(event)
            self.sent += 1

        operators = Operators(seed=self.plan.seed, send=submit)
        try:
            with Watch(stage.bootstrap, stage.topics, stage.codec, on_status=operators.hear) as watch:
                self._stream(submit, operators, watch)
                self.havoc.settle()
                producer.finish()
                self._settle(operators, watch)
            producer.finish()
            self._stop()
        finally:
            for name in list(self.crew.workers):
                self.crew.thaw(name)

    def _stream(self, submit: Callable[[OrderEvent], None], operators: Operators, watch: Watch) -> None:
        """Until everything is sent and every fault is over."""
        self._began = time.monotonic()
        rate = len(self.events) / (self.plan.seconds * STREAMED_SHARE)
        upstream = iter(self.events)
        streamed = 0
        while self._at < self.plan.seconds or streamed < len(self.events) or not self.havoc.over:
            while streamed < min(len(self.events), self._at * rate):
                submit(next(upstream))
                streamed += 1
            self.havoc.step(self._at)
            self._step("chaos", operators, watch)

    def _settle(self, operators: Operators, watch: Watch) -> None:
        """Waits until everybody is there and nothing has moved for a while."""
        began = still_since = time.monotonic()
        told: tuple[int, ...] = ()
        while time.monotonic() - began < SETTLE_SECONDS and time.monotonic() - still_since < STILL_SECONDS:
            self._step("settling", operators, watch)
            progress = watch.progress
            telling = (self.sent, progress.answered, len(progress.documents), watch.heard)
            unfinished = progress.answered < self.sent or progress.settled < len(progress.documents)
            if unfinished or telling != told or not self.crew.complete or not operators.idle:
                still_since, told = time.monotonic(), telling
        self.settled_after = round(still_since - began, 1)

    def _stop(self) -> None:
        """Whoever writes to the order log first; the planner once it has read all of it."""
        self.crew.stop(tuple(stage for stage in STAGES if stage != "planner"))
        planner = identities.app("planner", self.stage.topics.prefix)
        end = time.monotonic() + DRAIN_SECONDS
        groups = Groups(self.stage.bootstrap)
        while (unread := groups.unread(planner.app_id, planner.source)) and time.monotonic() < end:
            self.crew.keep(time.monotonic())
            time.sleep(STEP_SECONDS)
        self.unread = unread
        self.crew.stop(("planner",))

    @property
    def _at(self) -> float:
        """Seconds of the run."""
        return time.monotonic() - self._began

    def _step(self, phase: str, operators: Operators, watch: Watch) -> None:
        self.crew.keep(time.monotonic())
        self._check_simulators()
        operators.act()
        if watch.failure is not None:
            raise watch.failure
        if time.monotonic() - self._shown >= DISPLAY_SECONDS:
            self._shown = time.monotonic()
            self.show(self._standing(phase, watch))
        time.sleep(STEP_SECONDS)

    def _standing(self, phase: str, watch: Watch) -> Standing:
        return Standing(
            phase=phase,
            at=self._at,
            sent=self.sent,
            upstream=len(self.events),
            counts=watch.progress.counts(),
            faults={kind.value: count for kind, count in self.havoc.done.items()},
        )

    def _check_simulators(self) -> None:
        """The providers' truth is in the simulators' memory: without them there is nothing to check against."""
        for process in self.processes.running:
            if process.name.startswith("sandbox") and process.popen.poll() is not None:
                raise ProcessFailedError(f"{process.name} ended:\n{tail(process.log)}")
