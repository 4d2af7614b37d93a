"""The simulated portal on loopback, with adapters of one user."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from app.domain.documents import DocumentType
from app.domain.parties import Person
from app.domain.time import legal_date
from providers.base import ConnectionSettings, Done, Issued, Prepared, Step, StepInput
from providers.gib_earsiv.adapter import GibPortalAdapter
from providers.gib_earsiv.simulator.service import GibPortal
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from tests.providers.examples import FACTS, ISSUED_AT, SELLER_VKN, command

SECRETS = {"username": "33333301", "password": f"sandbox-{SELLER_VKN}"}
SECONDS = 10.0
CODE = "123456"


class Desk:
    """The portal at an address, and an adapter of one user. Nothing is signed there unless a test does it."""

    def __init__(self, url: str, portal: GibPortal, options: dict[str, str]) -> None:
        self.url, self.portal, self.options = url, portal, options
        self.adapter = self.another()

    def another(self) -> GibPortalAdapter:
        return GibPortalAdapter(ConnectionSettings(base_url=self.url, secrets=SECRETS, options=self.options))

    def prepared(self, name: str = "first", **changes: Any) -> Prepared:
        return self.adapter.prepare(command(name, **changes), FACTS, DocumentType.EARSIV, ISSUED_AT)

    def form(self, person: Person) -> dict[str, Any]:
        """The form of an order of this buyer."""
        made = self.adapter.prepare(command(person=person), FACTS, DocumentType.EARSIV, ISSUED_AT)
        found: dict[str, Any] = json.loads(made.request)
        return found

    async def made(self, name: str = "first", **changes: Any) -> tuple[Prepared, Issued]:
        prepared = self.prepared(name, **changes)
        done = await self.adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
        assert isinstance(done, Done)
        issued = Issued(
            reference=prepared.reference,
            document_type=prepared.document_type,
            ettn=done.ettn,
            number=done.number,
            issue_date=legal_date(prepared.issued_at),
        )
        return prepared, issued

    async def switch(self, **to: object) -> None:
        async with aiohttp.ClientSession() as http, http.put(f"{self.url}/_simulator/portal", json=to) as response:
            assert response.status == 200


@asynccontextmanager
async def opened(**options: str) -> AsyncIterator[Desk]:
    portal = GibPortal(Misbehaviour())
    async with running(portal.application()) as url:
        desk = Desk(url, portal, options)
        yield desk
        await desk.adapter.close()
