"""The guard's questions while leaders and coordinators move."""

from collections.abc import Iterator
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest
import stamina
from confluent_kafka import KafkaError, KafkaException

from app.stream.errors import StartRefusedError
from app.stream.kafka_errors import TRANSIENT
from app.stream.ownership.commit_metadata import Note, Place
from app.stream.ownership.exits import CHANGELOG_EMPTY, TOPIC_MISSING
from app.stream.startup.group_state import KafkaGroupState, _text_beside
from app.stream.startup.guard import admit
from app.stream.startup.retrying import with_retries
from tests.stream.startup.test_guard import CHANGELOGS, SOURCES, WORKER, Group

ATTEMPTS = 3
LASTING = KafkaError(KafkaError.GROUP_AUTHORIZATION_FAILED)
PLACE = ("log", 0)


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    """No pauses, and an end after so many attempts instead of half a minute."""
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


class Moving(Group):
    """A broker's books that cannot be read just now."""

    def __init__(self, error: KafkaError) -> None:
        super().__init__()
        self._error = error

    def committed(self, _places: object) -> dict[Place, int]:
        raise KafkaException(self._error)


def admitted_by(*ledgers: Group) -> list[Group]:
    """Let the guard ask one ledger after the other; return those that it did not need."""
    left = list(ledgers)
    with_retries(lambda: admit(WORKER, left.pop(0)))
    return left


@pytest.mark.parametrize("code", sorted(TRANSIENT))
def test_the_guard_asks_again_while_leaders_and_coordinators_move(code: int) -> None:
    settled = Group()
    assert not admitted_by(Moving(KafkaError(code)), Moving(KafkaError(code)), settled)
    assert settled.founded == set(CHANGELOGS)
    assert settled.offsets == dict.fromkeys(SOURCES, 0)


def test_it_asks_again_what_the_client_calls_retriable() -> None:
    assert not admitted_by(Moving(KafkaError(LASTING.code(), retriable=True)), Group())


def test_it_does_not_ask_for_ever() -> None:
    moving = [Moving(KafkaError(KafkaError.UNKNOWN_LEADER_EPOCH)) for _ in range(ATTEMPTS)]
    with pytest.raises(KafkaException):
        admitted_by(*moving)


def test_what_lasts_is_not_asked_again() -> None:
    left = [Moving(LASTING), Group()]
    with pytest.raises(KafkaException):
        with_retries(lambda: admit(WORKER, left.pop(0)))
    assert len(left) == 1


def test_a_refusal_is_not_asked_again() -> None:
    left = [Group(offsets=dict.fromkeys(SOURCES, 100)), Group()]
    with pytest.raises(StartRefusedError) as refused:
        with_retries(lambda: admit(WORKER, left.pop(0)))
    assert refused.value.code == CHANGELOG_EMPTY
    assert len(left) == 1


class Admin:
    """A broker that answers with this error."""

    def __init__(self, code: int) -> None:
        self._error = KafkaError(code)

    def list_topics(self, topic: str, **_: object) -> Any:
        return SimpleNamespace(topics={topic: SimpleNamespace(error=self._error, partitions={})})

    def alter_consumer_group_offsets(self, asked: list[Any]) -> dict[str, Any]:
        answer: Future[Any] = Future()
        answer.set_exception(KafkaException(self._error))
        return {asked[0].group_id: answer}


def state(code: int) -> KafkaGroupState:
    books = KafkaGroupState("127.0.0.1:1", "planner")
    books._admin = Admin(code)
    return books


def test_a_topic_that_is_not_there_is_refused_and_one_without_a_leader_is_not() -> None:
    with pytest.raises(StartRefusedError) as refused:
        state(KafkaError.UNKNOWN_TOPIC_OR_PART).partitions("log")
    assert refused.value.code == TOPIC_MISSING
    with pytest.raises(KafkaException):
        state(KafkaError.LEADER_NOT_AVAILABLE).partitions("log")


def test_offsets_are_left_to_the_groups_members_and_not_to_a_coordinator_that_moves() -> None:
    assert not state(KafkaError.UNKNOWN_MEMBER_ID).commit({PLACE: 5})
    with pytest.raises(KafkaException):
        state(KafkaError.NOT_COORDINATOR).commit({PLACE: 5})


def test_a_note_is_read_although_the_client_reads_on_behind_it() -> None:
    class Overread:
        """A partition as the client gives it where no zero follows the note in memory."""

        @property
        def metadata(self) -> str:
            return b'{"record": [9, 1000], "changelogs": {}}\xff\xfe'.decode()

    assert Note.parse(_text_beside(Overread())) == Note(offset=9, timestamp_ms=1000)
