"""A schedule is carried out to the letter, and the supervisor starts again who was not meant to leave."""

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
from app.testbed.installation.processes import Process


@dataclass
class FakePopen:
    """A process that remembers its signals and ends when it is told to."""

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


class World:
    def __init__(self, *faults: ScheduledFault) -> None:
        processes: Any = FakeProcesses()
        self.processes = processes
        self.supervisor = Supervisor(processes=processes)
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
    world = World(fault(FaultKind.KILL, "planner-1", at=5.0))
    world.injector.step(4.9)
    assert not world.popen("planner-1").signals and not world.injector.over
    world.injector.step(5.0)
    assert world.popen("planner-1").signals == [SIGKILL] and world.injector.over
    assert world.injector.done == {FaultKind.KILL: 1}


def test_a_frozen_worker_wakes_up_when_its_time_has_come() -> None:
    world = World(fault(FaultKind.FREEZE, "planner-1", seconds=9.0))
    world.injector.step(1.0)
    world.injector.step(9.9)
    assert world.popen("planner-1").signals == [SIGSTOP] and not world.supervisor.complete
    world.injector.step(10.0)
    assert world.popen("planner-1").signals == [SIGSTOP, SIGCONT] and world.supervisor.complete


def test_a_fault_that_finds_nobody_strikes_as_soon_as_somebody_is_there() -> None:
    world = World(fault(FaultKind.KILL, "planner-1"), fault(FaultKind.TERM, "planner-1"))
    world.injector.step(1.0)
    world.supervisor.restart_ended(1.0)
    world.injector.step(1.1)
    assert world.injector.done == {FaultKind.KILL: 1} and not world.injector.over
    world.supervisor.restart_ended(1.0 + RESTART_SECONDS)
    world.injector.step(1.2 + RESTART_SECONDS)
    assert world.injector.done == {FaultKind.KILL: 1, FaultKind.TERM: 1} and world.injector.over
    assert world.popen("planner-1").signals == [SIGTERM]


def test_whoever_ends_is_started_again_and_only_its_own_end_is_counted() -> None:
    world = World()
    world.supervisor.kill("intake-1")
    world.popen("planner-1").returncode = 70
    world.supervisor.restart_ended(10.0)
    assert not world.supervisor.complete
    world.supervisor.restart_ended(10.0 + RESTART_SECONDS)
    assert world.supervisor.complete
    assert world.processes.started[-2:] == ["intake-1", "planner-1"]
    assert world.supervisor.ends == [Exit(worker="planner-1", stage="planner", code=70, at=10.0)]
    assert not world.supervisor.refusals


@pytest.mark.parametrize("code", [71, 72, 73, 74, 75])
def test_an_exit_code_that_asks_for_a_person_is_a_refusal(code: int) -> None:
    world = World()
    world.popen("planner-1").returncode = code
    world.supervisor.restart_ended(10.0)
    assert len(world.supervisor.refusals) == 1 and "planner-1" in world.supervisor.refusals[0]


def test_who_joined_leaves_again_and_is_not_started_again() -> None:
    world = World(fault(FaultKind.JOIN, "intake", seconds=7.0))
    world.injector.step(1.0)
    assert "intake-x1" in world.supervisor.workers
    world.injector.step(8.0)
    world.supervisor.restart_ended(8.0)
    world.supervisor.restart_ended(8.0 + RESTART_SECONDS)
    assert "intake-x1" not in world.supervisor.workers and world.processes.started.count("intake-x1") == 1
    assert world.supervisor.complete


def test_a_provider_misbehaves_for_a_while_and_then_as_the_scene_has_it() -> None:
    world = World(
        fault(FaultKind.TOO_MANY, "nilvera", seconds=3.0), fault(FaultKind.DOWN, "testbook", at=5.0, seconds=3.0)
    )
    world.injector.step(1.0)
    assert world.changes == [("nilvera", {"rates": {"TOO_MANY": 0.9}})]
    world.injector.step(5.0)
    provider, change = world.changes[1]
    assert provider == "nilvera" and change["down"] is False and change["rates"]["LOST_ANSWER"] == 0.03
    assert change["seconds"]["hidden"] == HIDDEN_SECONDS
    assert world.changes[2] == ("testbook", {"down": True})
    world.injector.step(8.0)
    assert world.changes[3][1]["down"] is False and world.injector.over


def test_a_window_waits_for_the_one_before_it_and_for_issuers_that_are_paused() -> None:
    world = World(
        fault(FaultKind.TOO_MANY, "nilvera", seconds=3.0), fault(FaultKind.HIDDEN, "nilvera", at=2.0, seconds=3.0)
    )
    world.supervisor.pause(("issuer-nilvera",))
    world.injector.step(1.0)
    assert world.changes == [] and not world.injector.over
    world.supervisor.resume(("issuer-nilvera",))
    world.injector.step(2.0)
    world.injector.step(4.9)
    assert len(world.changes) == 1
    world.injector.step(5.0)
    assert [change["rates"].get("HIDDEN") for _, change in world.changes] == [None, 0.02, 0.5]


def test_the_broker_is_restarted_and_slowed() -> None:
    world = World(fault(FaultKind.BROKER_RESTART, "broker"), fault(FaultKind.BROKER_SLOW, "broker", seconds=1.5))
    world.injector.step(1.0)
    assert (world.broker.restarts, world.broker.slowed) == (1, [1.5])


def test_what_workers_feel_is_written_down_with_whom_it_touches() -> None:
    world = World(
        fault(FaultKind.KILL, "issuer-nilvera-2"),
        fault(FaultKind.JOIN, "planner", seconds=7.0),
        fault(FaultKind.BROKER_RESTART, "broker"),
        fault(FaultKind.TOO_MANY, "nilvera", seconds=3.0),
    )
    world.injector.step(1.5)
    assert world.injector.disturbances == [
        Disturbance(name="KILL", stage="issuer-nilvera", began=1.5, ended=1.5),
        Disturbance(name="JOIN", stage="planner", began=1.5, ended=8.5),
        Disturbance(name="BROKER_RESTART", stage=None, began=1.5, ended=1.5),
    ]


def test_settling_ends_what_is_open_and_begins_nothing_more() -> None:
    world = World(fault(FaultKind.FREEZE, "planner-1", seconds=9.0), fault(FaultKind.KILL, "planner-2", at=20.0))
    world.injector.step(1.0)
    world.injector.settle()
    assert world.popen("planner-1").signals == [SIGSTOP, SIGCONT]
    assert world.changes == [
        (provider, {"rates": {}, "down": False, "gateway": 0.0}) for provider in ("nilvera", "testbook")
    ]
    world.injector.step(30.0)
    assert not world.popen("planner-2").signals
