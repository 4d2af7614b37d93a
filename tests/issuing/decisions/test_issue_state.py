"""When an attempt without an answer is looked up, believed absent and repeated. Call deadline 10 s, skew 2 s."""

from dataclasses import replace

import pytest

from app.domain.documents import Attention, DocumentState
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.decisions import (
    AssumeAttempted,
    Attempt,
    AwaitPerson,
    Find,
    Wait,
)
from app.issuing.decisions.issue import decide
from app.issuing.decisions.step_status import Rules
from app.issuing.journal import facts
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import admitted
from providers.base import Absent, Different, LookUp, NotSent
from tests.harness.issuing_builders import (
    ACCOUNT,
    OTHER_ACCOUNT,
    answered,
    at,
    attempting,
    command,
    command_facts,
    done,
    looked_up,
    named,
    prepared,
    rules,
)
from tests.issuing.decisions.cases import (
    FIRST_LOOK,
    LOST,
    decided_at,
    lost_attempt,
    progress,
    review_command,
    twice_absent,
    withdrawal_command,
)


def test_an_attempt_without_an_answer_is_waited_for_until_its_deadline_and_then_looked_up() -> None:
    dead = command_facts(named(attempting(), "1-w"))
    assert decided_at([dead], rules(), 11.9) == (Wait(until=at(FIRST_LOOK), is_doubt=True), [])
    decided, reports = decided_at([dead], rules(), FIRST_LOOK)
    assert isinstance(decided, Find)
    assert decided.covers == ("1-w",)
    assert [progress(report).attention for report in reports] == [Attention.UNCERTAIN]


def test_an_early_loss_is_reported_at_once_but_not_looked_up_before_the_deadline() -> None:
    decided, reports = decided_at([lost_attempt(seconds=0.1)], rules(), 0.2)
    assert decided == Wait(until=at(FIRST_LOOK), is_doubt=True)
    assert [report.label for report in reports] == ["UNCERTAIN:INVOICE:1-w"]


def test_a_doubt_counts_even_where_its_attempt_has_not_come_back_yet() -> None:
    orphan = command_facts(named(answered(LOST, 1.0), "1-z"))
    assert decided_at([orphan], rules(), 2)[0] == Wait(until=at(13), is_doubt=True)


def test_one_absence_is_not_believed_and_the_next_look_up_waits_for_the_visibility_delay() -> None:
    once = lost_attempt(named(looked_up(Absent(), FIRST_LOOK), "1-w"))
    assert decided_at([once], rules(), 13)[0] == Wait(until=at(17.5), is_doubt=True)
    assert isinstance(decided_at([once], rules(), 17.5)[0], Find)


def test_an_absence_twice_lets_a_provider_with_unique_references_try_again_with_the_same_request() -> None:
    decided, reports = decided_at([lost_attempt(*twice_absent())], rules(), 30)
    assert isinstance(decided, Attempt)
    assert (decided.number, decided.prepared_id) == (2, "0-w")
    assert [progress(report).attention for report in reports] == []


def test_the_attention_is_taken_back_when_the_absence_is_believed() -> None:
    case = lost_attempt()
    decided_at([case], rules(), 1)
    for name, fact in twice_absent():
        case.file(name, fact)
    _, reports = decided_at([case], rules(), 30)
    assert [(progress(r).state, progress(r).attention) for r in reports] == [(DocumentState.PLANNED, None)]


@pytest.mark.parametrize(
    ("look_ups", "why"),
    [
        ([looked_up(Absent(), 11), looked_up(Absent(), 20)], "the first began before the deadline"),
        ([looked_up(Absent(), 12), looked_up(Absent(), 16)], "they are too close together"),
        ([looked_up(Absent(), 12), looked_up(Absent(), 20, covers=("0-x",))], "one did not cover the attempt"),
    ],
)
def test_an_absence_is_not_believed_when(look_ups: list[facts.LookedUp], why: str) -> None:
    case = lost_attempt(*(named(look_up, f"{i}-w") for i, look_up in enumerate(look_ups, 1)))
    assert isinstance(decided_at([case], rules(), 60)[0], Find), why


def test_without_unique_references_a_believed_absence_is_a_question_for_a_person() -> None:
    decided, reports = decided_at([lost_attempt(*twice_absent())], rules(unique_reference=False), 30)
    assert decided == AwaitPerson(command_id=command().command_id, revision=1)
    raised = progress(reports[-1])
    assert (raised.attention, raised.review_revision) == (Attention.NEEDS_REVIEW, 1)
    assert [line.what for line in raised.evidence] == ["ABSENT", "SENT", "ANSWERED", "LOOKED_UP", "LOOKED_UP"]


@pytest.mark.parametrize("asked", [OTHER_ACCOUNT, None])
def test_an_absence_that_another_account_tells_settles_nothing_and_a_person_is_asked(
    asked: facts.ProviderAccount | None,
) -> None:
    case = lost_attempt(named(looked_up(Absent(), FIRST_LOOK, account=asked), "1-w"))
    decided, reports = decided_at([case], rules(), 13)
    assert decided == AwaitPerson(command_id=command().command_id, revision=1)
    raised = progress(reports[-1])
    assert [line.what for line in raised.evidence] == ["OTHER_ACCOUNT", "SENT", "ANSWERED", "LOOKED_UP"]
    assert raised.evidence[1].detail == "INVOICE, attempt 1-w at https://provider.invalid, account aaaaaaaa"


def test_an_attempt_of_which_no_account_is_known_is_the_same_as_no_other() -> None:
    case = command_facts(named(attempting(account=None), "1-w"), named(answered(LOST), "1-w"), *twice_absent())
    assert isinstance(decided_at([case], rules(), 30)[0], AwaitPerson)


