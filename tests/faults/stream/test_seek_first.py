"""Source partitions start only after the seek; what happens at a rebalance where they do not."""

import pytest

from tests.broker.stream.workers import until
from tests.faults.stream.planner_run import PATIENCE_SECONDS, Planner, PlannerRun
from tests.faults.stream.worker import STRUCK_OFFSET

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

# The one before them was taken out of the queue at once, the ones after them came after the seek.
FELL_OUT = list(range(1, STRUCK_OFFSET + 1))


def a_seek_inside_a_delivery(planner_run: PlannerRun, *without: str) -> Planner:
    """The first planner's recovery ends inside a delivery; a later batch is held until a rebalance begins."""
    planner = planner_run.start("resident", failpoint="seek", without=without)
    until(
        lambda: planner.told("holding") is not None or planner.process.code is not None,
        PATIENCE_SECONDS,
        "a batch is at work",
    )
    return planner


def a_guest_joins(planner_run: PlannerRun) -> None:
    planner_run.start("guest")
    planner_run.consumed()


def test_with_it_nothing_is_delivered_before_the_seek(planner_run: PlannerRun) -> None:
    planner = a_seek_inside_a_delivery(planner_run)
    assert planner.told("sought") == "while nothing was delivered"
    a_guest_joins(planner_run)
    assert "event=gap" not in planner.process.said
    assert planner.process.code is None
    assert not planner_run.defects()


def test_without_it_delivered_records_fall_out_and_the_contiguity_check_leaves(planner_run: PlannerRun) -> None:
    planner = a_seek_inside_a_delivery(planner_run, "seek first")
    assert planner.told("sought") == "inside a delivery"
    assert planner.process.code == 70
    assert f"{FELL_OUT[0]}..{FELL_OUT[-1] + 1}: records in it were not handed over" in planner.process.said
    assert planner_run.committed() == 0


def test_without_it_and_the_contiguity_check_the_next_rebalance_commits_over_them(planner_run: PlannerRun) -> None:
    planner = a_seek_inside_a_delivery(planner_run, "seek first", "contiguity")
    assert planner.told("sought") == "inside a delivery"
    a_guest_joins(planner_run)
    assert planner_run.without_outcome(planner_run.defects()) == FELL_OUT
