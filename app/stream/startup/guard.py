"""Whether a worker may start: its group's offsets and its changelogs must agree, or it does not start.

An empty dedupe table beside a group that has offsets issues invoices a second time; a group without offsets beside a
filled table reads everything again. Kafka forgets a group's offsets by itself (`offsets.retention.minutes`), and a
topic is quickly deleted. Offsets above a log's end belong to another log: an unclean election has cut it, a cluster was
restored or mirrored. What is written there now would be taken for what was read already.

A new worker *founds* its group: every partition of its changelogs gets a first record, and the group gets offsets at
the start of what it consumes. From then on an empty changelog partition, or a group without offsets, is a loss and
not a beginning, however little the worker has done since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from app.stream.errors import StartRefusedError
from app.stream.ownership.commit_metadata import Note, Place
from app.stream.ownership.exits import (
    CHANGELOG_EMPTY,
    GROUP_WITHOUT_OFFSETS,
    LOG_CHANGED,
    LOG_START_PASSED,
    TOPIC_MISSING,
)

log = structlog.get_logger(__name__)


class GroupState(Protocol):
    """What the guard asks of the broker, and the two things that it writes."""

    def partitions(self, topic: str) -> int: ...

    def log_starts(self, places: Collection[Place]) -> dict[Place, int]: ...

    def log_ends(self, places: Collection[Place]) -> dict[Place, int]: ...

    def committed(self, places: Collection[Place]) -> dict[Place, int]: ...

    def empty(self, places: Collection[Place]) -> set[Place]: ...

    def filled(self, places: Collection[Place]) -> bool: ...

    def write_founding_records(self, changelogs: Collection[Place]) -> None: ...

    def commit(self, offsets: dict[Place, int]) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTopics:
    """What a worker consumes, and which changelogs it keeps with how many partitions.

    `partitions`: how many a topic must have, where that is pinned.
    """

    app_id: str
    topics: tuple[str, ...]
    changelogs: dict[str, int] = field(default_factory=dict)
    partitions: Mapping[str, int] = field(default_factory=dict)


class GroupStateWithNotes(GroupState, Protocol):
    """What it asks beyond that where the group's offsets have notes."""

    def notes(self, places: Collection[Place]) -> dict[Place, Note]: ...

    def timestamps(self, offsets: Mapping[Place, int]) -> dict[Place, int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatches:
    """Where the notes beside the offsets do not fit what the broker has now."""

    sources: frozenset[Place] = frozenset()
    """Another record is where the group's last one was."""
    changelogs: frozenset[Place] = frozenset()
    """The changelog ends before an entry that the group has seen in it."""


NO_MISMATCHES: Final = Mismatches()


def mismatches_of(worker: WorkerTopics, state: GroupStateWithNotes) -> Mismatches:
    """Compare the group's notes with logs and changelogs. What a log no longer holds cannot be compared."""
    sources = _places({topic: state.partitions(topic) for topic in worker.topics})
    noted = state.notes(sources)
    entries = {
        (changelog, place[1]): last
        for place, note in noted.items()
        for changelog, last in note.changelogs.items()
        if changelog in worker.changelogs
    }
    ends = state.log_ends(entries)
    found = state.timestamps({place: note.offset for place, note in noted.items()})
    starts = state.log_starts(noted)  # last: retention may have come in between
    return Mismatches(
        sources=frozenset(
            place
            for place, note in noted.items()
            if note.offset >= starts[place] and found.get(place) != note.timestamp_ms
        ),
        changelogs=frozenset(place for place, last in entries.items() if ends[place] <= last),
    )


def admit(
    worker: WorkerTopics, state: GroupState, *, allow_fresh_group: bool = False, mismatches: Mismatches = NO_MISMATCHES
) -> None:
    """Return when the worker may start; found its group where there is none.

    `allow_fresh_group` admits a contradiction, to recover from a disaster: a missing changelog is founded
    again and what belongs to it is read from the log's start; offsets that are missing, below it or above the log's end
    begin there, too. So do the `mismatches`.

    Raises:
        StartRefusedError: with the exit code of what does not fit.

    """
    sources = _places({topic: _as_pinned(topic, worker.partitions.get(topic), state) for topic in worker.topics})
    changelogs = _places({topic: _as_pinned(topic, n, state) for topic, n in worker.changelogs.items()})
    starts, committed, empty = state.log_starts(sources), state.committed(sources), state.empty(changelogs)
    # Asked after the offsets: what is committed meanwhile lies before a later end.
    ends = state.log_ends(sources)
    if not allow_fresh_group:
        _refuse_contradictions(worker, state, committed=committed, changelogs=changelogs, empty=empty)
        _refuse_deleted_records(committed, starts)
        _refuse_another_log(committed, ends)
        _refuse_mismatches(worker, mismatches)
    gone = {partition for _, partition in (*empty, *mismatches.changelogs)}
    again = {p for p, at in committed.items() if p[1] in gone or p in mismatches.sources or at > ends[p]}
    _rewind(worker, state, {place: starts[place] for place in again if committed[place] > starts[place]})
    if empty:
        log.warning("changelogs founded", app_id=worker.app_id, partitions=len(empty))
        state.write_founding_records(empty)
    # Second: offsets beside an unfounded changelog would be a contradiction, a founded one without offsets is none.
    if missing := {place: at for place, at in starts.items() if committed.get(place, -1) < at}:
        state.commit(missing)


def _rewind(worker: WorkerTopics, state: GroupState, starts: dict[Place, int]) -> None:
    """Has what was read into a changelog that is gone, or in another log, read again: nothing else remembers it.

    Before the founding: a changelog that is founded while the offsets remain would look like a sound one.
    """
    if starts and not state.commit(starts):
        raise StartRefusedError(
            CHANGELOG_EMPTY,
            f"{worker.app_id}: the group still has members, so its offsets cannot be set back. Stop all of its "
            "workers, then start one with --allow-fresh-group.",
        )


def _places(partitions: dict[str, int]) -> tuple[Place, ...]:
    return tuple((topic, partition) for topic, n in partitions.items() for partition in range(n))


def _as_pinned(topic: str, wanted: int | None, state: GroupState) -> int:
    """Keys of a topic with other partitions lie away from the entries that know them."""
    found = state.partitions(topic)
    if wanted is not None and found != wanted:
        raise StartRefusedError(
            TOPIC_MISSING,
            f"{topic} has {found} partitions instead of {wanted}. Set FATURAFLOW_PROFILE to the profile that "
            "`faturaflow topics apply` was run with, or recreate the topic as it was.",
        )
    return found


def _refuse_contradictions(
    worker: WorkerTopics,
    state: GroupState,
    *,
    committed: dict[Place, int],
    changelogs: Collection[Place],
    empty: set[Place],
) -> None:
    if not committed and state.filled(changelogs):
        raise StartRefusedError(
            GROUP_WITHOUT_OFFSETS,
            f"{worker.app_id}: the changelogs are filled but the group has no offsets. Restore its offsets, "
            "or start once with --allow-fresh-group to read everything again.",
        )
    if committed and empty:
        raise StartRefusedError(
            CHANGELOG_EMPTY,
            f"{worker.app_id}: the group has offsets but {_named(empty)} is empty. Restore the changelog, "
            "or start once with --allow-fresh-group to begin with empty tables.",
        )


def _refuse_deleted_records(committed: dict[Place, int], starts: dict[Place, int]) -> None:
    passed = {place for place, at in committed.items() if at < starts[place]}
    if passed:
        raise StartRefusedError(
            LOG_START_PASSED,
            f"{_named(passed)}: retention deleted records that the group had not read. Find out what they were, "
            "then start once with --allow-fresh-group to go on at the log's start.",
        )


def _refuse_another_log(committed: dict[Place, int], ends: dict[Place, int]) -> None:
    if above := {place for place, at in committed.items() if at > ends[place]}:
        raise StartRefusedError(
            LOG_CHANGED,
            f"{_named(above)}: the log ends before the group's offset, so it is not the one that was read: "
            f"{LOG_CHANGED.remedy}.",
        )


def _refuse_mismatches(worker: WorkerTopics, mismatches: Mismatches) -> None:
    if mismatches.changelogs:
        raise StartRefusedError(
            CHANGELOG_EMPTY,
            f"{worker.app_id}: {_named(mismatches.changelogs)} ends before entries that the group has seen in it, so "
            f"the dedupe has a hole: {CHANGELOG_EMPTY.remedy}.",
        )
    if mismatches.sources:
        raise StartRefusedError(
            LOG_CHANGED,
            f"{_named(mismatches.sources)}: another record is where the group's last one was: {LOG_CHANGED.remedy}.",
        )


def _named(places: Iterable[Place]) -> str:
    return ", ".join(f"{topic}-{partition}" for topic, partition in sorted(places))
