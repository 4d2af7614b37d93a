"""`prove`, `what-if` and `rebuild all` as a person types them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.documents import DocumentStatus
from app.operations.proof import prove
from app.operations.what_if import run as history
from app.stream.records import InRecord
from tests.cli.commands.conftest import run
from tests.operations.what_if.test_what_if import OTHER, records, shipped


@pytest.fixture
def without_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Topics without a record."""
    monkeypatch.setattr(prove, "read_topic", lambda *_: iter(()))
    monkeypatch.setattr(prove, "bootstrap", lambda: "127.0.0.1:1")
    monkeypatch.setattr("app.operations.documents.command_for", lambda _: None)


@pytest.mark.usefixtures("business", "without_journal")
def test_what_is_not_proven_is_said_with_all_evidence_and_exit_code_3(issued: DocumentStatus) -> None:
    done = run("prove", issued.document_id[:8])
    assert done.exit_code == 3, done.output
    assert done.output.splitlines()[-1].startswith("It is not proven that exactly one exists, because its id does not")
    assert "look-up: Done" in done.output
    assert "1 rows are it, 0 no document of ours" in done.output


@pytest.mark.usefixtures("business", "without_journal")
def test_as_json_the_evidence_has_the_providers_words_and_no_buyers_number(issued: DocumentStatus) -> None:
    proof = json.loads(run("prove", issued.document_id, "--json").stdout)
    assert proof["conclusion"]["verdict"] == "NOT_PROVEN"
    assert proof["provider"]["look_up"]["finding"] == "Done"
    assert [row["number"] for row in proof["provider"]["listed"]] == [issued.number]
    assert "buyer_tax_number" not in json.dumps(proof["provider"])


@pytest.mark.usefixtures("business", "without_journal", "issued")
def test_a_document_that_there_is_not_is_one_sentence() -> None:
    done = run("prove", "ffff")
    assert (done.exit_code, done.stderr) == (1, "No documents have an id that begins with 'ffff'.\n")


@pytest.fixture
def other_policies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    def read_topic(*_: str) -> Iterator[InRecord]:
        return records(shipped().events)

    monkeypatch.setattr(history, "read_topic", read_topic)
    monkeypatch.setattr(history, "bootstrap", lambda: "127.0.0.1:1")
    file = tmp_path / "other.yaml"
    file.write_text(OTHER, encoding="utf-8")
    return file


def test_history_under_other_policies_is_shown_order_by_order_with_both_values(other_policies: Path) -> None:
    done = run("what-if", "--policy", f"{other_policies}", "--from", "2026-11-02")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert (lines[0], lines[2].strip()) == ("ORNEK/S-1001", "connection: nilvera → testbook")
    assert lines[-1] == (
        "1 orders, 5 events, 5 decided by another policy; 1 orders differ: documents 0 would not be made, 0 would be "
        "made, 2 other; 0 answers are others."
    )


def test_as_json_each_line_is_an_order_and_the_last_one_the_summary(other_policies: Path) -> None:
    first, last = map(json.loads, run("what-if", "--policy", f"{other_policies}", "--json").stdout.splitlines())
    assert (first["order_key"], len(first["documents"])) == ("ORNEK/S-1001", 2)
    assert last["summary"]["documents"] == {"OTHERWISE": 2}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("what-if",), 2, "--policy"),
        (("what-if", "--policy", "nowhere.yaml"), 1, "nowhere.yaml:1: the file cannot be read"),
        (("what-if", "--policy", "other.yaml", "--from", "yesterday"), 1, "neither a day like 2026-11-01"),
    ],
)
def test_what_cannot_be_used_is_a_sentence_and_an_exit_code(
    other_policies: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.chdir(other_policies.parent)
    done = run(*words)
    assert (done.exit_code, said in done.stderr) == (code, True)
