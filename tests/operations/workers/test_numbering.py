"""Numbers all the way: the store's file, the issuer's tasks, and a provider over HTTP that takes them as they are."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from app.domain.documents import DocumentType
from app.domain.numbers import KnownNumbers
from app.issuing.admission import Admission, admit
from app.issuing.agent import SystemClock
from app.issuing.execution.executor import Executor
from app.issuing.execution.taxpayers import Freshness, TaxpayerRegister
from app.issuing.journal.encoding import admitted
from app.issuing.journal.keys import FINAL_NAME
from app.issuing.ports import ConnectionId, ProviderConnection
from app.issuing.scheduling.scheduler import Scheduler
from app.operations.workers.store_ports import StoreConnections, StoreNumbers
from app.settings import Settings
from app.store import Login, Series, Store, new_key
from app.stream.ownership.epoch import Epoch
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from providers.testbook.simulator.service import Testbook
from tests.harness.fake_ports import PARTITION, FakeJournal, FakeLease, FakeLog, NoOtherRegisters, abort
from tests.harness.fate import Fate
from tests.harness.issuing_builders import PROVIDER, command
from tests.store.configurations import SELLER, business

DOCUMENTS = 30
COMMANDS = [command(number=number) for number in range(DOCUMENTS)]
OPTIONS = {"numbers": "ours", "quota_requests": "1000", "concurrency": "16", "max_call_seconds": "3"}
# The engine waits this long before it believes that nobody has used the quota; then everything is over at once.
PATIENCE_SECONDS = 30.0


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with running(Testbook(Misbehaviour()).application()) as url:
        yield url


@pytest.fixture
def store(tmp_path: Path, url: str) -> Any:
    settings = Settings(database=f"sqlite:///{tmp_path}/f.db", secret_key=SecretStr(new_key()))
    login = Login(base_url=url, secrets={"api_key": f"sandbox-{SELLER.tax_number}"}, options=OPTIONS)
    series = (Series(name="DNS", document_type=DocumentType.SALES_INVOICE), *business().series)
    with Store.open(settings) as opened:
        opened.apply([business("shop", connections={PROVIDER: login, "nilvera": login}, series=series)], actor="test")
        yield opened


async def all_ended(journal: FakeJournal) -> None:
    """Until every command has its last fact."""
    ended = asyncio.Event()

    def look() -> None:
        finals = [made for made in COMMANDS if FINAL_NAME in journal.entry(PARTITION, made.command_id.encode())]
        if len(finals) == DOCUMENTS:
            ended.set()

    journal.after_put = look
    await ended.wait()


async def test_documents_issued_at_once_have_consecutive_numbers_at_the_provider(store: Store, url: str) -> None:
    fate, clock = Fate(), SystemClock()
    journal, lease = FakeJournal({}, fate), FakeLease(fate)
    connections = StoreConnections(store, PROVIDER)
    executor = Executor(
        journal=journal,
        order_log=FakeLog([], fate),
        numbers=StoreNumbers(store.numbers(), KnownNumbers),
        taxpayers=TaxpayerRegister(clock, Freshness(), NoOtherRegisters()),
        lease=lease,
        clock=clock,
    )
    scheduler = Scheduler(
        journal=journal, connections=connections, executor=executor, clock=clock, lease=lease, abort=abort
    )
    scheduler.rebuild(Epoch(1, ()), [PARTITION])
    taken = [(PARTITION, made.command_id, admitted(made, n)) for n, made in enumerate(COMMANDS)]
    await admit(Admission(commands=tuple(taken), dead_letters=()), journal, scheduler)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await all_ended(journal)
    await scheduler.drain(5.0)
    async with aiohttp.ClientSession() as http, http.get(f"{url}/_simulator/record") as answer:
        made = (await answer.json())["documents"]
    assert sorted(int(document["number"][-9:]) for document in made) == list(range(1, DOCUMENTS + 1))
    assert store.number_audit().series()[0].used == DOCUMENTS
    connection = await connections.get(ConnectionId("shop", PROVIDER))
    assert isinstance(connection, ProviderConnection)
    await connection.adapter.close()
