"""The provider's total against ours before the legal step: another total never becomes legal without a person."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.orders import ReviewAnswer
from providers.base import Absent, Different, Done, LookUp, Prepared, Step, Unclear
from tests.harness.fake_provider import FakeAdapter
from tests.harness.issuing_builders import command, decision, document_id
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import simulate
from tests.issuing.test_crash_points import MOST_STEPS, Provider, sweep

THREE = {"steps": (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT), "unique_reference": False}
OURS, THEIRS = Decimal("10.00"), Decimal("10.01")
IN_REVIEW = (DocumentState.PLANNED, Attention.NEEDS_REVIEW)
ISSUED = (DocumentState.ISSUED, None)


def computing(payable: Decimal | None, **changes: object) -> OneIssuer:
    issuer = OneIssuer(**{**THREE, **changes})
    issuer.behaviour.payable = payable
    return issuer


async def asked(issuer: OneIssuer) -> Process:
    process = issuer.process()
    await process.admit(command())
    await process.finish(60)
    return process


async def decided(process: Process, issuer: OneIssuer, verdict: ReviewAnswer, number: str | None = None) -> None:
    revision = issuer.progress()[-1].review_revision
    await process.admit(command(Action.REVIEW, revision=revision, review=decision(verdict, revision, number)))
    await process.finish(60)


@pytest.mark.parametrize("payable", [OURS, Decimal(10), None], ids=str)
def test_the_same_total_or_none_shown_goes_on(payable: Decimal | None) -> None:
    issuer = computing(payable)
    simulate(asked(issuer))
    assert issuer.states()[-1] == ISSUED


def test_another_total_waits_for_a_person_with_both_figures() -> None:
    issuer = computing(THEIRS)
    simulate(asked(issuer))
    assert issuer.states()[-1] == IN_REVIEW
    assert document_id() not in issuer.ledger.documents  # no e-document
    question = issuer.progress()[-1].evidence[0]
    assert (question.what, "10.01" in question.detail, "10.00" in question.detail) == ("OTHER_TOTAL", True, True)


def test_what_is_put_right_at_the_provider_is_looked_at_again_and_issued() -> None:
    async def story() -> None:
        process = await asked(issuer)
        issuer.behaviour.payable = OURS
        await decided(process, issuer, ReviewAnswer.LOOK_AGAIN)

    issuer = computing(THEIRS)
    simulate(story())
    assert issuer.states()[-1] == ISSUED
    assert len(issuer.ledger.documents[f"INVOICE of {document_id()}"]) == 1


@pytest.mark.parametrize("shows", ["its total", "that it is different"])
def test_what_is_still_another_total_is_another_question(shows: str) -> None:
    async def story() -> None:
        process = await asked(issuer)
        if shows != "its total":
            issuer.behaviour.findings = [Different(detail="total is 10.01, not 10.00")]
        await decided(process, issuer, ReviewAnswer.LOOK_AGAIN)
        assert issuer.states()[-1] == IN_REVIEW
        assert issuer.progress()[-1].review_revision == 2
        issuer.behaviour.payable = OURS
        await decided(process, issuer, ReviewAnswer.LOOK_AGAIN)

    issuer = computing(THEIRS)
    simulate(story())
    assert issuer.states()[-1] == ISSUED


class ChangedThere(FakeAdapter):
    """A person corrects the draft at the provider, and sends it off there."""

    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:
        seen = await super().poll(prepared, done, seconds)
        return replace(seen, payable=self.behaviour.payable) if isinstance(seen, Done) else seen


@pytest.mark.parametrize(("payable", "said"), [(OURS, []), (THEIRS, ["LEGAL_AT_ANOTHER_TOTAL"])], ids=str)
def test_a_draft_that_became_legal_at_another_total_says_so(payable: Decimal, said: list[str]) -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await asyncio.sleep(60)
        assert issuer.states()[-1] == (DocumentState.AWAITING_SIGNATURE, None)
        issuer.behaviour.payable = payable
        issuer.behaviour.states = [DocumentState.ISSUED]
        await process.finish()

    polled = {DocumentType.EARSIV: frozenset({DocumentState.ISSUED})}
    issuer = computing(OURS, steps=(Step.INVOICE,), poll_until=polled)
    issuer.adapter = ChangedThere
    issuer.behaviour.state = DocumentState.AWAITING_SIGNATURE
    simulate(story())
    assert issuer.states()[-1] == ISSUED
    assert [error.code for error in issuer.progress()[-1].errors] == said


def test_a_rejected_one_never_gets_its_e_document() -> None:
    async def story() -> None:
        await decided(await asked(issuer), issuer, ReviewAnswer.REJECT)

    issuer = computing(THEIRS)
    simulate(story())
    assert issuer.states()[-1] == (DocumentState.REJECTED, None)
    assert document_id() not in issuer.ledger.documents


def test_one_that_a_person_has_issued_there_is_issued() -> None:
    async def story() -> None:
        await decided(await asked(issuer), issuer, ReviewAnswer.CONFIRM_ISSUED, "GIB1")

    issuer = computing(THEIRS)
    simulate(story())
    assert issuer.progress()[-1].number == "GIB1"
    assert issuer.states()[-1] == ISSUED


def test_one_that_a_person_has_deleted_there_is_made_anew() -> None:
    async def story() -> None:
        process = await asked(issuer)
        issuer.ledger.documents[f"INVOICE of {document_id()}"].clear()
        issuer.behaviour.payable = OURS
        await decided(process, issuer, ReviewAnswer.CONFIRM_ABSENT)

    issuer = computing(THEIRS)
    simulate(story())
    assert issuer.states()[-1] == ISSUED


def test_where_nothing_can_be_looked_at_the_question_comes_again() -> None:
    async def story() -> None:
        await decided(await asked(issuer), issuer, ReviewAnswer.LOOK_AGAIN)

    issuer = computing(THEIRS, look_up=LookUp.NONE)
    simulate(story())
    assert issuer.states()[-1] == IN_REVIEW
    assert issuer.progress()[-1].review_revision == 2


def test_another_total_of_a_record_that_a_person_makes_legal_is_asked_about_before() -> None:
    async def story() -> None:
        process = await asked(issuer)
        assert issuer.states() == [IN_REVIEW]
        issuer.behaviour.payable = OURS
        await decided(process, issuer, ReviewAnswer.LOOK_AGAIN)

    issuer = computing(THEIRS, steps=(Step.INVOICE,))
    issuer.behaviour.state = DocumentState.AWAITING_SIGNATURE
    simulate(story())
    assert issuer.states()[-1] == (DocumentState.AWAITING_SIGNATURE, None)


def test_another_total_of_what_is_legal_already_is_no_question_of_this_kind() -> None:
    issuer = computing(THEIRS, steps=(Step.INVOICE,))
    simulate(asked(issuer))
    assert issuer.states()[-1] == ISSUED


@pytest.mark.sweep
@pytest.mark.parametrize("verdict", [ReviewAnswer.LOOK_AGAIN, ReviewAnswer.REJECT])
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_dies_another_total_gets_no_e_document(
    verdict: ReviewAnswer, thaws_after: float | None
) -> None:
    def computes(issuer: OneIssuer) -> None:
        issuer.behaviour.payable = THEIRS

    review = command(Action.REVIEW, revision=1, review=decision(verdict))
    issuers = sweep(Provider("three steps", THREE), ["BOOKS"], thaws_after, [[command()], [review]], computes)
    assert 20 <= len(issuers) < MOST_STEPS
    assert [issuer for issuer in issuers if document_id() in issuer.ledger.documents] == []
    end = IN_REVIEW if verdict is ReviewAnswer.LOOK_AGAIN else (DocumentState.REJECTED, None)
    assert {issuer.states()[-1] for issuer in issuers} == {end}