def test_a_withdrawal_of_a_doubt_asks_a_person_when_its_account_has_changed_before_the_absence_has_lasted() -> None:
    case = lost_attempt(*twice_absent(), named(looked_up(Absent(), 600, account=OTHER_ACCOUNT), "3-w"))
    decided, reports = decided_at([case, withdrawal_command()], rules(give_up_seconds=300.0), 601)
    assert decided == AwaitPerson(command_id=command().command_id, revision=1)
    assert progress(reports[-1]).evidence[0].what == "OTHER_ACCOUNT"


def test_what_another_account_shows_alive_is_found_all_the_same() -> None:
    case = lost_attempt(named(looked_up(done(), FIRST_LOOK, account=OTHER_ACCOUNT), "1-w"))
    assert [progress(r).state for r in decided_at([case], rules(), 13)[1]] == [DocumentState.ISSUED]


def test_an_absence_at_another_account_leaves_one_that_was_believed_before_as_it_was() -> None:
    case = lost_attempt(*twice_absent(), named(looked_up(Absent(), 40, account=OTHER_ACCOUNT), "3-w"))
    assert isinstance(decided_at([case], rules(), 60)[0], Attempt)


def test_a_doubt_of_before_the_journal_was_lost_has_the_account_of_now_only_if_it_was_the_same_then() -> None:
    case = command_facts(named(prepared(), "0-w"))
    case.file(*named(admitted(command(), 0, at(5))))
    since_before, since_later = rules(), replace(rules(), account_since=at(1))
    doubts = [decide([case], known, at(6)) for known in (since_before, since_later)]
    assert [d.fact.account if isinstance(d, AssumeAttempted) else d for d in doubts] == [ACCOUNT, None]


def test_its_owner_may_allow_sending_again_after_a_believed_absence() -> None:
    allowed = rules(unique_reference=False, resend_after_absence=True)
    assert isinstance(decided_at([lost_attempt(*twice_absent())], allowed, 30)[0], Attempt)


def test_a_provider_that_cannot_be_asked_is_a_question_for_a_person_after_the_deadline() -> None:
    blind = rules(look_up=LookUp.NONE)
    assert decided_at([lost_attempt()], blind, 2)[0] == Wait(until=at(FIRST_LOOK), is_doubt=True)
    assert isinstance(decided_at([lost_attempt()], blind, FIRST_LOOK)[0], AwaitPerson)


def test_something_else_under_our_reference_is_a_question_for_a_person() -> None:
    other = lost_attempt(named(looked_up(Different(detail="another total"), FIRST_LOOK), "1-w"))
    decided, reports = decided_at([other], rules(), 13)
    assert isinstance(decided, AwaitPerson)
    assert "DIFFERENT" in reports[-1].label


def test_what_was_surely_not_sent_is_tried_again_later_and_later() -> None:
    case = command_facts(named(attempting(), "1-w"), named(answered(NotSent(why="busy"), 1), "1-w"))
    waits = []
    for number in range(2, 14):
        decided = decided_at([case], rules(), 1)[0]
        assert isinstance(decided, Wait)
        waits.append((decided.until - at(1)).total_seconds())
        case.file(*named(attempting(), f"{number}-w"))
        case.file(*named(answered(NotSent(why="busy"), 1), f"{number}-w"))
    assert waits[0] < 2
    assert waits[:6] == sorted(waits[:6])
    assert max(waits) <= 300
    assert isinstance(decided_at([case], rules(), 301)[0], Attempt)


def test_the_provider_may_ask_for_a_longer_pause_but_not_for_ever() -> None:
    for asked, granted in ((60.0, 60.0), (1e9, 3600.0)):
        case = command_facts(
            named(attempting(), "1-w"), named(answered(NotSent(why="429", retry_after=asked), 1), "1-w")
        )
        assert decided_at([case], rules(), 2)[0] == Wait(until=at(1 + granted))


def test_the_jitter_is_the_same_for_whoever_computes_it() -> None:
    case = command_facts(named(attempting(), "1-w"), named(answered(NotSent(why="busy")), "1-w"))
    assert decided_at([case], rules(), 1) == decided_at([case], rules(), 1)


def vanishing(times: int) -> CommandFacts:
    case = command_facts()
    for n in range(1, times + 1):
        start = 40.0 * n
        case.file(*named(attempting(start), f"{n}-w"))
        case.file(*named(answered(LOST, start + 1), f"{n}-w"))
        for look, began in enumerate((start + 12, start + 18)):
            case.file(*named(looked_up(Absent(), began, (f"{n}-w",)), f"{2 * n + look}-w"))
    case.file(*named(prepared(), "0-w"))
    return case


def test_what_vanished_is_sent_again_only_after_a_pause() -> None:
    first, second = (decided_at([vanishing(n)], rules(), 40 * n + 18.6)[0] for n in (1, 2))
    assert isinstance(first, Wait)
    assert isinstance(second, Wait)
    assert first.until - at(58.5) < second.until - at(98.5)


@pytest.mark.parametrize("of", [rules(), rules(unique_reference=False, resend_after_absence=True)])
def test_what_keeps_vanishing_is_a_question_for_a_person(of: Rules) -> None:
    assert isinstance(decided_at([vanishing(2)], of, 200)[0], Attempt)
    case = vanishing(3)
    decided, reports = decided_at([case], of, 200)
    assert isinstance(decided, AwaitPerson)
    assert [line.what for line in progress(reports[-1]).evidence].count("SENT") == 3
    assert "KEEPS_VANISHING" in reports[-1].label
    assert isinstance(decided_at([case, review_command(ReviewAnswer.CONFIRM_ABSENT)], of, 300)[0], Attempt)
