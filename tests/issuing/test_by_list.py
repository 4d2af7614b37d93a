"""A provider that names its documents itself: ours is what was not there before, and no other document's."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import ReviewAnswer
from app.domain.policy import DocumentTypeChoice
from app.issuing.journal.encoding import encode
from app.issuing.journal.facts import Reviewed
from app.issuing.journal.keys import journal_key, name_of
from providers.base import Different, LookUp, NotSent
from tests.harness.issuing_builders import command, decision, document_id, prepared
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import simulate
from tests.issuing.test_crash_points import Provider, sweep

BY_LIST = {"unique_reference": False, "look_up": LookUp.BY_LIST}
ISSUED = (DocumentState.ISSUED, None)
IN_REVIEW = (DocumentState.PLANNED, Attention.NEEDS_REVIEW)
BY_HAND = "made by hand"


def listing(**changes: Any) -> OneIssuer:
    """An issuer whose documents all look alike to the provider."""
    issuer = OneIssuer(**BY_LIST, **changes)
    issuer.behaviour.look = lambda _: "all alike"
    return issuer


async def issue(issuer: OneIssuer, *numbers: int, seconds: float = 600) -> Process:
    process = issuer.process()
    await process.admit(*(command(number=n) for n in numbers or (1,)))
    await process.finish(seconds)
    return process


def last(issuer: OneIssuer, number: int = 1) -> tuple[DocumentState, Attention | None, str | None]:
    """The state of a document that the planner knows, and the number under which it was reported."""
    told = [body for body in issuer.progress() if body.document_id == document_id(number)]
    numbers = [body.number for body in told if body.number]
    return told[-1].state, told[-1].attention, numbers[-1] if numbers else None


def made(issuer: OneIssuer) -> Counter[str]:
    return Counter({reference: len(numbers) for reference, numbers in issuer.ledger.documents.items()})


def test_what_looks_like_it_and_was_there_before_is_not_ours() -> None:
    issuer = listing()
    by_hand = issuer.ledger.book(BY_HAND, prepared())
    issuer.behaviour.creates = ["LOST_AFTER"]
    simulate(issue(issuer))
    assert last(issuer) == (*ISSUED, "N2")
    assert by_hand == "N1"


def test_a_document_that_was_lost_is_absent_though_one_like_it_was_there_before() -> None:
    issuer = listing()
    issuer.ledger.book(BY_HAND, prepared())
    issuer.behaviour.creates = ["LOST_BEFORE"]
    simulate(issue(issuer))
    assert last(issuer) == (*IN_REVIEW, None)


def test_after_a_restart_a_document_of_no_decided_kind_does_not_hold_up_the_others() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(command(choice=DocumentTypeChoice.AUTO, tax_number="1234567890"))
        await process.finish(60)
        assert last(issuer)[:2] == (DocumentState.PLANNED, Attention.CONNECTION)
        await process.scheduler.drain(5)
        await issue(issuer, 2)

    issuer = listing(unknown_buyer=None)
    simulate(story())
    assert last(issuer)[:2] == (DocumentState.PLANNED, Attention.CONNECTION)
    assert last(issuer, 2) == (*ISSUED, "N1")


def test_a_document_that_cannot_be_written_down_does_not_hold_up_the_others() -> None:
    async def story() -> None:
        process = issuer.process()
        process.journal.too_large = {"LookedUp"}
        await process.admit(command())
        await process.finish(60)
        await process.admit(command(number=2))
        await process.finish(600)

    issuer = listing()
    issuer.behaviour.creates = ["LOST_BEFORE"]
    simulate(story())
    assert last(issuer, 2) == (*ISSUED, "N1")


def test_the_owner_may_allow_to_send_again_after_an_absence() -> None:
    issuer = listing(resend_after_absence=True)
    issuer.behaviour.creates = ["LOST_BEFORE"]
    simulate(issue(issuer))
    assert last(issuer) == (*ISSUED, "N1")


def test_what_an_earlier_attempt_has_made_late_is_found_in_the_list_before_it_is_sent_again() -> None:
    issuer = listing(resend_after_absence=True)
    issuer.behaviour.creates = ["LATE"]
    issuer.behaviour.late = 18.5  # after the second look-up, and before the next attempt
    simulate(issue(issuer))
    assert last(issuer) == (*ISSUED, "N1")
    assert made(issuer) == {document_id(): 1}


def test_two_that_may_be_it_are_a_question_and_a_person_names_one_by_its_number() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await asyncio.sleep(5)
        issuer.ledger.book(BY_HAND, prepared())  # by a person, while the answer is unknown
        await process.finish(100)
        assert last(issuer)[:2] == IN_REVIEW
        evidence = " ".join(line.detail for line in issuer.progress()[-1].evidence)
        assert "Several N1, N2" in evidence
        answer = decision(ReviewAnswer.CONFIRM_ISSUED, issuer.progress()[-1].review_revision, "N1")
        await process.admit(command(Action.REVIEW, revision=1, review=answer))
        await process.finish(100)
        await process.admit(command(number=2))
        await process.finish(100)

    issuer = listing()
    issuer.behaviour.creates = ["LOST_AFTER"]
    simulate(story())
    assert last(issuer) == (*ISSUED, "N1")
    assert last(issuer, 2) == (*ISSUED, "N3")


def test_what_has_our_mark_and_another_total_is_a_question_with_both_figures() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await asyncio.sleep(5)
        issuer.behaviour.listed = Different(detail="N1: total 120.01, not 120.00")
        await process.finish(600)

    issuer = listing()
    issuer.behaviour.creates = ["LOST_AFTER"]
    simulate(story())
    assert last(issuer)[:2] == IN_REVIEW
    assert "120.01, not 120.00" in " ".join(line.detail for line in issuer.progress()[-1].evidence)
    assert made(issuer) == {document_id(): 1}


def test_where_something_with_our_mark_is_there_already_nothing_is_sent() -> None:
    issuer = listing()
    issuer.behaviour.listed = Different(detail="N1: total 120.01, not 120.00")
    simulate(issue(issuer))
    assert made(issuer) == {}


def test_a_person_who_says_that_none_of_them_is_it_lets_it_be_sent_again() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await asyncio.sleep(5)
        for _ in range(2):
            issuer.ledger.book(BY_HAND, prepared())
        await process.finish(100)
        answer = decision(ReviewAnswer.CONFIRM_ABSENT, issuer.progress()[-1].review_revision)
        await process.admit(command(Action.REVIEW, revision=1, review=answer))
        await process.finish(100)

    issuer = listing()
    issuer.behaviour.creates = ["LOST_BEFORE"]
    simulate(story())
    assert last(issuer) == (*ISSUED, "N3")


def test_after_a_lost_journal_what_looks_like_it_is_a_question() -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(command(), doubtful_since=command().occurred_at)
        await process.finish(100)

    issuer = listing()
    issuer.ledger.book(BY_HAND, prepared())
    simulate(story())
    assert last(issuer)[:2] == IN_REVIEW


def test_calls_of_a_connection_come_one_after_the_other_and_none_while_another_is_in_doubt() -> None:
    issuer = listing()
    issuer.behaviour.creates = ["LOST_AFTER"]
    simulate(issue(issuer, 1, 2, 3))
    assert [last(issuer, n) for n in (1, 2, 3)] == [(*ISSUED, "N1"), (*ISSUED, "N2"), (*ISSUED, "N3")]


def test_another_document_s_is_not_ours_though_it_was_made_after_our_attempt() -> None:
    issuer = listing()
    issuer.behaviour.creates = ["LOST_BEFORE"]
    process = simulate(issue(issuer, 1, 2))  # the second goes on while a person is asked about the first
    assert process is not None
    assert last(issuer) == (*IN_REVIEW, None)
    assert last(issuer, 2) == (*ISSUED, "N1")

    async def withdrawn() -> None:
        again = issuer.process()
        await again.admit(command(Action.WITHDRAW))
        await again.finish(600)

    simulate(withdrawn())
    assert last(issuer, 2) == (*ISSUED, "N1")
    assert last(issuer)[2] is None


def test_what_is_left_of_an_ended_command_is_in_no_document_s_way() -> None:
    # A person's answer that names no document, and holds the digits of a provider's reference by chance.
    answer = Reviewed(at=command().occurred_at, revision=1, decision=ReviewAnswer.CONFIRM_ABSENT, actor="ref-N1")
    ended = command(Action.REVIEW, number=2, revision=1).command_id

    async def story() -> None:
        process = issuer.process()
        process.journal.keep(journal_key(ended, name_of(Reviewed, "1")), encode(answer))
        await process.admit(command())
        await process.finish(600)

    issuer = listing()
    issuer.behaviour.creates = ["LOST_AFTER"]
    simulate(story())
    assert last(issuer) == (*ISSUED, "N1")


def test_what_cannot_be_listed_is_not_sent() -> None:
    issuer = listing()
    issuer.behaviour.trouble = NotSent(why="no connection")
    simulate(issue(issuer, seconds=30))
    assert made(issuer) == {}
    kinds = {name.split("\x1f")[1] for name in issuer.facts(command().command_id)}
    assert "Attempting" not in kinds


def test_more_that_look_like_it_than_a_record_can_hold_are_not_sent_beside() -> None:
    issuer = listing()
    for _ in range(60):
        issuer.ledger.book(BY_HAND, prepared())
    simulate(issue(issuer, seconds=30))
    assert document_id() not in issuer.ledger.documents


def agrees(issuer: OneIssuer, numbers: Sequence[int]) -> bool:
    """No number is reported twice, and each document there is reported or a person is asked."""
    told = [last(issuer, n) for n in numbers]
    issued = [number for state, _, number in told if state is DocumentState.ISSUED]
    asked = sum(attention is Attention.NEEDS_REVIEW for _, attention, _ in told)
    there = sum(made(issuer).values())
    return len(set(issued)) == len(issued) and len(issued) <= there <= len(issued) + asked


@pytest.mark.sweep
@pytest.mark.parametrize("resends", [False, True], ids=["asks", "resends"])
@pytest.mark.parametrize("creates", [["BOOKS"], ["LOST_AFTER"], ["LOST_BEFORE"], ["LOST_AFTER", "LOST_AFTER"]])
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_dies_two_that_look_alike_keep_each_its_own(
    creates: Sequence[Any], thaws_after: float | None, resends: bool
) -> None:
    provider = Provider("by list", {**BY_LIST, "resend_after_absence": resends})

    def alike(issuer: OneIssuer) -> None:
        issuer.behaviour.look = lambda _: "all alike"

    issuers = sweep(provider, creates, thaws_after, [[command(number=1), command(number=2)]], alike)
    assert len(issuers) >= 15
    faults = {n: issuer for n, issuer in enumerate(issuers, 1) if not agrees(issuer, (1, 2))}
    assert {n: ([last(issuer, each) for each in (1, 2)], made(issuer)) for n, issuer in faults.items()} == {}
