"""The rules of a cancellation, each as a sentence. Deadline 10 s, skew 2 s, visibility 5 s."""

import asyncio
import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentProgressed, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.cancel_state import status_of_cancellation
from app.issuing.decisions.decisions import (
    AssumeAttempted,
    Attempt,
    AwaitConnection,
    AwaitPerson,
    Decision,
    Find,
    Poll,
    ReportProgress,
    Rest,
    Wait,
)
from app.issuing.decisions.issue import decide
from app.issuing.decisions.step_status import TRANSITIONS, Rules, StepState
from app.issuing.journal import facts
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import admitted
from app.issuing.journal.facts import FINAL
from app.issuing.journal.keys import FINAL_NAME
from providers.base import Absent, Different, Issued, LookUp, NotSent, Refused, Step, Unclear, Unknown
from tests.harness.issuing_builders import (
    answered,
    at,
    attempting,
    cancellation,
    command,
    command_facts,
    decision,
    document_id,
    done,
    looked_up,
    named,
    rules,
)
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import SimulatedClock, simulate

CANCEL = command(Action.CANCEL, revision=1)
LOST = Unknown(why="reset")
ERRORS = (FieldError(path="$", code="TOO_LATE", message="the month is closed"),)
STANDS, GONE = done(state=DocumentState.ISSUED), done(state=DocumentState.CANCELLED)
S = DocumentState


def case(*named_facts: Any, of: Any = CANCEL) -> CommandFacts:
    return command_facts(*(named(fact, identifier, Step.CANCELLATION) for fact, identifier in named_facts), of=of)


def told(decided: Decision) -> DocumentProgressed:
    assert isinstance(decided, ReportProgress)
    assert decided.event is not None
    assert isinstance(decided.event.body, DocumentProgressed)
    return decided.event.body


def after_reports(commands: list[CommandFacts], seconds: float, the_rules: Rules | None = None) -> Decision:
    """The decision after all notes about the cancellation are taken."""
    for _ in range(9):
        decided = decide(commands, the_rules or rules(), at(seconds))
        if not isinstance(decided, ReportProgress) or decided.label == FINAL:
            return decided
        of = next(command_facts for command_facts in commands if command_facts.command_id == decided.command_id)
        of.file(*named(decided.fact, decided.label, None))
    raise AssertionError("it does not come to rest")


def test_a_cancellation_reports_with_the_number_of_the_last_question_about_its_document() -> None:
    of = replace(CANCEL, cancellation=cancellation(review_revision=2))
    doubt = told(decide([case((attempting(), "1-w"), (answered(LOST), "1-w"), of=of)], rules(), at(2)))
    assert (doubt.attention, doubt.review_revision) == (Attention.UNCERTAIN, 2)


def test_a_cancellation_is_sent_with_what_is_still_known_of_the_document() -> None:
    decided = decide([case()], rules(), at(0))
    assert isinstance(decided, Attempt)
    assert (decided.step, decided.number) == (Step.CANCELLATION, 1)
    assert decided.prepared == Issued(
        reference=document_id(), document_type=DocumentType.EARSIV, number="N1", issue_date=at(0).date()
    )


def test_the_provider_s_own_name_comes_from_the_journal_of_its_issue() -> None:
    issue = CommandFacts(command_id=command().command_id)
    issue.file(*named(facts.Reported(at=at(0), state=S.ISSUED, reference="ref-7"), FINAL, None))
    decided = decide([issue, case()], rules(), at(0))
    assert isinstance(decided, Attempt)
    assert isinstance(decided.prepared, Issued)
    assert decided.prepared.provider_reference == "ref-7"


def test_a_type_that_cannot_be_cancelled_is_refused_without_a_call() -> None:
    for the_rules in (rules(cancels=frozenset()), rules(cancels=frozenset({DocumentType.EFATURA}))):
        answer = told(decide([case()], the_rules, at(0)))
        assert (answer.state, [error.code for error in answer.errors]) == (S.ISSUED, ["CANCELLATION_UNSUPPORTED"])


def test_without_its_connection_a_cancellation_waits() -> None:
    assert decide([case()], None, at(0)) == AwaitConnection()


def test_only_a_document_that_was_seen_cancelled_is_done() -> None:
    answer = told(decide([case((attempting(), "1-w"), (answered(GONE), "1-w"))], rules(), at(1)))
    assert (answer.state, answer.attention) == (S.CANCELLED, None)
    found = case((attempting(), "1-w"), (answered(STANDS), "1-w"))
    assert isinstance(decide([found], rules(), at(1)), Find)


