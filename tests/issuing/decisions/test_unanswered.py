"""A doubt about which nothing that can be believed is ever said comes to a person."""

from datetime import timedelta

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.cancel_state import status_of_cancellation
from app.issuing.decisions.decisions import AwaitPerson, Find, Wait
from app.issuing.decisions.in_vain import AGAIN_AFTER
from app.issuing.decisions.issue_state import LAST_QUESTIONS, LONGEST_DOUBT
from app.issuing.decisions.step_status import Cause, StepState
from providers.base import Absent, Step, Unclear, Unknown
from tests.harness.issuing_builders import (
    answered,
    at,
    attempting,
    command,
    command_facts,
    decision,
    done,
    looked_up,
    named,
    rules,
)
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import simulate
from tests.issuing.decisions.cases import (
    FIRST_LOOK,
    decided_at,
    lost_attempt,
    progress,
    twice_absent,
    withdrawal_command,
)

DAY, HOUR = LONGEST_DOUBT.total_seconds(), LAST_QUESTIONS.total_seconds()
IN_VAIN = Unclear(why="HTTP 404: an empty answer")
FIRST, LAST = named(looked_up(IN_VAIN, DAY + 20), "1-w"), named(looked_up(IN_VAIN, DAY + HOUR + 20), "2-w")


def test_a_question_knows_until_when_a_silence_is_nothing_to_be_written_down() -> None:
    decided, _ = decided_at([lost_attempt()], rules(), FIRST_LOOK)
    assert isinstance(decided, Find)
    assert decided.patience_ends == at(1.0) + timedelta(days=1)


def test_after_a_day_and_an_hour_of_silence_a_person_is_asked() -> None:
    decided, reports = decided_at([lost_attempt(FIRST, LAST)], rules(), DAY + HOUR + 30)
    assert decided == AwaitPerson(command_id=command().command_id, revision=1)
    raised = progress(reports[-1])
    assert (raised.state, raised.attention) == (DocumentState.PLANNED, Attention.NEEDS_REVIEW)
    assert raised.evidence[0].what == "UNANSWERED"
    assert "HTTP 404" in raised.evidence[-1].detail


def test_a_withdrawal_does_not_wait_for_ever_either() -> None:
    case = lost_attempt(*twice_absent(), FIRST, LAST)
    decided, _ = decided_at([case, withdrawal_command()], rules(give_up_seconds=300.0), DAY + HOUR + 30)
    assert isinstance(decided, AwaitPerson)


def test_a_cancellation_that_is_asked_for_in_vain_comes_to_a_person() -> None:
    lost = (attempting(prepared_id="0-command"), "1-w"), (answered(Unknown(why="reset"), 1), "1-w")
    facts = [named(fact, name, Step.CANCELLATION) for fact, name in lost]
    facts += [named(looked_up(IN_VAIN, seconds), f"{seconds:.0f}-w", Step.CANCELLATION) for seconds in (DAY + 20,)]
    cancel = command(Action.CANCEL, revision=1)
    assert status_of_cancellation(command_facts(*facts, of=cancel), rules(), at(DAY + 30)).state is StepState.UNCERTAIN
    facts.append(named(looked_up(IN_VAIN, DAY + HOUR + 20), "9-w", Step.CANCELLATION))
    status = status_of_cancellation(command_facts(*facts, of=cancel), rules(), at(DAY + HOUR + 30))
    assert (status.state, status.cause) == (StepState.NEEDS_REVIEW, Cause.UNANSWERED)


def test_one_silence_may_be_an_outage_that_has_just_begun_and_is_asked_about_again_after_a_pause() -> None:
    waits = Wait(until=at(DAY + 20.5) + AGAIN_AFTER, is_doubt=True)
    assert decided_at([lost_attempt(FIRST)], rules(), DAY + 30)[0] == waits
    assert isinstance(decided_at([lost_attempt(FIRST)], rules(), DAY + 330)[0], Find)


def test_a_cancellation_that_is_asked_for_in_vain_is_not_asked_for_without_end() -> None:
    lost = [(answered(Unknown(why="reset"), 1), "1-w"), (attempting(prepared_id="0-command"), "1-w")]
    facts = [named(fact, name, Step.CANCELLATION) for fact, name in (*lost, (looked_up(IN_VAIN, DAY + 20), "1-w"))]
    cancel = command_facts(*facts, of=command(Action.CANCEL, revision=1))
    assert decided_at([cancel], rules(), DAY + 30)[0] == Wait(until=at(DAY + 20.5) + AGAIN_AFTER)


def test_an_answer_that_can_be_believed_ends_the_silence() -> None:
    later = named(looked_up(done(), DAY + HOUR + 40), "3-w")
    assert progress(decided_at([lost_attempt(FIRST, LAST, later)], rules(), DAY + HOUR + 50)[1][-1]).state is (
        DocumentState.ISSUED
    )
    absent = [named(looked_up(Absent(), DAY + HOUR + 40 + 10 * n), f"{3 + n}-w") for n in (0, 1)]
    _, reports = decided_at([lost_attempt(FIRST, LAST, *absent)], rules(), DAY + HOUR + 70)
    assert Attention.NEEDS_REVIEW not in [progress(report).attention for report in reports]


def test_a_person_ends_what_a_provider_never_answered() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = ["LOST_BEFORE"]
    issuer.behaviour.findings = [IN_VAIN] * 2_000

    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await process.finish(2 * DAY)
        asked = issuer.progress()[-1]
        assert (asked.attention, asked.review_revision) == (Attention.NEEDS_REVIEW, 1)
        looked = [name for name in issuer.facts(command().command_id) if "LookedUp" in name]
        assert 1 < len(looked) < 60
        absent = command(Action.REVIEW, revision=1, review=decision(ReviewAnswer.CONFIRM_ABSENT))
        await process.admit(command(), absent)
        await process.finish(DAY)

    simulate(story())
    assert issuer.states()[-1][0] is DocumentState.ISSUED
    assert issuer.ledger.creates == 1
