"""A document at the simulated Testbook that waits for its signature, and the operations that ask beyond this process.

They are the real ones, on the store of the API in this process: Kafka alone is its topics in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.documents import DocumentState, DocumentType
from app.domain.orders import OrderEvent
from app.domain.policy import Policy, Trigger
from app.operations import read_model, submit
from app.operations.submit import SubmittedEvent
from app.settings import settings
from app.store import Login
from providers.base import ConnectionSettings, Done, Step, StepInput
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from providers.testbook.adapter import TestbookAdapter
from providers.testbook.simulator.service import Testbook
from tests.providers.examples import FACTS, ISSUED_AT, command
from tests.store.configurations import LOGIN, SELLER, business
from tests.web.running_api import KEY, ORDERS, SHOP, RunningApi, invoice_body, order_body

SIGNABLE = "SIGNABLE-1"
_SECRETS = {"api_key": f"sandbox-{SELLER.tax_number}"}
_OPTIONS = {"unsigned": "signature"}


@asynccontextmanager
async def signable(
    api: RunningApi, folder: Path, document_type: DocumentType = DocumentType.SALES_INVOICE
) -> AsyncIterator[str]:
    """The document's id, while the operations that ask others work.

    Of another `document_type` than its own Testbook shows nothing.
    """
    async with running(Testbook(Misbehaviour()).application()) as url:
        login = Login(base_url=url, secrets=_SECRETS, options=_OPTIONS)
        api.store.apply([business(SHOP, connections={"nilvera": LOGIN, "testbook": login})], actor="test")
        document = await _planned(api)
        await _made(url, document)
        await api.installation.progress(
            SIGNABLE, document, DocumentState.AWAITING_SIGNATURE, document_type=document_type
        )
        with _operations_here(api, folder):
            yield document


async def _planned(api: RunningApi) -> str:
    policies, usual = api.installation.pipeline.book.policies, api.installation.pipeline.book.policies[SHOP]
    policies[SHOP] = Policy(provider="testbook", trigger=Trigger.SHIPMENT)
    await api.post(ORDERS, order_body(orderReference=SIGNABLE))
    await api.post(f"{ORDERS}/{SIGNABLE}/invoices", invoice_body())
    await api.plan()
    policies[SHOP] = usual
    (found,) = (await (await api.get(f"{ORDERS}/{SIGNABLE}")).json())["invoices"]
    return str(found["documentId"])


async def _made(url: str, document: str) -> None:
    """As its issuer has made it there."""
    adapter = TestbookAdapter(ConnectionSettings(base_url=url, secrets=_SECRETS, options=_OPTIONS))
    asked = replace(command(), document_id=document)
    prepared = adapter.prepare(asked, FACTS, DocumentType.SALES_INVOICE, ISSUED_AT)
    done = await adapter.create(StepInput(Step.INVOICE, prepared), 5.0)
    await adapter.close()
    assert isinstance(done, Done)


@contextmanager
def _operations_here(api: RunningApi, folder: Path) -> Iterator[None]:
    """The settings are of this store, its read model is current, and what is submitted is planned in this process."""
    loop = asyncio.get_running_loop()

    async def planned(event: OrderEvent) -> SubmittedEvent:
        async with api.turn:
            (fate,) = await api.installation.pipeline.submit(event)
            api.installation.project()
        return SubmittedEvent(event=event, outcome=fate.outcomes[-1] if fate.outcomes else None)

    def submitted(events: list[OrderEvent], _wait: float) -> list[SubmittedEvent]:
        return [asyncio.run_coroutine_threadsafe(planned(each), loop).result(30) for each in events]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{folder}/store.db")
        patch.setenv("FATURAFLOW_SECRET_KEY", KEY)
        patch.setattr(read_model, "current", lambda _now: api.installation.queries)
        patch.setattr(submit, "submit", submitted)
        settings.cache_clear()
        yield
    settings.cache_clear()
