"""What a person sees of the numbers, and how a lost number store comes back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina
import structlog
from confluent_kafka import KafkaError, KafkaException
from pydantic import SecretStr
from typer.testing import CliRunner

from app.cli.main import app
from app.domain.numbers import NumberFate
from app.operations import numbers
from app.operations.workers import stages
from app.settings import Settings, settings
from app.store import Store, new_key
from app.stream.errors import TopicMissingError
from app.stream.ownership.exits import ABORTED, NUMBERS_BEHIND, TOPIC_MISSING
from app.stream.records import InRecord
from tests.issuing.journal.test_allotted_numbers import changelog, lived
from tests.store.configurations import PROVIDER, business, with_login
from tests.store.test_numbers import TAXPAYER, close_number, configured, number_of, wanted
from tests.stream.fakes import Aborted, abort

FIRST = "ORN2026000000001"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    database, key = f"sqlite:///{tmp_path}/f.db", new_key()
    monkeypatch.setenv("FATURAFLOW_DATABASE", database)
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", key)
    monkeypatch.setenv("FATURAFLOW_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("FATURAFLOW_DATA_DIR", f"{tmp_path}/data")
    settings.cache_clear()
    with Store.open(Settings(database=database, secret_key=SecretStr(key))) as opened:
        yield opened
    settings.cache_clear()
    structlog.reset_defaults()  # a worker's log goes to the standard error of its command, which is closed by now


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One provider's journal, with the numbers of a shop."""
    records = list(changelog(lived()))

    def read(_: str, topic: str) -> Iterator[InRecord]:
        return iter(records if topic == "faturaflow-issuer-testbook-journal-changelog" else [])

    monkeypatch.setattr(numbers, "read_topic", read)
    monkeypatch.setattr(numbers, "records_of", read)


def said(*arguments: str) -> Any:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_each_series_says_how_far_it_has_come_and_each_gap_why(store: Store) -> None:
    configured(store)
    for number in (1, 2):
        number_of(store.numbers(), wanted(number))
    close_number(store.numbers(), wanted(1), NumberFate.FREE, FIRST)
    (series,) = said("numbers", "list")
    assert (series["highest"], series["open"], series["free"]) == ("ORN2026000000002", 1, 1)
    assert [(gap["first"], gap["kind"], gap["document_id"]) for gap in said("numbers", "gaps")] == [
        (FIRST, "RELEASED", wanted(1).document_id),
        ("ORN2026000000002", "OPEN", wanted(2).document_id),
    ]
    assert f"{TAXPAYER}: {FIRST}: its document ended without it" in CliRunner().invoke(app, ["numbers", "gaps"]).stdout


def test_a_series_without_gaps_is_told_in_a_sentence(store: Store) -> None:
    configured(store)
    assert CliRunner().invoke(app, ["numbers", "gaps"]).stdout == "No number is without its document.\n"


def test_a_lost_number_store_is_raised_to_the_journals_and_twice_is_once(store: Store, journal: None) -> None:
    del store, journal
    raised = {"taxpayer": TAXPAYER, "series": "ORN", "year": 2025, "was": 0}
    assert said("rebuild", "numbers")["raised"] == [raised]
    assert said("rebuild", "numbers") == {"numbers": 5, "raised": [], "contradictions": []}


def test_a_number_of_two_documents_is_told_and_is_no_success(store: Store, journal: None) -> None:
    del journal
    number_of(configured(store).numbers(), wanted(99, issued_at=wanted().issued_at.replace(year=2025)))
    result = CliRunner().invoke(app, ["rebuild", "numbers"])
    assert result.exit_code == 1
    assert "ORN2025000000001 is held by another document" in result.stderr


def numbered_by_us(store: Store) -> None:
    login = with_login(options={"numbers": "ours"}).connections[PROVIDER]
    store.apply([business(connections={PROVIDER: login, "testbook": login})], actor="test")


def test_an_issuer_does_not_start_on_a_store_that_is_older_than_its_journal_until_it_is_raised(
    store: Store, journal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del journal
    started: list[object] = []
    monkeypatch.setattr(stages, "start", started.append)
    numbered_by_us(store)
    refused = CliRunner().invoke(app, ["worker", "issuer", "testbook"])
    assert refused.exit_code == NUMBERS_BEHIND
    assert f"{TAXPAYER}: series ORN of 2025 has come to 3, the store knows 0." in refused.stderr
    assert "faturaflow rebuild numbers" in refused.stderr
    assert started == []
    said("rebuild", "numbers")
    assert CliRunner().invoke(app, ["worker", "issuer", "testbook"]).exit_code == 0
    assert len(started) == 1


def test_an_issuer_whose_providers_number_reads_no_journal(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(stages, "start", started.append)
    store.apply([business()], actor="test")
    assert CliRunner().invoke(app, ["worker", "issuer", PROVIDER]).exit_code == 0
    assert len(started) == 1


def test_an_issuer_that_numbers_waits_while_the_broker_is_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    numbered_by_us(store)
    started: list[object] = []
    away = [KafkaException(KafkaError(KafkaError._TRANSPORT)), KafkaException(KafkaError(KafkaError._TRANSPORT))]

    def read(_bootstrap: str, _topic: str) -> Iterator[InRecord]:
        if away:
            raise away.pop()
        yield from ()

    monkeypatch.setattr(numbers, "records_of", read)
    monkeypatch.setattr(stages, "start", started.append)
    with stamina.set_testing(True, attempts=3):
        assert CliRunner().invoke(app, ["worker", "issuer", "testbook"]).exit_code == 0
    assert len(started) == 1


def test_where_nobody_answers_an_issuer_that_numbers_ends_as_the_guard_does(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered_by_us(store)
    monkeypatch.setattr("app.stream.clients.reader.ANSWER_SECONDS", 0.2)
    monkeypatch.setattr("app.stream.startup.retrying.abort", abort)
    with stamina.set_testing(True, attempts=2), pytest.raises(Aborted, match="the broker does not answer") as left:
        CliRunner().invoke(app, ["worker", "issuer", "testbook"])
    assert left.value.code == ABORTED


def test_an_issuer_that_numbers_ends_with_the_code_of_a_missing_topic(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered_by_us(store)

    def read(_bootstrap: str, topic: str) -> Iterator[InRecord]:
        raise TopicMissingError(TOPIC_MISSING, topic)

    monkeypatch.setattr(numbers, "records_of", read)
    assert CliRunner().invoke(app, ["worker", "issuer", "testbook"]).exit_code == TOPIC_MISSING
