"""A worker that was frozen past its session may not write; what happens where nothing stops it."""

import signal

import pytest
from confluent_kafka import Message

from tests.broker.stream.workers import until
from tests.faults.stream.scene import PATIENCE_SECONDS, Planner, Scene

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
WRITTEN = ("order-outcomes.v1", "document-status.v1")


def a_zombie_wakes_up(scene: Scene, *without: str) -> Planner:
    """It freezes with a batch in hand, a new owner does all of the work, then it goes on with its batch."""
    zombie = scene.start("zombie", failpoint="hold", without=without)
    until(lambda: zombie.told("holding") is not None, PATIENCE_SECONDS, "it has a batch in hand")
    zombie.process.signal(signal.SIGSTOP)
    scene.start("owner")
    scene.consumed()
    (scene.folder / "zombie" / "go").touch()
    zombie.process.signal(signal.SIGCONT)
    return zombie


def written(scene: Scene, topic: str, writer: str) -> list[Message]:
    return [m for m in scene.topics.read(topic) if dict(m.headers())["writer"] == writer.encode()]


def test_with_it_the_zombie_leaves_and_writes_nothing(scene: Scene) -> None:
    zombie = a_zombie_wakes_up(scene)
    assert zombie.process.wait(PATIENCE_SECONDS) == 70
    assert "lease" in zombie.process.said
    assert [written(scene, topic, "zombie") for topic in WRITTEN] == [[], []]
    assert not scene.defects()


def test_without_it_the_zombie_writes_after_the_new_owner_and_only_the_same_ids_save_us(scene: Scene) -> None:
    zombie = a_zombie_wakes_up(scene, "lease")
    batch = len(zombie.told("holding"))
    until(lambda: len(written(scene, WRITTEN[-1], "zombie")) == batch, PATIENCE_SECONDS, "the zombie has written")
    for topic in WRITTEN:
        of_owner, of_zombie = written(scene, topic, "owner"), written(scene, topic, "zombie")
        assert min(m.offset() for m in of_zombie) > max(m.offset() for m in of_owner)
        said_already = {dict(m.headers())["ce_id"]: (m.key(), m.value()) for m in of_owner}
        assert all(said_already[dict(m.headers())["ce_id"]] == (m.key(), m.value()) for m in of_zombie)
    assert not scene.defects()
