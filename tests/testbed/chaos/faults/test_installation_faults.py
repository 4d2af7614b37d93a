"""The store is put back only while no issuer runs, and none of them goes on before its numbers are raised."""

from pathlib import Path
from typing import Any

from app.stream.ownership.exits import ABORTED, NUMBERS_BEHIND
from app.testbed.chaos.faults.installation_faults import (
    BETWEEN_CHANGES_SECONDS,
    MOST_TURNS,
    ConfigurationChanges,
    StoreRestore,
)
from app.testbed.chaos.installation.supervisor import RESTART_SECONDS
from app.testbed.chaos.plan import USUAL_PROVIDERS
from app.testbed.installation.installation import stages_of
from tests.testbed.chaos.faults.test_fault_injector import InjectorUnderTest

ISSUERS = stages_of(USUAL_PROVIDERS)[2:]


class FakeStore:
    url = "memory"

    def __init__(self) -> None:
        self.done: list[str] = []

    def copy(self) -> None:
        self.done.append("copied")

    def put_back(self) -> None:
        self.done.append("put back")


class RestoreUnderTest:
    """A store that is put back in a run of a hundred seconds."""

    def __init__(self) -> None:
        self.injected = InjectorUnderTest()
        self.store = FakeStore()
        self.restore = StoreRestore(
            store=self.store,
            supervisor=self.injected.supervisor,
            processes=self.injected.supervisor.processes,
            seconds=100.0,
            issuers=ISSUERS,
        )

    def at(self, second: float) -> None:
        self.restore.step(second)

    def put_back(self) -> None:
        """Copies, stops the issuers and puts the copy back, by second 56."""
        self.at(20.0)
        self.at(55.1)
        self.injected.supervisor.restart_ended(56.0)
        self.at(56.0)

    def end(self, name: str, code: int) -> None:
        process: Any = next(each for each in self.injected.supervisor.processes.running if each.name == name)
        process.popen.returncode = code

    @property
    def issuers(self) -> int:
        return sum(
            worker.stage in ISSUERS and worker.process is not None
            for worker in self.injected.supervisor.workers.values()
        )


def test_the_issuers_are_stopped_the_store_is_put_back_and_they_start_once_it_is_raised() -> None:
    run = RestoreUnderTest()
    run.at(10.0)
    assert run.store.done == []
    run.at(20.0)
    run.at(54.0)
    assert run.store.done == ["copied"] and run.issuers == 4
    run.at(55.1)
    assert run.store.done == ["copied"], "nothing is put back before the issuers are gone"
    run.injected.supervisor.restart_ended(56.0)
    run.at(56.0)
    assert run.store.done == ["copied", "put back"] and run.issuers == 0
    run.end("probe", NUMBERS_BEHIND)
    run.at(60.0)
    run.injected.supervisor.restart_ended(60.0)
    assert run.issuers == 0 and not run.restore.done
    run.end("rebuild", 0)
    run.at(62.0)
    run.injected.supervisor.restart_ended(62.0 + RESTART_SECONDS)
    assert run.issuers == 4 and run.restore.done and run.restore.complaints == []
    assert [(disturbance.name, disturbance.began, disturbance.ended) for disturbance in run.restore.disturbances] == [
        ("STORE_RESTORED", 55.1, 62.0)
    ]


def test_an_issuer_that_goes_on_with_an_older_store_is_complained_of() -> None:
    run = RestoreUnderTest()
    run.put_back()
    run.at(56.0 + 61.0)
    assert "an issuer went on with an older store" in run.restore.complaints[0]


def test_a_store_whose_numbers_cannot_be_rebuilt_is_complained_of() -> None:
    run = RestoreUnderTest()
    run.put_back()
    run.end("probe", NUMBERS_BEHIND)
    run.at(57.0)
    for turn in range(MOST_TURNS):
        assert run.restore.complaints == []
        run.end("rebuild", 1)
        run.at(58.0 + turn)
    assert "could not be rebuilt" in run.restore.complaints[0]


def test_a_command_that_met_a_broker_on_its_way_is_run_again() -> None:
    run = RestoreUnderTest()
    run.put_back()
    run.end("probe", ABORTED)
    run.at(57.0)
    run.end("probe", NUMBERS_BEHIND)
    run.at(58.0)
    run.end("rebuild", 1)
    run.at(59.0)
    run.end("rebuild", 0)
    run.at(60.0)
    assert run.restore.done and run.restore.complaints == []


def test_one_configuration_is_applied_after_the_other_until_the_run_is_over(tmp_path: Path) -> None:
    processes: Any = InjectorUnderTest().supervisor.processes
    changes = ConfigurationChanges(folder=tmp_path, text="change {}".format, processes=processes, seconds=30.0)
    changes.step(BETWEEN_CHANGES_SECONDS - 1)
    assert changes.done
    changes.step(BETWEEN_CHANGES_SECONDS)
    assert not changes.done and (tmp_path / "change-0.yaml").read_text() == "change 0"
    processes.running[-1].popen.returncode = 0
    changes.step(2 * BETWEEN_CHANGES_SECONDS)
    processes.running[-1].popen.returncode = 1
    changes.step(40.0)
    assert changes.applied == 1 and changes.done and changes.complaints == []


def test_a_configuration_that_cannot_be_applied_is_applied_again_before_it_is_complained_of(tmp_path: Path) -> None:
    processes: Any = InjectorUnderTest().supervisor.processes
    changes = ConfigurationChanges(folder=tmp_path, text="change {}".format, processes=processes, seconds=90.0)
    for turn in (1, 2):
        changes.step(turn * BETWEEN_CHANGES_SECONDS)
        processes.running[-1].popen.returncode = 1
    assert changes.complaints == []
    changes.step(3 * BETWEEN_CHANGES_SECONDS)
    assert changes.applied == 0 and "could not be applied" in changes.complaints[0]
