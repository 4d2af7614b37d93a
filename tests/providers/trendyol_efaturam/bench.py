"""An adapter of Trendyol's connected to its simulator, and the simulator's switches."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from app.domain.documents import DocumentType
from providers.base import ConnectionSettings, Done, Issued, Outcome, Prepared, Step, StepInput
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from providers.trendyol_efaturam.adapter import TrendyolAdapter
from providers.trendyol_efaturam.simulator.documents import Kept
from providers.trendyol_efaturam.simulator.service import Trendyol
from tests.providers.examples import FACTS, ISSUED_AT, SELLER_VKN, TAXPAYER, command

SECONDS = 5.0
EMAIL = "api@example.test"
PASSWORD = f"sandbox-{SELLER_VKN}"


def settings(url: str, password: str = PASSWORD, **options: str) -> ConnectionSettings:
    return ConnectionSettings(base_url=url, secrets={"email": EMAIL, "password": password}, options=options)


@dataclass(frozen=True, kw_only=True)
class Bench:
    adapter: TrendyolAdapter
    url: str
    http: aiohttp.ClientSession
    trendyol: Trendyol

    def earsiv(self, name: str = "first", **changes: Any) -> Prepared:
        return self.adapter.prepare(command(name, **changes), FACTS, DocumentType.EARSIV, ISSUED_AT)

    def efatura(self, name: str = "first", **changes: Any) -> Prepared:
        made = command(name, person=TAXPAYER, **changes)
        return self.adapter.prepare(made, FACTS, DocumentType.EFATURA, ISSUED_AT)

    async def create(self, prepared: Prepared) -> Outcome:
        return await self.adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)

    async def issued(self, prepared: Prepared) -> Issued:
        """What is known of it when it has been made."""
        done = await self.create(prepared)
        assert isinstance(done, Done)
        return Issued(reference=prepared.reference, document_type=prepared.document_type, number=done.number)

    async def switch(self, **circumstances: object) -> None:
        await self._put("trendyol", circumstances)

    async def answer(self, prepared: Prepared, answer: str) -> None:
        """What the buyer of a document answers."""
        await self._put("answers", {prepared.reference: answer})

    async def taxpayers(self, **named: list[str]) -> None:
        await self._put("taxpayers", named)

    async def faults(self, *faults: str) -> None:
        await self._put("misbehaviour", {"next": list(faults)})

    async def counts(self) -> dict[str, int]:
        async with self.http.get(f"{self.url}/_simulator/record") as response:
            counts: dict[str, int] = (await response.json())["counts"]
            return counts

    def body(self, prepared: Prepared) -> Mapping[str, Any]:
        """What the simulator has of a document, as it came."""
        kept: Kept = self.trendyol._documents._kept[prepared.reference]
        return kept.sent.body

    async def _put(self, name: str, body: object) -> None:
        async with self.http.put(f"{self.url}/_simulator/{name}", json=body) as response:
            assert response.status == 200, await response.text()


@asynccontextmanager
async def bench_of(*, password: str = PASSWORD, **options: str) -> AsyncIterator[Bench]:
    """One connection, whose documents are issued at once."""
    trendyol = Trendyol(Misbehaviour(), status_seconds=0.0)
    async with running(trendyol.application()) as url, aiohttp.ClientSession() as http:
        adapter = TrendyolAdapter(settings(url, password, **options))
        yield Bench(adapter=adapter, url=url, http=http, trendyol=trendyol)
        await adapter.close()
