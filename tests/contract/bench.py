"""An adapter, connected to its simulator on loopback, behind one small set of switches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import aiohttp

from app.domain.commands import InvoiceCommand
from providers.base import (
    Absent,
    Adapter,
    Different,
    Done,
    Finding,
    FindsPrepared,
    KeepsLinks,
    ListsDocuments,
    LookUp,
    Outcome,
    Prepared,
    Several,
    Step,
    StepInput,
    Unclear,
)
from providers.simulation.misbehaviour import Delays, Misbehaviour
from providers.simulation.server import running
from tests.contract.case import AbleAdapter, Case
from tests.providers.examples import FACTS, ISSUED_AT, command

SECONDS = 5.0
"""What a test gives a call that is answered at once, well or badly: never waited out, also on a busy machine."""
PATIENCE = 0.8
"""What it gives one that is not answered in time; ample for what such a call asks before."""
# What is booked late is booked when a test says so.
DELAYS = Delays(slow=0.05, booked_late=600, late_status=30, retry_after=7)


class Links:
    """The addresses that the engine keeps for an adapter."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def keep(self, reference: str, url: str, seconds: float) -> None:
        assert seconds > 0
        self.kept[reference] = url

    async def read(self, reference: str) -> str | None:
        return self.kept.get(reference)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """An adapter, connected to its simulator.

    `made`: by reference, what was made before the legal step. `waiting`: the faults of the next legal steps.
    """

    case: Case
    url: str
    adapter: AbleAdapter
    http: aiohttp.ClientSession
    links: Links
    made: dict[str, dict[Step, Done]] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def command(self, name: str = "first", **changes: Any) -> InvoiceCommand:
        return command(name, person=self.case.person, **{**self.case.order, **changes})

    def prepared(self, name: str = "first", **changes: Any) -> Prepared:
        made, case = self.command(name, **changes), self.case
        return self.adapter.prepare(made, FACTS, case.document_type, ISSUED_AT, case.number(name))

    async def create(self, prepared: Prepared, seconds: float = SECONDS) -> Outcome:
        """One attempt at its legal step."""
        asked = await self.asked(prepared)
        if self.waiting:
            await self.change(next=list(self.waiting))
            self.waiting.clear()
        return await self.adapter.create(asked, seconds)

    async def asked(self, prepared: Prepared) -> StepInput:
        """Its legal step, which is its last one; what is before that is made once, and nothing goes wrong with it."""
        *earlier, last = self.adapter.capabilities.steps
        made = await self.up_to(last, prepared)
        return StepInput(last, prepared, made, frozenset() if earlier else await self.known(prepared))

    async def up_to(self, step: Step, prepared: Prepared) -> dict[Step, Done]:
        """What the steps before this one have made: now, or for an earlier question about this document."""
        made = self.made.setdefault(prepared.reference, {})
        earlier = list(takewhile(lambda each: each is not step, self.adapter.capabilities.steps))
        for each in (each for each in earlier if each not in made):
            outcome = await self.adapter.create(StepInput(each, prepared, dict(made)), SECONDS)
            assert isinstance(outcome, Done), outcome
            made[each] = outcome
        return {each: made[each] for each in earlier}

    @property
    def can_be_asked(self) -> bool:
        """Whether anything answers what is there; then the answer to a create has a number, too."""
        return self.adapter.capabilities.look_up is not LookUp.NONE

    async def find(self, prepared: Prepared, seconds: float, adapter: Adapter | None = None) -> Finding:
        """What the provider has of this document, by this adapter or the bench's own."""
        return await find(adapter or self.adapter, await self.asked(prepared), seconds)

    async def known(self, prepared: Prepared) -> frozenset[str]:
        """What looks like it before it is made, where the provider is asked by list: as the engine does."""
        if self.adapter.capabilities.look_up is not LookUp.BY_LIST:
            return frozenset()
        assert isinstance(self.adapter, ListsDocuments)
        asked = StepInput(Step.INVOICE, prepared, await self.up_to(Step.INVOICE, prepared))
        listed = await self.adapter.candidates(asked, PATIENCE)
        return frozenset(each.reference for each in listed) if isinstance(listed, tuple) else frozenset()

    async def next_faults(self, *faults: str, now: bool = False) -> None:
        """Of the next legal steps; with `now` of whatever is made or cancelled next."""
        if now or len(self.adapter.capabilities.steps) == 1:
            await self.change(next=list(faults))
        else:
            self.waiting.extend(faults)

    async def answer(self, prepared: Prepared, answer: str) -> None:
        """What the buyer of a document answers: a word of the simulators."""
        async with self.http.put(f"{self.url}/_simulator/answers", json={prepared.reference: answer}) as response:
            assert response.status == 200, await response.text()

    async def book_now(self) -> None:
        """What is booked late."""
        await self.change(seconds={"booked_late": 0})

    async def change(self, **misbehaviour: object) -> None:
        async with self.http.put(f"{self.url}/_simulator/misbehaviour", json=misbehaviour) as response:
            assert response.status == 200, await response.text()

    async def record(self) -> dict[str, Any]:
        async with self.http.get(f"{self.url}/_simulator/record") as response:
            record: dict[str, Any] = await response.json()
            return record

    async def contents(self) -> dict[str, str]:
        """Each document as it was sent, by its reference."""
        async with self.http.get(f"{self.url}/_simulator/contents") as response:
            contents: dict[str, str] = (await response.json())["contents"]
            return contents

    async def numbers(self) -> dict[str, str]:
        async with self.http.get(f"{self.url}/_simulator/numbers") as response:
            numbers: dict[str, str] = (await response.json())["numbers"]
            return numbers

    async def arrivals(self) -> int:
        """How many requests have come, whatever they asked."""
        async with self.http.get(f"{self.url}/_simulator/arrivals") as response:
            return len((await response.json())["seconds"])

    async def calls(self) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.url}/_simulator/calls") as response:
            calls: list[dict[str, Any]] = (await response.json())["calls"]
            return calls


async def find(adapter: Adapter, asked: StepInput, seconds: float) -> Finding:
    """What the provider has of this step, asked as the engine asks where nothing like it was there before."""
    if asked.step is not Step.INVOICE or adapter.capabilities.look_up is LookUp.BY_REFERENCE:
        assert isinstance(adapter, FindsPrepared)
        return await adapter.find_prepared(asked, seconds)
    assert isinstance(adapter, ListsDocuments)
    listed = await adapter.candidates(asked, seconds)
    if isinstance(listed, Different | Unclear):
        return listed
    return Several(candidates=listed) if len(listed) > 1 else next(iter(listed), Absent())


@asynccontextmanager
async def bench_of(case: Case) -> AsyncIterator[Bench]:
    """The case's adapter, connected to its simulator while the block runs."""
    async with running(case.application(Misbehaviour(delays=DELAYS))) as url, aiohttp.ClientSession() as http:
        adapter = case.connect(url)
        links = Links()
        if isinstance(adapter, KeepsLinks):
            adapter.use_links(links)
        yield Bench(case=case, url=url, adapter=adapter, http=http, links=links)
        await adapter.close()
