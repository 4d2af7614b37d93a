"""The guard at the door: a group and its changelogs must tell the same story, or the worker does not start.

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

from app.stream.errors import StartRefused
from app.stream.ownership.commit_metadata import Note, Place
from app.stream.ownership.exits import (
    CHANGELOG_EMPTY,
    GROUP_WITHOUT_OFFSETS,
    LOG_CHANGED,
    LOG_START_PASSED,
    TOPIC_MISSING,
)

log = structlog.get_logger(__name__)


class Ledger(Protocol):
    """What the guard asks of the broker, and the two things that it writes."""

    def partitions(self, topic: str) -> int: ...

    def log_starts(self, places: Collection[Place]) -> dict[Place, int]: ...

    def log_ends(self, places: Collection[Place]) -> dict[Place, int]: ...

    def committed(self, places: Collection[Place]) -> dict[Place, int]: ...

    def empty(self, places: Collection[Place]) -> set[Place]: ...

    def filled(self, places: Collection[Place]) -> bool: ...

    def found(self, changelogs: Collection[Place]) -> None: ...

    def commit(self, offsets: dict[Place, int]) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a worker says that it consumes, and which changelogs it keeps with how many partitions.

    `partitions`: how many a topic must have, where that is pinned.
    """

    app_id: str
    topics: tuple[str, ...]
    changelogs: dict[str, int] = field(default_factory=dict)
    partitions: Mapping[str, int] = field(default_factory=dict)


