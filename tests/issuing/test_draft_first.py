"""Draft first: the draft is made at once, and that very draft becomes legal when a person has approved it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.orders import ReviewAnswer
from app.issuing.ports import ProviderConnection
from providers.base import Absent, Drafts, NotSent, Refused, Step
from tests.harness.issuing_builders import at, command, decision, document_id
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import simulate
from tests.issuing.test_crash_points import Provider, sweep

S = DocumentState
POLLED: dict[str, Any] = {"poll_until": {DocumentType.EARSIV: frozenset({S.ISSUED})}, "unsigned_poll_seconds": 20.0}
SENT_OFF = {"drafts": Drafts.SENT_OFF, "withdraws": frozenset({DocumentType.EARSIV}), **POLLED}
BOOKED = {**SENT_OFF, "steps": (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT), "unique_reference": False}
KINDS = pytest.mark.parametrize("kind", [SENT_OFF, BOOKED], ids=["sent off", "booked"])
ISSUE, APPROVE, WITHDRAW = command(draft_first=True), command(Action.APPROVE), command(Action.WITHDRAW)
DRAFT, DOCUMENT = f"INVOICE of {document_id()}", document_id()
ISSUED, DRAFTED = (S.ISSUED, None), (S.DRAFT, None)
OURS, THEIRS = Decimal("10.00"), Decimal("10.01")


async def drafted(issuer: OneIssuer, *more: Any, seconds: float = 100) -> Process:
    process = issuer.process()
    await process.admit(ISSUE, *more)
    await process.finish(seconds)
    return process


async def approved(issuer: OneIssuer, *more: Any, seconds: float = 600) -> Process:
    process = await drafted(issuer)
    await process.admit(ISSUE, APPROVE, *more)
    await process.finish(seconds)
    await process.scheduler.drain(20)
    return process


def made(issuer: OneIssuer) -> dict[str, int]:
    found = {name: len(numbers) for name, numbers in issuer.ledger.documents.items() if "CONTACT" not in name}
    return {name: count for name, count in found.items() if count}


@KINDS
def test_without_an_approval_there_is_a_draft_and_nothing_more(kind: dict[str, Any]) -> None:
    issuer = OneIssuer(**kind)
    simulate(drafted(issuer, seconds=3600))
    assert made(issuer) == {DRAFT: 1}
    assert issuer.states() == [DRAFTED]


@KINDS
def test_an_approval_makes_that_very_draft_legal(kind: dict[str, Any]) -> None:
    issuer = OneIssuer(**kind)
    simulate(approved(issuer))
    assert made(issuer) == {DRAFT: 1, DOCUMENT: 1}
    assert issuer.states() == [DRAFTED, ISSUED]


@KINDS
def test_an_approval_that_comes_before_the_draft_lets_it_go_when_it_is_there(kind: dict[str, Any]) -> None:
    issuer = OneIssuer(**kind)
    simulate(drafted(issuer, APPROVE, seconds=600))
    assert made(issuer) == {DRAFT: 1, DOCUMENT: 1}
    assert issuer.states()[-1] == ISSUED


def test_where_no_draft_can_be_sent_off_nothing_is_made_before_the_approval() -> None:
    issuer = OneIssuer(**POLLED)
    simulate(drafted(issuer, seconds=3600))
    assert (made(issuer), issuer.states()) == ({}, [])
    simulate(approved(issuer))
    assert (made(issuer), issuer.states()) == ({DOCUMENT: 1}, [ISSUED])


def test_what_waits_with_us_is_withdrawn_at_once() -> None:
    async def story() -> None:
        process = await drafted(issuer)
        await process.admit(ISSUE, WITHDRAW)
        await process.finish(60)

    issuer = OneIssuer(**POLLED)
    simulate(story())
    assert (made(issuer), issuer.states()) == ({}, [(S.CANCELLED, None)])


def test_what_a_person_signs_there_is_made_without_an_approval() -> None:
    issuer = OneIssuer(**POLLED, drafts=Drafts.SIGNED)
    issuer.behaviour.state = S.AWAITING_SIGNATURE
    simulate(drafted(issuer))
    assert issuer.states() == [(S.AWAITING_SIGNATURE, None)]


@pytest.mark.parametrize("answer", ["LOST_BEFORE", "LOST_AFTER", NotSent(why="no connection")], ids=str)
@KINDS
def test_an_approval_whose_answer_is_lost_is_looked_up_and_the_draft_sent_off_once(
    kind: dict[str, Any], answer: Any
) -> None:
    async def story() -> None:
        process = await drafted(issuer)
        issuer.behaviour.creates = [answer]
        await process.admit(ISSUE, APPROVE)
        await process.finish(600)

    issuer = OneIssuer(**{**kind, "unique_reference": True})
    simulate(story())
    assert made(issuer) == {DRAFT: 1, DOCUMENT: 1}
    assert issuer.states()[-1] == ISSUED


@KINDS
def test_a_refused_approval_asks_a_person_and_may_be_tried_again(kind: dict[str, Any]) -> None:
    async def story() -> None:
        process = await drafted(issuer)
        issuer.behaviour.creates = [Refused(errors=())]
        await process.admit(ISSUE, APPROVE)
        await process.finish(60)
        assert issuer.states()[-1] == (S.DRAFT, Attention.NEEDS_REVIEW)
        again = command(Action.REVIEW, revision=1, review=decision(ReviewAnswer.CONFIRM_ABSENT))
        await process.admit(ISSUE, APPROVE, again)
        await process.finish(600)

    issuer = OneIssuer(**kind)
    simulate(story())
    assert made(issuer) == {DRAFT: 1, DOCUMENT: 1}
    assert issuer.states()[-1] == ISSUED


@KINDS
def test_a_draft_that_a_person_sends_off_there_is_legal_and_not_sent_again(kind: dict[str, Any]) -> None:
    issuer = OneIssuer(**kind)
    issuer.behaviour.states = [S.DRAFT, S.ISSUED]
    simulate(approved(issuer))
    assert made(issuer) == {DRAFT: 1}
    assert issuer.states() == [DRAFTED, ISSUED]


@KINDS
def test_one_that_is_sent_off_there_between_two_polls_is_not_sent_again_after_its_approval(
    kind: dict[str, Any],
) -> None:
    issuer = OneIssuer(**{**kind, "unsigned_poll_seconds": 3600.0})
    issuer.behaviour.states = [S.ISSUED]
    simulate(approved(issuer))
    assert made(issuer) == {DRAFT: 1}
    assert issuer.states() == [DRAFTED, ISSUED]


@KINDS
def test_an_approval_after_the_draft_was_deleted_there_ends_it(kind: dict[str, Any]) -> None:
    issuer = OneIssuer(**{**kind, "unsigned_poll_seconds": 3600.0})
    issuer.behaviour.states = [Absent()] * 5
    simulate(approved(issuer))
    assert made(issuer) == {DRAFT: 1}
    assert issuer.states() == [DRAFTED, (S.CANCELLED, None)]


@KINDS
def test_a_draft_that_is_withdrawn_is_deleted_also_after_its_approval(kind: dict[str, Any]) -> None:
    async def story() -> None:
        process = await drafted(issuer)
        issuer.behaviour.creates = [NotSent(why="no connection", retry_after=100)]
        await process.admit(ISSUE, APPROVE)
        await process.finish(20)
        await process.admit(ISSUE, APPROVE, WITHDRAW)
        await process.finish(600)

    issuer = OneIssuer(**kind)
    simulate(story())
    assert made(issuer) == {DRAFT: 1}
    assert issuer.states()[-1] == (S.CANCELLED, None)


@pytest.mark.parametrize("refusal", [Refused(errors=()), None], ids=["refused", "not offered"])
@KINDS
def test_what_was_to_be_withdrawn_and_could_not_be_deleted_is_not_sent_off(
    kind: dict[str, Any], refusal: Refused | None
) -> None:
    async def story() -> None:
        process = await drafted(issuer)
        issuer.behaviour.creates = [NotSent(why="no connection", retry_after=100)]
        issuer.behaviour.cancels = [refusal] if refusal else []
        await process.admit(ISSUE, APPROVE)
        await process.finish(20)
        await process.admit(ISSUE, APPROVE, WITHDRAW)
        await process.finish(600)
        process.fate.bury()
        await issuer.process().finish(600)

    issuer = OneIssuer(**(kind if refusal else {**kind, "withdraws": frozenset()}))
    simulate(story())
    assert made(issuer) == {DRAFT: 1}
    assert issuer.states()[-1] == (S.DRAFT, Attention.DELETE_AT_PROVIDER)


@KINDS
def test_a_draft_that_comes_to_another_total_at_its_approval_is_not_sent_off(kind: dict[str, Any]) -> None:
    async def story() -> None:
        process = await drafted(issuer)
        issuer.behaviour.payable = THEIRS
        await process.admit(ISSUE, APPROVE)
        await process.finish(60)
        assert issuer.states()[-1] == (S.DRAFT, Attention.NEEDS_REVIEW)
        assert made(issuer) == {DRAFT: 1}
        issuer.behaviour.payable = OURS
        await process.admit(command(Action.REVIEW, revision=1, review=decision(ReviewAnswer.LOOK_AGAIN)))
        await process.finish(600)

    issuer = OneIssuer(**kind)
    simulate(story())
    assert made(issuer) == {DRAFT: 1, DOCUMENT: 1}
    assert issuer.states()[-1] == ISSUED


@KINDS
def test_a_draft_that_has_changed_since_it_could_not_be_sent_off_is_not_sent_off_unseen(kind: dict[str, Any]) -> None:
    async def story() -> None:
        process = await drafted(issuer)
        issuer.behaviour.creates = [NotSent(why="no credits", retry_after=600)]
        await process.admit(ISSUE, APPROVE)
        await process.finish(60)
        issuer.behaviour.payable = THEIRS
        await process.finish(1200)

    issuer = OneIssuer(**kind)
    simulate(story())
    assert made(issuer) == {DRAFT: 1}
    assert issuer.states()[-1] == (S.DRAFT, Attention.NEEDS_REVIEW)


@KINDS
def test_an_approval_that_cannot_be_looked_at_says_that_it_waits_for_its_connection(kind: dict[str, Any]) -> None:
    async def story() -> None:
        process = await drafted(issuer)
        issuer.behaviour.trouble = NotSent(why="the login was refused", needs_owner=True)
        await process.admit(ISSUE, APPROVE)
        await process.finish(600)
        assert issuer.states()[-1] == (S.DRAFT, Attention.CONNECTION)
        issuer.behaviour.trouble = None
        known = process.connections.known["shop"]
        assert isinstance(known, ProviderConnection)
        process.connections.known["shop"] = replace(known, revision=2)  # the owner has put it right
        await process.finish(600)

    issuer = OneIssuer(**kind)
    simulate(story())
    assert made(issuer) == {DRAFT: 1, DOCUMENT: 1}
    assert issuer.states()[-1] == ISSUED


@KINDS
def test_after_a_lost_journal_what_was_sent_off_is_found_and_not_sent_again(kind: dict[str, Any]) -> None:
    async def story() -> None:
        await approved(issuer)
        issuer.changelog.clear()
        process = issuer.process()
        await process.admit(ISSUE, APPROVE, doubtful_since=at(700))
        await process.finish(600)

    issuer = OneIssuer(**kind)
    simulate(story())
    assert made(issuer) == {DRAFT: 1, DOCUMENT: 1}
    assert issuer.states()[-1] == ISSUED


@pytest.mark.sweep
@pytest.mark.parametrize("creates", [["BOOKS"], ["BOOKS", "LOST_AFTER"], ["LOST_AFTER", "LOST_BEFORE"]])
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
@KINDS
def test_wherever_a_worker_dies_one_draft_is_sent_off_once(
    kind: dict[str, Any], creates: Sequence[Any], thaws_after: float | None
) -> None:
    provider = Provider("drafts", {**kind, "unique_reference": True})
    issuers = sweep(provider, creates, thaws_after, [[ISSUE], [ISSUE, APPROVE]])
    assert len(issuers) >= 20
    ends = {n: (made(each), each.states()[-1]) for n, each in enumerate(issuers, 1)}
    assert {n: end for n, end in ends.items() if end != ({DRAFT: 1, DOCUMENT: 1}, ISSUED)} == {}
