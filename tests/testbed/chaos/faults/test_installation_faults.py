"""The store is put back only while no issuer runs, and none of them goes on before its numbers are raised."""

from pathlib import Path
from typing import Any

from app.stream.ownership.exits import ABORTED, NUMBERS_BEHIND
from app.testbed.chaos.faults.installation_faults import (
    BETWEEN_CHANGES_SECONDS,
    ISSUERS,
    MOST_TURNS,
    ConfigurationChanges,
    StoreRestore,
)
from app.testbed.chaos.installation.supervisor import RESTART_SECONDS
from tests.testbed.chaos.faults.test_fault_injector import World


class FakeStore:
    url = "memory"

    def __init__(self) -> None:
        self.done: list[str] = []

    def copy(self) -> None:
        self.done.append("copied")

    def put_back(self) -> None:
        self.done.append("put back")


class Office:
    """A store that is put back in a run of a hundred seconds."""

    def __init__(self) -> None:
        self.world = World()
        self.store = FakeStore()
        self.story = StoreRestore(
            store=self.store, supervisor=self.world.supervisor, processes=self.world.supervisor.processes, seconds=100.0
        )

    def at(self, second: float) -> None:
        self.story.step(second)

    def end(self, name: str, code: int) -> None:
        process: Any = next(each for each in self.world.supervisor.processes.running if each.name == name)
        process.popen.returncode = code

    @property
    def issuers(self) -> int:
        return sum(
            worker.stage in ISSUERS and worker.process is not None for worker in self.world.supervisor.workers.values()
        )


def test_the_issuers_are_stopped_the_store_is_put_back_and_they_start_once_it_is_raised() -> None:
    office = Office()
    office.at(10.0)
    assert office.store.done == []
    office.at(20.0)
    office.at(54.0)
    assert office.store.done == ["copied"] and office.issuers == 4
    office.at(55.1)
    assert office.store.done == ["copied"], "nothing is put back before the issuers are gone"
    office.world.supervisor.restart_ended(56.0)
    office.at(56.0)
    assert office.store.done == ["copied", "put back"] and office.issuers == 0
    office.end("probe", NUMBERS_BEHIND)
    office.at(60.0)
    office.world.supervisor.restart_ended(60.0)
    assert office.issuers == 0 and not office.story.done
    office.end("rebuild", 0)
    office.at(62.0)
    office.world.supervisor.restart_ended(62.0 + RESTART_SECONDS)
    assert office.issuers == 4 and office.story.done and office.story.complaints == []
    assert [(disturbance.name, disturbance.began, disturbance.ended) for disturbance in office.story.disturbances] == [
        ("STORE_RESTORED", 55.1, 62.0)
    ]


def test_an_issuer_that_goes_on_with_an_older_store_is_complained_of() -> None:
    office = Office()
    office.at(20.0)
    office.at(55.1)
    office.world.supervisor.restart_ended(56.0)
    office.at(56.0)
    office.at(56.0 + 61.0)
    assert "an issuer went on with an older store" in office.story.complaints[0]


def test_a_store_whose_numbers_cannot_be_rebuilt_is_complained_of() -> None:
    office = Office()
    office.at(20.0)
    office.at(55.1)
    office.world.supervisor.restart_ended(56.0)
    office.at(56.0)
    office.end("probe", NUMBERS_BEHIND)
    office.at(57.0)
    for turn in range(MOST_TURNS):
        assert office.story.complaints == []
        office.end("rebuild", 1)
        office.at(58.0 + turn)
    assert "could not be rebuilt" in office.story.complaints[0]


def test_a_command_that_met_a_broker_on_its_way_is_run_again() -> None:
    office = Office()
    office.at(20.0)
    office.at(55.1)
    office.world.supervisor.restart_ended(56.0)
    office.at(56.0)
    office.end("probe", ABORTED)
    office.at(57.0)
    office.end("probe", NUMBERS_BEHIND)
    office.at(58.0)
    office.end("rebuild", 1)
    office.at(59.0)
    office.end("rebuild", 0)
    office.at(60.0)
    assert office.story.done and office.story.complaints == []


def test_one_configuration_is_applied_after_the_other_until_the_run_is_over(tmp_path: Path) -> None:
    processes: Any = World().supervisor.processes
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
    processes: Any = World().supervisor.processes
    changes = ConfigurationChanges(folder=tmp_path, text="change {}".format, processes=processes, seconds=90.0)
    for turn in (1, 2):
        changes.step(turn * BETWEEN_CHANGES_SECONDS)
        processes.running[-1].popen.returncode = 1
    assert changes.complaints == []
    changes.step(3 * BETWEEN_CHANGES_SECONDS)
    assert changes.applied == 0 and "could not be applied" in changes.complaints[0]
