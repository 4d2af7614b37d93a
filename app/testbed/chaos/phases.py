"""The course of a run: orders stream, faults strike, people act; then everything settles and stops."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from app.domain.orders import OrderEvent
from app.domain.outcomes import Verdict
from app.stream.topics import identities
from app.testbed.chaos.check.bad_input import Rubbish
from app.testbed.chaos.check.exits import Blow, Exit
from app.testbed.chaos.faults.fault_injector import Havoc
from app.testbed.chaos.faults.installation_faults import Upheaval
from app.testbed.chaos.installation import businesses
from app.testbed.chaos.installation.consumer_groups import Groups
from app.testbed.chaos.installation.supervisor import Crew
from app.testbed.chaos.load.operators import LookUp, Operators
from app.testbed.chaos.load.upstream import Letter, Upstream
from app.testbed.chaos.plan import STAGES, Plan
from app.testbed.chaos.variants import Variant
from app.testbed.installation.installation import Stage
from app.testbed.installation.processes import Processes, ProcessFailedError, tail
from app.testbed.installation.watch import Watch

# Upstream is done before the faults are: the last of them meet work that nobody adds to.
STREAMED_SHARE: Final = 0.85
STEP_SECONDS: Final = 0.1
# Where a repeat of our reference makes a second document, persons decide; elsewhere nobody need ever be asked.
REVIEWED: Final = frozenset({"testbook"})
# Counting everything that was said takes longer the longer a run lasts.
DISPLAY_SECONDS: Final = 1.0
# Everything must have settled so long after the last fault; otherwise the check says what has not. A watchdog waits for
# a rebalance that hangs, and what has piled up behind it takes its time then.
SETTLE_SECONDS: Final = 300.0
# Longer than any clock of the scene's connections: whoever is still at work says something within it.
STILL_SECONDS: Final = 8.0
# A hold of a minute, what it waits beyond that, and the planner's clock.
HOLD_SECONDS: Final = 90.0
# The planner reads what the others said last, and commits it.
DRAIN_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the run is, for the display. `sent` counts what must be answered, `upstream` what upstream will send."""

    phase: str
    at: float
    sent: int
    upstream: int
    counts: dict[str, int]
    faults: dict[str, int]


Show = Callable[[Standing], None]


@dataclass(slots=True, kw_only=True)
class Course:
    """The run while it runs. `upstream`: how many `letters` there are; `rubbish` counts what nobody should send."""

    stage: Stage
    processes: Processes
    crew: Crew
    havoc: Havoc
    letters: Iterator[Letter]
    upstream: int
    look_up: LookUp
    plan: Plan
    show: Show
    upheavals: Sequence[Upheaval] = ()
    sent: int = 0
    rubbish: Counter[Rubbish] = field(default_factory=Counter)
    settled_after: float = 0.0
    unread: int = 0
    _began: float = field(default_factory=time.monotonic)
    _shown: float = 0.0

    def perform(self) -> None:
        """Streams under faults, settles, and stops the workers, the planner last."""
        stage = self.stage
        upstream = Upstream(stage.bootstrap, stage.topics.orders, stage.codec.write)

        def submit(event: OrderEvent) -> None:
            upstream.tell(event)
            self.sent += 1

        operators = Operators(
            seed=self.plan.seed, send=submit, look_up=self.look_up, reviews=REVIEWED, moves=businesses.MOVES
        )
        try:
            with Watch(stage.bootstrap, stage.topics, stage.codec, on_status=operators.hear) as watch:
                self._stream(upstream, operators, watch)
                self.havoc.settle()
                upstream.finish()
                self._settle(operators, watch)
            upstream.finish()
            self._stop()
        finally:
            for name in list(self.crew.workers):
                self.crew.thaw(name)

    def _stream(self, upstream: Upstream, operators: Operators, watch: Watch) -> None:
        """Until everything is sent and every fault is over."""
        self._began = time.monotonic()
        rate = self.upstream / (self.plan.seconds * STREAMED_SHARE)
        streamed = 0
        while self._at < self.plan.seconds or streamed < self.upstream or not self._is_over:
            due = min(self.upstream, int(self._at * rate) + 1) - streamed
            for letter in islice(self.letters, max(due, 0)):
                upstream.post(letter)
                self._note(letter)
                streamed += 1
            self.havoc.step(self._at)
            for upheaval in self.upheavals:
                upheaval.step(self._at)
            self._step("chaos", operators, watch)

    @property
    def _is_over(self) -> bool:
        return self.havoc.over and all(upheaval.done for upheaval in self.upheavals)

    def _note(self, letter: Letter) -> None:
        self.sent += letter.is_answered
        if letter.rubbish is not None:
            self.rubbish[letter.rubbish] += 1

    def _settle(self, operators: Operators, watch: Watch) -> None:
        """Waits until everybody is there and nothing has moved for a while."""
        began = still_since = time.monotonic()
        told: tuple[int, ...] = ()
        while time.monotonic() - began < SETTLE_SECONDS and time.monotonic() - still_since < STILL_SECONDS:
            self._step("settling", operators, watch)
            progress = watch.progress
            telling = (self.sent, progress.answered, len(progress.documents), watch.heard)
            unfinished = progress.answered < self.sent or progress.settled < len(progress.documents)
            unfinished = unfinished or (self._waits_for_holds and Verdict.HELD in progress.verdicts.values())
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
    def blows(self) -> list[Blow]:
        """What the workers have felt."""
        return [*self.havoc.blows, *(blow for upheaval in self.upheavals for blow in upheaval.blows)]

    @property
    def _waits_for_holds(self) -> bool:
        """Where holds fall due after a minute, the last of them does soon after its request was sent."""
        return Variant.MINUTES in self.plan.variants and self._at < self.plan.seconds + HOLD_SECONDS

    @property
    def ends(self) -> list[Exit]:
        """The workers' ends that the run has not caused, in seconds of the run."""
        return [replace(end, at=end.at - self._began) for end in self.crew.ends]

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
            upstream=self.upstream,
            counts=watch.progress.counts(),
            faults={kind.value: count for kind, count in self.havoc.done.items()},
        )

    def _check_simulators(self) -> None:
        """The providers' truth is in the simulators' memory: without them there is nothing to check against."""
        for process in self.processes.running:
            if process.name.startswith("sandbox") and process.popen.poll() is not None:
                raise ProcessFailedError(f"{process.name} ended:\n{tail(process.log)}")
