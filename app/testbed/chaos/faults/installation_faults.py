"""What is done to the installation from outside while it works: its store is put back, its configuration changes."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from app.stream.ownership.exits import ABORTED, NUMBERS_BEHIND
from app.testbed.chaos.check.exits import Disturbance
from app.testbed.chaos.installation import businesses
from app.testbed.chaos.installation.installation import ChaosInstallation
from app.testbed.chaos.installation.stores import StoreOfRun
from app.testbed.chaos.installation.supervisor import Supervisor
from app.testbed.chaos.plan import RunPlan
from app.testbed.chaos.variants import Variant
from app.testbed.installation.installation import command_of
from app.testbed.installation.processes import Process, Processes

PROBED: Final = f"issuer-{businesses.WORKSHOP.provider}"
# The share of the run after which the store is copied, and after which the copy is put back.
COPIED_AT: Final = 0.2
PUT_BACK_AT: Final = 0.55
# An issuer reads its journals before it finds that the store is behind them; the others end their calls.
PATIENCE_SECONDS: Final = 60.0
# The broker may restart under a command: it is run again, as an operator would, and not for ever.
MOST_TURNS: Final = 5
# From one change of the configuration to the next.
BETWEEN_CHANGES_SECONDS: Final = 12.0

# What is done next; None while something is waited for.
Steps = Iterator[None]


class InstallationFault(Protocol):
    """Something that is done to the installation beside the faults, little by little.

    `complaints` are what did not go as it must; `disturbances` are what may end a worker.
    """

    complaints: list[str]
    disturbances: list[Disturbance]

    @property
    def done(self) -> bool:
        """Nothing of it is on its way."""

    def step(self, at: float) -> None:
        """Goes on at this second of the run."""


@dataclass(slots=True, kw_only=True)
class StoreRestore:
    """The store as it was some time ago: the issuers are stopped for it, and none must go on before it is raised.

    `complaints` are what did not go as it must; `disturbances` are what may end a worker.
    """

    store: StoreOfRun
    supervisor: Supervisor
    processes: Processes
    seconds: float
    issuers: tuple[str, ...]
    complaints: list[str] = field(default_factory=list)
    disturbances: list[Disturbance] = field(default_factory=list)
    _ended_at: float | None = None
    _at: float = 0.0
    _steps: Steps | None = None

    @property
    def done(self) -> bool:
        """The issuers go on with the store that was put back."""
        return self._ended_at is not None

    def step(self, at: float) -> None:
        """Goes on as far as it can at this second of the run."""
        self._at = at
        self._steps = self._steps or self._sequence()
        next(self._steps, None)

    def _sequence(self) -> Steps:
        yield from self._until(lambda: self._at >= self.seconds * COPIED_AT)
        self.store.copy()
        yield from self._until(lambda: self._at >= self.seconds * PUT_BACK_AT)
        began = self._at
        self.supervisor.pause(self.issuers)
        yield from self._until(lambda: self.supervisor.is_paused(self.issuers))
        self.store.put_back()
        probe = yield from self._run("probe", command_of(PROBED), again=lambda code: code == ABORTED)
        if probe.popen.poll() != NUMBERS_BEHIND:
            self.complaints.append(f"an issuer went on with an older store: {probe.popen.poll()}, see {probe.log}")
            probe.popen.terminate()
        rebuilt = yield from self._run("rebuild", ["rebuild", "numbers"], again=bool)
        if rebuilt.popen.poll() != 0:
            self.complaints.append(f"the numbers could not be rebuilt: {rebuilt.popen.poll()}, see {rebuilt.log}")
        self.supervisor.resume(self.issuers)
        self._ended_at = self._at
        self.disturbances.append(Disturbance(name="STORE_RESTORED", stage=None, began=began, ended=self._at))

    def _run(self, name: str, arguments: list[str], again: Callable[[int], bool]) -> Generator[None, None, Process]:
        """One command to its end, and again while its exit code says so."""
        for _ in range(MOST_TURNS):
            process = self.processes.start(name, arguments)
            yield from self._ended(process)
            code = process.popen.poll()
            if code is None or not again(code):
                break
        return process

    def _ended(self, process: Process) -> Steps:
        began = self._at
        yield from self._until(
            lambda: process.popen.poll() is not None or self._at - began > PATIENCE_SECONDS,
        )
        self.processes.running.remove(process)

    @staticmethod
    def _until(condition: Callable[[], bool]) -> Steps:
        while not condition():
            yield


@dataclass(slots=True, kw_only=True)
class ConfigurationChanges:
    """One file after the other is applied, each as often as there is time; `text` writes the n-th.

    One that could not be applied, while the store was away, is applied again; that must work then.
    """

    folder: Path
    text: Callable[[int], str]
    processes: Processes
    seconds: float
    complaints: list[str] = field(default_factory=list)
    disturbances: list[Disturbance] = field(default_factory=list)
    applied: int = 0
    _failed: bool = False
    _due: float = BETWEEN_CHANGES_SECONDS
    _running: Process | None = None

    @property
    def done(self) -> bool:
        """Nothing is on its way."""
        return self._running is None

    def step(self, at: float) -> None:
        """Applies what is due at this second of the run."""
        if self._running is not None and (code := self._running.popen.poll()) is not None:
            self.processes.running.remove(self._running)
            if code and self._failed:
                self.complaints.append(f"a configuration could not be applied: {code}, see {self._running.log}")
            self._running, self._failed = None, bool(code)
            self.applied += not code
        if self._running is None and self._due <= at < self.seconds:
            self._due = at + BETWEEN_CHANGES_SECONDS
            file = self.folder / f"change-{self.applied}.yaml"
            file.write_text(self.text(self.applied), encoding="utf-8")
            self._running = self.processes.start("config", ["config", "apply", str(file)])


def installation_faults(chaos: ChaosInstallation, plan: RunPlan, supervisor: Supervisor) -> Iterator[InstallationFault]:
    """What is done to it while it works."""
    running, processes = chaos.running, chaos.running.processes
    if Variant.STORE_RESTORED in plan.variants:
        yield StoreRestore(
            store=chaos.store,
            supervisor=supervisor,
            processes=processes,
            seconds=plan.seconds,
            issuers=tuple(stage for stage in plan.stages if stage.startswith("issuer")),
        )
    if Variant.CONFIG_CHANGED in plan.variants:

        def change(number: int) -> str:
            running.environment.update(businesses.rotated_key(number))  # for each process that is started from now on
            return businesses.configuration(running.simulators, plan.variants, number)

        yield ConfigurationChanges(folder=running.folder, text=change, processes=processes, seconds=plan.seconds)
