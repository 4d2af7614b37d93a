"""The example's business, connected to the simulated Nilvera, and a document there."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

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
from tests.providers.examples import CONSUMER, FACTS, ISSUED_AT, TAXPAYER
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


@pytest.fixture
def business(provider: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The business of the example, connected to the simulator."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/f.db")
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", new_key())
    monkeypatch.setenv("NILVERA_API_KEY", KEY)
    settings.cache_clear()
    (tmp_path / "f.yaml").write_text(
        run("config", "example", "nilvera", "--sandbox", provider).output, encoding="utf-8"
    )
    assert run("config", "apply", "f.yaml").exit_code == 0
    yield
    settings.cache_clear()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture
def issued(provider: str, monkeypatch: pytest.MonkeyPatch) -> DocumentStatus:
    """A document that is at the provider, as the status topic has it."""
    return issued_at(provider, monkeypatch)


@pytest.fixture
def issued_efatura(provider: str, monkeypatch: pytest.MonkeyPatch) -> DocumentStatus:
    """The same, an e-Fatura."""
    return issued_at(provider, monkeypatch, DocumentType.EFATURA)


def issued_at(
    provider: str, monkeypatch: pytest.MonkeyPatch, document_type: DocumentType = DocumentType.EARSIV
) -> DocumentStatus:
    made = asyncio.run(made_by_another_program(provider, document_type))
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id("1", "2", "3"), DocumentState.ISSUED))
    latest = replace(
        log.all.statuses[-1],
        sequence=1,
        document_id=made.reference,
        number=made.number,
        document_type=document_type,
        occurred_at=ISSUED_AT + timedelta(seconds=1),
    )
    monkeypatch.setattr(documents, "all_documents", lambda: track([latest]))
    return latest


async def made_by_another_program(url: str, document_type: DocumentType) -> Done:
    adapter = NilveraAdapter(ConnectionSettings(base_url=url, secrets={"api_key": KEY}))
    person = TAXPAYER if document_type is DocumentType.EFATURA else CONSUMER
    prepared = adapter.prepare(order_command(person=person), SHOP_FACTS, document_type, ISSUED_AT)
    made = await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
    await adapter.close()
    assert isinstance(made, Done)
    return made
