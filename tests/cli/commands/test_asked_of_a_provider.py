"""A document's file and a connection's state, asked of the simulated provider as a person types it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.documents import DocumentState, DocumentStatus
from app.operations import documents
from app.tracking.documents import track
from tests.cli.commands.conftest import run

pytestmark = pytest.mark.usefixtures("business")


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("xml", b"<?xml"), ("html", b"<!DOCTYPE html>")])
def test_a_document_is_fetched_in_each_form(issued: DocumentStatus, form: str, begins: bytes, tmp_path: Path) -> None:
    done = run("documents", "download", issued.document_id[:8], "--as", form, "-o", "out")
    assert done.exit_code == 0, done.output
    content = (tmp_path / "out").read_bytes()
    assert content[: len(begins)].lower() == begins.lower()
    assert f"out: {len(content)} bytes" in done.output


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
