"""Source partitions start only after the seek; what happens at a rebalance where they do not."""

from pathlib import Path

import pytest

from app.chaos.check import Flaw
from tests.broker.kernel.workers import until
from tests.cures.kernel_scene import PATIENCE_SECONDS, Scene, scene
from tests.cures.kernel_worker import STRUCK_OFFSET

pytestmark = [pytest.mark.broker, pytest.mark.timeout(90)]


def a_seek_inside_a_delivery_and_a_guest(standing: Scene, *without: str) -> None:
    """The first planner's recovery ends inside a delivery; then another joins while a batch is at work."""
    planner = standing.start("resident", failpoint="seek", without=without)
    until(
        lambda: planner.told("holding") is not None or planner.process.code is not None,
        PATIENCE_SECONDS,
        "a batch is at work",
    )
    standing.start("guest")


def test_with_it_nothing_is_delivered_before_the_seek(bootstrap: str, tmp_path: Path) -> None:
    with scene(bootstrap, tmp_path) as standing:
        a_seek_inside_a_delivery_and_a_guest(standing)
        assert not standing.finish()
        (resident, _) = standing.planners
        assert resident.told("sought") == "while nothing was delivered"
        assert "event=gap" not in resident.process.said


def test_without_it_records_fall_out_and_the_contiguity_check_replays_them(bootstrap: str, tmp_path: Path) -> None:
    with scene(bootstrap, tmp_path) as standing:
        a_seek_inside_a_delivery_and_a_guest(standing, "seek first")
        assert not standing.finish()
        (resident, _) = standing.planners
        assert resident.told("sought") == "inside a delivery"
        assert resident.process.code == 70
        assert "records in it were not handed over" in resident.process.said


def test_without_it_and_the_contiguity_check_they_are_lost(bootstrap: str, tmp_path: Path) -> None:
    with scene(bootstrap, tmp_path) as standing:
        a_seek_inside_a_delivery_and_a_guest(standing, "seek first", "contiguity")
        findings = standing.finish()
        assert {finding.flaw for finding in findings} == {Flaw.LOST}
        print(findings)
