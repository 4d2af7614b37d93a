"""The workers and their supervisor: one that ends is started again, unless it was to leave."""

import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.testbed.chaos.check.exits import HELPLESS, Exit
from app.testbed.chaos.installation.consumer_groups import ConsumerGroups
from app.testbed.chaos.plan import workers_of
from app.testbed.installation.installation import command_of
from app.testbed.installation.processes import Process, Processes

# What a supervisor waits before it starts a process again.
RESTART_SECONDS: Final = 1.0
# Eight interpreters start on two cores, and each group comes together once or twice.
READY_SECONDS: Final = 90.0
LOOK_SECONDS: Final = 0.5


@dataclass(slots=True, kw_only=True)
class SupervisedWorker:
    """One worker: its process, or since when it has none."""

    name: str
    stage: str
    process: Process | None = None
    ended_at: float = 0.0
    frozen: bool = False
    leaving: bool = False
    struck: bool = False


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """All workers. `ends` are those that the run has not caused, at the times of `restart_ended`."""

    processes: Processes
    stages: tuple[str, ...]
    workers: dict[str, SupervisedWorker] = field(default_factory=dict)
    ends: list[Exit] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    joined: int = 0
    _paused: set[str] = field(default_factory=set)

    def start_all(self) -> None:
        """Starts the workers of every stage."""
        for stage in self.stages:
            for name in workers_of(stage):
                self._add(name, stage)

    def restart_ended(self, now: float) -> None:
        """Starts again the workers that have ended; forgets those that were to leave."""
        for worker in list(self.workers.values()):
            if worker.process is not None and worker.process.popen.poll() is not None:
                self._record_end(worker, worker.process, now)
            if worker.process is None and worker.leaving:
                del self.workers[worker.name]
            elif worker.process is None and self._may_start(worker, now):
                worker.process = self.processes.start(worker.name, command_of(worker.stage))

    def _may_start(self, worker: SupervisedWorker, now: float) -> bool:
        return worker.stage not in self._paused and now - worker.ended_at >= RESTART_SECONDS

    @property
    def complete(self) -> bool:
        """Every worker runs and none is frozen."""
        return all(worker.process is not None and not worker.frozen for worker in self.workers.values())

    def wait_for_groups(self, groups: ConsumerGroups, members: Mapping[str, int]) -> None:
        """Waits until each group has so many workers, or READY_SECONDS have passed: then nothing helps."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end and not groups.are_stable(members):
            self.restart_ended(time.monotonic())
            time.sleep(LOOK_SECONDS)

    # --- what may strike a worker: each returns whether one was running ---------------------------------------------

    def kill(self, name: str) -> bool:
        """SIGKILL."""
        return self._strike(name, signal.SIGKILL)

    def terminate(self, name: str) -> bool:
        """SIGTERM: it drains, and is started again."""
        return self._strike(name, signal.SIGTERM)

    def freeze(self, name: str) -> bool:
        """SIGSTOP, until `thaw`."""
        worker = self.workers[name]
        stopped = self._signal(worker, signal.SIGSTOP)
        worker.frozen = worker.frozen or stopped
        return stopped

    def thaw(self, name: str) -> None:
        """SIGCONT: one that slept past its session finds that out now."""
        worker = self.workers[name]
        if worker.process is not None and worker.frozen:
            worker.process.popen.send_signal(signal.SIGCONT)
        worker.frozen = False

    def join(self, stage: str) -> str:
        """One worker more; returns its name."""
        self.joined += 1
        name = f"{stage}-x{self.joined}"
        self._add(name, stage)
        return name

    def leave(self, name: str) -> None:
        """SIGTERM to a worker that joined; it is not started again."""
        worker = self.workers[name]
        worker.leaving = worker.struck = True
        if worker.process is not None:
            worker.process.popen.terminate()

    def pause(self, stages: tuple[str, ...]) -> None:
        """SIGTERM to every worker of these stages; none of them is started until `resume`."""
        self._paused.update(stages)
        for worker in self.workers.values():
            if worker.stage in stages and worker.process is not None:
                self.thaw(worker.name)
                worker.struck = True
                worker.process.popen.terminate()

    @property
    def is_pausing(self) -> bool:
        """Some stage is not to run now."""
        return bool(self._paused)

    def is_paused(self, stages: tuple[str, ...]) -> bool:
        """No worker of these stages runs any more."""
        return all(worker.process is None for worker in self.workers.values() if worker.stage in stages)

    def resume(self, stages: tuple[str, ...]) -> None:
        """They are started again."""
        self._paused.difference_update(stages)

    # --- the end ----------------------------------------------------------------------------------------------------

    def stop(self, stages: tuple[str, ...]) -> Mapping[str, int]:
        """SIGTERM to every worker of these stages, waited for; returns their exit codes."""
        ending = [worker for worker in self.workers.values() if worker.stage in stages]
        for worker in ending:
            self.thaw(worker.name)
        codes = self.processes.stop(tuple(f"{stage}-" for stage in stages))
        for worker in ending:
            del self.workers[worker.name]
        return codes

    def _add(self, name: str, stage: str) -> None:
        process = None if stage in self._paused else self.processes.start(name, command_of(stage))
        self.workers[name] = SupervisedWorker(name=name, stage=stage, process=process)

    def _strike(self, name: str, number: signal.Signals) -> bool:
        worker = self.workers[name]
        struck = self._signal(worker, number)
        worker.struck = worker.struck or struck
        return struck

    def _signal(self, worker: SupervisedWorker, number: signal.Signals) -> bool:
        """Whether the worker was running, so that the signal had an effect."""
        if worker.process is None or worker.frozen or worker.process.popen.poll() is not None:
            return False
        worker.process.popen.send_signal(number)
        return True

    def _record_end(self, worker: SupervisedWorker, process: Process, now: float) -> None:
        code = process.popen.returncode
        self.processes.running.remove(process)
        if not worker.struck:
            self.ends.append(Exit(worker=worker.name, stage=worker.stage, code=code, at=now))
        if code in HELPLESS:
            self.refusals.append(f"{worker.name} ended with {code}, which no start again helps: see {process.log}")
        worker.process, worker.ended_at = None, now
        worker.struck = worker.frozen = False
