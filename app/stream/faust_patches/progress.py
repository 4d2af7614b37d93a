# ruff: noqa: SLF001 - private names are touched in this folder, and only here; `privates` lists them
"""How far Faust and aiokafka are, for the watchdog's thread: every value is read, never waited for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchState:
    """Where the fetcher is in a partition, and up to where it could read."""

    partition: tuple[str, int]
    position: int
    readable: int


def state_of(consumer: Any, tp: Any) -> Any:
    """Give aiokafka's state of a partition, as it is assigned now; None where it is not."""
    subscription = consumer._subscription.subscription
    assignment = subscription.assignment if subscription else None
    return assignment.state_value(tp) if assignment else None


def fetch_states(app: Any) -> Iterator[FetchState]:
    """Look at the source partitions of the current epoch that have a position."""
    changelogs = app.tables.changelog_topics
    for partition in app.epoch or ():
        state = state_of(app.consumer._thread._consumer, partition)
        if state is not None and state._position is not None and partition[0] not in changelogs:
            # An open transaction holds back what lies above the last stable offset: that is no fault of the fetcher's.
            readable = state.lso if state.lso is not None else state.highwater
            yield FetchState(partition=partition, position=state._position, readable=readable or 0)


def recovery_state(app: Any) -> tuple[int, ...]:
    """Give something that changes for as long as a rebalance or a recovery moves."""
    # The private name: the public one would make a recovery, in this thread, where there is none yet.
    recovery = app.tables._recovery
    # A copy first: the event loop's thread changes the counter meanwhile, and dict() of it is one step.
    offsets = dict(recovery.active_offsets) if recovery else {}
    return app.ownership.rebalances_begun, app.consumer_generation_id, *(at or 0 for at in offsets.values())
