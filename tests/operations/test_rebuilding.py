"""The planner's table beside a fold of the log: alike, waiting, lacking, or otherwise."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from app.operations.rebuilding import ComparedTable, count_order, entries_of
from app.operations.what_if.replay import decoded
from app.planning.order_entries import encode, version_key
from app.planning.state import OrderState
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.table_memory import FOUNDING_KEY, entry_key
from tests.operations.what_if.test_what_if import KEY, records, shipped
from tests.planning.events import Log


def entry(state: OrderState) -> InRecord:
    key = entry_key(KEY.encode(), version_key(state))
    return InRecord(topic="c", partition=0, offset=0, timestamp_ms=0, key=key, value=encode(state), headers=())


def compared(log: Log, states: list[OrderState], finished: Mapping[int, int]) -> ComparedTable:
    found = ComparedTable()
    pairs = [(record, decoded(Codec(), record)) for record in records(log.events)]
    count_order(found, KEY, entries_of(map(entry, states)), pairs, finished)
    return found


def states_of(log: Log) -> list[OrderState]:
    """The order's state after each of its events."""
    again, states = Log(), []
    for event in log.events:
        again.fold(event)
        assert again.state is not None
        states.append(again.state)
    return states


def test_an_entry_that_a_fold_of_the_log_comes_to_is_alike() -> None:
    log = shipped()
    assert compared(log, states_of(log), {0: 5}) == ComparedTable(alike=1)


def test_events_that_the_planner_has_not_come_to_are_waited_for() -> None:
    log = shipped()
    assert compared(log, states_of(log)[:3], {0: 3}) == ComparedTable(waiting=1)
    assert compared(log, [], {}) == ComparedTable(waiting=1)


def test_an_entry_ahead_of_the_offsets_is_no_fault() -> None:
    log = shipped()
    assert compared(log, states_of(log), {0: 2}) == ComparedTable(alike=1)


def test_what_the_planner_has_finished_and_the_table_has_not_is_lacking() -> None:
    log = shipped()
    assert compared(log, states_of(log)[:3], {0: 5}) == ComparedTable(lacking=[KEY])
    assert compared(log, [], {0: 5}) == ComparedTable(lacking=[KEY])


def test_another_state_of_the_same_version_is_named() -> None:
    log = shipped()
    (*_, last) = states_of(log)
    assert compared(log, [replace(last, documents={})], {0: 5}) == ComparedTable(different=[KEY])


def test_an_order_that_is_in_the_table_alone_is_named() -> None:
    (*_, last) = states_of(shipped())
    found = ComparedTable()
    count_order(found, KEY, entries_of([entry(last)]), [], {})
    assert found == ComparedTable(different=[KEY])


@pytest.mark.parametrize(("key", "value"), [(FOUNDING_KEY, b""), (None, b"x"), (entry_key(b"A/1", b"1"), None)])
def test_no_founding_record_and_no_deletion_is_an_entry(key: bytes | None, value: bytes | None) -> None:
    record = InRecord(topic="c", partition=0, offset=0, timestamp_ms=0, key=key, value=value, headers=())
    assert [*entries_of([record])] == []
