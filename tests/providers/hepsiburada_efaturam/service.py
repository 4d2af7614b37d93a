"""The simulated service as the tests of this folder call it: by hand, or through the adapter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from providers.base import ConnectionSettings, Outcome, Prepared, Step, StepInput
from providers.hepsiburada_efaturam.adapter import PATH, HepsiburadaAdapter
from providers.hepsiburada_efaturam.simulator.outbox import Document
from providers.hepsiburada_efaturam.simulator.service import HepsiburadaEFaturam
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from tests.providers.examples import FACTS, ISSUED_AT, SELLER_VKN, TAXPAYER, command

NAME = "hepsiburada-efaturam"
USER = {"Username": "sandbox", "Password": f"sandbox-{SELLER_VKN}"}
SECRETS = {"username": USER["Username"], "password": USER["Password"]}
SECONDS = 5.0


class Service:
    """The simulator at an address, and an adapter that is connected to it."""

    def __init__(self, url: str, simulator: HepsiburadaEFaturam, http: aiohttp.ClientSession, **options: str) -> None:
        self.url, self.simulator, self.http = url, simulator, http
        self.adapter = HepsiburadaAdapter(ConnectionSettings(base_url=url, secrets=SECRETS, options=options))

    async def ask(self, action: str, *, user: object = USER, path: str = PATH, **parameters: object) -> dict[str, Any]:
        """One action by hand, whatever status it comes with."""
        body = {"Action": action, "parameters": {**parameters, "userInfo": user}}
        async with self.http.post(self.url + path, json=body) as response:
            said: dict[str, Any] = await response.json()
            return said

    async def switch(self, name: str, **to: object) -> None:
        async with self.http.put(f"{self.url}/_simulator/{name}", json=to) as response:
            assert response.status == 200, await response.text()

    def prepared(self, made: InvoiceCommand | None = None) -> Prepared:
        """An e-Arşiv, or an e-Fatura to the registered company."""
        made = made or command()
        kind = DocumentType.EFATURA if made.person == TAXPAYER else DocumentType.EARSIV
        return self.adapter.prepare(made, FACTS, kind, ISSUED_AT)

    async def create(self, prepared: Prepared) -> Outcome:
        return await self.adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)

    @property
    def documents(self) -> list[Document]:
        """What the service has, in the sequence of booking."""
        return self.simulator.outbox.every()


@asynccontextmanager
async def served(status_seconds: float = 0.0, **options: str) -> AsyncIterator[Service]:
    """The service while the block runs."""
    simulator = HepsiburadaEFaturam(Misbehaviour(), status_seconds=status_seconds)
    async with running(simulator.application()) as url, aiohttp.ClientSession() as http:
        service = Service(url, simulator, http, **options)
        yield service
        await service.adapter.close()
