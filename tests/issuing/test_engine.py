"""The engine as a whole, in simulated time: machine, worker, scheduler and a provider that misbehaves."""

import asyncio
import itertools
from typing import Any

import pytest

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.domain.policy import DocumentTypeChoice
from app.issuing.decisions.issue_state import MOST_VANISHED
from app.issuing.ports import NoConnection
from providers.base import Absent, LookUp, NotSent, Quota, Refused, Registration, Unclear, Unknown, Unpreparable
from tests.harness.issuing_builders import command, decision, document_id
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import START, simulate

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
    issuer.behaviour.unpreparable = Unpreparable(ERRORS)


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


def test_what_is_never_answered_and_never_found_reaches_a_person() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = ["LOST_BEFORE"] * 1000
    run(issuer, seconds=7200)
    assert issuer.states()[-1] == (DocumentState.PLANNED, Attention.NEEDS_REVIEW)
    assert len(issuer.behaviour.creates) == 1000 - MOST_VANISHED


def test_after_a_lost_journal_nothing_is_withdrawn_before_it_was_looked_for() -> None:
    issuer = OneIssuer()
    issuer.ledger.book(document_id())
    start_over(issuer, command(), command(Action.WITHDRAW))
    assert issuer.states()[-1] == ISSUED


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


def test_a_withdrawal_reaches_a_document_whose_connection_is_missing() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        process = issuer.process(businesses=())
        await process.admit(command())
        await asyncio.sleep(60)
        await process.admit(command(Action.WITHDRAW))
        await process.finish(2)

    simulate(story())
    assert issuer.states() == [WAITS, (DocumentState.CANCELLED, None)]
    assert issuer.ledger.creates == 0


def test_commands_wait_for_a_missing_connection_and_go_on_when_it_is_there() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        process = issuer.process()
        there = process.connections.known.pop("shop")
        await process.admit(command())
        await asyncio.sleep(600)
        assert issuer.states() == [WAITS]
        assert 100 <= process.connections.asked <= 140
        process.connections.known["shop"] = there
        await process.finish(10)

    simulate(story())
    assert issuer.states() == [WAITS, (DocumentState.PLANNED, None), ISSUED]


def test_a_store_that_is_down_is_waited_for() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        process = issuer.process()
        get, process.connections.get = process.connections.get, None
        await process.admit(command())
        await asyncio.sleep(60)
        process.connections.get = get
        await process.finish(10)

    simulate(story())
    assert issuer.states() == [WAITS, (DocumentState.PLANNED, None), ISSUED]


def test_a_failed_login_is_not_repeated_until_the_owner_has_acted() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = [NotSent(why="401", needs_owner=True)]

    async def story() -> None:
        process = issuer.process()
        await process.admit(command(), command(number=2))
        await asyncio.sleep(600)
        assert process.connections.marked == [("shop", 1, "401")]
        creates = process.adapter.log.count("create")
        assert creates <= 2  # both were under way
        connection = process.connections.known["shop"]
        assert not isinstance(connection, NoConnection)
        repaired = type(connection)(adapter=connection.adapter, facts=connection.facts, revision=2)
        process.connections.known["shop"] = repaired
        await process.finish(600)

    simulate(story())
    assert issuer.states().count(ISSUED) == 2


def test_an_order_that_cannot_become_a_document_is_rejected_with_every_reason() -> None:
    issuer = OneIssuer()
    issuer.behaviour.unpreparable = Unpreparable(ERRORS)
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
    issuer = OneIssuer(follow_until={DocumentType.EARSIV: frozenset({DocumentState.ISSUED})})
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


def test_three_lost_answers_in_a_row_open_the_breaker_and_only_a_read_is_tried() -> None:
    issuer = OneIssuer(concurrency=1)
    issuer.behaviour.creates = [Unknown(why="502")] * 3
    issuer.behaviour.probes = [False, False]

    async def story() -> None:
        process = issuer.process()
        await process.admit(*(command(number=n) for n in range(1, 11)))
        await process.finish()
        log = process.adapter.log
        assert log[:6] == ["create", "create", "create", "probe", "probe", "probe"]

    simulate(story())
    assert issuer.states().count(ISSUED) == 10
    assert issuer.ledger.creates == 10


def test_a_look_up_that_fails_says_nothing_about_the_document() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = ["LOST_AFTER"]
    issuer.behaviour.findings = [Unclear(why="502"), Unclear(why="502"), Absent()]
    run(issuer)
    assert issuer.states() == [UNCERTAIN, ISSUED]


def test_the_provider_s_pause_holds_for_the_whole_connection() -> None:
    issuer = OneIssuer(concurrency=1)
    issuer.behaviour.creates = [NotSent(why="429", retry_after=30.0)]

    async def story() -> None:
        process = issuer.process()
        await process.admit(command(), command(number=2))
        await process.finish()
        assert process.adapter.starts[1] - process.adapter.starts[0] >= 30

    simulate(story())


def test_the_quota_is_never_exceeded_and_well_used() -> None:
    issuer = OneIssuer(quota=Quota(requests=10, seconds=10.0), concurrency=4)

    async def story() -> None:
        process = issuer.process()
        await process.admit(*(command(number=n) for n in range(300)))
        await process.finish()
        starts = process.adapter.starts
        assert len(starts) == 300
        assert all(later - earlier > 10.0 for earlier, later in zip(starts, starts[10:], strict=False))
        assert starts[-1] - starts[0] < 290 / 0.95

    simulate(story())


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
