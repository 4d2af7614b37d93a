"""Questions to a person, each rule as a sentence."""

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.decisions import (
    Attempt,
    AwaitPerson,
    Rest,
)
from app.issuing.journal import facts
from app.issuing.journal.command_facts import CommandFacts
from providers.base import Absent, Refused
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
from tests.issuing.decisions.cases import ERRORS, decided_at, lost_attempt, progress, review_command, twice_absent


def test_two_live_documents_for_one_command_are_raised() -> None:
    two = command_facts(
        named(attempting(), "1-w"),
        named(answered(done("r1")), "1-w"),
        named(attempting(), "1-z"),
        named(answered(done("r2")), "1-z"),
    )
    decided, reports = decided_at([two], rules(), 13)
    assert isinstance(decided, AwaitPerson)
    assert "TWO_LIVE" in reports[-1].label
    assert {line.detail.split()[-2] for line in progress(reports[-1]).evidence if line.what == "ANSWERED"} == {
        "r1",
        "r2",
    }


def test_a_second_live_document_is_raised_even_after_the_end() -> None:
    case = command_facts(named(attempting(), "1-w"), named(answered(done("r1")), "1-w"))
    decided_at([case], rules(), 5)
    late = CommandFacts(command_id=case.command_id, reported={"FINAL": case.reported["FINAL"]})
    late.file(*named(answered(done("r2"), 40), "1-z"))
    decided, reports = decided_at([late], rules(), 60)
    assert decided == AwaitPerson(command_id=case.command_id, revision=1)
    assert progress(reports[0]).attention is Attention.NEEDS_REVIEW
    assert progress(reports[0]).state is DocumentState.ISSUED
    after, reports = decided_at([late, review_command(ReviewAnswer.CONFIRM_ISSUED)], rules(), 70)
    assert after == Rest(forgettable=(command(Action.REVIEW, revision=1).command_id,))
    assert [progress(r).attention for r in reports if r.event] == [None]


def test_the_same_document_seen_again_after_the_end_is_nothing_new() -> None:
    case = command_facts(named(attempting(), "1-w"), named(answered(done("r1")), "1-w"))
    decided_at([case], rules(), 5)
    assert decided_at([case], rules(), 60) == (Rest(forgettable=(case.command_id,)), [])


def test_a_person_confirms_the_document_with_its_number() -> None:
    case = lost_attempt(*twice_absent())
    reports = decided_at(
        [case, review_command(ReviewAnswer.CONFIRM_ISSUED, number="GIB1")], rules(unique_reference=False), 30
    )[1]
    final = next(r for r in reports if r.label == "FINAL" and r.event)
    assert (progress(final).state, progress(final).number) == (DocumentState.ISSUED, "GIB1")


def test_a_person_confirms_the_absence_and_it_is_sent_again() -> None:
    case = lost_attempt(*twice_absent())
    commands = [case, review_command(ReviewAnswer.CONFIRM_ABSENT)]
    decided, reports = decided_at(commands, rules(unique_reference=False), 30)
    assert isinstance(decided, Attempt)
    assert decided.number == 2
    assert progress([r for r in reports if r.event][-1]).attention is None


def test_a_person_rejects_the_document() -> None:
    case = lost_attempt(*twice_absent())
    reports = decided_at([case, review_command(ReviewAnswer.REJECT)], rules(unique_reference=False), 30)[1]
    final = next(r for r in reports if r.label == "FINAL" and r.event)
    assert progress(final).state is DocumentState.REJECTED
    assert [error.code for error in progress(final).errors] == ["REVIEW_REJECTED"]


def test_the_first_decision_on_a_revision_counts() -> None:
    case = lost_attempt(*twice_absent())
    late = command_facts(of=command(Action.REVIEW, revision=9, review=decision(ReviewAnswer.REJECT)), offset=9)
    reports = decided_at([case, late, review_command(ReviewAnswer.CONFIRM_ISSUED)], rules(unique_reference=False), 30)[
        1
    ]
    ends = [progress(r).state for r in reports if r.label == "FINAL" and r.event]
    assert ends == [DocumentState.ISSUED]


def test_a_decision_on_another_revision_is_not_taken() -> None:
    case = lost_attempt(*twice_absent())
    commands = [case, review_command(ReviewAnswer.REJECT, revision=7)]
    decided, reports = decided_at(commands, rules(unique_reference=False), 30)
    assert isinstance(decided, AwaitPerson)
    assert [r.label for r in reports if r.event is None] == ["FINAL"]


