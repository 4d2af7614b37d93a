"""Properties of the machine over arbitrary facts: order says nothing, and nothing is sent into a doubt."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.commands import Action
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.decisions import Attempt, Prepare, Withdraw
from app.issuing.decisions.issue import decide
from app.issuing.decisions.issue_state import status_of
from app.issuing.decisions.step_status import Rules, StepState
from app.issuing.journal import facts
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import admitted
from app.issuing.journal.facts import Fact
from app.issuing.journal.keys import FactName, name_of
from providers.base import Absent, Different, Done, LookUp, NotSent, Refused, Step, Unclear, Unknown
from tests.harness.issuing_builders import (
    answered,
    at,
    attempting,
    command,
    decision,
    done,
    entry,
    looked_up,
    named,
    prepared,
    rules,
)

IDS = ("1-a", "2-a", "1-b", "2-b")
SECONDS = st.integers(0, 60)
OUTCOMES = st.sampled_from((NotSent(why="busy"), Refused(errors=()), Unknown(why="reset"), done("r1"), done("r2")))
FINDINGS = st.sampled_from((Absent(), Absent(), Different(detail="x"), Unclear(why="502"), done("r1"), done("r2")))
RULES = st.builds(
    rules,
    unique_reference=st.booleans(),
    resend_after_absence=st.booleans(),
    look_up=st.sampled_from((LookUp.NONE, LookUp.BY_REFERENCE)),
)


@st.composite
def histories(draw: st.DrawFn) -> dict[FactName, Fact]:
    """What several workers may have written about one step."""
    step = Step.INVOICE
    history: dict[FactName, Fact] = {
        name_of(facts.Admitted): admitted(command(), 0),
        name_of(type(prepared()), "0-w"): prepared(),
    }
    for identifier in draw(st.sets(st.sampled_from(IDS))):
        history[name_of(facts.Attempting, identifier, step)] = attempting(draw(SECONDS))
        if draw(st.booleans()):
            history[name_of(facts.Answered, identifier, step)] = answered(draw(OUTCOMES), draw(SECONDS))
    for number in range(draw(st.integers(0, 4))):
        covers = tuple(sorted(draw(st.sets(st.sampled_from(IDS), min_size=1))))
        look_up = looked_up(draw(FINDINGS), draw(SECONDS), covers)
        history[name_of(facts.LookedUp, f"{number}-w", step)] = look_up
    return history


def read(history: dict[FactName, Fact]) -> CommandFacts:
    return CommandFacts(command_id=command().command_id).read(entry(history))


@given(histories(), st.integers(0, 9))
def test_a_dossier_read_piece_by_piece_is_the_one_that_is_read_at_once(
    history: dict[FactName, Fact], first: int
) -> None:
    whole = entry(history)
    case = CommandFacts(command_id=command().command_id).read(dict(list(whole.items())[:first]))
    unreadable = dict.fromkeys(list(whole)[:first], b"decoded a second time")  # a fact never changes
    assert case.read({**whole, **unreadable}) == read(history)


def decided_at(case: CommandFacts, the_rules: Rules, now: float) -> object:
    """The next decision that is more than a note about the case."""
    for _ in range(20):
        decided = decide([case], the_rules, at(now))
        if not hasattr(decided, "label"):
            return decided
        case.file(name_of(facts.Reported, decided.label), decided.fact)
    raise AssertionError("the machine does not come to rest")


@given(histories(), RULES, SECONDS, st.randoms())
def test_the_order_in_which_facts_arrive_says_nothing(
    history: dict[FactName, Fact], the_rules: Rules, now: float, chance: random.Random
) -> None:
    shuffled = list(history.items())
    chance.shuffle(shuffled)
    assert decide([read(dict(shuffled))], the_rules, at(now)) == decide([read(history)], the_rules, at(now))


def is_doubtful(identifier: str, history: dict[FactName, Fact]) -> bool:
    """Whether an attempt may have made something, judged by the rule's own words and not by the machine's code."""
    attempt = history[name_of(facts.Attempting, identifier, Step.INVOICE)]
    answer = history.get(name_of(facts.Answered, identifier, Step.INVOICE))
    assert isinstance(attempt, facts.Attempting)
    if isinstance(answer, facts.Answered) and not isinstance(answer.outcome, Unknown):
        return False
    since = attempt.deadline + timedelta(seconds=2)
    absences = [
        fact
        for fact in history.values()
        if isinstance(fact, facts.LookedUp)
        and isinstance(fact.finding, Absent)
        and identifier in fact.covers
        and fact.began >= since
    ]
    return not any(b.began - a.at >= timedelta(seconds=5) for a in absences for b in absences)


@given(histories(), RULES, st.integers(0, 200))
def test_nothing_is_sent_prepared_anew_or_withdrawn_while_an_attempt_is_open(
    history: dict[FactName, Fact], the_rules: Rules, now: float
) -> None:
    decided = decided_at(read(history), the_rules, now)
    if not isinstance(decided, Attempt | Prepare | Withdraw):
        return
    attempts = [name.id for name, fact in history.items() if isinstance(fact, facts.Attempting)]
    assert not any(is_doubtful(identifier, history) for identifier in attempts)
    unknown = [i for i in attempts if not is_known(i, history)]
    allowed = the_rules.capabilities.unique_reference or the_rules.resend_after_absence
    assert not unknown or allowed


@st.composite
def refusals_after_a_loss(draw: st.DrawFn) -> dict[FactName, Fact]:
    """The same, where an attempt was lost, believed absent, and sent again in vain."""
    lost = {named(attempting(), "1-w"), named(answered(Unknown(why="reset")), "1-w")}
    absent = {named(looked_up(Absent(), began), f"{began}-x") for began in (12, 18)}
    again = {named(attempting(20), "2-w"), named(answered(Refused(errors=()), draw(st.integers(21, 60))), "2-w")}
    return {**draw(histories()), **dict((*lost, *absent, *again))}


@given(histories() | refusals_after_a_loss(), RULES, st.integers(0, 200))
def test_a_refusal_is_not_the_end_while_an_earlier_attempt_may_still_turn_up(
    history: dict[FactName, Fact], the_rules: Rules, now: float
) -> None:
    if status_of(Step.INVOICE, read(history), the_rules, at(now)).state is not StepState.REFUSED:
        return
    refused_at = max(f.at for f in history.values() if isinstance(f, facts.Answered) and isinstance(f.outcome, Refused))
    absences = [f for f in history.values() if isinstance(f, facts.LookedUp) and isinstance(f.finding, Absent)]
    attempts = {name.id for name, fact in history.items() if isinstance(fact, facts.Attempting | facts.Answered)}
    for doubtful in (i for i in attempts if not is_known(i, history)):
        assert any(doubtful in f.covers and f.began > refused_at for f in absences)


def is_known(identifier: str, history: dict[FactName, Fact]) -> bool:
    answer = history.get(name_of(facts.Answered, identifier, Step.INVOICE))
    return isinstance(answer, facts.Answered) and not isinstance(answer.outcome, Unknown)


@given(histories(), RULES, st.integers(0, 200))
def test_nothing_is_sent_once_anything_was_seen_alive(
    history: dict[FactName, Fact], the_rules: Rules, now: float
) -> None:
    outcomes = [f.outcome if isinstance(f, facts.Answered) else getattr(f, "finding", None) for f in history.values()]
    decided = decided_at(read(history), the_rules, now)
    assert not (isinstance(decided, Attempt) and any(isinstance(outcome, Done) for outcome in outcomes))


@given(histories(), RULES, st.sampled_from([each for each in ReviewAnswer if each is not ReviewAnswer.LOOK_AGAIN]))
def test_a_decided_review_is_never_asked_again(
    history: dict[FactName, Fact], the_rules: Rules, verdict: ReviewAnswer
) -> None:
    case = read(history)
    decided_at(case, the_rules, 200)
    asked = [fact.revision for fact in case.reported.values() if fact.revision and fact.covers]
    if not asked or case.final:
        return
    review = command(Action.REVIEW, revision=asked[0], review=decision(verdict, asked[0], "N"))
    answer = CommandFacts(command_id=review.command_id)
    answer.file(name_of(facts.Admitted), admitted(review, 5))
    taken = decide([case, answer], the_rules, at(200))
    assert isinstance(taken.fact, facts.Reviewed)
    case.file(name_of(facts.Reviewed, "1"), taken.fact)
    decided_at(case, the_rules, 200)
    assert [fact.revision for fact in case.reported.values() if fact.covers] == asked
