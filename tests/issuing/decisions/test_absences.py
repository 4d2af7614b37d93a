"""How long a doubtful document must not be found before another one may take its place."""

from dataclasses import replace

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.decisions import Attempt, AwaitPerson, Find, Rest, Wait
from app.issuing.decisions.step_status import Rules
from app.issuing.journal.command_facts import CommandFacts
from providers.base import Absent, NotSent, Refused
from providers.options import tuned
from providers.registry import PROVIDERS, provider
from tests.harness.issuing_builders import (
    answered,
    at,
    attempting,
    command,
    command_facts,
    done,
    looked_up,
    named,
    rules,
)
from tests.issuing.decisions.cases import (
    FIRST_LOOK,
    decided_at,
    lost_attempt,
    progress,
    review_command,
    twice_absent,
    withdrawal_command,
)

# Twice absent at 12 and 18 s; the first look-up ended at 12.5 s.
GIVEN_UP = FIRST_LOOK + 0.5 + 300
GIVES_UP_LATE = rules(give_up_seconds=300.0)
LATE = named(looked_up(Absent(), GIVEN_UP), "3-w")
REFUSED = Refused(errors=(FieldError(path="$", code="BAD", message="bad"),))


def test_with_a_withdrawal_waiting_a_short_absence_gives_no_lines_away() -> None:
    decided, reports = decided_at([lost_attempt(*twice_absent()), withdrawal_command()], GIVES_UP_LATE, 40)
    assert decided == Wait(until=at(GIVEN_UP), is_doubt=True)
    assert DocumentState.CANCELLED not in [progress(report).state for report in reports]


def test_meanwhile_nothing_is_sent_again_and_when_the_time_has_come_it_is_looked_up_once_more() -> None:
    decided, _ = decided_at([lost_attempt(*twice_absent()), withdrawal_command()], GIVES_UP_LATE, GIVEN_UP)
    assert isinstance(decided, Find)
    assert decided.covers == ("1-w",)


def test_an_absence_that_has_lasted_gives_the_lines_away() -> None:
    case, withdrawal = lost_attempt(*twice_absent(), LATE), withdrawal_command()
    decided, reports = decided_at([case, withdrawal], GIVES_UP_LATE, GIVEN_UP + 1)
    assert isinstance(decided, Rest)
    told = [progress(report).state for report in reports if report.event is not None]
    assert told[-1] is DocumentState.CANCELLED


def test_a_document_that_turns_up_late_stands_in_spite_of_the_withdrawal() -> None:
    case = lost_attempt(*twice_absent(), named(looked_up(done(), GIVEN_UP), "3-w"))
    _, reports = decided_at([case, withdrawal_command()], GIVES_UP_LATE, GIVEN_UP + 1)
    told = [progress(report).state for report in reports if report.event is not None]
    assert told == [DocumentState.ISSUED]


def test_without_a_withdrawal_a_provider_that_refuses_repeats_is_asked_for_the_same_at_once() -> None:
    assert isinstance(decided_at([lost_attempt(*twice_absent())], GIVES_UP_LATE, 40)[0], Attempt)


def test_where_a_repeat_is_taken_it_waits_as_long_as_a_withdrawal_would() -> None:
    allowed = rules(unique_reference=False, resend_after_absence=True, give_up_seconds=300.0)
    assert decided_at([lost_attempt(*twice_absent())], allowed, 40)[0] == Wait(until=at(GIVEN_UP), is_doubt=True)
    assert isinstance(decided_at([lost_attempt(*twice_absent(), LATE)], allowed, GIVEN_UP + 5)[0], Attempt)


def refused_after_a_loss(*more: object) -> CommandFacts:
    second = named(attempting(19), "2-w"), named(answered(REFUSED, 20), "2-w")
    once_more = named(looked_up(Absent(), 26, covers=("1-w", "2-w")), "3-w")
    return lost_attempt(*twice_absent(), *second, once_more, *more)


def test_the_refusal_of_a_later_attempt_frees_no_lines_before_the_earlier_one_has_been_absent_for_long() -> None:
    assert decided_at([refused_after_a_loss()], GIVES_UP_LATE, 40)[0] == Wait(until=at(GIVEN_UP), is_doubt=True)
    decided, reports = decided_at([refused_after_a_loss(LATE)], GIVES_UP_LATE, GIVEN_UP + 1)
    assert isinstance(decided, Rest)
    assert progress(reports[-1]).state is DocumentState.REJECTED


def test_what_surely_was_not_sent_is_withdrawn_at_once() -> None:
    case = lost_attempt()
    case.steps.clear()
    case.file(*named(attempting(), "1-w"))
    case.file(*named(answered(NotSent(why="no connection"), 1), "1-w"))
    _, reports = decided_at([case, withdrawal_command()], GIVES_UP_LATE, 2)
    assert [progress(report).state for report in reports if report.event][-1] is DocumentState.CANCELLED


@pytest.mark.parametrize(
    ("the_rules", "span"),
    [(rules(give_up_seconds=60.0), 60), (rules(visibility_seconds=600.0, give_up_seconds=300.0), 600)],
)
def test_a_connection_may_set_its_own_time_which_is_never_less_than_its_visibility_delay(
    the_rules: Rules, span: float
) -> None:
    decided, _ = decided_at([lost_attempt(*twice_absent()), withdrawal_command()], the_rules, 20)
    assert decided == Wait(until=at(FIRST_LOOK + 0.5 + span), is_doubt=True)


def moving() -> CommandFacts:
    """A withdrawal of a document that another connection is to issue."""
    return command_facts(of=replace(command(Action.WITHDRAW), moves=True), offset=1)


def test_a_move_waits_for_a_person_where_the_document_is_only_not_found_however_long() -> None:
    case = lost_attempt(*twice_absent())
    decided, reports = decided_at([case, moving()], rules(give_up_seconds=1.0), 20)
    assert decided == AwaitPerson(command_id=command().command_id, revision=1)
    raised = progress(reports[-1])
    assert (raised.state, raised.attention) == (DocumentState.PLANNED, Attention.NEEDS_REVIEW)
    assert raised.evidence[0].what == "ABSENT_AND_MOVED"


def test_a_move_goes_on_at_a_persons_word_that_the_document_is_not_there() -> None:
    commands = [lost_attempt(*twice_absent()), moving(), review_command(ReviewAnswer.CONFIRM_ABSENT)]
    decided, reports = decided_at(commands, rules(give_up_seconds=1.0), 20)
    assert isinstance(decided, Rest)
    assert [progress(report).state for report in reports if report.event][-1] is DocumentState.CANCELLED


def test_a_move_of_what_was_never_sent_asks_no_person() -> None:
    decided, reports = decided_at([command_facts(), moving()], rules(), 20)
    assert isinstance(decided, Rest)
    assert [progress(report).state for report in reports if report.event] == [DocumentState.CANCELLED]


def test_a_time_that_is_over_already_waits_for_nothing() -> None:
    decided, _ = decided_at([lost_attempt(*twice_absent()), withdrawal_command()], rules(give_up_seconds=1.0), 20)
    assert isinstance(decided, Rest)


def test_no_provider_gives_up_a_document_before_minutes_have_passed_unless_its_owner_says_so() -> None:
    for name in PROVIDERS:
        known = provider(name).capabilities()
        assert known.give_up_seconds >= 120
        assert tuned(known, {"give_up_seconds": "2"}).give_up_seconds == 2
