"""Reading a topic once, over a broker that restarts under the reading."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from app.stream.clients.errors import TopicUnreadableError
from app.stream.clients.reader import read_topic

NO_LEADER = KafkaError(KafkaError.NOT_LEADER_FOR_PARTITION)
REFUSED = KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED)


@dataclass(frozen=True, slots=True)
class Got:
    """A client's message: a record, or a fault in its place."""

    at: int = 0
    fault: KafkaError | None = None

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return self.at

    def error(self) -> KafkaError | None:
        return self.fault

    def topic(self) -> str:
        return "log"

    def timestamp(self) -> tuple[int, int]:
        return 1, 0

    def key(self) -> bytes:
        return b"k"

    def value(self) -> bytes:
        return b"v"

    def headers(self) -> None:
        return None


class Client:
    """A consumer of a log of four records whose consume() gives up at `faults`, one after another."""

    def __init__(self, faults: deque[KafkaError | None]) -> None:
        self._faults, self._next = faults, 0

    def list_topics(self, topic: str, *, timeout: float) -> Any:  # noqa: ARG002 - the client's own name
        fault = self._faults.popleft() if self._faults else None
        return SimpleNamespace(topics={topic: SimpleNamespace(error=fault, partitions=[0])})

    def get_watermark_offsets(self, place: TopicPartition, *, timeout: float) -> tuple[int, int]:  # noqa: ARG002 - likewise
        assert place.partition == 0
        return 0, 4

    def assign(self, places: list[TopicPartition]) -> None:
        [place] = places
        self._next = place.offset

    def consume(self, most: int, seconds: float) -> list[Got]:  # noqa: ARG002 - likewise
        fault = self._faults.popleft() if self._faults else None
        rows = [Got(self._next), Got(self._next + 1)]
        self._next += 1 if fault else 2
        return [rows[0], Got(fault=fault)] if fault else rows

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    monkeypatch.setattr("app.stream.clients.reader._PAUSE_SECONDS", 0.0)

    def read(*faults: KafkaError | None) -> list[int]:
        left = deque(faults)
        monkeypatch.setattr("app.stream.clients.reader.plain_consumer", lambda *_, **__: Client(left))
        return [record.offset for record in read_topic("127.0.0.1:1", "log")]

    return read


def test_a_leader_that_moves_under_the_reading_costs_and_repeats_no_record(reading: Callable[..., list[int]]) -> None:
    assert reading(None, NO_LEADER, NO_LEADER) == [0, 1, 2, 3]


def test_a_broker_that_knows_no_leader_yet_is_asked_again(reading: Callable[..., list[int]]) -> None:
    assert reading(KafkaError(KafkaError.LEADER_NOT_AVAILABLE), None) == [0, 1, 2, 3]


def test_what_does_not_pass_is_not_asked_again(reading: Callable[..., list[int]]) -> None:
    with pytest.raises(TopicUnreadableError, match="Kafka refused"):
        reading(None, REFUSED)


def test_leaders_that_do_not_come_back_end_the_reading(
    reading: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.stream.clients.reader._MOVING_SECONDS", -1.0)

    with pytest.raises(TopicUnreadableError) as raised:
        reading(None, NO_LEADER)

    assert isinstance(raised.value.__cause__, KafkaException)
