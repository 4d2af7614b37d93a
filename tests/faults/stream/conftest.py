"""Each fault is forced, not hoped for: once in every run of the broker's tests, five times in the long ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.stream.planner_run import PlannerRun, a_planner_run

TIMES = [1, *(pytest.param(time, marks=pytest.mark.long) for time in range(2, 6))]


@pytest.fixture(params=TIMES)
def planner_run(bootstrap: str, tmp_path: Path) -> Iterator[PlannerRun]:
    with a_planner_run(bootstrap, tmp_path) as planner_run:
        yield planner_run
