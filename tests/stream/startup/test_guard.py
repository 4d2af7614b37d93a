from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pytest

from app.stream.errors import StartRefusedError
from app.stream.ownership.commit_metadata import Place
from app.stream.ownership.exits import (
    CHANGELOG_EMPTY,
    GROUP_WITHOUT_OFFSETS,
    LOG_CHANGED,
    LOG_START_PASSED,
    TOPIC_MISSING,
)
from app.stream.startup.guard import WorkerTopics, admit

WORKER = WorkerTopics(app_id="planner", topics=("log",), changelogs={"changelog": 2})
SOURCES = [("log", 0), ("log", 1)]
CHANGELOGS = [("changelog", 0), ("changelog", 1)]


@dataclass
class Group:
    """A broker's books: how many records each changelog holds, what the group has committed."""

    starts: dict[Place, int] = field(default_factory=lambda: dict.fromkeys(SOURCES, 0))
    ends: dict[Place, int] = field(default_factory=lambda: dict.fromkeys(SOURCES, 100))
    offsets: dict[Place, int] = field(default_factory=dict)
    records: dict[Place, int] = field(default_factory=lambda: dict.fromkeys(CHANGELOGS, 0))
    founded: set[Place] = field(default_factory=set)
    has_members: bool = False

    def partitions(self, topic: str) -> int:
        return sum(1 for name, _ in (*self.starts, *self.records) if name == topic)

    def log_starts(self, places: Collection[Place]) -> dict[Place, int]:
        return {place: self.starts[place] for place in places}

    def log_ends(self, places: Collection[Place]) -> dict[Place, int]:
        return {place: self.ends[place] for place in places}

    def committed(self, places: Collection[Place]) -> dict[Place, int]:
        return {place: self.offsets[place] for place in places if place in self.offsets}

    def empty(self, places: Collection[Place]) -> set[Place]:
        return {place for place in places if not self.records[place] and place not in self.founded}

    def filled(self, places: Collection[Place]) -> bool:
        return any(self.records[place] for place in places)

    def write_founding_records(self, changelogs: Collection[Place]) -> None:
        self.founded |= set(changelogs)

    def commit(self, offsets: dict[Place, int]) -> bool:
        if not self.has_members:
            self.offsets |= offsets
        return not self.has_members


def refusal(state: Group, claims: WorkerTopics = WORKER) -> int:
    with pytest.raises(StartRefusedError) as refused:
        admit(claims, state)
    return refused.value.code


def test_a_new_group_is_founded_and_may_start_again() -> None:
    state = Group(starts={("log", 0): 0, ("log", 1): 7})
    admit(WORKER, state)
    assert state.founded == set(CHANGELOGS)
    assert state.offsets == {("log", 0): 0, ("log", 1): 7}
    admit(WORKER, state)


def test_a_crash_in_the_middle_of_the_founding_is_no_contradiction() -> None:
    state = Group(founded=set(CHANGELOGS))
    admit(WORKER, state)
    assert state.offsets == dict.fromkeys(SOURCES, 0)


def test_a_group_that_never_wrote_to_a_changelog_may_start_again() -> None:
    admit(WORKER, Group(offsets=dict.fromkeys(SOURCES, 100), founded=set(CHANGELOGS)))


def test_filled_changelogs_without_offsets_are_refused() -> None:
    state = Group(records=dict.fromkeys(CHANGELOGS, 5), founded=set(CHANGELOGS))
    assert refusal(state) == GROUP_WITHOUT_OFFSETS
    admit(WORKER, state, allow_fresh_group=True)
    assert state.offsets == dict.fromkeys(SOURCES, 0)


def test_one_empty_changelog_partition_beside_offsets_is_refused() -> None:
    state = Group(offsets=dict.fromkeys(SOURCES, 100), founded={("changelog", 0)})
    assert refusal(state) == CHANGELOG_EMPTY
    admit(WORKER, state, allow_fresh_group=True)
    assert state.founded == set(CHANGELOGS)
    # What was read into the changelog that is gone is read again; the other partition goes on where it stood.
    assert state.offsets == {("log", 0): 100, ("log", 1): 0}


def test_a_lost_changelog_is_not_founded_while_others_still_read_on() -> None:
    state = Group(offsets=dict.fromkeys(SOURCES, 100), founded={("changelog", 0)}, has_members=True)
    with pytest.raises(StartRefusedError, match="Stop all of its workers"):
        admit(WORKER, state, allow_fresh_group=True)
    assert refusal(state) == CHANGELOG_EMPTY


def test_offsets_below_the_logs_start_are_refused() -> None:
    state = Group(starts={("log", 0): 50, ("log", 1): 0}, offsets=dict.fromkeys(SOURCES, 10), founded=set(CHANGELOGS))
    assert refusal(state) == LOG_START_PASSED
    admit(WORKER, state, allow_fresh_group=True)
    assert state.offsets == {("log", 0): 50, ("log", 1): 10}


def test_offsets_above_the_logs_end_belong_to_another_log_and_are_refused() -> None:
    # So they stand after an unclean election, in a restored or mirrored cluster, or by a slip of a hand.
    state = Group(ends={("log", 0): 9, ("log", 1): 10}, offsets=dict.fromkeys(SOURCES, 10), founded=set(CHANGELOGS))
    assert refusal(state) == LOG_CHANGED
    admit(WORKER, state, allow_fresh_group=True)
    # That log is read from its start; the other one goes on.
    assert state.offsets == {("log", 0): 0, ("log", 1): 10}
    admit(WORKER, state)


def test_offsets_above_the_logs_end_are_not_set_back_under_others_that_still_read() -> None:
    state = Group(ends=dict.fromkeys(SOURCES, 9), offsets=dict.fromkeys(SOURCES, 10), has_members=True)
    state.founded = set(CHANGELOGS)
    with pytest.raises(StartRefusedError, match="Stop all of its workers"):
        admit(WORKER, state, allow_fresh_group=True)


@pytest.mark.parametrize("allow_fresh_group", [False, True])
def test_a_source_with_another_partition_count_than_pinned_is_refused(*, allow_fresh_group: bool) -> None:
    claims = replace(WORKER, partitions={"log": 3, "other": 7})
    with pytest.raises(StartRefusedError, match="log has 2 partitions instead of 3") as refused:
        admit(claims, Group(), allow_fresh_group=allow_fresh_group)
    assert refused.value.code == TOPIC_MISSING


def test_a_changelog_with_another_partition_count_is_refused() -> None:
    assert (
        refusal(Group(), WorkerTopics(app_id="planner", topics=("log",), changelogs={"changelog": 3})) == TOPIC_MISSING
    )


def test_a_worker_without_tables_needs_only_offsets() -> None:
    state = Group()
    admit(WorkerTopics(app_id="intake", topics=("log",)), state)
    assert state.offsets == dict.fromkeys(SOURCES, 0)
