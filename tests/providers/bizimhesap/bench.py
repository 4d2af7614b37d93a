"""An adapter of one connection, with its simulator on loopback."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from app.domain.documents import DocumentType
from app.domain.time import legal_date
from providers.base import ConnectionSettings, Done, Issued, Outcome, Prepared, Step, StepInput
from providers.bizimhesap.adapter import BizimHesapAdapter
from providers.bizimhesap.simulator.service import BizimHesap
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from tests.providers.examples import CONSUMER, FACTS, ISSUED_AT, SELLER_VKN, command

SECONDS = 5.0
KEY = f"sandbox-{SELLER_VKN}"


@dataclass(frozen=True, kw_only=True)
class Desk:
    adapter: BizimHesapAdapter
    url: str
    http: aiohttp.ClientSession

    def prepared(self, name: str = "first", **changes: Any) -> Prepared:
        made = command(name, person=CONSUMER, **changes)
        return self.adapter.prepare(made, FACTS, DocumentType.SALES_INVOICE, ISSUED_AT)

    async def create(self, prepared: Prepared) -> Outcome:
        return await self.adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)

    async def made(self, name: str = "first", **changes: Any) -> Issued:
        prepared = self.prepared(name, **changes)
        done = await self.create(prepared)
        assert isinstance(done, Done)
        return Issued(
            reference=prepared.reference,
            document_type=prepared.document_type,
            provider_reference=done.reference,
            issue_date=legal_date(prepared.issued_at),
        )

    async def switch(self, **to: object) -> None:
        async with self.http.put(f"{self.url}/_simulator/bizimhesap", json=to) as response:
            assert response.status == 200

    async def misbehave(self, *faults: str) -> None:
        async with self.http.put(f"{self.url}/_simulator/misbehaviour", json={"next": list(faults)}) as response:
            assert response.status == 200

    async def documents(self) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.url}/_simulator/record") as response:
            documents: list[dict[str, Any]] = (await response.json())["documents"]
            return documents

    async def read(self, path: str, headers: Mapping[str, str]) -> tuple[int, Any]:
        async with self.http.get(f"{self.url}/api/b2b{path}", headers=headers) as response:
            text = await response.text()
            return response.status, await response.json() if response.content_type == "application/json" else text


@asynccontextmanager
async def opened(key: str = KEY, firm_id: str | None = None, **options: str) -> AsyncIterator[Desk]:
    """A connection; `key` is its token."""
    secrets = {"api_key": key, **({"firm_id": firm_id} if firm_id else {})}
    async with running(BizimHesap(Misbehaviour()).application()) as url, aiohttp.ClientSession() as http:
        settings = ConnectionSettings(base_url=f"{url}/api/b2b", secrets=secrets, options=options)
        adapter = BizimHesapAdapter(settings)
        yield Desk(adapter=adapter, url=url, http=http)
        await adapter.close()