class NotedLedger(Ledger, Protocol):
    """What it asks beyond that where the group's offsets have notes."""

    def notes(self, places: Collection[Place]) -> dict[Place, Note]: ...

    def timestamps(self, offsets: Mapping[Place, int]) -> dict[Place, int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Where the notes beside the offsets do not fit what the broker has now."""

    sources: frozenset[Place] = frozenset()
    """Another record stands where the group's last one was."""
    changelogs: frozenset[Place] = frozenset()
    """The changelog ends before an entry that the group has seen in it."""


NO_DOUBTS: Final = Doubts()


def doubts_of(claims: Claims, ledger: NotedLedger) -> Doubts:
    """Compare the group's notes with logs and changelogs. What a log no longer holds cannot be compared."""
    sources = _places({topic: ledger.partitions(topic) for topic in claims.topics})
    noted = ledger.notes(sources)
    entries = {
        (changelog, place[1]): last
        for place, note in noted.items()
        for changelog, last in note.changelogs.items()
        if changelog in claims.changelogs
    }
    ends = ledger.log_ends(entries)
    found = ledger.timestamps({place: note.offset for place, note in noted.items()})
    starts = ledger.log_starts(noted)  # last: retention may have come in between
    return Doubts(
        sources=frozenset(
            place
            for place, note in noted.items()
            if note.offset >= starts[place] and found.get(place) != note.timestamp_ms
        ),
        changelogs=frozenset(place for place, last in entries.items() if ends[place] <= last),
    )


def admit(claims: Claims, ledger: Ledger, *, allow_fresh_group: bool = False, doubts: Doubts = NO_DOUBTS) -> None:
    """Return when the worker may start; found its group where there is none.

    `allow_fresh_group` admits a contradiction, to recover from a disaster: a missing changelog is founded
    again and what belongs to it is read from the log's start; offsets that are missing, below it or above the log's end
    begin there, too. So does what there are `doubts` about.

    Raises:
        StartRefused: with the exit code of what does not fit.

    """
    sources = _places({topic: _as_pinned(topic, claims.partitions.get(topic), ledger) for topic in claims.topics})
    changelogs = _places({topic: _as_pinned(topic, n, ledger) for topic, n in claims.changelogs.items()})
    starts, committed, empty = ledger.log_starts(sources), ledger.committed(sources), ledger.empty(changelogs)
    # Asked after the offsets: what is committed meanwhile lies before a later end.
    ends = ledger.log_ends(sources)
    if not allow_fresh_group:
        _refuse_contradictions(claims, ledger, committed=committed, changelogs=changelogs, empty=empty)
        _refuse_deleted_records(committed, starts)
        _refuse_another_log(committed, ends)
        _refuse_doubts(claims, doubts)
    gone = {partition for _, partition in (*empty, *doubts.changelogs)}
    again = {p for p, at in committed.items() if p[1] in gone or p in doubts.sources or at > ends[p]}
    _rewind(claims, ledger, {place: starts[place] for place in again if committed[place] > starts[place]})
    if empty:
        log.warning("changelogs founded", app_id=claims.app_id, partitions=len(empty))
        ledger.found(empty)
    # Second: offsets beside an unfounded changelog would be a contradiction, a founded one without offsets is none.
    if missing := {place: at for place, at in starts.items() if committed.get(place, -1) < at}:
        ledger.commit(missing)


def _rewind(claims: Claims, ledger: Ledger, starts: dict[Place, int]) -> None:
    """Has what was read into a changelog that is gone, or in another log, read again: nothing else remembers it.

    Before the founding: a changelog that is founded while the offsets stand would look like a sound one.
    """
    if starts and not ledger.commit(starts):
        raise StartRefused(
            CHANGELOG_EMPTY,
            f"{claims.app_id}: the group still has members, so its offsets cannot be set back. Stop all of its "
            "workers, then start one with --allow-fresh-group.",
        )


def _places(partitions: dict[str, int]) -> tuple[Place, ...]:
    return tuple((topic, partition) for topic, n in partitions.items() for partition in range(n))


def _as_pinned(topic: str, wanted: int | None, ledger: Ledger) -> int:
    """Keys of a topic with other partitions lie away from the entries that know them."""
    found = ledger.partitions(topic)
    if wanted is not None and found != wanted:
        raise StartRefused(
            TOPIC_MISSING,
            f"{topic} has {found} partitions instead of {wanted}. Set FATURAFLOW_PROFILE to the profile that "
            "`faturaflow topics apply` was run with, or recreate the topic as it was.",
        )
    return found


def _refuse_contradictions(
    claims: Claims,
    ledger: Ledger,
    *,
    committed: dict[Place, int],
    changelogs: Collection[Place],
    empty: set[Place],
) -> None:
    if not committed and ledger.filled(changelogs):
        raise StartRefused(
            GROUP_WITHOUT_OFFSETS,
            f"{claims.app_id}: the changelogs are filled but the group has no offsets. Restore its offsets, "
            "or start once with --allow-fresh-group to read everything again.",
        )
    if committed and empty:
        raise StartRefused(
            CHANGELOG_EMPTY,
            f"{claims.app_id}: the group has offsets but {_named(empty)} is empty. Restore the changelog, "
            "or start once with --allow-fresh-group to begin with empty tables.",
        )


def _refuse_deleted_records(committed: dict[Place, int], starts: dict[Place, int]) -> None:
    passed = {place for place, at in committed.items() if at < starts[place]}
    if passed:
        raise StartRefused(
            LOG_START_PASSED,
            f"{_named(passed)}: retention deleted records that the group had not read. Find out what they were, "
            "then start once with --allow-fresh-group to go on at the log's start.",
        )


def _refuse_another_log(committed: dict[Place, int], ends: dict[Place, int]) -> None:
    if above := {place for place, at in committed.items() if at > ends[place]}:
        raise StartRefused(
            LOG_CHANGED,
            f"{_named(above)}: the log ends before the group's offset, so it is not the one that was read: "
            f"{LOG_CHANGED.remedy}.",
        )


def _refuse_doubts(claims: Claims, doubts: Doubts) -> None:
    if doubts.changelogs:
        raise StartRefused(
            CHANGELOG_EMPTY,
            f"{claims.app_id}: {_named(doubts.changelogs)} ends before entries that the group has seen in it, so the "
            f"dedupe has a hole: {CHANGELOG_EMPTY.remedy}.",
        )
    if doubts.sources:
        raise StartRefused(
            LOG_CHANGED,
            f"{_named(doubts.sources)}: another record stands where the group's last one was: {LOG_CHANGED.remedy}.",
        )


def _named(places: Iterable[Place]) -> str:
    return ", ".join(f"{topic}-{partition}" for topic, partition in sorted(places))
