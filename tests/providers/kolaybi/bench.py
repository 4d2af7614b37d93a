"""KolayBi's simulator on loopback, with adapters of one company."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from app.domain.documents import DocumentType
from app.domain.parties import Person
from app.domain.time import legal_date
from providers.base import ConnectionSettings, Done, Issued, Outcome, Prepared, Step, StepInput
from providers.kolaybi.adapter import KolayBiAdapter
from providers.kolaybi.simulator.service import KolayBi
from providers.simulation.misbehaviour import Delays, Misbehaviour
from providers.simulation.server import running
from tests.providers.examples import CONSUMER, FACTS, ISSUED_AT, SELLER_VKN, command

SECONDS = 5.0
STEPS = (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT)
GENERAL = {"products": "general", "product": "1"}
SECRETS = {"api_key": f"sandbox-{SELLER_VKN}", "channel": "sandbox"}


@dataclass(frozen=True, kw_only=True)
class Books:
    """The simulator at an address, and an adapter."""

    url: str
    http: aiohttp.ClientSession
    adapter: KolayBiAdapter
    settings: ConnectionSettings

    def prepared(
        self,
        name: str = "first",
        document_type: DocumentType = DocumentType.EARSIV,
        person: Person = CONSUMER,
        **changes: Any,
    ) -> Prepared:
        return self.adapter.prepare(command(name, person=person, **changes), FACTS, document_type, ISSUED_AT)

    async def up_to(self, step: Step, prepared: Prepared) -> StepInput:
        """This step, with all before it made."""
        made: dict[Step, Done] = {}
        for each in STEPS[: STEPS.index(step)]:
            outcome = await self.adapter.create(StepInput(each, prepared, dict(made)), SECONDS)
            assert isinstance(outcome, Done), outcome
            made[each] = outcome
        return StepInput(step, prepared, made)

    async def create(self, step: Step, prepared: Prepared) -> Outcome:
        """One attempt at this step, after all before it."""
        return await self.adapter.create(await self.up_to(step, prepared), SECONDS)

    async def issued(self, prepared: Prepared, **known: str | None) -> Issued:
        """What is known of a document that has been made."""
        done = await self.create(Step.E_DOCUMENT, prepared)
        assert isinstance(done, Done)
        names = {"provider_reference": done.reference, "ettn": done.ettn, "number": done.number, **known}
        day = legal_date(prepared.issued_at)
        return Issued(reference=prepared.reference, document_type=prepared.document_type, issue_date=day, **names)

    async def switch(self, **to: object) -> None:
        await self._put("kolaybi", to)

    async def faults(self, *faults: str) -> None:
        await self._put("misbehaviour", {"next": list(faults)})

    async def ask(self, method: str, path: str, **parts: Any) -> tuple[int, Any]:
        """What another client of the API gets."""
        async with self.http.request(method, f"{self.url}{path}", **parts) as response:
            return response.status, await response.json()

    async def record(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.ask("GET", "/_simulator/record"))[1]
        return found

    async def counts(self) -> dict[str, int]:
        counts: dict[str, int] = (await self.record())["counts"]
        return counts

    async def _put(self, name: str, body: object) -> None:
        assert (await self.ask("PUT", f"/_simulator/{name}", json=body))[0] == 200


@asynccontextmanager
async def opened(secrets: dict[str, str] | None = None, **options: str) -> AsyncIterator[Books]:
    """Books whose lines are entered under a general product, unless the options say otherwise."""
    simulator = KolayBi(Misbehaviour(delays=Delays(retry_after=7)))
    async with running(simulator.application()) as url, aiohttp.ClientSession() as http:
        settings = ConnectionSettings(
            base_url=f"{url}/kolaybi/v1", secrets=secrets or SECRETS, options=options or GENERAL
        )
        adapter = KolayBiAdapter(settings)
        yield Books(url=url, http=http, adapter=adapter, settings=settings)
        await adapter.close()
