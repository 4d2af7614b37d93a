"""The engine as a whole, in simulated time: decisions, executor, scheduler and a provider that misbehaves."""

import asyncio
import itertools

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.domain.policy import DocumentTypeChoice
from app.issuing.decisions.issue_state import MOST_VANISHED
from providers.base import Absent, LookUp, Quota, Refused, Registration, Unclear, UnpreparableError
from tests.harness.issuing_builders import command, decision, document_id
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import simulate

ISSUED = (DocumentState.ISSUED, None)
WAITS = (DocumentState.PLANNED, Attention.CONNECTION)
UNCERTAIN = (DocumentState.PLANNED, Attention.UNCERTAIN)
ERRORS = (FieldError(path="$.buyer", code="BAD", message="no"),)


def run(issuer: OneIssuer, *commands: object, seconds: float = 3600.0) -> None:
    async def story() -> None:
        process = issuer.process()
        await process.admit(*commands or (command(),))
        await process.finish(seconds)
        await process.scheduler.drain(20)

    simulate(story())


def test_a_command_becomes_one_document_and_one_short_fact() -> None:
    issuer = OneIssuer()
    run(issuer)
    assert issuer.states() == [ISSUED]
    assert issuer.ledger.documents[document_id()] == ["N1"]
    assert issuer.facts(command().command_id) == ["\x1fReported\x1fFINAL"]


def test_every_report_carries_what_is_handed_on_from_the_command_also_after_a_restart() -> None:
    issuer, story = OneIssuer(), (("traceparent", b"00-1-2-01"), ("correlation-id", b"\xff"))
    issuer.behaviour.creates = ["LOST_AFTER"]

    async def run_twice() -> None:
        first = issuer.process()
        await first.admit(command(), headers=story)
        await asyncio.sleep(2)
        await first.scheduler.drain(20)
        await issuer.process().finish()

    simulate(run_twice())
    assert issuer.states() == [UNCERTAIN, ISSUED]
    assert issuer.headers == [story, story]


@pytest.mark.parametrize("loss", ["LOST_AFTER", "LATE"])
def test_a_lost_answer_is_asked_for_before_anything_is_sent_again(loss: str) -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = [loss]
    run(issuer)
    assert issuer.states() == [UNCERTAIN, ISSUED]
    assert issuer.ledger.creates == 1
    assert issuer.ledger.look_ups >= 1


@pytest.mark.parametrize("loss", ["LOST_BEFORE", "RAISES", "HANGS"])
def test_what_was_lost_before_it_was_made_is_made_after_two_absences(loss: str) -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = [loss]
    run(issuer)
    assert issuer.states() == [UNCERTAIN, (DocumentState.PLANNED, None), ISSUED]
    assert (issuer.ledger.creates, issuer.ledger.look_ups) == (1, 2)


def test_a_document_that_turns_up_after_its_repeat_was_refused_is_adopted() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = ["LOST_BEFORE", Refused(errors=ERRORS)]

    async def story() -> None:
        process = issuer.process()
        asyncio.get_running_loop().call_later(19.0, issuer.ledger.book, document_id())
        await process.admit(command())
        await process.finish(400)
        await process.scheduler.drain(20)

    simulate(story())
    assert issuer.states()[-1] == ISSUED


def test_where_a_repeat_could_double_nothing_is_sent_without_a_person() -> None:
    issuer = OneIssuer(unique_reference=False)
    issuer.behaviour.creates = ["LOST_BEFORE"]
    run(issuer, seconds=1000)
    assert issuer.states()[-1] == (DocumentState.PLANNED, Attention.NEEDS_REVIEW)
    assert issuer.ledger.creates == 0


def test_what_is_never_answered_and_never_found_reaches_a_person() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = ["LOST_BEFORE"] * 1000
    run(issuer, seconds=7200)
    assert issuer.states()[-1] == (DocumentState.PLANNED, Attention.NEEDS_REVIEW)
    assert len(issuer.behaviour.creates) == 1000 - MOST_VANISHED


def test_a_person_s_decision_moves_a_waiting_document_at_once() -> None:
    issuer = OneIssuer(look_up=LookUp.NONE)
    issuer.behaviour.creates = ["LOST_AFTER"]

    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await process.finish(60)
        review = decision(ReviewAnswer.CONFIRM_ISSUED, number="GIB2025")
        await process.admit(command(Action.REVIEW, revision=1, review=review))
        await process.finish(2)
        assert process.scheduler.waiting == 0

    simulate(story())
    assert (issuer.progress()[-1].state, issuer.progress()[-1].number) == (DocumentState.ISSUED, "GIB2025")
    assert issuer.ledger.creates == 1


