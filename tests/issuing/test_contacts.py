"""One buyer is one contact at the provider, however many orders of that buyer come at once, and whatever is lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import Attention, DocumentState
from app.domain.parties import Person
from providers.base import Different, LookUp, NotSent, Refused, Step, StepInput
from tests.harness.fake_provider import FakeAdapter
from tests.harness.issuing_builders import command, document_id
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import simulate
from tests.issuing.test_crash_points import Provider, sweep

THREE = {"steps": (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT), "unique_reference": False, "concurrency": 8}
TWO = {"steps": (Step.CONTACT, Step.INVOICE), "unique_reference": False, "concurrency": 8}
CONTACT = "CONTACT Ayşe Yılmaz"
ISSUED = (DocumentState.ISSUED, None)
IN_REVIEW = (DocumentState.PLANNED, Attention.NEEDS_REVIEW)


def order(number: int, name: str = "Ayşe") -> InvoiceCommand:
    placed = command(number=number)
    assert placed.person is not None
    return replace(placed, person=Person(buyer=replace(placed.person.buyer, name=name)))


async def issue(issuer: OneIssuer, *orders: InvoiceCommand, seconds: float = 600) -> Process:
    process = issuer.process()
    await process.admit(*orders)
    await process.finish(seconds)
    await process.scheduler.drain(20)
    return process


def contacts(issuer: OneIssuer) -> dict[str, int]:
    named = {name: numbers for name, numbers in issuer.ledger.documents.items() if name.startswith(f"{Step.CONTACT} ")}
    return {name: len(numbers) for name, numbers in named.items() if numbers}


def ends(issuer: OneIssuer) -> set[tuple[DocumentState, Attention | None]]:
    last = {body.document_id: (body.state, body.attention) for body in issuer.progress()}
    return set(last.values())


FIFTY = [order(number) for number in range(50)]


@pytest.mark.parametrize("look_up", [LookUp.BY_REFERENCE, LookUp.BY_LIST])
@pytest.mark.parametrize(
    "creates",
    [["BOOKS"], ["LOST_AFTER"], ["LOST_BEFORE", "LOST_BEFORE"], ["LATE"], [NotSent(why="no connection")], ["HANGS"]],
    ids=str,
)
def test_fifty_orders_of_one_buyer_at_once_make_one_contact(creates: Sequence[Any], look_up: LookUp) -> None:
    issuer = OneIssuer(**THREE, look_up=look_up)
    issuer.behaviour.creates = list(creates)
    simulate(issue(issuer, *FIFTY, seconds=3600))
    assert ends(issuer) == {ISSUED}
    assert contacts(issuer) == {CONTACT: 1}


def test_where_nothing_can_be_asked_one_order_makes_the_contact_and_the_others_take_it() -> None:
    issuer = OneIssuer(**THREE, look_up=LookUp.NONE)
    simulate(issue(issuer, *FIFTY))
    assert ends(issuer) == {ISSUED}
    assert contacts(issuer) == {CONTACT: 1}


def test_a_contact_that_is_known_is_not_asked_for_again() -> None:
    issuer = OneIssuer(**THREE)
    process = simulate(issue(issuer, *FIFTY))
    assert process.adapter.log.count("find_prepared") == 1
    assert process.adapter.log.count("create") == 1 + 2 * len(FIFTY)


def test_a_contact_that_another_worker_has_made_is_found_before_one_is_made() -> None:
    issuer = OneIssuer(**THREE)
    simulate(issue(issuer, order(1)))
    process = simulate(issue(issuer, order(2)))
    assert process.adapter.log[0] == "find_prepared"
    assert contacts(issuer) == {CONTACT: 1}


def test_a_buyer_whose_details_have_changed_is_asked_for_again_and_is_the_same_contact() -> None:
    async def story() -> Process:
        moved = order(2)
        assert moved.person is not None
        buyer = moved.person.buyer
        assert buyer.address is not None
        elsewhere = replace(buyer, address=replace(buyer.address, city="İzmir"))
        return await issue(issuer, order(1), replace(moved, person=Person(buyer=elsewhere)))

    issuer = OneIssuer(**THREE)
    assert simulate(story()).adapter.log.count("find_prepared") == 2
    assert contacts(issuer) == {CONTACT: 1}


def test_a_contact_in_doubt_holds_up_the_orders_of_its_buyer_alone() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(*(order(number) for number in range(10)))
        await asyncio.sleep(1)
        await process.admit(*(order(number, f"Alıcı {number}") for number in range(10, 20)))
        await asyncio.sleep(9)  # the first one's answer is still waited for
        known = {body.document_id for body in issuer.progress() if body.state is DocumentState.ISSUED}
        assert known == {document_id(number) for number in range(10, 20)}
        await process.finish(600)

    issuer = OneIssuer(**THREE)
    issuer.behaviour.creates = ["HANGS"]
    simulate(story())
    assert ends(issuer) == {ISSUED}
    assert set(contacts(issuer).values()) == {1}


def test_a_contact_that_a_person_is_asked_about_does_not_hold_up_the_buyer_s_other_orders() -> None:
    issuer = OneIssuer(**THREE)
    issuer.behaviour.findings = [Different(detail="two companies have this number")]
    simulate(issue(issuer, *FIFTY[:10], seconds=3600))
    assert ends(issuer) == {ISSUED, IN_REVIEW}
    assert contacts(issuer) == {CONTACT: 1}


def test_an_order_that_is_withdrawn_while_it_makes_the_contact_does_not_hold_up_the_others() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(order(0), order(1), order(2))
        await asyncio.sleep(1)
        await process.admit(command(Action.WITHDRAW, number=0), command(Action.WITHDRAW, number=1))
        await process.finish(600)

    issuer = OneIssuer(**THREE)
    issuer.behaviour.creates = ["HANGS"]
    simulate(story())
    last = {body.document_id: body.state for body in issuer.progress()}
    cancelled = DocumentState.CANCELLED
    assert last == {document_id(0): cancelled, document_id(1): cancelled, document_id(2): DocumentState.ISSUED}


class ContactIsGone(FakeAdapter):
    """A person has deleted the contact behind our back: nothing is made out to it."""

    async def create(self, asked: StepInput, seconds: float) -> Any:
        gone = asked.step is Step.INVOICE and not self.ledger.documents.get(CONTACT)
        return Refused(errors=()) if gone else await super().create(asked, seconds)

    def _check_earlier_steps(self, asked: StepInput) -> None:
        """What was made before may be gone."""


def test_an_invoice_that_is_refused_after_its_contact_is_rejected_and_the_contact_asked_for_next_time() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(order(1))
        await process.finish(60)
        issuer.ledger.documents[CONTACT].clear()
        await process.admit(order(2))
        await process.finish(60)
        await process.admit(order(3))
        await process.finish(60)

    issuer = OneIssuer(**TWO)
    issuer.adapter = ContactIsGone
    simulate(story())
    last = {body.document_id: (body.state, body.attention) for body in issuer.progress()}
    assert last[document_id(2)] == (DocumentState.REJECTED, None)
    assert last[document_id(3)] == ISSUED
    assert contacts(issuer) == {CONTACT: 1}


BATCH = [[order(1), order(2)]]


@pytest.mark.sweep
@pytest.mark.parametrize("creates", [["BOOKS"], ["LOST_AFTER"], ["LOST_BEFORE"], ["LOST_AFTER", "BOOKS", "LOST_AFTER"]])
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_dies_one_buyer_is_one_contact(creates: Sequence[Any], thaws_after: float | None) -> None:
    issuers = sweep(Provider("two steps", TWO), creates, thaws_after, BATCH)
    assert len(issuers) >= 20
    assert {n: contacts(each) for n, each in enumerate(issuers, 1) if contacts(each) != {CONTACT: 1}} == {}
    made = [sum(len(each.ledger.documents[document_id(n)]) for n in (1, 2)) for each in issuers]
    assert max(made) == 2
