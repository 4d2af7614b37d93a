"""AUTO where the provider has no register: another one decides, else the provider's word, else the owner's choice."""

from itertools import pairwise
from typing import Any

import pytest

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.policy import DocumentTypeChoice
from app.issuing.decisions.type_choice import Asked, type_or_asked
from providers.base import Done, NotSent, Refused, Registration, Unclear
from tests.harness.fake_provider import Behaviour
from tests.harness.issuing_builders import capabilities, command, document_id
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import simulate

EARSIV, EFATURA = DocumentType.EARSIV, DocumentType.EFATURA
REGISTERED, NOT_REGISTERED = Registration.REGISTERED, Registration.NOT_REGISTERED
NUMBER = "1234567890"
PLANNED, ISSUED = DocumentState.PLANNED, DocumentState.ISSUED
WAITS = (PLANNED, Attention.CONNECTION)


def of_numbered_buyer(number: int = 1, tax_number: str = NUMBER) -> InvoiceCommand:
    return command(number=number, choice=DocumentTypeChoice.AUTO, tax_number=tax_number)


def kinds(issuer: OneIssuer) -> list[DocumentType]:
    return [made.document_type for made in issuer.ledger.contents.values()]


def issued(issuer: OneIssuer, *commands: InvoiceCommand, seconds: float = 120.0) -> Process:
    """One worker's life with these commands."""
    processes = []

    async def story() -> None:
        process = issuer.process()
        processes.append(process)
        await process.admit(*commands)
        await process.finish(seconds)

    simulate(story())
    return processes[0]


# --- who decides -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "other", "decides"),
    [
        ({"taxpayer_lookup": True}, True, Asked.REGISTER_HERE),
        ({"taxpayer_lookup": False}, True, Asked.REGISTER_ELSEWHERE),
        ({"corrects_type": True, "unknown_buyer": EFATURA}, True, Asked.REGISTER_ELSEWHERE),
        ({"corrects_type": True, "unknown_buyer": EFATURA}, False, EARSIV),
        ({"unknown_buyer": EFATURA}, False, EFATURA),
        ({"unknown_buyer": None}, False, Asked.NO_ONE),
        ({"document_types": frozenset({EARSIV})}, True, EARSIV),
        ({"document_types": frozenset({DocumentType.SALES_INVOICE})}, True, DocumentType.SALES_INVOICE),
    ],
)
def test_a_register_goes_before_the_provider_s_word_and_that_before_the_owner_s_choice(
    changes: dict[str, Any],
    other: bool,
    decides: DocumentType | Asked,
) -> None:
    assert type_or_asked(of_numbered_buyer(), capabilities(**changes), has_other_register=other) is decides


def test_a_buyer_without_a_tax_number_is_no_registered_taxpayer() -> None:
    command_of = command(choice=DocumentTypeChoice.AUTO)
    assert type_or_asked(command_of, capabilities(), has_other_register=True) is EARSIV


def test_what_the_order_says_needs_no_answer() -> None:
    said = command(choice=DocumentTypeChoice.EFATURA, tax_number=NUMBER)
    assert type_or_asked(said, capabilities(), has_other_register=False) is EFATURA


# --- another provider's register -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "kind"), [(REGISTERED, EFATURA), (NOT_REGISTERED, EARSIV)])
def test_the_register_of_another_provider_decides(answer: Registration, kind: DocumentType) -> None:
    issuer = OneIssuer(unknown_buyer=None)
    issuer.registers = {"nilvera": Behaviour(registration=answer)}
    issued(issuer, of_numbered_buyer())
    assert kinds(issuer) == [kind]


def test_while_the_other_register_is_silent_nothing_is_sent_and_then_it_decides() -> None:
    issuer = OneIssuer(unknown_buyer=EARSIV)
    other = Behaviour(registration=Unclear(why="503"))
    issuer.registers = {"nilvera": other}

    async def story() -> None:
        process = issuer.process()
        await process.admit(of_numbered_buyer())
        await process.finish(60)
        assert issuer.ledger.creates == 0
        other.registration = REGISTERED
        await process.finish(900)

    simulate(story())
    assert kinds(issuer) == [EFATURA]


def test_a_register_that_is_away_makes_room_for_the_next_one() -> None:
    issuer = OneIssuer(unknown_buyer=None)
    away, other = Behaviour(trouble=NotSent(why="no route")), Behaviour(registration=REGISTERED)
    issuer.registers = {"away": away, "there": other}
    issued(issuer, of_numbered_buyer(), seconds=900)
    assert kinds(issuer) == [EFATURA]


