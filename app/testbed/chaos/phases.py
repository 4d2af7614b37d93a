"""The phases of a run: orders stream, faults strike, people act; then everything comes to rest and stops."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from app.domain.orders import OrderEvent
from app.domain.outcomes import Verdict
from app.operations.supervision.launching import tail
from app.stream.topics import identities
from app.testbed.chaos.check.bad_input import BadInput
from app.testbed.chaos.check.exits import Disturbance, Exit
from app.testbed.chaos.faults.fault_injector import FaultInjector
from app.testbed.chaos.faults.installation_faults import InstallationFault
from app.testbed.chaos.installation import businesses
from app.testbed.chaos.installation.consumer_groups import ConsumerGroups
from app.testbed.chaos.installation.supervisor import Supervisor
from app.testbed.chaos.load.operators import Operators
from app.testbed.chaos.load.reviews import ProviderPages
from app.testbed.chaos.load.upstream import Upstream, UpstreamRecord
from app.testbed.chaos.plan import RunPlan
from app.testbed.chaos.variants import Variant
from app.testbed.installation.installation import Installation
from app.testbed.installation.processes import ProcessFailedError
from app.testbed.installation.watch import Watch

# Upstream is done before the faults are: the last of them meet work that no longer grows.
STREAMED_SHARE: Final = 0.85
STEP_SECONDS: Final = 0.1
# Counting all outcomes and statuses takes longer the longer a run lasts.
DISPLAY_SECONDS: Final = 1.0
# Nothing may move any more so long after the last fault, or the check finds what is unfinished. A watchdog waits for
# a rebalance that hangs, and what has piled up behind it takes its time then.
QUIET_WITHIN_SECONDS: Final = 300.0
# Longer than any timer of the connections: a worker that is still busy writes something within it.
STILL_SECONDS: Final = 8.0
# A portal's list of drafts is a minute old at the most: what a person has signed is in the next one.
LISTED_SECONDS: Final = 65.0
# A hold of a minute, what it waits beyond that, and the planner's clock.
HOLD_SECONDS: Final = 90.0
# The planner reads what the others wrote last, and commits it.
DRAIN_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosProgress:
    """How far the run is, for the display. `sent` counts what must be answered, `upstream` what upstream will send."""

    phase: str
    at: float
    sent: int
    upstream: int
    counts: dict[str, dict[str, int]]
    faults: dict[str, int]


Show = Callable[[ChaosProgress], None]


@dataclass(slots=True, kw_only=True)
class Phases:
    """A run while it runs. `upstream`: how many `upstream_records` there are; `bad_input`: how many were unusable."""

    installation: Installation
    supervisor: Supervisor
    injector: FaultInjector
    upstream_records: Iterator[UpstreamRecord]
    upstream: int
    pages: ProviderPages
    plan: RunPlan
    show: Show
    installation_faults: Sequence[InstallationFault] = ()
    sent: int = 0
    bad_input: Counter[BadInput] = field(default_factory=Counter)
    quiet_after: float = 0.0
    unread: int = 0
    _began: float = field(default_factory=time.monotonic)
    _shown: float = 0.0

    def perform(self) -> None:
        """Streams under faults, waits for quiet, and stops the workers, the planner last."""
        installation = self.installation
        upstream = Upstream(installation.bootstrap, installation.topics.orders, installation.codec.write)

        def submit(event: OrderEvent) -> None:
            upstream.send_event(event)
            self.sent += 1

        operators = Operators(
            seed=self.plan.seed,
            send=submit,
            pages=self.pages,
            reviews=businesses.decided_by_persons(self.plan.variants),
            silent=businesses.silent(self.plan.variants),
            records=businesses.made_from_records(self.plan.variants),
            moves={**businesses.MOVES, **businesses.MOVES_WITHIN},
        )
        try:
            with Watch(
                installation.bootstrap, installation.topics, installation.codec, on_status=operators.note_status
            ) as watch:
                self._stream(upstream, operators, watch)
                self.injector.end_all()
                upstream.finish()
                self._wait_for_quiet(operators, watch)
            upstream.finish()
            self._stop()
        finally:
            for name in list(self.supervisor.workers):
                self.supervisor.thaw(name)

    def _stream(self, upstream: Upstream, operators: Operators, watch: Watch) -> None:
        """Until everything is sent and every fault is over."""
        self._began = time.monotonic()
        rate = self.upstream / (self.plan.seconds * STREAMED_SHARE)
        streamed = 0
        while self._at < self.plan.seconds or streamed < self.upstream or not self._is_over:
            due = min(self.upstream, int(self._at * rate) + 1) - streamed
            for record in islice(self.upstream_records, max(due, 0)):
                upstream.send_record(record)
                self._note(record)
                streamed += 1
            self.injector.step(self._at)
            for fault in self.installation_faults:
                fault.step(self._at)
            self._step("chaos", operators, watch)

    @property
    def _is_over(self) -> bool:
        return self.injector.over and all(fault.done for fault in self.installation_faults)

    def _note(self, record: UpstreamRecord) -> None:
        self.sent += record.is_answered
        if record.bad_input is not None:
            self.bad_input[record.bad_input] += 1

    def _wait_for_quiet(self, operators: Operators, watch: Watch) -> None:
        """Waits until every worker runs and nothing has moved for a while."""
        began = still_since = time.monotonic()
        seen: tuple[int, ...] = ()
        while time.monotonic() - began < QUIET_WITHIN_SECONDS and time.monotonic() - still_since < self._still_seconds:
            self._step("finishing", operators, watch)
            progress = watch.progress
            written = (self.sent, progress.answered, len(progress.documents), watch.records_read)
            unfinished = progress.answered < self.sent or progress.finished < len(progress.documents)
            unfinished = unfinished or (self._waits_for_holds and Verdict.HELD in progress.verdicts.values())
            if unfinished or written != seen or not self.supervisor.complete or not operators.idle:
                still_since, seen = time.monotonic(), written
        self.quiet_after = round(still_since - began, 1)

    def _stop(self) -> None:
        """The writers of the order log first; the planner once it has read all of it."""
        self.supervisor.stop(tuple(stage for stage in self.plan.stages if stage != "planner"))
        planner = identities.app("planner", self.installation.topics.prefix)
        end = time.monotonic() + DRAIN_SECONDS
        groups = ConsumerGroups(self.installation.bootstrap)
        while (unread := groups.unread(planner.app_id, planner.source)) and time.monotonic() < end:
            self.supervisor.restart_ended(time.monotonic())
            time.sleep(STEP_SECONDS)
        self.unread = unread
        self.supervisor.stop(("planner",))

    @property
    def disturbances(self) -> list[Disturbance]:
        """Every disturbance that was really done."""
        return [
            *self.injector.disturbances,
            *(disturbance for fault in self.installation_faults for disturbance in fault.disturbances),
        ]

    @property
    def _still_seconds(self) -> float:
        """How long nothing has moved when nothing more is to come."""
        return STILL_SECONDS + (LISTED_SECONDS if Variant.PROVIDERS in self.plan.variants else 0)

    @property
    def _waits_for_holds(self) -> bool:
        """Where holds fall due after a minute, the last of them does soon after its request was sent."""
        return Variant.MINUTES in self.plan.variants and self._at < self.plan.seconds + HOLD_SECONDS

    @property
    def ends(self) -> list[Exit]:
        """The workers' ends that the run has not caused, in seconds of the run."""
        return [replace(end, at=end.at - self._began) for end in self.supervisor.ends]

    @property
    def _at(self) -> float:
        """Seconds of the run."""
        return time.monotonic() - self._began

    def _step(self, phase: str, operators: Operators, watch: Watch) -> None:
        self.supervisor.restart_ended(time.monotonic())
        self._check_simulators()
        operators.act()
        if watch.failure is not None:
            raise watch.failure
        if time.monotonic() - self._shown >= DISPLAY_SECONDS:
            self._shown = time.monotonic()
            self.show(self._progress(phase, watch))
        time.sleep(STEP_SECONDS)

    def _progress(self, phase: str, watch: Watch) -> ChaosProgress:
        return ChaosProgress(
            phase=phase,
            at=self._at,
            sent=self.sent,
            upstream=self.upstream,
            counts=watch.progress.counts(),
            faults={kind.value: count for kind, count in self.injector.done.items()},
        )

    def _check_simulators(self) -> None:
        """What the providers made is in the simulators' memory: without them there is nothing to check against."""
        for process in self.installation.processes.running:
            if process.name.startswith("sandbox") and process.popen.poll() is not None:
                raise ProcessFailedError(f"{process.name} ended:\n{tail(process.log)}")
