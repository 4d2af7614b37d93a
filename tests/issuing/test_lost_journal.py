"""After the journal was lost: what may have been sent is looked up before anything is sent."""

from typing import Any

import pytest

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import Attention, DocumentState
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from providers.base import LookUp, UnpreparableError
from tests.harness.issuing_builders import command, decision, document_id
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import START, simulate

ISSUED = (DocumentState.ISSUED, None)
WAITS = (DocumentState.PLANNED, Attention.CONNECTION)
UNCERTAIN = (DocumentState.PLANNED, Attention.UNCERTAIN)
ERRORS = (FieldError(path="$.buyer", code="BAD", message="no"),)


def start_over(issuer: OneIssuer, *commands: InvoiceCommand) -> None:
    """The journal was lost; what is in the command topic is read again."""

    async def story() -> None:
        process = issuer.process()
        await process.admit(*commands or (command(),), doubtful_since=START)
        await process.finish(1000)
        await process.scheduler.drain(20)

    simulate(story())


@pytest.mark.parametrize("unique", [True, False])
def test_after_a_lost_journal_what_was_issued_is_found_and_not_sent_again(unique: bool) -> None:
    issuer = OneIssuer(unique_reference=unique)
    issuer.ledger.book(document_id())
    start_over(issuer)
    assert issuer.states()[-1] == ISSUED
    assert (issuer.ledger.creates, issuer.ledger.look_ups) == (1, 1)


def test_after_a_lost_journal_what_was_never_issued_is_looked_up_twice_and_then_sent() -> None:
    issuer = OneIssuer()
    start_over(issuer)
    assert issuer.states()[-1] == ISSUED
    assert (issuer.ledger.creates, issuer.ledger.look_ups) == (1, 2)


@pytest.mark.parametrize("changes", [{"unique_reference": False}, {"look_up": LookUp.NONE}])
def test_after_a_lost_journal_a_person_is_asked_where_nobody_else_can_tell(changes: dict[str, Any]) -> None:
    issuer = OneIssuer(**changes)
    start_over(issuer)
    assert issuer.states()[-1] == (DocumentState.PLANNED, Attention.NEEDS_REVIEW)
    assert issuer.ledger.creates == 0


def unpreparable_now(issuer: OneIssuer) -> None:
    issuer.ledger.book(document_id())
    issuer.behaviour.unpreparable = UnpreparableError(ERRORS)


def test_after_a_lost_journal_what_cannot_be_prepared_is_a_question_and_not_a_refusal() -> None:
    issuer = OneIssuer()
    unpreparable_now(issuer)
    start_over(issuer)
    assert issuer.states() == [(DocumentState.PLANNED, Attention.NEEDS_REVIEW)]
    assert issuer.ledger.creates == 1


def test_after_a_person_has_looked_what_cannot_be_prepared_is_refused() -> None:
    issuer = OneIssuer()
    unpreparable_now(issuer)
    start_over(issuer)

    async def decided() -> None:
        process = issuer.process()
        await process.admit(command(Action.REVIEW, revision=1, review=decision(ReviewAnswer.CONFIRM_ABSENT)))
        await process.finish(100)
        await process.scheduler.drain(20)

    simulate(decided())
    assert issuer.states()[-1] == (DocumentState.REJECTED, None)


def test_after_a_lost_journal_nothing_is_withdrawn_before_it_was_looked_for() -> None:
    issuer = OneIssuer()
    issuer.ledger.book(document_id())
    start_over(issuer, command(), command(Action.WITHDRAW))
    assert issuer.states()[-1] == ISSUED
