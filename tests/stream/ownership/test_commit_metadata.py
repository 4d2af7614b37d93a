"""Beside each offset stands which record was the last, and how long the changelogs were: the next start compares."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from app.stream.errors import StartRefusedError
from app.stream.faust_patches.thread import with_notes
from app.stream.ownership.commit_metadata import Note, Notes, Place
from app.stream.ownership.exits import CHANGELOG_EMPTY, LOG_CHANGED
from app.stream.startup.guard import admit, mismatches_of
from tests.stream.startup.test_guard import CHANGELOGS, SOURCES, WORKER, Group

LOG = ("log", 0)


@dataclass
class Noted(Group):
    """Books whose offsets have notes; `times` are the logs' records."""

    noted: dict[Place, Note] = field(default_factory=dict)
    times: dict[Place, dict[int, int]] = field(default_factory=dict)

    def notes(self, places: Collection[Place]) -> dict[Place, Note]:
        return {place: note for place, note in self.noted.items() if place in places}

    def timestamps(self, offsets: Mapping[Place, int]) -> dict[Place, int]:
        return {place: self.times[place][at] for place, at in offsets.items() if at in self.times.get(place, {})}


def books(**changes: Any) -> Noted:
    """A group that has come to 10 in a log that ends at 100; its changelog has entries up to 49."""
    state = Noted(
        offsets=dict.fromkeys(SOURCES, 10),
        founded=set(CHANGELOGS),
        noted={LOG: Note(offset=9, timestamp_ms=1000, changelogs={"changelog": 49, "of yesterday": 7})},
        times={LOG: {9: 1000}},
    )
    state.ends |= {("changelog", 0): 50, ("changelog", 1): 1}
    for name, value in changes.items():
        setattr(state, name, value)
    return state


def start(state: Noted, *, allow_fresh_group: bool = False) -> None:
    admit(WORKER, state, allow_fresh_group=allow_fresh_group, mismatches=mismatches_of(WORKER, state))


def test_a_log_and_changelogs_that_fit_their_notes_let_a_worker_start() -> None:
    start(books())


def test_offsets_without_a_note_were_set_by_hand_and_are_believed() -> None:
    start(books(noted={}))


@pytest.mark.parametrize("found", [{9: 1001}, {}], ids=["another record", "none"])
def test_a_log_that_was_cut_and_has_grown_again_is_another_log(found: dict[int, int]) -> None:
    # The offset lies within it: the number alone would be believed, and what was written meanwhile be skipped.
    state = books(times={LOG: found})
    with pytest.raises(StartRefusedError, match="log-0: another record is where the group's last one was") as refused:
        start(state)
    assert refused.value.code == LOG_CHANGED
    start(state, allow_fresh_group=True)
    assert state.offsets == {LOG: 0, ("log", 1): 10}


def test_a_record_that_retention_has_taken_cannot_be_compared() -> None:
    start(books(times={}, starts={LOG: 10, ("log", 1): 0}))


def test_a_changelog_that_has_lost_its_end_is_refused() -> None:
    state = books()
    state.ends["changelog", 0] = 49
    with pytest.raises(StartRefusedError, match="changelog-0 ends before entries that the group has seen") as refused:
        start(state)
    assert refused.value.code == CHANGELOG_EMPTY
    start(state, allow_fresh_group=True)
    assert state.offsets == {LOG: 0, ("log", 1): 10}


def test_a_note_is_read_as_it_was_written_and_fits_beside_an_offset() -> None:
    notes = Notes()
    notes.finished("log", 0, 2**62, 1_793_534_400_000)
    for name in ("faturaflow-planner-documents-changelog", "faturaflow-planner-orders-changelog"):
        notes.entry_seen(name, 0, 2**62)
        notes.entry_seen(name, 0, 5)
        notes.entry_seen(name, 1, 5)
    text = notes.of("log", 0)
    assert len(text) < 4096
    assert text.endswith("\0")  # where it ends is all that the client is told
    note = Note.parse(text + "\ufffdgarbage of the client's memory")
    assert note is not None
    assert (note.offset, note.timestamp_ms, set(note.changelogs.values())) == (2**62, 1_793_534_400_000, {2**62})
    assert notes.of("log", 1) == ""


@pytest.mark.parametrize("text", ["", "restored on Monday", "{}", "[]", '{"record": [1], "changelogs": {}}', "7"])
def test_what_somebody_else_wrote_beside_an_offset_is_no_note(text: str) -> None:
    assert Note.parse(text) is None


async def test_every_offset_is_committed_with_its_note() -> None:
    notes, committed = Notes(), {}
    notes.finished("log", 0, 9, 1000)

    async def commit(offsets: Mapping[Any, Any]) -> None:
        committed.update(offsets)

    await with_notes(commit, notes)({TopicPartition("log", 0): SimpleNamespace(offset=10, metadata="")})
    assert committed == {TopicPartition("log", 0): OffsetAndMetadata(10, notes.of("log", 0))}
    assert Note.parse(notes.of("log", 0)) == Note(offset=9, timestamp_ms=1000)
