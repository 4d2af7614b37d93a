"""Every offset of our own log must come; what happens to a record that was skipped in silence."""

import pytest

from tests.broker.stream.workers import until
from tests.faults.stream.planner_run import PATIENCE_SECONDS, Planner, PlannerRun
from tests.faults.stream.worker import BATCH, STRUCK_OFFSET

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]


def a_record_is_skipped(planner_run: PlannerRun, *without: str) -> Planner:
    planner = planner_run.start("planner", failpoint="swallow", without=without)
    until(lambda: planner.told("swallowed") == STRUCK_OFFSET, PATIENCE_SECONDS, "a record is skipped")
    return planner


def test_with_it_the_worker_leaves_and_the_record_comes_again(planner_run: PlannerRun) -> None:
    planner = a_record_is_skipped(planner_run)
    assert planner.process.wait(PATIENCE_SECONDS) == 70
    assert "records in it were not handed over" in planner.process.said
    assert planner_run.committed() <= BATCH
    planner_run.start("planner")
    planner_run.consumed()
    assert not planner_run.defects()


def test_without_it_the_hole_is_committed_over_and_the_record_is_lost(planner_run: PlannerRun) -> None:
    planner = a_record_is_skipped(planner_run, "contiguity")
    planner_run.consumed()
    assert planner.process.code is None
    assert planner_run.without_outcome(planner_run.defects()) == [STRUCK_OFFSET]
