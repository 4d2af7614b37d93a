"""A run's faults come from its seed alone, every kind among them, and leave the groups time to get on."""

from collections import Counter
from itertools import pairwise

import pytest

from app.testbed.chaos.faults.schedule import (
    BROKER_KINDS,
    FULL_RUN_SECONDS,
    PROJECTION_KINDS,
    PROVIDER_KINDS,
    SESSION_SECONDS,
    WORKER_KINDS,
    FaultKind,
    schedule,
)

SEEDS = range(200)


def test_the_same_seed_gives_the_same_faults_and_another_seed_gives_others() -> None:
    assert schedule(1, 120) == schedule(1, 120)
    assert schedule(1, 120) != schedule(2, 120)


@pytest.mark.parametrize("seconds", [FULL_RUN_SECONDS, 120.0, 600.0])
def test_a_run_of_a_minute_or_more_has_every_kind(seconds: float) -> None:
    for seed in SEEDS:
        assert {fault.kind for fault in schedule(seed, seconds)} == set(FaultKind), seed


@pytest.mark.parametrize("seconds", [10.0, 40.0, 60.0, 300.0])
def test_every_fault_is_over_when_the_run_is(seconds: float) -> None:
    for seed in SEEDS:
        assert all(fault.at >= 0 and fault.ends <= seconds for fault in schedule(seed, seconds))


def test_workers_and_broker_are_struck_further_apart_than_a_session() -> None:
    for seed in SEEDS:
        times = [fault.at for fault in schedule(seed, 300) if fault.kind in WORKER_KINDS | BROKER_KINDS]
        assert all(later - earlier > SESSION_SECONDS for earlier, later in pairwise(times))


def test_the_projection_is_killed_and_frozen_in_turns_and_by_nothing_else() -> None:
    for seed in SEEDS:
        mine = [fault for fault in schedule(seed, 300) if fault.target.startswith("tracking")]
        assert {fault.target for fault in mine} == {"tracking-1"}
        assert {fault.kind for fault in mine} == set(PROJECTION_KINDS)
        assert all(earlier.ends < later.at for earlier, later in pairwise(mine))


def test_a_freeze_outlasts_the_session() -> None:
    for seed in SEEDS:
        freezes = [fault for fault in schedule(seed, 300) if fault.kind is FaultKind.FREEZE]
        assert all(SESSION_SECONDS + 3 <= fault.seconds <= SESSION_SECONDS + 7 for fault in freezes)


def test_providers_misbehave_in_one_way_at_a_time() -> None:
    for seed in SEEDS:
        windows = [fault for fault in schedule(seed, 300) if fault.kind in PROVIDER_KINDS]
        assert all(earlier.ends < later.at for earlier, later in pairwise(windows))


def test_a_long_run_strikes_every_stage() -> None:
    struck = Counter(fault.target for fault in schedule(1, 1800) if fault.kind in WORKER_KINDS - {FaultKind.JOIN})
    assert set(struck) == {
        f"{stage}-{number}" for stage in ("intake", "planner", "issuer-nilvera", "issuer-testbook") for number in (1, 2)
    }
