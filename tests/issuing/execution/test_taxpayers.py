"""The register is asked at issue time and remembered for a while; silence is not remembered, and never decides."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.domain.documents import DocumentType
from app.domain.policy import DocumentTypeChoice
from app.issuing.execution.taxpayers import Freshness, TaxpayerRegister, Undecided
from app.issuing.ports import ProviderConnection
from providers.base import Finding, Outcome, Refused, Registration, Unclear
from tests.harness.fake_ledger import Ledger
from tests.harness.fake_ports import NoOtherRegisters
from tests.harness.fake_provider import Behaviour, FakeAdapter
from tests.harness.fate import Fate
from tests.harness.issuing_builders import FACTS, capabilities, command
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import SimulatedClock, simulate

NUMBER, OTHER = "1234567890", "9876543217"
REGISTERED, NOT_REGISTERED = Registration.REGISTERED, Registration.NOT_REGISTERED
SECONDS = Freshness(registered=100.0, not_registered=10.0)


class FakeGate:
    """Lets every call through, or none."""

    def __init__(self) -> None:
        self.is_open = True

    def may_call(self) -> bool:
        return self.is_open

    def call(self) -> None:
        """A slot is used."""

    def is_ours(self) -> bool:
        return True

    def record_result(self, answer: Outcome | Finding | Registration) -> None:
        """Nothing is counted."""


class Bench:
    """A provider with a register, and a worker's memory of it."""

    def __init__(self, freshness: Freshness = SECONDS, most: int = 100) -> None:
        self.behaviour = Behaviour()
        self.adapter = FakeAdapter(Ledger(), Fate(), capabilities(taxpayer_lookup=True), self.behaviour)
        self.connection = ProviderConnection(
            adapter=self.adapter, facts=FACTS, revision=1, address="https://live.example"
        )
        self.taxpayers = TaxpayerRegister(SimulatedClock(), freshness, NoOtherRegisters(), most=most)
        self.gate = FakeGate()

    async def ask(self, number: str = NUMBER, **other: Any) -> Registration | Undecided:
        return await self.taxpayers.registration(number, replace(self.connection, **other), self.gate)

    @property
    def asked(self) -> int:
        return self.adapter.log.count("registration")


@pytest.mark.parametrize(("answer", "seconds"), [(REGISTERED, 100.0), (NOT_REGISTERED, 10.0)])
def test_an_answer_is_believed_for_its_time_and_not_longer(answer: Registration, seconds: float) -> None:
    async def story() -> None:
        bench = Bench()
        bench.behaviour.registration = answer
        assert await bench.ask() is answer
        bench.behaviour.registration = REGISTERED if answer is NOT_REGISTERED else NOT_REGISTERED
        await asyncio.sleep(seconds - 1)
        assert (await bench.ask(), bench.asked) == (answer, 1)
        await asyncio.sleep(1)
        assert (await bench.ask(), bench.asked) == (bench.behaviour.registration, 2)

    simulate(story())


def test_what_is_known_needs_no_place_of_the_quota() -> None:
    async def story() -> None:
        bench = Bench()
        await bench.ask()
        bench.gate.is_open = False
        assert await bench.ask() is NOT_REGISTERED
        assert await bench.ask(OTHER) is Undecided.NO_SLOT

    simulate(story())


def test_an_unclear_answer_is_never_remembered_and_covers_no_older_one() -> None:
    async def story() -> None:
        bench = Bench()
        await bench.ask()
        await asyncio.sleep(10)
        bench.behaviour.registration = Unclear(why="503")
        assert (await bench.ask(), await bench.ask()) == (Undecided.UNCLEAR, Undecided.UNCLEAR)
        bench.behaviour.registration = REGISTERED
        assert (await bench.ask(), bench.asked) == (REGISTERED, 4)

    simulate(story())


def test_connections_of_one_address_share_what_they_learn_and_a_sandbox_has_its_own_register() -> None:
    async def story() -> None:
        bench = Bench()
        await bench.ask()
        await bench.ask(revision=2)
        assert bench.asked == 1
        await bench.ask(address="https://sandbox.example")
        assert bench.asked == 2

    simulate(story())


def test_a_memory_that_is_full_forgets_the_oldest_answer() -> None:
    async def story() -> None:
        bench = Bench(most=1)
        for number in (NUMBER, OTHER, OTHER, NUMBER):
            await bench.ask(number)
        assert bench.asked == 3

    simulate(story())


def test_nothing_is_remembered_where_that_is_not_wanted() -> None:
    async def story() -> None:
        bench = Bench(Freshness(registered=0.0, not_registered=0.0))
        await bench.ask()
        await bench.ask()
        assert bench.asked == 2

    simulate(story())


# --- in the engine ---------------------------------------------------------------------------------------------------


def buyer(number: int) -> Any:
    return command(number=number, choice=DocumentTypeChoice.AUTO, tax_number=NUMBER)


def test_two_documents_of_one_buyer_ask_once() -> None:
    issuer = OneIssuer(taxpayer_lookup=True)
    issuer.behaviour.registration = REGISTERED

    async def story() -> None:
        process = issuer.process()
        for number in (1, 2):
            await process.admit(buyer(number))
            await process.finish(60)
        assert process.adapter.log.count("registration") == 1

    simulate(story())
    assert {made.document_type for made in issuer.ledger.contents.values()} == {DocumentType.EFATURA}


def test_what_the_provider_contradicts_is_asked_anew_for_the_next_document() -> None:
    issuer = OneIssuer(taxpayer_lookup=True)
    issuer.behaviour.creates = [Refused(errors=(), instead=DocumentType.EFATURA)]

    async def story() -> None:
        process = issuer.process()
        await process.admit(buyer(1))
        await process.finish(60)
        issuer.behaviour.registration = REGISTERED
        await process.admit(buyer(2))
        await process.finish(60)
        assert process.adapter.log.count("registration") == 2

    simulate(story())
    assert [made.document_type for made in issuer.ledger.contents.values()] == [DocumentType.EFATURA] * 2


def test_while_the_register_is_silent_nothing_is_prepared_or_sent() -> None:
    issuer = OneIssuer(taxpayer_lookup=True)
    issuer.behaviour.registration = Unclear(why="503")

    async def story() -> None:
        process = issuer.process()
        await process.admit(buyer(1))
        await process.finish(60)
        assert issuer.ledger.creates == 0
        assert not any("Prepared" in fact for fact in issuer.facts(buyer(1).command_id))
        issuer.behaviour.registration = NOT_REGISTERED
        await process.finish(600)

    simulate(story())
    assert [made.document_type for made in issuer.ledger.contents.values()] == [DocumentType.EARSIV]
