"""What a start asks of a broker: again while it is away, and how the worker ends where it does not come back."""

from collections.abc import Callable, Iterator

import pytest
import stamina
from confluent_kafka import KafkaError, KafkaException

from app.operations.workers.stages import ready_codec
from app.stream.clients.errors import TopicUnreadableError
from app.stream.clients.reader import read_topic, records_of
from app.stream.errors import StartRefusedError, TopicMissingError
from app.stream.kafka_errors import is_transient
from app.stream.ownership.exits import ABORTED, CHANGELOG_EMPTY, TOPIC_MISSING
from app.stream.serialization.avro import RECORD_TYPES
from app.stream.serialization.codec import Codec
from app.stream.startup.group_state import KafkaGroupState
from app.stream.startup.retrying import answer_or_exit
from tests.stream.fakes import Aborted, abort
from tests.stream.serialization.registries import Returning

ATTEMPTS = 3
NOBODY = "127.0.0.1:1"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No pauses, an end after so many attempts instead of half a minute, and a process that stays."""
    monkeypatch.setattr("app.stream.startup.retrying.abort", abort)
    monkeypatch.setattr("app.stream.startup.group_state.REQUEST_TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr("app.stream.clients.reader.ANSWER_SECONDS", 0.2)
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: KafkaGroupState(NOBODY, "planner").partitions("log"), id="the guard"),
        pytest.param(lambda: list(records_of(NOBODY, "log")), id="a journal's reader"),
    ],
)
def test_a_broker_that_is_away_is_asked_again_and_then_left(ask: Callable[[], object]) -> None:
    asked: list[None] = []

    def counted() -> object:
        asked.append(None)
        return ask()

    with pytest.raises(Aborted, match="the broker does not answer") as left:
        answer_or_exit(counted)
    assert left.value.code == ABORTED
    assert isinstance(left.value.exc, KafkaException)
    assert is_transient(left.value.exc)
    assert len(asked) == ATTEMPTS


def test_who_is_back_meanwhile_gives_the_answer() -> None:
    answers: list[int | Exception] = [KafkaException(KafkaError(KafkaError._TRANSPORT)), 7]

    def ask() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert answer_or_exit(ask) == 7


def test_a_registry_that_comes_back_is_given_the_schemas(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Returning(ATTEMPTS - 1)
    monkeypatch.setattr("app.operations.workers.stages.codec", lambda: Codec(registry))
    ready_codec()
    assert len(registry.texts) == len(RECORD_TYPES)


def test_a_registry_that_stays_away_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.operations.workers.stages.codec", lambda: Codec(Returning(ATTEMPTS)))
    with pytest.raises(Aborted, match="the schema registry does not answer") as left:
        ready_codec()
    assert left.value.code == ABORTED


@pytest.mark.parametrize(
    "refused", [StartRefusedError(CHANGELOG_EMPTY, "why"), TopicMissingError(TOPIC_MISSING, "which")]
)
def test_a_refusal_ends_the_worker_with_its_code(refused: StartRefusedError) -> None:
    def ask() -> None:
        raise refused

    with pytest.raises(SystemExit) as ended:
        answer_or_exit(ask)
    assert ended.value.code == refused.code


def test_a_request_that_timed_out_ends_it_as_one_that_failed() -> None:
    def ask() -> None:
        raise TimeoutError

    with pytest.raises(Aborted, match="the broker does not answer"):
        answer_or_exit(ask)


def test_to_a_person_it_is_one_sentence() -> None:
    with pytest.raises(TopicUnreadableError, match=r"Kafka does not answer at 127\.0\.0\.1:1: is it running"):
        list(read_topic(NOBODY, "log"))