def test_many_buyers_are_asked_about_at_the_pace_that_is_left_to_us() -> None:
    issuer = OneIssuer(unknown_buyer=None)
    issuer.registers = {"nilvera": Behaviour(registration=NOT_REGISTERED)}
    commands = [of_numbered_buyer(number, f"{number:010}") for number in range(1, 21)]
    process = issued(issuer, *commands, seconds=300)
    known = process.connections.others["nilvera"].known["shop"]
    starts = known.adapter.starts  # type: ignore[union-attr]
    assert len(kinds(issuer)) == 20
    assert all(later - earlier >= 0.09 for earlier, later in pairwise(starts))


def test_a_login_that_the_other_provider_refuses_is_marked_there() -> None:
    issuer = OneIssuer(unknown_buyer=None)
    issuer.registers = {"nilvera": Behaviour(registration=Unclear(why="the key has expired", needs_owner=True))}
    process = issued(issuer, of_numbered_buyer(), seconds=60)
    assert process.connections.others["nilvera"].marked == [("shop", 1, "the key has expired")]
    assert (kinds(issuer), process.connections.marked) == ([], [])


# --- the provider's own word -----------------------------------------------------------------------------------------


def test_a_refusal_that_names_the_other_kind_decides() -> None:
    issuer = OneIssuer(unknown_buyer=None, corrects_type=True)
    issuer.behaviour.creates = [Refused(errors=(), instead=EFATURA)]
    issued(issuer, of_numbered_buyer())
    assert kinds(issuer) == [EFATURA]


def test_the_kind_that_the_provider_says_it_made_is_reported() -> None:
    issuer = OneIssuer(unknown_buyer=None, corrects_type=True)
    issuer.behaviour.creates = [Done(reference="r1", state=ISSUED, number="N1", document_type=EFATURA)]
    issued(issuer, of_numbered_buyer())
    assert [(body.state, body.document_type) for body in issuer.progress()] == [(ISSUED, EFATURA)]


def test_what_the_provider_made_is_followed_as_what_it_is() -> None:
    issuer = OneIssuer(
        unknown_buyer=None, corrects_type=True, poll_until={EFATURA: frozenset({DocumentState.DELIVERED})}
    )
    issuer.behaviour.creates = [Done(reference="r1", state=ISSUED, number="N1", document_type=EFATURA)]
    issuer.behaviour.states = [DocumentState.DELIVERED]
    issued(issuer, of_numbered_buyer())
    assert issuer.states() == [(ISSUED, None), (DocumentState.DELIVERED, None)]


# --- the owner's choice ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [EARSIV, EFATURA])
def test_the_owner_s_written_choice_counts_where_nothing_answers(kind: DocumentType) -> None:
    issuer = OneIssuer(unknown_buyer=kind)
    issued(issuer, of_numbered_buyer())
    assert kinds(issuer) == [kind]


def test_without_any_answer_the_document_waits_and_says_why_once() -> None:
    issuer = OneIssuer(unknown_buyer=None)
    issued(issuer, of_numbered_buyer(), seconds=600)
    assert (kinds(issuer), issuer.states(), len(issuer.events)) == ([], [WAITS], 1)
    assert "option unknown_buyer" in issuer.progress()[0].evidence[-1].detail


def test_documents_that_wait_go_on_when_their_owner_has_chosen() -> None:
    issuer = OneIssuer(unknown_buyer=None)

    async def story() -> None:
        before = issuer.process()
        await before.admit(of_numbered_buyer())
        await before.finish(60)
        await before.scheduler.drain(20)
        issuer.capabilities = capabilities(unknown_buyer=EARSIV)
        after = issuer.process()
        await after.finish(60)

    simulate(story())
    assert kinds(issuer) == [EARSIV]
    assert issuer.states() == [WAITS, (PLANNED, None), (ISSUED, None)]


def test_what_waits_for_a_choice_can_be_withdrawn() -> None:
    issuer = OneIssuer(unknown_buyer=None)

    async def story() -> None:
        process = issuer.process()
        await process.admit(of_numbered_buyer())
        await process.finish(60)
        await process.admit(command(Action.WITHDRAW))
        await process.finish(60)
        assert process.scheduler.waiting == 0

    simulate(story())
    assert (kinds(issuer), issuer.states()[-1]) == ([], (DocumentState.CANCELLED, None))


def test_the_others_do_not_wait_with_it() -> None:
    issuer = OneIssuer(unknown_buyer=None)
    consumer = command(number=2, choice=DocumentTypeChoice.AUTO)
    issued(issuer, of_numbered_buyer(), consumer, seconds=30)
    assert list(issuer.ledger.documents) == [document_id(2)]
