"""A document's file and a connection's state, asked of the simulated provider as a person types it."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.domain.documents import DocumentState, DocumentStatus, DocumentType
from app.domain.policy import Trigger
from app.operations import documents
from app.settings import settings
from app.store import new_key
from app.tracking.documents import track
from providers.base import ConnectionSettings, Done, Step, StepInput
from providers.nilvera.adapter import NilveraAdapter
from providers.nilvera.simulator import service
from providers.simulation.server import running
from tests.planning.events import Log, document_id, placed, progressed
from tests.providers.examples import FACTS, ISSUED_AT
from tests.providers.examples import command as order_command

KEY = "sandbox-1234567890"
SECONDS = 5.0
SHOP_FACTS = replace(FACTS, seller=replace(FACTS.seller, tax_number="1234567890"))


@pytest.fixture
def provider() -> Iterator[str]:
    """The simulated Nilvera in a thread of its own: the commands have an event loop of theirs."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    found: list[str] = []
    over = asyncio.Event()

    async def serve() -> None:
        async with running(service.application(1)) as url:
            found.append(url)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(SECONDS)
    yield found[0]
    loop.call_soon_threadsafe(over.set)
    thread.join(SECONDS)
    loop.close()


@pytest.fixture(autouse=True)
def business(provider: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The business of the example, connected to the simulator."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/f.db")
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", new_key())
    monkeypatch.setenv("NILVERA_API_KEY", KEY)
    settings.cache_clear()
    (tmp_path / "f.yaml").write_text(run("config", "example", "--sandbox", provider).output, encoding="utf-8")
    assert run("config", "apply", "f.yaml").exit_code == 0
    yield
    settings.cache_clear()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture
def issued(provider: str, monkeypatch: pytest.MonkeyPatch) -> DocumentStatus:
    """A document that stands at the provider, as the status topic has it."""
    made = asyncio.run(_make(provider))
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id("1", "2", "3"), DocumentState.ISSUED))
    latest = replace(
        log.all.statuses[-1],
        sequence=1,
        document_id=made.reference,
        number=made.number,
        document_type=DocumentType.EARSIV,
        occurred_at=ISSUED_AT + timedelta(seconds=1),
    )
    monkeypatch.setattr(documents, "all_documents", lambda: track([latest]))
    return latest


async def _make(url: str) -> Done:
    adapter = NilveraAdapter(ConnectionSettings(base_url=url, secrets={"api_key": KEY}))
    prepared = adapter.prepare(order_command(), SHOP_FACTS, DocumentType.EARSIV, ISSUED_AT)
    made = await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
    await adapter.close()
    assert isinstance(made, Done)
    return made


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
