"""Source partitions start only after the seek; what happens at a rebalance where they do not."""

import pytest

from tests.broker.stream.workers import until
from tests.faults.stream.scene import PATIENCE_SECONDS, Planner, Scene
from tests.faults.stream.worker import STRUCK_OFFSET

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

# The one before them was taken out of the queue at once, the ones after them came after the seek.
FELL_OUT = list(range(1, STRUCK_OFFSET + 1))


def a_seek_inside_a_delivery(scene: Scene, *without: str) -> Planner:
    """The first planner's recovery ends inside a delivery; a later batch is held until a rebalance begins."""
    planner = scene.start("resident", failpoint="seek", without=without)
    until(
        lambda: planner.told("holding") is not None or planner.process.code is not None,
        PATIENCE_SECONDS,
        "a batch is at work",
    )
    return planner


def a_guest_joins(scene: Scene) -> None:
    scene.start("guest")
    scene.consumed()


def test_with_it_nothing_is_delivered_before_the_seek(scene: Scene) -> None:
    planner = a_seek_inside_a_delivery(scene)
    assert planner.told("sought") == "while nothing was delivered"
    a_guest_joins(scene)
    assert "event=gap" not in planner.process.said
    assert planner.process.code is None
    assert not scene.defects()


def test_without_it_delivered_records_fall_out_and_the_contiguity_check_leaves(scene: Scene) -> None:
    planner = a_seek_inside_a_delivery(scene, "seek first")
    assert planner.told("sought") == "inside a delivery"
    assert planner.process.code == 70
    assert f"{FELL_OUT[0]}..{FELL_OUT[-1] + 1}: records in it were not handed over" in planner.process.said
    assert scene.committed() == 0


def test_without_it_and_the_contiguity_check_the_next_rebalance_commits_over_them(scene: Scene) -> None:
    planner = a_seek_inside_a_delivery(scene, "seek first", "contiguity")
    assert planner.told("sought") == "inside a delivery"
    a_guest_joins(scene)
    assert scene.without_outcome(scene.defects()) == FELL_OUT
