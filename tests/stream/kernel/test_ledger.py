"""The guard's questions while leaders and coordinators move."""

from collections.abc import Iterator
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest
import stamina
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from app.stream.errors import StartRefused
from app.stream.exits import TOPIC_MISSING
from app.stream.ledger import PASSING, BrokerLedger

PLACE = ("log", 0)
ATTEMPTS = 3
LASTING = KafkaError.GROUP_AUTHORIZATION_FAILED


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    """No pauses, and an end after so many attempts instead of half a minute."""
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


class Admin:
    """A broker that gives these answers, one after the other: an error's code, or None for a good one."""

    def __init__(self, *answers: int | None) -> None:
        self.answers = list(answers)

    def list_topics(self, topic: str, **_: object) -> Any:
        code = self.answers.pop(0)
        found = SimpleNamespace(error=KafkaError(code) if code is not None else None, partitions={0: None, 1: None})
        return SimpleNamespace(topics={topic: found})

    def list_offsets(self, asked: dict[TopicPartition, Any]) -> dict[TopicPartition, Any]:
        return {tp: self._answer(SimpleNamespace(offset=7)) for tp in asked}

    def list_consumer_group_offsets(self, asked: list[Any]) -> dict[str, Any]:
        return {asked[0].group_id: self._answer(SimpleNamespace(topic_partitions=[TopicPartition(*PLACE, 5)]))}

    def alter_consumer_group_offsets(self, asked: list[Any]) -> dict[str, Any]:
        return {asked[0].group_id: self._answer(None)}

    def _answer(self, good: Any) -> Any:
        answer: Future[Any] = Future()
        code = self.answers.pop(0)
        if code is None:
            answer.set_result(good)
        else:
            answer.set_exception(KafkaException(KafkaError(code)))
        return answer


def ledger(*answers: int | None) -> BrokerLedger:
    books = BrokerLedger("127.0.0.1:1", "planner")
    books._admin = Admin(*answers)
    return books


def questions(books: BrokerLedger) -> list[Any]:
    return [books.partitions("log"), books.log_starts([PLACE]), books.committed([PLACE]), books.commit({PLACE: 5})]


@pytest.mark.parametrize("code", sorted(PASSING))
def test_every_question_is_asked_again_while_leaders_and_coordinators_move(code: int) -> None:
    assert questions(ledger(*[code, code, None] * 4)) == [2, {PLACE: 7}, {PLACE: 5}, True]


def test_what_the_client_calls_retriable_is_asked_again() -> None:
    books = ledger(None)
    good, unnamed = books._admin.list_offsets, KafkaError(LASTING, retriable=True)
    refusals = [KafkaException(unnamed)]

    def refuse_once(asked: Any) -> Any:
        if refusals:
            raise refusals.pop()
        return good(asked)

    books._admin.list_offsets = refuse_once
    assert books.log_starts([PLACE]) == {PLACE: 7}


def test_it_is_not_asked_for_ever() -> None:
    books = ledger(*[KafkaError.UNKNOWN_LEADER_EPOCH] * ATTEMPTS)
    with pytest.raises(KafkaException):
        books.log_starts([PLACE])
    assert not books._admin.answers


def test_what_lasts_is_not_asked_again() -> None:
    books = ledger(LASTING, None)
    with pytest.raises(KafkaException):
        books.committed([PLACE])
    assert books._admin.answers == [None]


def test_a_topic_that_is_not_there_is_refused_at_once() -> None:
    books = ledger(KafkaError.UNKNOWN_TOPIC_OR_PART, None)
    with pytest.raises(StartRefused) as refused:
        books.partitions("log")
    assert refused.value.code == TOPIC_MISSING
    assert books._admin.answers == [None]


def test_offsets_are_left_to_the_groups_members_at_once() -> None:
    books = ledger(KafkaError.UNKNOWN_MEMBER_ID, None)
    assert not books.commit({PLACE: 5})
    assert books._admin.answers == [None]
