"""A document's file and a connection's state, asked of the simulated provider as a person types it."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.documents import DocumentState, DocumentStatus
from app.domain.time import legal_date
from app.operations import documents
from app.tracking.documents import track
from tests.cli.commands.conftest import run
from tests.providers.examples import ISSUED_AT, LINE
from tests.providers.examples import command as order_command

pytestmark = pytest.mark.usefixtures("business")


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("xml", b"<?xml"), ("html", b"<!DOCTYPE html>")])
def test_a_document_is_fetched_in_each_form(issued: DocumentStatus, form: str, begins: bytes, tmp_path: Path) -> None:
    done = run("documents", "download", issued.document_id[:8], "--as", form, "-o", "out")
    assert done.exit_code == 0, done.output
    content = (tmp_path / "out").read_bytes()
    assert content[: len(begins)].lower() == begins.lower()
    assert f"out: {len(content)} bytes" in done.output


def test_a_day_that_is_none_is_refused_with_one_that_is() -> None:
    done = run("connections", "documents", "ORNEK", "nilvera", "--from", "01.11.2026", "--to", "2026-11-30")
    assert (done.exit_code, "'01.11.2026' is no day like 2026-01-31." in done.stderr) == (2, True)


def test_without_a_name_the_file_bears_the_documents_number(issued: DocumentStatus, tmp_path: Path) -> None:
    assert run("documents", "download", issued.document_id).exit_code == 0
    assert (tmp_path / f"{issued.number}.pdf").is_file()


@pytest.mark.parametrize(("number", "name"), [("../A/1", "___A_1"), ("/etc/x", "_etc_x"), (".x", "_x")])
def test_a_number_names_a_file_in_this_folder_and_no_other(
    issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: str, name: str
) -> None:
    strange = replace(issued, number=number)
    monkeypatch.setattr(documents, "all_documents", lambda: track([strange]))
    assert run("documents", "download", issued.document_id).exit_code == 0
    assert [file.name for file in tmp_path.glob("*.pdf")] == [f"{name}.pdf"]


def test_a_document_that_the_provider_does_not_know_is_one_sentence(
    issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = replace(issued, document_id="0f8fad5b-d9cb-469f-a165-70867728950e")
    monkeypatch.setattr(documents, "all_documents", lambda: track([strange]))
    done = run("documents", "download", strange.document_id)
    assert (done.exit_code, done.stderr) == (1, f"nilvera does not know document {strange.document_id}.\n")


def test_what_is_not_issued_has_no_file(issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = replace(issued, state=DocumentState.PLANNED, number=None, document_type=None)
    monkeypatch.setattr(documents, "all_documents", lambda: track([planned]))
    done = run("documents", "download", planned.document_id)
    assert (done.exit_code, "there is no file of it" in done.stderr) == (1, True)


def test_a_file_of_ours_says_so_in_its_name_in_a_sentence_and_in_json(
    issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(documents, "command_for", lambda _: order_command())
    done = run("documents", "download", issued.document_id, "--as", "xml", "--ours", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["origin"] == "MADE_AGAIN"
    assert said["file"] == f"{issued.number}-ours.xml"
    assert "neither nilvera's file nor signed" in done.stderr
    assert "nilvera has a document of the same reference" in done.stderr
    content = (tmp_path / said["file"]).read_text()
    assert issued.document_id in content
    assert issued.number is not None and issued.number in content


def test_a_file_of_ours_that_would_be_another_document_is_not_written(
    issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dearer = order_command(lines=(replace(LINE, unit_price=Decimal("41.00")),))
    monkeypatch.setattr(documents, "command_for", lambda _: dearer)
    done = run("documents", "download", issued.document_id, "--as", "xml", "--ours")
    assert done.exit_code == 1
    assert "another document today than nilvera has" in done.stderr
    assert not list(tmp_path.glob("*.xml"))


def test_a_file_of_ours_needs_the_order(issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "command_for", lambda _: None)
    done = run("documents", "download", issued.document_id, "--ours")
    assert (done.exit_code, "no longer here" in done.stderr) == (1, True)


def not_legal_yet(issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = replace(issued, state=DocumentState.DRAFT, number=None)
    monkeypatch.setattr(documents, "all_documents", lambda: track([draft]))
    monkeypatch.setattr(documents, "command_for", lambda _: order_command())


def test_a_draft_is_drawn_with_its_totals_and_says_that_it_is_no_legal_document(
    issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    not_legal_yet(issued, monkeypatch)
    done = run("documents", "preview", issued.document_id, "--as", "html", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    page = (tmp_path / f"{issued.document_id}-preview.html").read_text()
    assert "yasal bir belge değildir" in page
    assert LINE.name in page
    assert (said["currency"], Decimal(said["payable"]) > Decimal(said["vat"]) > 0) == ("TRY", True)


def test_a_preview_is_a_page_for_printing_too(issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    not_legal_yet(issued, monkeypatch)
    done = run("documents", "preview", issued.document_id, "-o", "out.pdf")
    assert done.exit_code == 0, done.output
    assert Path("out.pdf").read_bytes().startswith(b"%PDF")
    assert "out.pdf: a preview as EARSIV, no legal document" in done.stdout


def test_what_is_legal_is_downloaded_and_not_drawn(issued: DocumentStatus) -> None:
    done = run("documents", "preview", issued.document_id)
    assert (done.exit_code, "download it instead" in done.stderr) == (1, True)


def test_a_provider_without_lasting_links_is_one_sentence(issued: DocumentStatus) -> None:
    done = run("documents", "link", issued.document_id)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "nilvera gives no lasting link to a document of type EARSIV.\n"


def matches(*words: str) -> tuple[int, dict[str, str]]:
    """The exit code, and the match of each document by its number."""
    day = legal_date(ISSUED_AT).isoformat()
    done = run("connections", "documents", "ORNEK", "nilvera", "--from", day, "--to", day, "--json", *words)
    rows = json.loads(done.stdout)
    return done.exit_code, {(each["listed"] or each["ours"])["number"]: each["match"] for each in rows}


def test_a_list_of_which_everything_is_known_is_said_to_agree(issued: DocumentStatus) -> None:
    assert matches() == (0, {issued.number: "KNOWN"})
    day = legal_date(ISSUED_AT).isoformat()
    shown = run("connections", "documents", "ORNEK", "nilvera", "--from", day, "--to", day)
    assert "1 documents (EARSIV, EFATURA)" in shown.stdout
    assert "120.00 TRY" in shown.stdout


def test_what_is_known_on_one_side_alone_is_marked(issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = replace(
        issued,
        document_id="0f8fad5b-d9cb-469f-a165-70867728950e",
        number="ORN2026999999999",
        ettn=None,
        issue_date=legal_date(ISSUED_AT),
    )
    monkeypatch.setattr(documents, "all_documents", lambda: track([lost]))
    assert matches() == (3, {issued.number: "UNKNOWN", lost.number: "LACKING"})


@pytest.mark.parametrize("days", [("2026-05-02", "2026-05-01"), ("2026-01-01", "2026-12-31")])
def test_a_span_that_no_list_is_asked_for_is_one_sentence(days: tuple[str, str]) -> None:
    done = run("connections", "documents", "ORNEK", "nilvera", "--from", days[0], "--to", days[1])
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)


def checks(*words: str) -> dict[str, str]:
    found: dict[str, Any] = json.loads(run("connections", "check", *words, "--json").stdout)
    return {f"{provider} {each['subject']}": each["state"] for provider, said in found.items() for each in said}


def test_a_connection_that_works_is_said_subject_by_subject() -> None:
    done = run("connections", "check", "ORNEK", "nilvera")
    assert done.exit_code == 0, done.output
    assert set(checks("ORNEK").values()) == {"FINE"}
    assert "nilvera LOGIN" in checks("ORNEK")


def test_a_wrong_login_is_found_before_the_first_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NILVERA_API_KEY", "nonsense")
    assert run("config", "apply", "f.yaml").exit_code == 0
    done = run("connections", "check", "ORNEK")
    assert (done.exit_code, checks("ORNEK")["nilvera LOGIN"]) == (1, "WRONG")


@pytest.mark.parametrize("words", [("NOBODY",), ("NOBODY", "nilvera"), ("ORNEK", "testbook")])
def test_what_is_not_connected_is_one_sentence(words: tuple[str, ...]) -> None:
    done = run("connections", "check", *words)
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
