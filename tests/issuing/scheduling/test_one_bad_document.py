"""A document of which no answer is ever understood keeps no other one of its connection from the provider."""

import asyncio
from typing import Any

import pytest

from app.domain.policy import DocumentTypeChoice
from providers.base import Finding, NotSent, Outcome, Registration, StepInput, Unclear, Unknown
from tests.harness.fake_provider import FakeAdapter
from tests.harness.issuing_builders import command, document_id
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import simulate

HOURS = 6 * 3600.0
# A pause of the breaker, and what others that are tried before it take.
SOON = 60.0
BAD_BUYER = "1111111114"


class Unanswered(FakeAdapter):
    """The first document's create has this outcome each time, and what is asked about it is unclear."""

    outcome: Outcome = NotSent(why="the register cannot be read")

    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        made = await super().create(asked, seconds) if asked.prepared.reference != document_id(1) else None
        return made or self.outcome

    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        if asked.prepared.reference == document_id(1):
            return Unclear(why="a status that is not in the tables")
        return await super().find_prepared(asked, seconds)

    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        found = await super().registration(tax_number, seconds)
        return Unclear(why="an answer about somebody else") if tax_number == BAD_BUYER else found


class Lost(Unanswered):
    """It may have been made."""

    outcome = Unknown(why="the answer was lost")


async def second_is_made(issuer: OneIssuer, **first: Any) -> bool:
    """Whether a second document is made soon, which comes after the first one has failed for hours."""
    process = issuer.process()
    await process.admit(command(**first))
    await process.finish(HOURS)
    await process.admit(command(number=2))
    await asyncio.sleep(SOON)
    return document_id(2) in issuer.ledger.documents


@pytest.mark.parametrize("adapter", [Unanswered, Lost])
def test_it_is_not_what_the_connection_is_tried_by_for_ever(adapter: type[FakeAdapter]) -> None:
    issuer = OneIssuer()
    issuer.adapter = adapter
    assert simulate(second_is_made(issuer))


def test_neither_is_a_buyer_about_whom_the_register_gives_no_answer() -> None:
    issuer = OneIssuer(taxpayer_lookup=True)
    issuer.adapter = Unanswered
    assert simulate(second_is_made(issuer, choice=DocumentTypeChoice.AUTO, tax_number=BAD_BUYER))
