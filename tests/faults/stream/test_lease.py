"""A worker that was frozen past its session may not write; what happens where nothing stops it."""

import signal

import pytest
from confluent_kafka import Message

from tests.broker.stream.workers import until
from tests.faults.stream.planner_run import PATIENCE_SECONDS, Planner, PlannerRun

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
WRITTEN = ("order-outcomes.v1", "document-status.v1")


def a_zombie_wakes_up(planner_run: PlannerRun, *without: str) -> Planner:
    """It freezes with a batch in hand, a new owner does all of the work, then it goes on with its batch."""
    zombie = planner_run.start("zombie", failpoint="hold", without=without)
    until(lambda: zombie.told("holding") is not None, PATIENCE_SECONDS, "it has a batch in hand")
    zombie.process.signal(signal.SIGSTOP)
    planner_run.start("owner")
    planner_run.consumed()
    (planner_run.folder / "zombie" / "go").touch()
    zombie.process.signal(signal.SIGCONT)
    return zombie


def written(planner_run: PlannerRun, topic: str, writer: str) -> list[Message]:
    return [m for m in planner_run.topics.read(topic) if dict(m.headers())["writer"] == writer.encode()]


def test_with_it_the_zombie_leaves_and_writes_nothing(planner_run: PlannerRun) -> None:
    zombie = a_zombie_wakes_up(planner_run)
    assert zombie.process.wait(PATIENCE_SECONDS) == 70
    assert "lease" in zombie.process.said
    assert [written(planner_run, topic, "zombie") for topic in WRITTEN] == [[], []]
    assert not planner_run.defects()


def test_without_it_the_zombie_writes_after_the_new_owner_and_only_the_same_ids_save_us(
    planner_run: PlannerRun,
) -> None:
    zombie = a_zombie_wakes_up(planner_run, "lease")
    batch = len(zombie.told("holding"))
    until(lambda: len(written(planner_run, WRITTEN[-1], "zombie")) == batch, PATIENCE_SECONDS, "the zombie has written")
    for topic in WRITTEN:
        of_owner, of_zombie = written(planner_run, topic, "owner"), written(planner_run, topic, "zombie")
        assert min(m.offset() for m in of_zombie) > max(m.offset() for m in of_owner)
        said_already = {dict(m.headers())["ce_id"]: (m.key(), m.value()) for m in of_owner}
        assert all(said_already[dict(m.headers())["ce_id"]] == (m.key(), m.value()) for m in of_zombie)
    assert not planner_run.defects()
