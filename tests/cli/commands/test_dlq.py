"""What `faturaflow dlq` says before it needs a broker; with one: tests/broker/test_dead_letters.py."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

from app.cli.commands.dlq import _moment, app, readable, safe
from app.operations import dead_letters
from app.settings import settings
from app.stream.records import InRecord

LETTER = "mine.orders.v1.intake.dlq:0:7"


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A prefix of its own, and a broker that nobody may need: nothing listens on that port."""
    monkeypatch.setenv("FATURAFLOW_TOPIC_PREFIX", "mine.")
    monkeypatch.setenv("FATURAFLOW_BOOTSTRAP", "127.0.0.1:1")
    settings.cache_clear()
    yield
    settings.cache_clear()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"})


def one_sentence(result: Result) -> str:
    assert result.exit_code == 1
    (sentence,) = result.stderr.splitlines()
    return sentence


@pytest.mark.parametrize("words", [(), (LETTER, "--reason", "NOT_JSON")], ids=["neither", "both"])
def test_a_replay_names_one_dead_letter_or_a_filter(words: tuple[str, ...]) -> None:
    assert "Name one dead letter, or which ones" in one_sentence(run("replay", *words, "--actor", "ayse"))


def test_a_replay_says_who_acts() -> None:
    assert "--actor" in run("replay", LETTER).stderr


@pytest.mark.parametrize("place", ["orders.v1", "orders.v1:0", "orders.v1:zero:1"])
def test_what_is_no_place_is_refused_with_the_form_that_one_has(place: str) -> None:
    result = run("show", place)
    assert result.exit_code == 2
    assert "TOPIC:PARTITION:OFFSET" in result.stderr


@pytest.mark.parametrize("topic", ["mine.orders.v1", "orders.v1.intake.dlq", "theirs.orders.v1.intake.dlq"])
def test_only_dead_letters_of_this_installation_are_shown_and_replayed(topic: str) -> None:
    for words in (("show", f"{topic}:0:7"), ("replay", f"{topic}:0:7", "--actor", "ayse")):
        assert f"{topic} is no dead-letter topic of this installation" in one_sentence(run(*words))


def test_a_day_begins_in_turkey() -> None:
    assert _moment("2026-11-21").utcoffset() == timedelta(hours=3)
    assert _moment("2026-11-21T09:00Z").utcoffset() == timedelta(0)
    assert run("list", "--since", "yesterday").exit_code == 2


def test_nothing_of_a_dead_letter_steers_the_terminal() -> None:
    assert safe("\x1b[31mÇay\u202e\r\n") == r"\x1b[31mÇay\u202e\r\n"
    assert readable(b"\xff{\x00} \xc3\x87ay") == r"\xff{\x00} Çay"


def test_one_dead_letter_is_shown_in_turkish_time_and_without_what_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = InRecord(
        topic="mine.orders.v1.intake.dlq",
        partition=0,
        offset=7,
        timestamp_ms=1_796_024_642_000,
        key=None,
        value=b"not json",
        headers=(("dlq-reason", b"NOT_JSON"), ("dlq-app", b"intake")),
    )
    monkeypatch.setattr(dead_letters, "find_dead_letter", lambda _: letter)
    shown = run("show", LETTER, "--value").stdout
    assert "written at         2026-11-30 10:44:02+03:00\n" in shown
    assert not {"replay of", "replayed by", "key  "} & {line[:9] for line in shown.splitlines()}
    assert "None" not in shown
