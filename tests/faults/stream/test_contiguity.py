"""Every offset of our own log must come; what happens to a record that was skipped in silence."""

import pytest

from tests.broker.stream.workers import until
from tests.faults.stream.scene import PATIENCE_SECONDS, Planner, Scene
from tests.faults.stream.worker import BATCH, STRUCK_OFFSET

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]


def a_record_is_skipped(scene: Scene, *without: str) -> Planner:
    planner = scene.start("planner", failpoint="swallow", without=without)
    until(lambda: planner.told("swallowed") == STRUCK_OFFSET, PATIENCE_SECONDS, "a record is skipped")
    return planner


def test_with_it_the_worker_leaves_and_the_record_comes_again(scene: Scene) -> None:
    planner = a_record_is_skipped(scene)
    assert planner.process.wait(PATIENCE_SECONDS) == 70
    assert "records in it were not handed over" in planner.process.said
    assert scene.committed() <= BATCH
    scene.start("planner")
    scene.consumed()
    assert not scene.defects()


def test_without_it_the_hole_is_committed_over_and_the_record_is_lost(scene: Scene) -> None:
    planner = a_record_is_skipped(scene, "contiguity")
    scene.consumed()
    assert planner.process.code is None
    assert scene.without_outcome(scene.defects()) == [STRUCK_OFFSET]