def test_every_new_question_is_a_new_revision() -> None:
    careful = rules(unique_reference=False)
    case = lost_attempt(*twice_absent())
    decided_at([case, review_command(ReviewAnswer.CONFIRM_ABSENT)], careful, 30)
    case.file(*named(attempting(31), "2-w"))
    case.file(*named(looked_up(Absent(), 50, ("2-w",)), "3-w"))
    case.file(*named(looked_up(Absent(), 60, ("2-w",)), "4-w"))
    assert decided_at([case], careful, 70)[0] == AwaitPerson(command_id=case.command_id, revision=2)


def test_a_late_answer_of_a_worker_that_was_thought_dead_resolves_a_review() -> None:
    careful = rules(unique_reference=False)
    case = command_facts(named(attempting(), "1-w"), *twice_absent())
    assert isinstance(decided_at([case], careful, 30)[0], AwaitPerson)
    case.file(*named(answered(done(), 40), "1-w"))
    assert [progress(r).state for r in decided_at([case], careful, 41)[1]] == [DocumentState.ISSUED]


def told_processing(case: CommandFacts) -> CommandFacts:
    case.file(*named(facts.Reported(at=at(0), state=DocumentState.PROCESSING), "PROCESSING"))
    return case


def test_a_doubt_and_its_end_say_the_legal_state_that_was_told_before() -> None:
    case = told_processing(lost_attempt())
    reports = decided_at([case], rules(), 1)[1]
    for name, fact in twice_absent():
        case.file(name, fact)
    reports += decided_at([case], rules(), 30)[1]
    assert [(progress(r).state, progress(r).attention) for r in reports] == [
        (DocumentState.PROCESSING, Attention.UNCERTAIN),
        (DocumentState.PROCESSING, None),
    ]


def alive_after_a_refusal() -> CommandFacts:
    case = command_facts(named(attempting(), "1-w"), named(answered(Refused(errors=ERRORS)), "1-w"))
    decided_at([case], rules(), 20)
    case.file(*named(attempting(), "1-z"))
    case.file(*named(answered(done("r9"), 22), "1-z"))
    return case


def test_what_is_alive_after_the_end_is_raised_with_the_end_s_own_state() -> None:
    decided, reports = decided_at([alive_after_a_refusal()], rules(), 30)
    assert isinstance(decided, AwaitPerson)
    raised = progress(reports[0])
    assert (raised.state, raised.attention) == (DocumentState.REJECTED, Attention.NEEDS_REVIEW)


def test_a_person_confirms_what_is_alive_after_the_end_and_it_is_told_with_its_number() -> None:
    case = alive_after_a_refusal()
    decided_at([case], rules(), 30)
    decided, reports = decided_at([case, review_command(ReviewAnswer.CONFIRM_ISSUED, number="GIB9")], rules(), 40)
    told = [progress(r) for r in reports if r.event]
    assert [(p.state, p.attention, p.number, p.review_revision) for p in told] == [
        (DocumentState.ISSUED, None, "GIB9", 1)
    ]
    assert isinstance(decided, Rest)


@pytest.mark.parametrize("verdict", [ReviewAnswer.REJECT, ReviewAnswer.CONFIRM_ABSENT])
def test_a_person_who_does_not_confirm_it_leaves_the_end_as_it_was(verdict: ReviewAnswer) -> None:
    case = alive_after_a_refusal()
    decided_at([case], rules(), 30)
    reports = decided_at([case, review_command(verdict)], rules(), 40)[1]
    told = [progress(r) for r in reports if r.event]
    assert [(p.state, p.attention, p.number) for p in told] == [(DocumentState.REJECTED, None, None)]


def test_what_turns_up_after_a_person_has_rejected_it_is_another_question() -> None:
    case = alive_after_a_refusal()
    decided_at([case], rules(), 30)
    decided_at([case, review_command(ReviewAnswer.REJECT)], rules(), 40)
    case.file(*named(answered(done("r10"), 50), "1-y"))
    decided, reports = decided_at([case], rules(), 60)
    assert decided == AwaitPerson(command_id=case.command_id, revision=2)
    assert progress(reports[0]).state is DocumentState.REJECTED
