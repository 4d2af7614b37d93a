"""A record without legal effect, at a provider that cannot say when it has one: it waits for a person's number."""

import asyncio
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.orders import DocumentCancellationRequested, ReviewAnswer
from providers.base import LookUp, Step
from tests.harness.issuing_builders import command, decision, document_id
from tests.harness.one_issuer import OneIssuer
from tests.harness.planner_and_issuers import PlannerAndIssuers
from tests.harness.simulated_time import simulate
from tests.issuing.test_crash_points import Provider, sweep
from tests.planning.events import document_id as lines_document
from tests.planning.events import placed, requested

CANNOT_TELL = {"look_up": LookUp.NONE, "unique_reference": False}
AWAITING = (DocumentState.AWAITING_SIGNATURE, None)
NUMBER = "ABC2026000000001"
DELETED = command(Action.MARK, revision=1, review=decision(ReviewAnswer.CONFIRM_ABSENT))
MARK = command(Action.MARK, revision=1, review=decision(ReviewAnswer.CONFIRM_ISSUED, number=NUMBER))


def recording(**changes: Any) -> OneIssuer:
    issuer = OneIssuer(**CANNOT_TELL, **changes)
    unsigned(issuer)
    return issuer


def unsigned(issuer: OneIssuer) -> None:
    issuer.behaviour.state = DocumentState.AWAITING_SIGNATURE


def test_it_waits_without_a_call_and_ends_as_issued_under_the_number() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await asyncio.sleep(86_400)
        assert issuer.states() == [AWAITING]
        await process.admit(MARK)
        await process.finish(60)
        assert process.scheduler.waiting == 0
        assert process.adapter.log == ["create"]

    issuer = recording()
    simulate(story())
    last = issuer.progress()[-1]
    assert (last.state, last.number) == (DocumentState.ISSUED, NUMBER)


def test_a_mark_is_taken_after_a_restart_too() -> None:
    async def story() -> None:
        first = issuer.process()
        await first.admit(command())
        await first.finish(30)
        await first.scheduler.drain(20)
        second = issuer.process()
        await second.admit(MARK)
        await second.finish(30)

    issuer = recording()
    simulate(story())
    assert [state for state, _ in issuer.states()] == [DocumentState.AWAITING_SIGNATURE, DocumentState.ISSUED]


def test_a_record_that_is_not_wanted_any_more_is_for_a_person_to_delete() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await process.finish(30)
        await process.admit(command(Action.WITHDRAW))
        await process.finish(30)

    issuer = recording()
    simulate(story())
    assert issuer.states()[-1] == (DocumentState.AWAITING_SIGNATURE, Attention.DELETE_AT_PROVIDER)


def test_what_a_person_was_asked_about_once_is_for_a_person_to_delete_and_says_so() -> None:
    async def story() -> None:
        planning = asyncio.create_task(pipeline.plan())
        pipeline.start("nilvera")
        pipeline.say(placed())
        pipeline.say(requested("1"))
        await pipeline.until(lambda: pipeline.in_review)
        pipeline.answer_reviews()
        await pipeline.until(lambda: pipeline.documents[0].state is DocumentState.AWAITING_SIGNATURE)
        pipeline.say(DocumentCancellationRequested(document_id=lines_document("1"), reason="no longer wanted"))
        await asyncio.sleep(60)
        planning.cancel()
        pipeline.bury()

    issuer = recording(provider="nilvera")
    issuer.behaviour.creates = ["LOST_BEFORE"]
    pipeline = PlannerAndIssuers({"nilvera": issuer})
    simulate(story())
    (document,) = pipeline.documents
    assert (document.state, document.attention) == (DocumentState.AWAITING_SIGNATURE, Attention.DELETE_AT_PROVIDER)


def test_what_a_person_has_deleted_ends_as_cancelled_without_a_call() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await process.finish(30)
        await process.admit(command(Action.WITHDRAW))
        await process.finish(30)
        await process.admit(DELETED)
        await process.finish(30)
        assert process.scheduler.waiting == 0
        assert process.adapter.log == ["create"]

    issuer = recording()
    simulate(story())
    assert issuer.states()[-1] == (DocumentState.CANCELLED, None)


@pytest.mark.parametrize("lost_at", [Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT])
@pytest.mark.parametrize("verdict", ReviewAnswer)
def test_where_nothing_can_be_asked_every_answer_fits_every_step(lost_at: Step, verdict: ReviewAnswer) -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await process.finish(60)
        assert issuer.states()[-1] == (DocumentState.PLANNED, Attention.NEEDS_REVIEW)
        answer = decision(verdict, issuer.progress()[-1].review_revision, NUMBER)
        await process.admit(command(Action.REVIEW, revision=1, review=answer))
        await process.finish(60)

    steps = (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT)
    issuer = OneIssuer(**CANNOT_TELL, steps=steps)
    issuer.behaviour.creates = [*["BOOKS"] * steps.index(lost_at), "LOST_BEFORE"]
    simulate(story())
    last = issuer.progress()[-1]
    match verdict:
        case ReviewAnswer.CONFIRM_ISSUED:
            assert (last.state, last.number) == (DocumentState.ISSUED, NUMBER)
        case ReviewAnswer.CONFIRM_ABSENT:
            assert last.state is DocumentState.ISSUED
            assert issuer.ledger.documents[document_id()] == [last.number]
        case ReviewAnswer.REJECT:
            assert last.state is DocumentState.REJECTED
        case ReviewAnswer.LOOK_AGAIN:
            assert (last.attention, last.review_revision) == (Attention.NEEDS_REVIEW, 2)


@pytest.mark.sweep
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_dies_a_marked_document_is_issued_once(thaws_after: float | None) -> None:
    issuers = sweep(Provider("cannot tell", CANNOT_TELL), ["BOOKS"], thaws_after, [[command()], [MARK]], unsigned)
    assert len(issuers) >= 10
    for issuer in issuers:
        last = issuer.progress()[-1]
        made = len(issuer.ledger.documents[document_id()])
        asked = last.attention is Attention.NEEDS_REVIEW  # it died in the call, and cannot be asked
        assert made <= 1
        assert asked or (last.state, last.number) == (DocumentState.ISSUED, NUMBER)


@pytest.mark.sweep
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_dies_what_a_person_has_deleted_ends_once(thaws_after: float | None) -> None:
    story = [[command()], [command(Action.WITHDRAW)], [DELETED]]
    issuers = sweep(Provider("cannot tell", CANNOT_TELL), ["BOOKS"], thaws_after, story, unsigned)
    assert len(issuers) >= 10
    for issuer in issuers:
        last = issuer.progress()[-1]
        asked = last.attention is Attention.NEEDS_REVIEW  # it died in the call, and cannot be asked
        assert len(issuer.ledger.documents[document_id()]) <= 1
        assert asked or last.state is DocumentState.CANCELLED


def test_what_is_withdrawn_where_nothing_is_polled_is_asked_for_until_it_is_surely_gone() -> None:
    """The answer to its deletion was lost, and the provider knows it no longer."""

    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await asyncio.sleep(60)
        await process.admit(command(Action.WITHDRAW))
        await asyncio.sleep(3600)
        assert process.adapter.log.count("withdraw") == 1

    not_polled = {"poll_until": {}, "unsigned_poll_seconds": 20.0}
    issuer = OneIssuer(unique_reference=False, withdraws=frozenset(DocumentType), **not_polled)
    unsigned(issuer)
    issuer.behaviour.cancels = ["LOST_AFTER"]
    issuer.behaviour.forgets = True
    simulate(story())
    assert issuer.states()[-1] == (DocumentState.CANCELLED, None)