def test_a_refusal_is_believed_when_the_document_is_seen_standing_after_it() -> None:
    refused = ((attempting(), "1-w"), (answered(Refused(errors=ERRORS)), "1-w"))
    asked = decide([case(*refused)], rules(), at(1))
    assert isinstance(asked, Find)
    assert asked.covers == ("1-w",)
    answer = told(decide([case(*refused, (looked_up(STANDS, 1), "1-x"))], rules(), at(2)))
    assert (answer.state, answer.errors) == (S.ISSUED, ERRORS)
    assert told(decide([case(*refused, (looked_up(GONE, 1), "1-x"))], rules(), at(2))).state is S.CANCELLED


def test_after_a_lost_answer_a_refusal_is_believed_when_the_document_has_stood_for_minutes() -> None:
    the_rules = rules(give_up_seconds=300.0)
    known = [
        (attempting(), "1-w"),
        (answered(LOST), "1-w"),
        (looked_up(STANDS, 12), "1-x"),
        (looked_up(STANDS, 18), "2-x"),
    ]
    known += [(attempting(30), "2-w"), (answered(Refused(errors=ERRORS), 31), "2-w")]
    known += [(looked_up(STANDS, 32, ("2-w",)), "3-x")]
    assert after_reports([case(*known)], 33, the_rules) == Wait(until=at(312.5))
    asked = after_reports([case(*known)], 313, the_rules)
    assert isinstance(asked, Find)
    assert asked.covers == ("1-w", "2-w")
    stands, gone = ((looked_up(seen, 313, asked.covers), "4-x") for seen in (STANDS, GONE))
    answer = told(after_reports([case(*known, stands)], 314, the_rules))
    assert (answer.state, answer.errors) == (S.ISSUED, ERRORS)
    assert told(after_reports([case(*known, gone)], 314, the_rules)).state is S.CANCELLED


def test_a_refusal_by_a_provider_that_cannot_be_asked_is_believed() -> None:
    refused = case((attempting(), "1-w"), (answered(Refused(errors=ERRORS)), "1-w"))
    assert told(decide([refused], rules(look_up=LookUp.NONE), at(2))).errors == ERRORS


def test_a_lost_answer_is_told_and_asked_for_after_its_deadline() -> None:
    lost = case((attempting(), "1-w"), (answered(LOST), "1-w"))
    answer = told(decide([lost], rules(), at(1)))
    assert (answer.state, answer.attention) == (S.CANCEL_PENDING, Attention.UNCERTAIN)
    assert after_reports([lost], 1) == Wait(until=at(12))
    assert isinstance(after_reports([lost], 12), Find)


def test_a_cancellation_goes_out_again_after_the_document_was_seen_standing_twice() -> None:
    seen = [(attempting(), "1-w"), (answered(LOST), "1-w"), (looked_up(STANDS, 12), "1-x")]
    assert after_reports([case(*seen)], 13) == Wait(until=at(17.5))
    seen.append((looked_up(STANDS, 18), "2-x"))
    assert isinstance(after_reports([case(*seen)], 30), Attempt)


def test_a_cancellation_that_keeps_vanishing_becomes_a_question() -> None:
    seen = [(looked_up(STANDS, began, ("1-w", "2-w", "3-w")), f"{began}-x") for began in (80, 90)]
    for number in (1, 2, 3):
        seen += [(attempting(number * 20), f"{number}-w"), (answered(LOST, number * 20), f"{number}-w")]
    assert after_reports([case(*seen)], 200) == AwaitPerson(command_id=CANCEL.command_id, revision=1)


@pytest.mark.parametrize(
    ("look_up", "findings", "what"),
    [
        (LookUp.NONE, [], "CANCEL_NO_LOOK_UP"),
        (LookUp.BY_REFERENCE, [Absent(), Absent()], "CANCEL_ABSENT"),
        (LookUp.BY_REFERENCE, [Different(detail="x")], "DIFFERENT"),
    ],
)
def test_where_no_look_up_tells_a_person_is_asked(look_up: LookUp, findings: list[Any], what: str) -> None:
    seen = [(looked_up(finding, 12 + 6 * n), f"{n}-x") for n, finding in enumerate(findings)]
    lost = case((attempting(), "1-w"), (answered(LOST), "1-w"), *seen)
    asked = told(decide([lost], rules(look_up=look_up), at(30)))
    assert (asked.state, asked.attention, asked.evidence[0].what) == (S.CANCEL_PENDING, Attention.NEEDS_REVIEW, what)


@pytest.mark.parametrize(
    ("verdict", "state"), [(ReviewAnswer.CONFIRM_ABSENT, S.CANCELLED), (ReviewAnswer.CONFIRM_ISSUED, S.ISSUED)]
)
def test_what_a_person_has_seen_ends_a_cancellation(verdict: ReviewAnswer, state: DocumentState) -> None:
    lost = case((attempting(), "1-w"), (answered(LOST), "1-w"))
    lost.file(*named(facts.Reviewed(at=at(60), revision=1, decision=verdict, number="N1"), "1", None))
    assert told(decide([lost], rules(look_up=LookUp.NONE), at(60))).state is state


