"""A connection to a simulated provider with an e-Arşiv and an e-Fatura service, and what the simulator keeps."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from aiohttp import web

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.parties import BusinessFacts
from providers.base import Done, Finding, Issued, Outcome, Prepared, Step, StepInput
from providers.simulation.misbehaviour import Delays, Misbehaviour
from providers.simulation.server import running
from providers.transport.two_services import TwoServicesAdapter
from tests.providers.examples import FACTS, ISSUED_AT, SELLER_VKN, TAXPAYER, command

SECONDS = 5.0
KEY = f"sandbox-{SELLER_VKN}"
LOGIN = {"username": "seller", "password": KEY}
NUMBER = "ABC2026000000007"


class Simulated(Protocol):
    """A simulator of such a provider."""

    archive: Any
    behaviour: Any

    def application(self) -> web.Application: ...


Simulator = TypeVar("Simulator", bound=Simulated)
Adapter = TypeVar("Adapter", bound=TwoServicesAdapter)


@dataclass(frozen=True, kw_only=True)
class Bench(Generic[Simulator, Adapter]):
    """One connection, and the simulator itself."""

    simulator: Simulator
    url: str
    adapter: Adapter

    def prepared(
        self,
        made: InvoiceCommand | None = None,
        kind: DocumentType = DocumentType.EARSIV,
        number: str | None = NUMBER,
        facts: BusinessFacts = FACTS,
    ) -> Prepared:
        default = command(person=TAXPAYER) if kind is DocumentType.EFATURA else command()
        return self.adapter.prepare(made or default, facts, kind, ISSUED_AT, number)

    async def create(self, prepared: Prepared) -> Outcome:
        return await self.adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)

    async def find(self, prepared: Prepared) -> Finding:
        return await self.adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS)

    async def made(self, prepared: Prepared) -> Issued:
        done = await self.create(prepared)
        assert isinstance(done, Done)
        return Issued(reference=prepared.reference, document_type=prepared.document_type, number=done.number)

    def xml(self, prepared: Prepared) -> str:
        """What the simulator has of a document."""
        sent = self.simulator.archive.sent[SELLER_VKN, prepared.reference]
        document: bytes = sent.xml(sent.number)
        return document.decode()

    def switch(self, **switches: Any) -> None:
        """Switches of the simulator's accounts."""
        for name, value in switches.items():
            setattr(self.simulator.behaviour, name, value)


@asynccontextmanager
async def opened(
    simulate: Callable[..., Simulator], connect: Callable[[str], Adapter], status_seconds: float
) -> AsyncIterator[Bench[Simulator, Adapter]]:
    simulator = simulate(Misbehaviour(delays=Delays(late_status=30)), status_seconds=status_seconds)
    async with running(simulator.application()) as url:
        adapter = connect(url)
        yield Bench(simulator=simulator, url=url, adapter=adapter)
        await adapter.close()
