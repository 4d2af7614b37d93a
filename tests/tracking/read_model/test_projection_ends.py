"""What ends the projection: topics that are not those that it has read, and records that it must not leave out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.following.errors import LogChangedError, NewerTopicError, StartAgainError
from app.stream.ownership.exits import NEWER_RULES, READ_MODEL_BEHIND
from app.stream.serialization.codec import Codec
from app.tracking.read_model.projector import Projector
from tests.harness.pipeline import order
from tests.tracking.read_model.installation import CLUSTER, TOPICS, Installation, logs_of, offsets_of


async def test_a_topic_that_was_made_anew_ends_the_projection(installation: Installation) -> None:
    await installation.submit(order("S-1"))
    again = Projector(installation.model.live(), TOPICS, Codec())
    with pytest.raises(LogChangedError, match="another topic") as ended:
        again.begin(CLUSTER, logs_of(installation.pipeline, topic_id="second"))
    assert ended.value.code == READ_MODEL_BEHIND
    assert installation.projector is not None
    with pytest.raises(LogChangedError, match="another topic"):
        installation.projector.refuse_changed(logs_of(installation.pipeline, topic_id="second"))


async def test_another_cluster_ends_the_projection(installation: Installation) -> None:
    await installation.submit(order("S-1"))
    with pytest.raises(LogChangedError, match="another cluster"):
        Projector(installation.model.live(), TOPICS, Codec()).begin("another", logs_of(installation.pipeline))


@pytest.mark.parametrize("bounds", [(5, 9), (0, 0)], ids=["retention was quicker", "the log has lost its end"])
async def test_a_log_that_lacks_what_comes_next_ends_the_projection(
    installation: Installation, bounds: tuple[int, int]
) -> None:
    await installation.submit(order("S-1"))
    logs = logs_of(installation.pipeline)
    logs[TOPICS.order_log] = replace(logs[TOPICS.order_log], bounds={0: bounds})
    with pytest.raises(LogChangedError, match="faturaflow rebuild tracking"):
        Projector(installation.model.live(), TOPICS, Codec()).begin(CLUSTER, logs)


async def test_a_topic_with_more_partitions_is_read_by_beginning_again(installation: Installation) -> None:
    installation.project()
    logs = logs_of(installation.pipeline)
    logs[TOPICS.order_log] = replace(logs[TOPICS.order_log], bounds={0: (0, 0), 1: (3, 3)})
    assert installation.projector is not None
    with pytest.raises(StartAgainError):
        installation.projector.refuse_changed(logs)
    assert Projector(installation.model.live(), TOPICS, Codec()).begin(CLUSTER, logs)[TOPICS.order_log, 1] == 3


async def test_a_record_of_a_newer_version_ends_the_projection_and_is_not_left_out(installation: Installation) -> None:
    await installation.submit(order("S-1"))
    log = installation.pipeline.on(TOPICS.order_log)
    newer = log[0].value
    assert newer is not None
    log.append(replace(log[0], offset=len(log), value=newer.replace(b'"rules_version":', b'"rules_version":9999')))
    before = offsets_of(installation)
    with pytest.raises(NewerTopicError) as ended:
        installation.project()
    assert ended.value.code == NEWER_RULES
    assert offsets_of(installation) == before
