"""A connection to the simulated Sovos, with what the simulator keeps within reach."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.parties import BusinessFacts
from providers.base import ConnectionSettings, Done, Finding, Issued, Outcome, Prepared, Step, StepInput
from providers.simulation.misbehaviour import Delays, Misbehaviour
from providers.simulation.server import running
from providers.sovos.adapter import SovosAdapter
from providers.sovos.simulator.service import Sovos
from tests.providers.examples import FACTS, ISSUED_AT, SELLER_VKN, TAXPAYER, command

SECONDS = 5.0
ALIAS = f"urn:mail:defaultgb@{SELLER_VKN}.example"
KEY = f"sandbox-{SELLER_VKN}"
LOGIN = {"username": "seller", "password": KEY}
OPTIONS = {"tax_number": SELLER_VKN, "sender_alias": ALIAS, "internet_sale": "paths"}
NUMBER = "ABC2026000000007"


def settings_for(url: str, secrets: dict[str, str] | None = None, **options: str) -> ConnectionSettings:
    return ConnectionSettings(base_url=url, secrets=secrets or LOGIN, options={**OPTIONS, **options})


@dataclass(frozen=True, kw_only=True)
class Bench:
    """`sovos` is the simulator itself."""

    sovos: Sovos
    url: str
    adapter: SovosAdapter

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
        sent = self.sovos.archive.sent[SELLER_VKN, prepared.reference]
        return sent.xml(sent.number).decode()


@asynccontextmanager
async def bench_with(
    secrets: dict[str, str] | None = None, status_seconds: float = 0.0, **options: str
) -> AsyncIterator[Bench]:
    sovos = Sovos(Misbehaviour(delays=Delays(late_status=30)), status_seconds=status_seconds)
    async with running(sovos.application()) as url:
        adapter = SovosAdapter(settings_for(url, secrets, **options))
        yield Bench(sovos=sovos, url=url, adapter=adapter)
        await adapter.close()


def switched(bench: Bench, **switches: Any) -> None:
    for name, value in switches.items():
        setattr(bench.sovos.behaviour, name, value)
