"""A connection to the simulated QNB, with what the simulator keeps within reach."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.parties import BusinessFacts
from providers.base import ConnectionSettings, Done, Finding, Issued, Outcome, Prepared, Step, StepInput
from providers.qnb_esolutions.adapter import QnbAdapter
from providers.qnb_esolutions.simulator.service import QnbESolutions
from providers.simulation.misbehaviour import Delays, Misbehaviour
from providers.simulation.server import running
from tests.providers.examples import FACTS, ISSUED_AT, SELLER_VKN, TAXPAYER, command

SECONDS = 5.0
KEY = f"sandbox-{SELLER_VKN}"
LOGIN = {"username": "seller", "password": KEY}
OPTIONS = {"tax_number": SELLER_VKN, "erp_code": "ERP1", "internet_sale": "paths"}
NUMBER = "ABC2026000000007"


def settings_for(url: str, secrets: dict[str, str] | None = None, **options: str) -> ConnectionSettings:
    return ConnectionSettings(base_url=url, secrets=secrets or LOGIN, options={**OPTIONS, **options})


@dataclass(frozen=True, kw_only=True)
class Bench:
    """`qnb` is the simulator itself."""

    qnb: QnbESolutions
    url: str
    adapter: QnbAdapter

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
        sent = self.qnb.archive.sent[SELLER_VKN, prepared.reference]
        return sent.xml(sent.number).decode()


@asynccontextmanager
async def bench_with(
    secrets: dict[str, str] | None = None, status_seconds: float = 0.0, **options: str
) -> AsyncIterator[Bench]:
    qnb = QnbESolutions(Misbehaviour(delays=Delays(late_status=30)), status_seconds=status_seconds)
    async with running(qnb.application()) as url:
        adapter = QnbAdapter(settings_for(url, secrets, **options))
        yield Bench(qnb=qnb, url=url, adapter=adapter)
        await adapter.close()


def switched(bench: Bench, **switches: Any) -> None:
    for name, value in switches.items():
        setattr(bench.qnb.behaviour, name, value)
