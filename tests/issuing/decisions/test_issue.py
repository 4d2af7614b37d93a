"""The decisions of an ISSUE command, each rule as a sentence."""

from app.domain.documents import Attention, DocumentState, DocumentType
from app.issuing.decisions.decisions import (
    Attempt,
    AwaitPerson,
    Find,
    Prepare,
    ReportProgress,
    Rest,
    Wait,
)
from app.issuing.decisions.issue import decide
from app.issuing.journal.command_facts import CommandFacts
from providers.base import Absent, LookUp, Refused, Step
from tests.harness.issuing_builders import (
    OTHER_ACCOUNT,
    answered,
    at,
    attempting,
    command_facts,
    done,
    looked_up,
    named,
    prepared,
    rules,
)
from tests.issuing.decisions.cases import (
    ERRORS,
    FIRST_LOOK,
    decided_at,
    lost_attempt,
    progress,
    refused_after_a_loss,
    twice_absent,
    withdrawal_command,
)


def test_a_new_command_is_prepared_and_then_attempted() -> None:
    fresh = command_facts()
    first = decide([fresh], rules(), at(0))
    assert isinstance(first, Prepare)
    assert (first.revision, first.document_type) == (0, None)
    fresh.file(*named(prepared(), "0-w"))
    second = decide([fresh], rules(), at(0))
    assert isinstance(second, Attempt)
    assert (second.number, second.prepared_id) == (1, "0-w")


def test_a_found_document_is_done() -> None:
    found = lost_attempt(named(looked_up(done(), FIRST_LOOK), "1-w"))
    decided, reports = decided_at([found], rules(), 13)
    assert decided == Rest(forgettable=(found.command_id,))
    assert [(r.label, progress(r).state, progress(r).number) for r in reports] == [
        ("FINAL", DocumentState.ISSUED, "N1")
    ]


def test_a_refusal_ends_with_every_error_and_releases_the_document() -> None:
    refused = command_facts(named(attempting(), "1-w"), named(answered(Refused(errors=ERRORS)), "1-w"))
    decided, reports = decided_at([refused], rules(), 2)
    assert isinstance(decided, Rest)
    assert [(progress(r).state, progress(r).errors) for r in reports] == [(DocumentState.REJECTED, ERRORS)]


def test_a_refusal_while_another_attempt_is_open_is_not_the_end() -> None:
    refused = command_facts(
        named(attempting(), "1-w"), named(attempting(), "1-z"), named(answered(Refused(errors=ERRORS)), "1-w")
    )
    assert decided_at([refused], rules(), 2)[0] == Wait(until=at(FIRST_LOOK), is_doubt=True)


def test_the_other_document_type_is_prepared_once_when_the_provider_says_so() -> None:
    instead = Refused(errors=ERRORS, instead=DocumentType.EFATURA)
    case = command_facts(named(attempting(), "1-w"), named(answered(instead), "1-w"))
    first = decide([case], rules(), at(2))
    assert isinstance(first, Prepare)
    assert (first.revision, first.document_type) == (1, DocumentType.EFATURA)
    case.file(*named(prepared(1, DocumentType.EFATURA), "1-w"))
    second = decide([case], rules(), at(2))
    assert isinstance(second, Attempt)
    assert second.prepared.document_type is DocumentType.EFATURA
    back = Refused(errors=ERRORS, instead=DocumentType.EARSIV)
    case.file(*named(attempting(3, "1-w"), "2-w"))
    case.file(*named(answered(back, 4, "1-w"), "2-w"))
    assert progress(decided_at([case], rules(), 5)[1][0]).state is DocumentState.REJECTED


def test_the_other_document_type_is_not_prepared_where_something_may_have_been_sent() -> None:
    instead = Refused(errors=ERRORS, instead=DocumentType.EFATURA)
    case = lost_attempt(*twice_absent(), named(attempting(30), "2-w"), named(answered(instead, 31), "2-w"))
    case.file(*named(looked_up(Absent(), 36), "3-w"))
    assert [r.label for r in decided_at([case], rules(), 40)[1]] == ["FINAL"]


