"""A schedule is carried out to the letter, and the supervisor starts again what was not to leave."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM
from typing import Any

import pytest

from app.testbed.chaos.check.exits import Disturbance, Exit
from app.testbed.chaos.faults.fault_injector import FaultInjector
from app.testbed.chaos.faults.schedule import FaultKind, ScheduledFault
from app.testbed.chaos.installation.businesses import HIDDEN_SECONDS
from app.testbed.chaos.installation.supervisor import RESTART_SECONDS, Supervisor
from app.testbed.chaos.plan import PROJECTION, USUAL_PROVIDERS
from app.testbed.installation.installation import stages_of
from app.testbed.installation.processes import Process


@dataclass
class FakePopen:
    """A process that remembers its signals and ends on SIGTERM and SIGKILL."""

    returncode: int | None = None
    signals: list[int] = field(default_factory=list)

    def poll(self) -> int | None:
        return self.returncode

    def send_signal(self, number: int) -> None:
        self.signals.append(number)
        if number in {SIGKILL, SIGTERM}:
            self.returncode = -SIGKILL if number == SIGKILL else 0

    def terminate(self) -> None:
        self.send_signal(SIGTERM)


@dataclass
class FakeProcesses:
    running: list[Any] = field(default_factory=list)
    started: list[str] = field(default_factory=list)

    def start(self, name: str, arguments: Sequence[str]) -> Process:
        assert arguments[0] in {"worker", "config", "rebuild"}
        self.started.append(name)
        popen: Any = FakePopen()
        process = Process(name=name, popen=popen, log=Path(f"{name}.log"))
        self.running.append(process)
        return process


@dataclass
class FakeBroker:
    restarts: int = 0
    slowed: list[float] = field(default_factory=list)
    busy: bool = False

    def restart(self) -> None:
        self.restarts += 1

    def slow(self, seconds: float) -> None:
        self.slowed.append(seconds)


class InjectorUnderTest:
    def __init__(self, *faults: ScheduledFault) -> None:
        processes: Any = FakeProcesses()
        self.processes = processes
        self.supervisor = Supervisor(processes=processes, stages=(*stages_of(USUAL_PROVIDERS), PROJECTION))
        self.supervisor.start_all()
        self.broker: Any = FakeBroker()
        self.changes: list[tuple[str, dict[str, Any]]] = []
        self.injector = FaultInjector(faults, self.supervisor, self.broker, lambda *change: self.changes.append(change))

    def popen(self, name: str) -> FakePopen:
        process = self.supervisor.workers[name].process
        assert process is not None
        popen: Any = process.popen
        return popen


def fault(kind: FaultKind, target: str, at: float = 1.0, seconds: float = 0.0) -> ScheduledFault:
    return ScheduledFault(at=at, kind=kind, target=target, seconds=seconds)


def test_nothing_happens_before_its_time() -> None:
    run = InjectorUnderTest(fault(FaultKind.KILL, "planner-1", at=5.0))
    run.injector.step(4.9)
    assert not run.popen("planner-1").signals and not run.injector.over
    run.injector.step(5.0)
    assert run.popen("planner-1").signals == [SIGKILL] and run.injector.over
    assert run.injector.done == {FaultKind.KILL: 1}


def test_a_frozen_worker_wakes_up_when_its_time_has_come() -> None:
    run = InjectorUnderTest(fault(FaultKind.FREEZE, "planner-1", seconds=9.0))
    run.injector.step(1.0)
    run.injector.step(9.9)
    assert run.popen("planner-1").signals == [SIGSTOP] and not run.supervisor.complete
    run.injector.step(10.0)
    assert run.popen("planner-1").signals == [SIGSTOP, SIGCONT] and run.supervisor.complete


def test_the_projection_is_struck_like_a_worker_and_comes_back() -> None:
    run = InjectorUnderTest(
        fault(FaultKind.PROJECTION_FREEZE, "tracking-1", seconds=2.0),
        fault(FaultKind.PROJECTION_KILL, "tracking-1", at=4.0),
    )
    for second in (1.0, 3.0, 4.0):
        run.injector.step(second)
    assert run.popen("tracking-1").signals == [SIGSTOP, SIGCONT, SIGKILL]
    run.supervisor.restart_ended(4.0)
    run.supervisor.restart_ended(4.0 + RESTART_SECONDS)
    assert run.processes.started.count("tracking-1") == 2
    assert [each.stage for each in run.injector.disturbances] == ["tracking", "tracking"]


def test_a_fault_that_finds_no_running_worker_strikes_as_soon_as_there_is_one() -> None:
    run = InjectorUnderTest(fault(FaultKind.KILL, "planner-1"), fault(FaultKind.TERM, "planner-1"))
    run.injector.step(1.0)
    run.supervisor.restart_ended(1.0)
    run.injector.step(1.1)
    assert run.injector.done == {FaultKind.KILL: 1} and not run.injector.over
    run.supervisor.restart_ended(1.0 + RESTART_SECONDS)
    run.injector.step(1.2 + RESTART_SECONDS)
    assert run.injector.done == {FaultKind.KILL: 1, FaultKind.TERM: 1} and run.injector.over
    assert run.popen("planner-1").signals == [SIGTERM]


def test_a_worker_that_ends_is_started_again_and_only_its_own_end_is_counted() -> None:
    run = InjectorUnderTest()
    run.supervisor.kill("intake-1")
    run.popen("planner-1").returncode = 70
    run.supervisor.restart_ended(10.0)
    assert not run.supervisor.complete
    run.supervisor.restart_ended(10.0 + RESTART_SECONDS)
    assert run.supervisor.complete
    assert run.processes.started[-2:] == ["intake-1", "planner-1"]
    assert run.supervisor.ends == [Exit(worker="planner-1", stage="planner", code=70, at=10.0)]
    assert not run.supervisor.refusals


@pytest.mark.parametrize("code", [71, 72, 73, 74, 75])
def test_an_exit_code_that_asks_for_a_person_is_a_refusal(code: int) -> None:
    run = InjectorUnderTest()
    run.popen("planner-1").returncode = code
    run.supervisor.restart_ended(10.0)
    assert len(run.supervisor.refusals) == 1 and "planner-1" in run.supervisor.refusals[0]


def test_a_worker_that_joined_leaves_again_and_is_not_started_again() -> None:
    run = InjectorUnderTest(fault(FaultKind.JOIN, "intake", seconds=7.0))
    run.injector.step(1.0)
    assert "intake-x1" in run.supervisor.workers
    run.injector.step(8.0)
    run.supervisor.restart_ended(8.0)
    run.supervisor.restart_ended(8.0 + RESTART_SECONDS)
    assert "intake-x1" not in run.supervisor.workers and run.processes.started.count("intake-x1") == 1
    assert run.supervisor.complete


def test_a_provider_misbehaves_for_a_while_and_then_as_usual() -> None:
    run = InjectorUnderTest(
        fault(FaultKind.TOO_MANY, "nilvera", seconds=3.0), fault(FaultKind.DOWN, "testbook", at=5.0, seconds=3.0)
    )
    run.injector.step(1.0)
    assert run.changes == [("nilvera", {"rates": {"TOO_MANY": 0.9}})]
    run.injector.step(5.0)
    provider, change = run.changes[1]
    assert provider == "nilvera" and change["down"] is False and change["rates"]["LOST_ANSWER"] == 0.03
    assert change["seconds"]["hidden"] == HIDDEN_SECONDS
    assert run.changes[2] == ("testbook", {"down": True})
    run.injector.step(8.0)
    assert run.changes[3][1]["down"] is False and run.injector.over


def test_a_window_waits_for_the_one_before_it_and_for_issuers_that_are_paused() -> None:
    run = InjectorUnderTest(
        fault(FaultKind.TOO_MANY, "nilvera", seconds=3.0), fault(FaultKind.HIDDEN, "nilvera", at=2.0, seconds=3.0)
    )
    run.supervisor.pause(("issuer-nilvera",))
    run.injector.step(1.0)
    assert run.changes == [] and not run.injector.over
    run.supervisor.resume(("issuer-nilvera",))
    run.injector.step(2.0)
    run.injector.step(4.9)
    assert len(run.changes) == 1
    run.injector.step(5.0)
    assert [change["rates"].get("HIDDEN") for _, change in run.changes] == [None, 0.02, 0.5]


def test_the_broker_is_restarted_and_slowed() -> None:
    run = InjectorUnderTest(
        fault(FaultKind.BROKER_RESTART, "broker"), fault(FaultKind.BROKER_SLOW, "broker", seconds=1.5)
    )
    run.injector.step(1.0)
    assert (run.broker.restarts, run.broker.slowed) == (1, [1.5])


def test_a_disturbance_is_noted_with_the_stage_that_it_touches() -> None:
    run = InjectorUnderTest(
        fault(FaultKind.KILL, "issuer-nilvera-2"),
        fault(FaultKind.JOIN, "planner", seconds=7.0),
        fault(FaultKind.BROKER_RESTART, "broker"),
        fault(FaultKind.TOO_MANY, "nilvera", seconds=3.0),
    )
    run.injector.step(1.5)
    assert run.injector.disturbances == [
        Disturbance(name="KILL", stage="issuer-nilvera", began=1.5, ended=1.5),
        Disturbance(name="JOIN", stage="planner", began=1.5, ended=8.5),
        Disturbance(name="BROKER_RESTART", stage=None, began=1.5, ended=1.5),
    ]


def test_the_end_of_all_faults_ends_what_is_open_and_begins_nothing_more() -> None:
    run = InjectorUnderTest(
        fault(FaultKind.FREEZE, "planner-1", seconds=9.0), fault(FaultKind.KILL, "planner-2", at=20.0)
    )
    run.injector.step(1.0)
    run.injector.end_all()
    assert run.popen("planner-1").signals == [SIGSTOP, SIGCONT]
    assert run.changes == [
        (provider, {"rates": {}, "down": False, "gateway": 0.0}) for provider in ("nilvera", "testbook")
    ]
    run.injector.step(30.0)
    assert not run.popen("planner-2").signals
