"""Paraşüt's adapter at its simulator, and what a test does there beside the engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.domain.documents import DocumentType
from providers.base import Done, Prepared, Step, StepInput
from providers.parasut.adapter import ParasutAdapter
from tests.contract.bench import Bench, bench_of
from tests.contract.cases import CASES

SECONDS = 5.0
EARSIV, EFATURA = (
    next(case for case in CASES if case.name == "parasut" and case.document_type is kind)
    for kind in (DocumentType.EARSIV, DocumentType.EFATURA)
)


@asynccontextmanager
async def opened(case: Any = EARSIV, **options: str) -> AsyncIterator[tuple[Bench, ParasutAdapter]]:
    async with bench_of(case) as bench:
        adapter = bench.case.connect(bench.url, **options)
        assert isinstance(adapter, ParasutAdapter)
        yield bench, adapter
        await adapter.close()


async def switch(bench: Bench, **switches: Any) -> None:
    async with bench.http.put(f"{bench.url}/_simulator/parasut", json=switches) as response:
        assert response.status == 200


async def counts(bench: Bench) -> dict[str, int]:
    found: dict[str, int] = (await bench.record())["counts"]
    return found


async def made(bench: Bench, prepared: Prepared) -> dict[Step, Done]:
    """Its contact and its sales invoice."""
    return await bench.up_to(Step.E_DOCUMENT, prepared)


async def legal_step(bench: Bench, prepared: Prepared) -> StepInput:
    return StepInput(Step.E_DOCUMENT, prepared, await made(bench, prepared))
