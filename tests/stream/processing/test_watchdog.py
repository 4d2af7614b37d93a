from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.stream.faust_patches.progress import FetchState
from app.stream.ownership.lease import Lease
from app.stream.processing.watchdog import Firings, Watchdog
from app.stream.settings import StreamSettings
from tests.stream.fakes import Aborted, Clock, abort

LONG = 61.0  # above `stuck_after`
VERY_LONG = 121.0  # above `rebalance_timeout` and `stuck_after` together


@dataclass
class Worker:
    owns_its_partitions: bool = True
    is_stopping: bool = False
    oldest: list[float] = field(default_factory=list)
    fetches: list[FetchState] = field(default_factory=list)
    recovery: tuple[Any, ...] = (1, 1)
    waited: float = 0.0

    def waited_at(self) -> float:
        return self.waited

    def oldest_records(self) -> Iterable[float]:
        return self.oldest

    def fetch_states(self) -> Iterable[FetchState]:
        return self.fetches

    def recovery_state(self) -> tuple[Any, ...]:
        return self.recovery


@dataclass
class Kennel:
    """A watchdog, what it watches, and a clock that only the test moves."""

    worker: Worker
    clock: Clock
    lease: Lease
    dog: Watchdog
    firings: Path

    def after(self, seconds: float) -> None:
        self.clock.now += seconds
        self.lease.renew(self.clock.now)
        self.dog.look()


@pytest.fixture
def kennel(tmp_path: Path) -> Kennel:
    clock, worker = Clock(), Worker()
    settings = StreamSettings(bootstrap="-", app_id="orders", data_dir=tmp_path)
    lease = Lease(settings.session_timeout, clock=clock, abort=abort)
    path = tmp_path / "firings.json"
    dog = Watchdog(worker, lease, settings, Firings(path, now=clock), abort=abort)
    return Kennel(worker, clock, lease, dog, path)


def fetch(position: int, readable: int, *, partition: int = 0) -> FetchState:
    return FetchState(partition=("log", partition), position=position, readable=readable)


def test_nothing_happens_while_all_is_well(kennel: Kennel) -> None:
    kennel.worker.fetches = [fetch(5, 5)]
    for _ in range(5):
        kennel.after(LONG)


def test_an_overdue_lease_leaves_at_once_and_does_not_count(kennel: Kennel) -> None:
    kennel.clock.now += 11
    with pytest.raises(Aborted, match="lease"):
        kennel.dog.look()
    assert not kennel.firings.exists()


def test_a_lease_does_not_matter_while_nothing_is_ours(kennel: Kennel) -> None:
    kennel.worker.owns_its_partitions = False
    kennel.clock.now += 11
    kennel.dog.look()


def test_a_record_that_nobody_acknowledges_fires(kennel: Kennel) -> None:
    kennel.worker.oldest = [kennel.clock.now]
    kennel.after(59)
    with pytest.raises(Aborted, match="a record is not acknowledged"):
        kennel.after(2)


def test_a_batch_that_waits_for_others_is_not_stuck_however_long_and_counts_anew_afterwards(kennel: Kennel) -> None:
    # A registry or a database that is away: starting again does not bring it back.
    kennel.worker.oldest, kennel.worker.fetches = [kennel.clock.now], [fetch(5, 9)]
    for _ in range(10):
        kennel.worker.waited = kennel.clock.now
        kennel.after(59)
    with pytest.raises(Aborted, match="a record is not acknowledged"):
        kennel.after(2)


def test_a_fetch_position_that_stands_below_the_end_fires(kennel: Kennel) -> None:
    kennel.worker.fetches = [fetch(5, 9)]
    kennel.after(0)
    kennel.worker.fetches = [fetch(6, 9)]
    kennel.after(LONG)  # it has moved
    with pytest.raises(Aborted, match="is at 6 of 9"):
        kennel.after(LONG)


def test_a_position_that_reached_the_end_starts_to_count_only_with_the_next_record(kennel: Kennel) -> None:
    kennel.worker.fetches = [fetch(9, 9)]
    kennel.after(0)
    kennel.after(LONG)
    kennel.worker.fetches = [fetch(9, 10)]
    kennel.after(LONG)
    with pytest.raises(Aborted, match="is at 9 of 10"):
        kennel.after(LONG)


def test_a_partition_that_waits_for_its_turn_behind_others_is_late_and_not_stuck(kennel: Kennel) -> None:
    for read in range(10):
        kennel.worker.fetches = [fetch(0, 9), fetch(read, 99, partition=1)]
        kennel.after(LONG)
    kennel.worker.fetches = [fetch(0, 9), fetch(10, 99, partition=1)]
    with pytest.raises(Aborted, match="is at 0 of 9"):
        kennel.after(LONG)


def test_a_new_epoch_starts_to_count_its_fetches_anew(kennel: Kennel) -> None:
    kennel.worker.fetches = [fetch(5, 9)]
    kennel.after(0)
    kennel.worker.owns_its_partitions = False
    kennel.after(LONG)
    kennel.worker.owns_its_partitions = True
    kennel.after(LONG)


def test_a_recovery_may_last_while_it_moves(kennel: Kennel) -> None:
    kennel.worker.owns_its_partitions = False
    for read in range(5):
        kennel.worker.recovery = (1, 1, read)
        kennel.after(VERY_LONG)
    with pytest.raises(Aborted, match="rebalance or recovery without progress"):
        kennel.after(VERY_LONG)


def test_a_new_rebalance_starts_to_count_anew(kennel: Kennel) -> None:
    kennel.worker.owns_its_partitions = False
    kennel.after(0)
    kennel.worker.owns_its_partitions = True
    kennel.after(VERY_LONG)
    kennel.worker.owns_its_partitions = False
    kennel.after(VERY_LONG)


def test_a_stop_that_does_not_end_leaves_before_it_is_killed_and_does_not_count(kennel: Kennel) -> None:
    kennel.worker.is_stopping, kennel.worker.owns_its_partitions = True, False
    kennel.after(0)
    kennel.after(85)  # of the ninety that an orchestrator waits
    with pytest.raises(Aborted, match="stop"):
        kennel.after(1)
    assert not kennel.firings.exists()


def test_a_stop_is_looked_at_even_where_the_watchdog_has_given_up(kennel: Kennel) -> None:
    kennel.dog.gave_up, kennel.worker.is_stopping = True, True
    kennel.after(0)
    with pytest.raises(Aborted, match="stop"):
        kennel.after(86)


def test_a_record_that_is_finished_during_a_stop_is_not_stuck(kennel: Kennel) -> None:
    kennel.worker.oldest, kennel.worker.is_stopping = [kennel.clock.now], True
    kennel.after(0)
    kennel.after(LONG)


def test_the_third_firing_in_ten_minutes_stays_up_unready_and_says_so(kennel: Kennel) -> None:
    kennel.worker.oldest = [kennel.clock.now]
    for _ in range(2):
        with pytest.raises(Aborted, match="watchdog"):
            kennel.after(LONG)
    kennel.after(LONG)
    assert kennel.dog.gave_up
    kennel.after(LONG)


def test_firings_of_long_ago_are_forgotten(tmp_path: Path) -> None:
    clock = Clock()
    firings = Firings(tmp_path / "firings.json", now=clock)
    assert firings.add() == 1
    assert Firings(tmp_path / "firings.json", now=clock).add() == 2
    clock.now += 601
    assert firings.add() == 1


@pytest.mark.parametrize("content", ["", "{", "null", '["x"]'])
def test_a_damaged_file_of_firings_remembers_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "firings.json"
    path.write_text(content)
    assert Firings(path, now=Clock()).add() == 1
