"""Documents that a person signs with a code, asked of the simulated Testbook as a person types it."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.domain.documents import Attention, DocumentState, DocumentStatus, DocumentType
from app.domain.orders import OrderEvent, SignatureRequested
from app.domain.outcomes import OrderOutcome
from app.domain.policy import Trigger
from app.operations import documents, submit
from app.operations.submit import SubmittedEvent
from app.settings import settings
from app.store import new_key
from app.tracking.documents import track
from providers.base import ConnectionSettings, Done, Issued, Step, StepInput
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from providers.testbook.adapter import TestbookAdapter
from providers.testbook.simulator.service import Testbook
from tests.planning.events import Log, document_id, placed, progressed
from tests.providers.examples import FACTS, ISSUED_AT, SELLER_VKN, command

KEY = f"sandbox-{SELLER_VKN}"
LATER = "Its state here follows within minutes.\n"
SECONDS = 5.0
S = DocumentState
CONFIGURATION = """
businesses:
  ORNEK:
    seller:
      name: Deneme Anonim Şirketi
      tax_number: {tax_number}
      tax_office: Deneme
      address: {{street: Deneme Sokak 1, district: Merkez, city: Ankara}}
    policy: {{provider: testbook}}
    connections:
      testbook:
        base_url: {url}
        secrets: {{api_key: {{env: BOOKS_KEY}}}}
        options: {{unsigned: {unsigned}}}
"""


@dataclass
class Books:
    """Two documents that wait for a signature, and what was written to the order topic."""

    url: str
    documents: list[DocumentStatus] = field(default_factory=list)
    written: list[OrderEvent] = field(default_factory=list)

    def answer(self, events: list[OrderEvent], wait: float) -> list[SubmittedEvent]:
        assert wait > 0
        self.written += events
        return [SubmittedEvent(event=event, outcome=_taken()) for event in events]

    async def make(self) -> None:
        adapter = self._adapter()
        for name in ("first", "second"):
            prepared = adapter.prepare(command(name), FACTS, DocumentType.SALES_INVOICE, ISSUED_AT)
            done = await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
            assert isinstance(done, Done)
            self.documents.append(
                replace(
                    _status(), document_id=prepared.reference, number=done.number, document_type=prepared.document_type
                )
            )
        await adapter.close()

    async def states(self) -> list[DocumentState]:
        adapter = self._adapter()
        found = []
        for latest in self.documents:
            assert latest.document_type is not None
            issued = Issued(reference=latest.document_id, document_type=latest.document_type, number=latest.number)
            seen = await adapter.find_issued(issued, SECONDS)
            assert isinstance(seen, Done)
            found.append(seen.state)
        await adapter.close()
        return found

    def _adapter(self) -> TestbookAdapter:
        options = {"unsigned": "signature"}
        return TestbookAdapter(ConnectionSettings(base_url=self.url, secrets={"api_key": KEY}, options=options))


def _status() -> DocumentStatus:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id("1", "2", "3"), S.AWAITING_SIGNATURE))
    return replace(log.all.statuses[-1], sequence=1, provider="testbook", connection="testbook")


def _taken() -> OrderOutcome:
    return Log().outcome(placed())


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Books]:
    """The simulator in a thread of its own: the commands have an event loop of theirs."""
    ready, loop, over = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    found: list[Books] = []

    async def serve() -> None:
        async with running(Testbook(Misbehaviour()).application()) as url:
            found.append(Books(url))
            await found[0].make()
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(SECONDS)
    books = found[0]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/f.db")
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", new_key())
    monkeypatch.setenv("BOOKS_KEY", KEY)
    monkeypatch.setattr(documents, "all_documents", lambda: track(books.documents))
    monkeypatch.setattr(submit, "submit", books.answer)
    settings.cache_clear()
    configure(books, "signature")
    yield books
    settings.cache_clear()
    loop.call_soon_threadsafe(over.set)
    thread.join(SECONDS)
    loop.close()


def configure(books: Books, unsigned: str) -> None:
    text = CONFIGURATION.format(tax_number=SELLER_VKN, url=books.url, unsigned=unsigned)
    Path("f.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["config", "apply", "f.yaml"])
    assert done.exit_code == 0, done.output


def sign(books: Books, *words: str) -> Result:
    ids = [latest.document_id for latest in books.documents]
    return CliRunner().invoke(app, ["documents", "sign", *ids, *words, "--actor", "ayse"])


def test_a_code_is_sent_and_nothing_is_signed_or_written_yet(books: Books) -> None:
    done = sign(books)
    sent = "testbook has sent a code to *** ** 12; signing 1\n"
    assert (done.exit_code, done.output) == (0, f"{sent}Give it with the same documents and --signing 1 --code CODE.\n")
    assert asyncio.run(books.states()) == [S.AWAITING_SIGNATURE] * 2
    assert not books.written


def test_one_code_signs_the_documents_and_who_signed_is_written_for_each(books: Books) -> None:
    sign(books)
    done = sign(books, "--signing", "1", "--code", "123456")
    ids = [latest.document_id for latest in books.documents]
    assert (done.exit_code, done.output) == (0, "".join(f"{each}: ISSUED at its provider\n" for each in ids) + LATER)
    assert [(event.body, event.actor) for event in books.written] == [
        (SignatureRequested(document_id=each), "ayse") for each in ids
    ]


def test_the_code_is_in_no_event(books: Books) -> None:
    sign(books)
    sign(books, "--signing", "1", "--code", "123456")
    assert "123456" not in repr(books.written)


def test_a_wrong_code_is_one_sentence_without_it(books: Books) -> None:
    sign(books)
    done = sign(books, "--signing", "1", "--code", "987654")
    assert (done.exit_code, done.stderr) == (1, "Nothing was signed: the code is wrong\n")
    assert asyncio.run(books.states()) == [S.AWAITING_SIGNATURE] * 2


def test_what_waits_for_no_signature_is_not_signed(books: Books) -> None:
    books.documents[0] = replace(books.documents[0], state=S.ISSUED)
    done = sign(books)
    assert (done.exit_code, "is ISSUED, and waits for no signature" in done.stderr) == (1, True)


def test_where_the_provider_does_not_let_us_sign_a_person_is_sent_to_its_portal(books: Books) -> None:
    configure(books, "draft")
    done = sign(books)
    assert (done.exit_code, "does not let us sign: sign it in testbook's portal." in done.stderr) == (1, True)


def test_a_code_belongs_to_a_signing(books: Books) -> None:
    assert sign(books, "--code", "123456").exit_code == 2


def test_what_waits_for_its_approval_is_not_signed(books: Books) -> None:
    books.documents[0] = replace(books.documents[0], attention=Attention.AWAITING_APPROVAL)
    done = sign(books)
    assert (done.exit_code, "waits for its approval: approve it first" in done.stderr) == (1, True)
