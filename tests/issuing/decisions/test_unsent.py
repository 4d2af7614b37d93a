"""What cannot be sent is tried on for ever, on few facts, and a person is told of it after a day."""

import asyncio
from dataclasses import replace

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.issuing.decisions.decisions import Attempt, Unsent, Wait
from app.issuing.decisions.issue import decide
from app.issuing.journal.command_facts import CommandFacts
from providers.base import NotSent, Step
from tests.harness.fake_ports import PARTITION
from tests.harness.issuing_builders import answered, at, attempting, command, command_facts, named, rules
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import simulate

BUSY = NotSent(why="too many requests", retry_after=300.0)
DAY = 24 * 3600.0


def test_a_week_without_a_call_leaves_a_handful_of_facts_and_one_question_after_a_day() -> None:
    issuer = OneIssuer()
    issuer.behaviour.trouble = BUSY

    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await asyncio.sleep(DAY - 600)
        assert issuer.progress() == []
        await asyncio.sleep(6 * DAY)
        (told,) = issuer.progress()
        assert (told.state, told.attention) == (DocumentState.PLANNED, Attention.CONNECTION)
        assert told.evidence[-1].detail.startswith("nothing could be sent since ")
        assert len(process.journal.entry(PARTITION, command().command_id.encode())) <= 6
        attempts = process.adapter.log.count("create")
        assert attempts > 1000
        known = CommandFacts(command_id=command().command_id)
        known.read(process.journal.entry(PARTITION, command().command_id.encode()))
        (last,) = known.steps[Step.INVOICE].answers.values()
        assert last.earlier == attempts - 1
        issuer.behaviour.trouble = None
        await asyncio.sleep(3600)

    simulate(story())
    assert [(news.state, news.attention) for news in issuer.progress()[1:]] == [(DocumentState.ISSUED, None)]
    assert issuer.ledger.creates == 1


def test_the_pause_goes_on_from_what_was_forgotten() -> None:
    last = replace(answered(BUSY, 10), earlier=40, unsent_since=at(-600))
    case = command_facts(named(attempting(), "41-w"), named(last, "41-w"))
    assert isinstance(decide([case], rules(), at(200)), Wait)
    again = decide([case], rules(), at(400))
    assert isinstance(again, Attempt)
    assert (again.number, again.unsent) == (42, Unsent(ids=("41-w",), count=41, since=at(-600)))


def test_an_attempt_that_may_have_left_is_never_forgotten_with_the_others() -> None:
    case = command_facts(named(attempting(), "1-w"), named(answered(BUSY, 1), "1-w"), named(attempting(20), "2-w"))
    assert not isinstance(decide([case], rules(), at(20)), Attempt)


def test_a_cancellation_that_cannot_be_sent_leaves_few_facts_too() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await asyncio.sleep(60)
        issuer.behaviour.cancels = [BUSY] * 400
        await process.admit(command(Action.CANCEL, revision=1))
        await asyncio.sleep(DAY)
        entry = process.journal.entry(PARTITION, command(Action.CANCEL, revision=1).command_id.encode())
        assert process.adapter.log.count("cancel") > 100
        assert len(entry) <= 6

    simulate(story())
