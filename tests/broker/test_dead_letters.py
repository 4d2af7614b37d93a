"""Dead letters on a real Kafka: listed, shown, and back through intake without a second invoice."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli.commands.dlq import app
from app.domain.policy import RULES_VERSION
from app.settings import settings
from app.stream.clients.producer import write_all
from app.stream.records import InRecord
from app.stream.serialization.deadletters import dead_letter
from tests.broker.intake_and_planner import BY_KEY, SHOP, IntakeAndPlanner, running_stages
from tests.harness.pipeline import order, request

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def running(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IntakeAndPlanner]:
    with running_stages(tmp_path_factory.mktemp("dead-letters"), bootstrap) as stages:
        yield stages


@pytest.fixture
def stages(running: IntakeAndPlanner, monkeypatch: pytest.MonkeyPatch) -> Iterator[IntakeAndPlanner]:
    """The installation that the commands typed here belong to."""
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield running
    settings.cache_clear()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def said(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def listed(*words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(said("list", "--json", *words))
    return found


def as_json(value: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({**value, "business": SHOP, **more}, ensure_ascii=False).encode()


def bury(stages: IntakeAndPlanner, value: bytes, code: str) -> None:
    """What an earlier, faulty intake left behind: a record that today's can read."""
    old = InRecord(
        topic=stages.topics.orders, partition=3, offset=99, timestamp_ms=0, key=b"k", value=value, headers=()
    )
    write_all(stages.bootstrap, [dead_letter(old, app="intake", code=code, message="ZeroDivisionError")])


def test_a_dead_letter_is_listed_and_shown_and_its_content_only_when_asked_for(stages: IntakeAndPlanner) -> None:
    stages.write(stages.topics.orders, b'{"name": "Ay\xc5\x9fe\x1b[2J', key=b"ayse@example.com")
    stages.dead_letters("intake", 1)
    (letter,) = listed("--reason", "NOT_JSON", "--app", "intake", "--topic", stages.topics.orders)
    assert (letter["attempts"], letter["source"]) == (1, f"{stages.topics.orders}:0:0")
    assert "NOT_JSON" in said("list")
    assert "Ayşe" not in said("show", letter["place"]) and "ayse" not in said("show", letter["place"])
    shown = said("show", letter["place"], "--value")
    assert r'{"name": "Ayşe\x1b[2J' in shown and "ayse@example.com" in shown
    assert listed("--since", "2999-01-01") == []


def test_a_filter_is_replayed_through_intake_and_what_was_known_is_a_duplicate(stages: IntakeAndPlanner) -> None:
    """Twice the same order, once more than was lost: one command, one answer each."""
    for value in (
        as_json(order("D-1")),
        as_json(order("D-1")),
        as_json(request("D-1", "1")),
        as_json(request("D-1", "1")),
    ):
        bury(stages, value, "INTAKE_FAILED")
    assert "To be submitted again: 4; refused: 0." in said(
        "replay", "--reason", "INTAKE_FAILED", "--app", "intake", "--actor", "ayse", "--dry-run"
    )
    assert not [record for record in stages.read(stages.topics.orders) if record.key == b"k"]
    for count in (4, 8):
        said("replay", "--reason", "INTAKE_FAILED", "--actor", "ayse")
        verdicts = stages.verdicts("D-1", count)
    assert sorted(verdicts) == [*[("DUPLICATE", None)] * 6, *[("OK", None)] * 2]
    assert len(stages.read(stages.topics.commands("nilvera"))) == 1
    (again, *_) = [record for record in stages.read(stages.topics.orders) if record.key == b"k"]
    headers = dict(again.headers)
    assert (headers["dlq-attempts"], headers["dlq-replayed-by"]) == (b"1", b"ayse")


def test_a_replay_that_fails_again_stands_for_the_one_that_it_was(stages: IntakeAndPlanner) -> None:
    bury(stages, b"[1]", "NO_IDENTITY")
    for _ in range(2):
        before = len(stages.dead_letters("intake", 1))
        assert "Submitted again: 1; refused: 0." in said("replay", "--reason", "NO_IDENTITY", "--actor", "ayse")
        stages.dead_letters("intake", before + 1)
    letters = listed("--reason", "NO_IDENTITY")
    assert [letter["attempts"] for letter in letters] == [1, 2, 3]
    assert [letter["failed_again"] for letter in letters] == [True, True, False]


def test_a_poisoned_event_goes_back_through_intake_and_waits_with_its_order(stages: IntakeAndPlanner) -> None:
    spoilt = {"event_id": "e-1", "received_at": "2026-11-02T09:00:00Z", "rules_version": RULES_VERSION}
    stages.write(
        stages.topics.order_log, as_json({**order("D-2"), **spoilt}), key=f"{SHOP}/D-2".encode(), partition=BY_KEY
    )
    stages.dead_letters("planner", 1)
    (letter,) = listed("--app", "planner")
    assert "Submitted again: 1; refused: 0." in said("replay", letter["place"], "--actor", "ayse")
    assert stages.verdicts("D-2", 2) == [("HELD", "ORDER_FROZEN")] * 2  # itself, and what was replayed of it


def test_what_must_not_be_replayed_is_refused_in_one_sentence(stages: IntakeAndPlanner) -> None:
    body = {"type": "HoldExpired", "event_ids": ["e"]}
    old = InRecord(
        topic=stages.topics.order_log,
        partition=0,
        offset=99,
        timestamp_ms=0,
        key=f"{SHOP}/D-3".encode(),
        value=as_json(
            {
                **request("D-3", "1"),
                "body": body,
                "event_id": "e-3",
                "received_at": "2026-11-02T09:00:00Z",
                "rules_version": RULES_VERSION,
            }
        ),
        headers=(),
    )
    write_all(stages.bootstrap, [dead_letter(old, app="planner", code="ENTRY_TOO_LARGE", message="why")])
    before = len(stages.read(stages.topics.orders))
    result = run("replay", "--reason", "ENTRY_TOO_LARGE", "--actor", "ayse")
    assert result.exit_code == 1
    assert "HoldExpired is written by our own workers" in result.stderr
    assert len(stages.read(stages.topics.orders)) == before
