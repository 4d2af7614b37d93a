"""An OffsetFetch that fails for the whole group, and a leader without its topics: over hand-written answers."""

from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    KafkaError,
    NotCoordinatorForGroupError,
)
from aiokafka.protocol.commit import OffsetFetchResponse_v1, OffsetFetchResponse_v3
from aiokafka.structs import TopicPartition

from app.stream.faust_patches.coordinator import MOST_ASSIGNMENTS, assign_all_topics, raise_group_errors

LOG = TopicPartition("log", 3)
COMMITTED = OffsetFetchResponse_v3(0, [("log", [(3, 1552, "", 0)])], 0)
NONE_COMMITTED = OffsetFetchResponse_v3(0, [("log", [(3, -1, "", 0)])], 0)


def failed(error: type[KafkaError]) -> OffsetFetchResponse_v3:
    """What Kafka answers for the whole group: the error, and no topic."""
    return OffsetFetchResponse_v3(0, [], error.errno)


class Coordinator(GroupCoordinator):  # type: ignore[misc]  # untyped library
    """The state that aiokafka's constructor makes, as far as committed offsets need it."""

    def __init__(self, *answers: Any) -> None:
        self.group_id, self._retry_backoff_ms = "group", 0
        self.answers, self.looked_for = list(answers), 0

    async def ensure_coordinator_known(self) -> None:
        """It is known."""

    def coordinator_dead(self) -> None:
        self.looked_for += 1

    async def _send_req(self, _request: Any) -> Any:
        return self.answers.pop(0)

    async def committed(self) -> int | None:
        answer = (await self.fetch_committed_offsets([LOG])).get(LOG)
        return answer.offset if answer else None


def cured(*answers: Any) -> Coordinator:
    coordinator = Coordinator(*answers)
    raise_group_errors(coordinator)
    return coordinator


async def test_aiokafka_takes_a_failed_answer_for_a_group_that_has_committed_nothing() -> None:
    assert await Coordinator(failed(GroupLoadInProgressError), COMMITTED).committed() is None


@pytest.mark.parametrize(
    ("error", "looked_for"),
    [(GroupLoadInProgressError, 0), (GroupCoordinatorNotAvailableError, 1), (NotCoordinatorForGroupError, 1)],
)
async def test_a_coordinator_that_cannot_answer_yet_is_asked_again(error: type[KafkaError], looked_for: int) -> None:
    coordinator = cured(failed(error), COMMITTED)
    assert await coordinator.committed() == 1552
    assert coordinator.looked_for == looked_for


async def test_a_fetcher_waits_for_the_answer_and_does_not_go_to_the_logs_start() -> None:
    told: list[Any] = []
    assignment = SimpleNamespace(
        requesting_committed=lambda: [LOG],
        state_value=lambda _tp: SimpleNamespace(update_committed=lambda answer: told.append(answer.offset)),
    )
    coordinator = cured(failed(GroupLoadInProgressError), COMMITTED)
    assert not await coordinator._maybe_refresh_commit_offsets(assignment)
    assert told == []
    assert await coordinator._maybe_refresh_commit_offsets(assignment)
    assert told == [1552]


async def test_a_partition_without_a_committed_offset_still_has_none() -> None:
    assert await cured(NONE_COMMITTED).committed() is None


async def test_a_group_that_may_not_be_read_is_an_error() -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        await cured(failed(GroupAuthorizationFailedError)).committed()


async def test_an_answer_of_before_version_2_has_no_error_for_the_group() -> None:
    assert await cured(OffsetFetchResponse_v1([("log", [(3, 1552, "", 0)])])).committed() == 1552


class Leader:
    """What an assignment by aiokafka leaves behind: each is made of the next metadata."""

    def __init__(self, *metadata: dict[str, int]) -> None:
        self.metadata, self.refreshed, self._metadata_snapshot = list(metadata), 0, dict[str, int]()
        self._client = SimpleNamespace(force_metadata_update=self.refresh)
        self.ended: list[str] = []
        assign_all_topics(self, pause=self.pause, end=self.end)

    async def _perform_assignment(self, _response: Any) -> dict[str, int]:
        self._metadata_snapshot = self.metadata[min(self.refreshed, len(self.metadata) - 1)]
        return self._metadata_snapshot

    async def refresh(self) -> None:
        self.refreshed += 1

    async def pause(self, _seconds: float) -> None:
        """No time passes."""

    def end(self, why: str) -> NoReturn:
        raise SystemExit(why)


async def test_a_leader_assigns_again_while_the_broker_does_not_know_a_topic_yet() -> None:
    known = {"commands": 4, "journal": 4}
    leader = Leader({"commands": 0, "journal": 0}, {"commands": 4, "journal": 0}, known)
    assert await leader._perform_assignment(None) == known
    assert leader.refreshed == 2


async def test_a_leader_that_knows_its_topics_assigns_once() -> None:
    leader = Leader({"commands": 4})
    assert await leader._perform_assignment(None) == {"commands": 4}
    assert leader.refreshed == 0


async def test_a_leader_leaves_when_a_topic_stays_unknown() -> None:
    leader = Leader({"commands": 4, "journal": 0})
    with pytest.raises(SystemExit, match="no partitions of journal"):
        await leader._perform_assignment(None)
    assert leader.refreshed == MOST_ASSIGNMENTS - 1