def test_an_order_that_cannot_become_a_document_is_rejected_with_every_reason() -> None:
    issuer = OneIssuer()
    issuer.behaviour.unpreparable = UnpreparableError(ERRORS)
    run(issuer)
    assert [(body.state, body.errors) for body in issuer.progress()] == [(DocumentState.REJECTED, ERRORS)]
    assert issuer.ledger.creates == 0


def test_a_buyer_who_turns_out_to_be_registered_gets_the_other_document() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = [Refused(errors=ERRORS, instead=DocumentType.EFATURA)]
    run(issuer)
    assert [(body.state, body.document_type) for body in issuer.progress()] == [
        (DocumentState.ISSUED, DocumentType.EFATURA)
    ]


@pytest.mark.parametrize(
    ("registration", "kind"),
    [(Registration.REGISTERED, DocumentType.EFATURA), (Registration.NOT_REGISTERED, DocumentType.EARSIV)],
)
def test_the_register_decides_where_the_choice_is_automatic(registration: Registration, kind: DocumentType) -> None:
    issuer = OneIssuer(taxpayer_lookup=True)
    issuer.behaviour.registration = registration
    run(issuer, command(choice=DocumentTypeChoice.AUTO, tax_number="1234567890"))
    assert [body.document_type for body in issuer.progress()] == [kind]


def test_an_unclear_register_never_decides() -> None:
    issuer = OneIssuer(taxpayer_lookup=True)
    issuer.behaviour.registration = Unclear(why="502")
    run(issuer, command(choice=DocumentTypeChoice.AUTO, tax_number="1234567890"), seconds=600)
    assert issuer.events == []


def test_a_document_type_that_the_provider_does_not_make_is_refused() -> None:
    issuer = OneIssuer(document_types=frozenset({DocumentType.EARSIV}))
    run(issuer, command(choice=DocumentTypeChoice.EFATURA))
    assert [error.code for error in issuer.progress()[0].errors] == ["DOCUMENT_TYPE_UNSUPPORTED"]


def test_a_document_is_followed_ever_more_slowly_until_its_last_state() -> None:
    issuer = OneIssuer(poll_until={DocumentType.EARSIV: frozenset({DocumentState.ISSUED})})
    issuer.behaviour.state = DocumentState.PROCESSING
    issuer.behaviour.states = [DocumentState.PROCESSING] * 10 + [DocumentState.ISSUED]

    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await process.finish()
        starts = process.adapter.starts[1:]
        gaps = [b - a for a, b in itertools.pairwise(starts)]
        assert gaps == sorted(gaps)
        assert gaps[-1] > 2 * gaps[0]

    simulate(story())
    assert issuer.states() == [(DocumentState.PROCESSING, None), ISSUED]


def test_a_look_up_that_fails_says_nothing_about_the_document() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = ["LOST_AFTER"]
    issuer.behaviour.findings = [Unclear(why="502"), Unclear(why="502"), Absent()]
    run(issuer)
    assert issuer.states() == [UNCERTAIN, ISSUED]


def test_commands_go_in_the_order_in_which_they_were_asked_for() -> None:
    issuer = OneIssuer(concurrency=1)
    run(issuer, *(command(number=n) for n in range(20)))
    assert [event.order_reference for event in issuer.events] == [f"order-{n}" for n in range(20)]


def test_after_a_restart_everything_unfinished_goes_on_in_its_order() -> None:
    issuer = OneIssuer(concurrency=1, quota=Quota(requests=1, seconds=1.0))

    async def story() -> None:
        first = issuer.process()
        await first.admit(*(command(number=n) for n in range(20)))
        await asyncio.sleep(5.1)
        await first.scheduler.drain(20)
        done = len(issuer.events)
        assert 0 < done < 10
        assert first.scheduler.waiting == 0
        second = issuer.process()
        assert second.scheduler.waiting == 20 - done
        await second.finish()

    simulate(story())
    assert [event.order_reference for event in issuer.events] == [f"order-{n}" for n in range(20)]
    assert issuer.ledger.creates == 20


def test_the_end_of_an_epoch_waits_for_running_calls_and_begins_no_others() -> None:
    issuer = OneIssuer(concurrency=2)
    issuer.behaviour.seconds = 3.0

    async def story() -> None:
        process = issuer.process()
        await process.admit(*(command(number=n) for n in range(10)))
        await asyncio.sleep(2)
        await process.scheduler.drain(20)
        assert process.adapter.log == ["create", "create"]
        answers = [key for _, key in issuer.changelog if b"Answered" in key]
        assert len(answers) == 2

    simulate(story())