def test_a_refusal_after_a_lost_answer_is_believed_only_when_nothing_has_turned_up_since() -> None:
    case = refused_after_a_loss()
    decided, reports = decided_at([case], rules(), 22)
    assert decided == Wait(until=at(26), is_doubt=True)
    assert [progress(r).attention for r in reports] == [Attention.UNCERTAIN]
    asked = decided_at([case], rules(), 26)[0]
    assert isinstance(asked, Find)
    assert "1-w" in asked.covers
    case.file(*named(looked_up(Absent(), 26), "3-w"))
    assert [progress(r).state for r in decided_at([case], rules(), 27)[1]] == [DocumentState.REJECTED]


def test_a_refusal_after_a_lost_answer_is_not_settled_by_another_account() -> None:
    case = refused_after_a_loss()
    case.file(*named(looked_up(Absent(), 26, account=OTHER_ACCOUNT), "3-w"))
    assert isinstance(decided_at([case], rules(), 27)[0], AwaitPerson)


def test_what_turns_up_after_a_refusal_is_adopted() -> None:
    case = refused_after_a_loss()
    case.file(*named(looked_up(done(), 26), "3-w"))
    assert [progress(r).state for r in decided_at([case], rules(), 27)[1]] == [DocumentState.ISSUED]


def test_a_refusal_after_a_lost_answer_asks_a_person_where_the_provider_cannot_be_asked() -> None:
    assert isinstance(decided_at([refused_after_a_loss()], rules(look_up=LookUp.NONE), 22)[0], AwaitPerson)


def test_what_cannot_be_prepared_is_refused_with_nothing_sent() -> None:
    case = command_facts(named(answered(Refused(errors=ERRORS)), "1-w"))
    case.prepared.clear()
    assert progress(decided_at([case], rules(), 2)[1][0]).errors == ERRORS


TWO_STEPS = {"steps": (Step.INVOICE, Step.E_DOCUMENT)}


def second_step(*more: object) -> CommandFacts:
    case = command_facts(named(attempting(), "1-w"), named(answered(done("book")), "1-w"))
    for name, fact in more:
        case.file(name._replace(step=Step.E_DOCUMENT), fact)
    return case


def test_a_step_begins_when_the_one_before_it_is_done() -> None:
    decided = decided_at([second_step()], rules(**TWO_STEPS), 2)[0]
    assert isinstance(decided, Attempt)
    assert (decided.step, decided.number) == (Step.E_DOCUMENT, 1)


def test_a_step_refused_after_an_earlier_one_is_done_releases_nothing_and_asks_a_person() -> None:
    refusal = named(answered(Refused(errors=ERRORS), 3), "1-w")
    decided, reports = decided_at([second_step(named(attempting(2), "1-w"), refusal)], rules(**TWO_STEPS), 4)
    assert isinstance(decided, AwaitPerson)
    assert "PARTLY_DONE" in reports[-1].label


def test_a_withdrawal_of_what_is_half_made_asks_a_person() -> None:
    assert isinstance(decided_at([second_step(), withdrawal_command()], rules(**TWO_STEPS), 4)[0], AwaitPerson)


def test_a_repeated_report_is_the_same_to_the_byte() -> None:
    case = lost_attempt()
    first, again = (decide([case], rules(), at(seconds)) for seconds in (2, 5))
    assert isinstance(first, ReportProgress)
    assert first == again


def test_a_last_word_that_comes_to_mean_something_else_after_a_crash_is_another_event() -> None:
    refusal = (named(attempting(), "1-w"), named(answered(Refused(errors=ERRORS)), "1-w"))
    before = decided_at([command_facts(*refusal)], rules(), 20)[1]
    zombie = (named(attempting(), "1-z"), named(answered(done(), 2), "1-z"))
    after = decided_at([command_facts(*refusal, *zombie)], rules(), 20)[1]
    assert [r.label for r in (*before, *after)] == ["FINAL", "FINAL"]
    assert before[0].event is not None
    assert after[0].event is not None
    assert before[0].event.event_id != after[0].event.event_id
