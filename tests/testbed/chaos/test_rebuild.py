"""Folding the whole log again gives what the changelog has, or the difference is a defect."""

from dataclasses import replace

import pytest

from app.domain.documents import DocumentState
from app.planning.order_entries import encode
from app.planning.state import Line, OrderState
from app.stream.records import InRecord
from app.testbed.chaos.check.evidence import KnownLine
from app.testbed.chaos.check.planner_entries import known_lines, newest_entries
from app.testbed.chaos.rebuild import compare, rebuilt
from tests.planning.events import BUSINESS, ORDER, Log, document_id, placed, progressed, requested

KEY = f"{BUSINESS}/{ORDER}".encode()


def record(offset: int, key: bytes, value: bytes | None) -> InRecord:
    return InRecord(topic="t", partition=0, offset=offset, timestamp_ms=0, key=key, value=value, headers=())


@pytest.fixture
def log() -> Log:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2"))
    log.append(progressed(document_id("1", "2"), DocumentState.ISSUED))
    return log


def states_of(log: Log, *, twice: bool = False) -> dict[bytes, OrderState]:
    events = log.events * 2 if twice else log.events
    return rebuilt((KEY, event) for event in events)


def kept(log: Log) -> OrderState:
    assert log.state is not None
    return log.state


def test_a_rebuild_comes_to_the_state_that_the_changelog_has(log: Log) -> None:
    assert list(compare(states_of(log), {KEY: encode(kept(log))})) == []


def test_a_log_with_repeats_comes_to_the_same_state(log: Log) -> None:
    assert list(compare(states_of(log, twice=True), {KEY: encode(kept(log))})) == []


def test_another_state_in_the_changelog_is_found(log: Log) -> None:
    other = replace(kept(log), lines={**kept(log).lines, "3": Line(status=kept(log).lines["1"].status)})
    (defect,) = compare(states_of(log), {KEY: encode(other)})
    assert "another state" in defect.sentence


def test_an_order_that_only_one_of_them_knows_is_found(log: Log) -> None:
    (missing,) = compare(states_of(log), {})
    (stray,) = compare({}, {KEY: encode(kept(log))})
    assert "not in the changelog" in missing.sentence and "not in the log" in stray.sentence


def test_of_an_orders_entries_the_highest_version_counts_and_deleted_ones_do_not() -> None:
    changelog = [
        record(0, b"\x1ffounded", b"x"),
        record(1, b"A/1\x1f0000000002", b"second"),
        record(2, b"A/1\x1f0000000010", b"tenth"),
        record(3, b"A/1\x1f0000000009", b"late"),
        record(4, b"A/1\x1f0000000011", b"gone"),
        record(5, b"A/1\x1f0000000011", None),
    ]
    assert newest_entries(changelog) == {b"A/1": b"tenth"}
    assert newest_entries(changelog, lambda order: order != b"A/1") == {}


def test_an_entrys_lines_are_read_without_the_planners_help(log: Log) -> None:
    invoiced = KnownLine(status="INVOICED", document_id=document_id("1", "2"))
    assert known_lines({KEY: encode(kept(log))}) == {
        (BUSINESS, ORDER): {"1": invoiced, "2": invoiced, "3": KnownLine(status="OPEN")}
    }