def test_questions_of_two_commands_never_have_the_same_number() -> None:
    known = command(Action.CANCEL, revision=1)
    of = replace(known, cancellation=cancellation(review_revision=3))
    lost = ((attempting(), "1-w"), (answered(LOST), "1-w"))
    assert told(decide([case(*lost, of=of)], rules(look_up=LookUp.NONE), at(30))).review_revision == 4
    issue = CommandFacts(command_id=command().command_id)
    issue.file(*named(facts.Reported(at=at(0), state=S.ISSUED, revision=7), FINAL, None))
    assert told(decide([issue, case(*lost)], rules(look_up=LookUp.NONE), at(30))).review_revision == 8


def test_a_late_answer_that_the_document_is_cancelled_is_told_after_the_refusal() -> None:
    names = {"document_id": document_id(), "business": "shop", "connection": "fake", "order_reference": "order-1"}
    ended = facts.Reported(at=at(20), state=S.ISSUED, **names)
    late = CommandFacts(command_id=CANCEL.command_id)
    late.file(*named(ended, FINAL, None))
    late.file(*named(answered(GONE, 30), "1-z", Step.CANCELLATION))
    decided = decide([late], rules(), at(40))
    assert told(decided).state is S.CANCELLED
    assert isinstance(decided, ReportProgress)
    late.file(*named(decided.fact, decided.label, None))
    assert decide([late], rules(), at(40)) == Rest(forgettable=(CANCEL.command_id,))


def test_a_journal_that_was_lost_is_no_reason_to_send_before_asking() -> None:
    doubtful = CommandFacts(command_id=CANCEL.command_id)
    doubtful.file(*named(admitted(CANCEL, 0, at(0)), "", None))
    assert isinstance(decide([doubtful], rules(), at(0)), AssumeAttempted)


def followed(*more: Any) -> CommandFacts:
    """An issued document whose provider has more to tell."""
    reported = facts.Reported(at=at(1), state=S.ISSUED)
    label = f"{STANDS.state}:{STANDS.number}"
    return command_facts(
        named(attempting(), "1-w"), named(answered(STANDS), "1-w"), named(reported, label, None), *more
    )


FOLLOWS = {"poll_until": {DocumentType.EARSIV: frozenset({S.DELIVERED})}}


def test_a_document_that_is_still_followed_is_cancelled_and_then_followed_on() -> None:
    assert isinstance(decide([followed(), case()], rules(**FOLLOWS), at(60)), Attempt)
    assert isinstance(decide([followed()], rules(**FOLLOWS), at(60)), Poll)


def test_while_a_person_is_asked_about_its_cancellation_a_document_is_followed() -> None:
    lost = case((attempting(), "1-w"), (answered(LOST), "1-w"))
    the_rules = rules(look_up=LookUp.NONE, **FOLLOWS)
    assert isinstance(after_reports([followed(), lost], 60, the_rules), Poll)


CANCELS = st.sampled_from(("CANCELS", "LOST_BEFORE", "LOST_AFTER", "LATE", NotSent(why="busy"), Refused(errors=ERRORS)))
FINDINGS = st.sampled_from((Absent(), Different(detail="x"), Unclear(why="502"), STANDS))


async def walk(issuer: OneIssuer) -> list[StepState]:
    process, states = issuer.process(), [StepState.QUEUED]
    await process.admit(command())
    await process.finish(60)

    def look() -> None:
        entry = process.journal.entry(0, CANCEL.command_id.encode())
        if FINAL_NAME not in entry:
            found = CommandFacts(command_id=CANCEL.command_id).read(entry)
            the_rules = Rules(capabilities=issuer.capabilities)
            states.append(status_of_cancellation(found, the_rules, SimulatedClock().now()).state)

    process.journal.after_put = look
    await process.admit(CANCEL)
    for _ in range(200):
        await asyncio.sleep(1)
        look()
    review = command(Action.REVIEW, revision=1, review=decision(ReviewAnswer.CONFIRM_ABSENT))
    await finish(process, review)
    return states


async def finish(process: Process, review: Any) -> None:
    await process.admit(review)
    await process.finish(100)
    await process.scheduler.drain(20)


@given(cancels=st.lists(CANCELS, max_size=4), findings=st.lists(FINDINGS, max_size=4))
def test_a_cancellation_moves_only_along_the_table_of_steps(cancels: list[Any], findings: list[Any]) -> None:
    issuer = OneIssuer()
    issuer.behaviour.cancels, issuer.behaviour.findings = list(cancels), list(findings)
    states = simulate(walk(issuer))
    moves = {(before, after) for before, after in itertools.pairwise(states) if before is not after}
    assert {move for move in moves if move[1] not in TRANSITIONS[move[0]]} == set()
    assert issuer.states()[-1][0] in {S.ISSUED, S.CANCELLED}
