"""`reconcile` as a person types it, at the simulated provider; topics are lists."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import pytest

from app.domain.documents import DocumentStatus
from app.domain.reconciliation import Reconciliation
from app.domain.time import legal_date
from app.operations.logins.adapters import UnusableLoginError
from app.operations.reconciliation import run as one_day
from app.stream.records import InRecord, Record
from app.stream.serialization.codec import Codec
from app.tracking.documents import TrackedDocument, track
from tests.cli.commands.conftest import run
from tests.providers.examples import ISSUED_AT

DAY = f"{legal_date(ISSUED_AT)}"
# The simulator takes a third of a second.
MOST_LOOKS = 100
pytestmark = pytest.mark.usefixtures("business")


@pytest.fixture(autouse=True)
def topic(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """What was written."""
    written: list[Record] = []

    def read_topic(*_: str) -> Iterable[InRecord]:
        for offset, each in enumerate(written):
            yield InRecord(
                topic=each.topic,
                partition=0,
                offset=offset,
                timestamp_ms=0,
                key=each.key,
                value=each.value,
                headers=(),
            )

    monkeypatch.setattr(one_day, "read_topic", read_topic)
    monkeypatch.setattr(one_day, "bootstrap", lambda: "127.0.0.1:1")
    monkeypatch.setattr(one_day, "write_all", lambda _bootstrap, records: written.extend(records))
    monkeypatch.setattr(one_day, "amounts_of", lambda *_: {})
    return written


def tracked(issued: DocumentStatus, **changes: Any) -> Callable[[], dict[str, TrackedDocument]]:
    """Every document that is known here."""
    return lambda: track([replace(issued, **changes)])


def refuse(*_: object) -> NoReturn:
    raise UnusableLoginError("the secret api_key is missing")


def events(written: list[Record]) -> list[str]:
    return [Codec().read(Reconciliation, each.value).body.type for each in written]


def test_a_day_that_agrees_is_a_row_and_exit_code_0(issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.operations.documents.all_documents", tracked(issued, issue_date=legal_date(ISSUED_AT)))
    done = run("reconcile", "--business", "ORNEK", "--day", DAY)
    assert (done.exit_code, "COMPARED" in done.output, "No finding." in done.output) == (0, True, True), done.output


def test_a_document_that_is_not_known_here_is_a_finding_and_exit_code_3(
    issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch, topic: list[Record]
) -> None:
    monkeypatch.setattr("app.operations.documents.all_documents", dict)
    compare = ("reconcile", "--business", "ORNEK", "--day", DAY, "--json")
    # For a moment it is only being processed there, which is no legal document.
    first = next(done for _ in range(MOST_LOOKS) if (done := run(*compare)).exit_code)
    topic[:] = topic[-2:]
    second = run(*compare)
    (day,) = json.loads(first.stdout)
    assert (first.exit_code, second.exit_code) == (3, 3)
    assert [change["body"]["number"] for change in day["changed"]] == [issued.number]
    assert json.loads(second.stdout)[0]["changed"] == []
    assert events(topic) == ["Finding", "DayReconciled", "DayReconciled"]
    listed = run("reconcile", "list", "--days")
    assert (listed.exit_code, "MISSING_HERE" in listed.output, "COMPARED" in listed.output) == (3, True, True)


def test_a_provider_that_is_not_there_leaves_the_day_unanswered(
    issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.operations.documents.all_documents", tracked(issued))
    monkeypatch.setattr("app.operations.logins.asking.adapter_of", refuse)
    done = run("reconcile", "--business", "ORNEK", "--day", DAY)
    assert (done.exit_code, "NOT_ANSWERED" in done.output) == (3, True)


def test_the_findings_of_nothing_are_none() -> None:
    assert run("reconcile", "list").output == "No finding.\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "name the business"),
        (("--business", "ORNEK", "--day", "02.11.2026"), 2, "is no day like"),
        (("--business", "ORNEK", "--day", "2099-01-01"), 1, "2099-01-01 has not come yet in Turkey."),
        (("--business", "NOBODY"), 1, "There is no business NOBODY"),
        (("--business", "ORNEK", "--connection", "x"), 1, "ORNEK has no connection x."),
    ],
)
def test_what_cannot_be_asked_is_a_sentence_and_an_exit_code(words: tuple[str, ...], code: int, said: str) -> None:
    done = run("reconcile", *words)
    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr


def test_a_day_is_yesterday_in_turkey_unless_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.operations.documents.all_documents", dict)
    (day,) = json.loads(run("reconcile", "--business", "ORNEK", "--json").stdout)
    assert day["day"][2] == f"{legal_date(datetime.now(UTC)) - timedelta(days=1)}"
