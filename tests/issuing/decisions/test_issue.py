"""The rules of the machine, each as a sentence. Call deadline 10 s, skew 2 s, settle 5 s."""

from dataclasses import replace

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentProgressed, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.decisions import (
    AssumeAttempted,
    Attempt,
    AwaitConnection,
    AwaitPerson,
    Decision,
    Find,
    Poll,
    Prepare,
    ReportProgress,
    Rest,
    TakeReview,
    Wait,
    Withdraw,
)
from app.issuing.decisions.issue import decide
from app.issuing.decisions.step_status import Rules
from app.issuing.journal import facts
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import admitted
from providers.base import Absent, Different, LookUp, NotSent, Refused, Step, Unknown
from tests.harness.issuing_builders import (
    ACCOUNT,
    OTHER_ACCOUNT,
    answered,
    at,
    attempting,
    command,
    command_facts,
    decision,
    done,
    looked_up,
    named,
    prepared,
    rules,
)

LOST = Unknown(why="reset")
ERRORS = (FieldError(path="$.buyer", code="BAD_TAX_NUMBER", message="no such taxpayer"),)
FIRST_LOOK = 12.0  # the deadline at 10 s and the skew


def withdrawal_command() -> CommandFacts:
    return command_facts(of=command(Action.WITHDRAW), offset=1)


def review_command(
    verdict: ReviewAnswer, revision: int = 1, offset: int = 2, number: str | None = None
) -> CommandFacts:
    review = decision(verdict, revision, number)
    return command_facts(of=command(Action.REVIEW, revision=revision, review=review), offset=offset)


def decided_at(commands: list[CommandFacts], the_rules: Rules, seconds: float) -> tuple[Decision, list[ReportProgress]]:
    """The decision after all notes are taken: each is filed as the worker would."""
    reports: list[ReportProgress] = []
    for _ in range(20):
        decided = decide(commands, the_rules, at(seconds))
        by_id = {d.command_id: d for d in commands}
        match decided:
            case ReportProgress():
                reports.append(decided)
                by_id[decided.command_id].file(*named(decided.fact, decided.label))
            case TakeReview():
                by_id[decided.command_id].file(*named(decided.fact, str(decided.fact.revision)))
            case Withdraw():
                by_id[decided.command_id].file(*named(decided.fact))
            case _:
                return decided, reports
    raise AssertionError("the machine does not come to rest")


def progress(report: ReportProgress) -> DocumentProgressed:
    assert report.event is not None
    assert isinstance(report.event.body, DocumentProgressed)
    return report.event.body


def lost_attempt(*more: object, seconds: float = 1.0) -> CommandFacts:
    return command_facts(named(attempting(), "1-w"), named(answered(LOST, seconds), "1-w"), *more)


def twice_absent(began: float = FIRST_LOOK) -> tuple[object, object]:
    return named(looked_up(Absent(), began), "1-w"), named(looked_up(Absent(), began + 6), "2-w")


def test_a_new_command_is_prepared_and_then_attempted() -> None:
    fresh = command_facts()
    first = decide([fresh], rules(), at(0))
    assert isinstance(first, Prepare)
    assert (first.revision, first.document_type) == (0, None)
    fresh.file(*named(prepared(), "0-w"))
    second = decide([fresh], rules(), at(0))
    assert isinstance(second, Attempt)
    assert (second.number, second.prepared_id) == (1, "0-w")


def test_an_attempt_without_an_answer_is_waited_for_until_its_deadline_and_then_looked_up() -> None:
    dead = command_facts(named(attempting(), "1-w"))
    assert decided_at([dead], rules(), 11.9) == (Wait(until=at(FIRST_LOOK)), [])
    decided, reports = decided_at([dead], rules(), FIRST_LOOK)
    assert isinstance(decided, Find)
    assert decided.covers == ("1-w",)
    assert [progress(report).attention for report in reports] == [Attention.UNCERTAIN]


def test_an_early_loss_is_reported_at_once_but_not_looked_up_before_the_deadline() -> None:
    decided, reports = decided_at([lost_attempt(seconds=0.1)], rules(), 0.2)
    assert decided == Wait(until=at(FIRST_LOOK))
    assert [report.label for report in reports] == ["UNCERTAIN:INVOICE:1-w"]


def test_a_doubt_counts_even_where_its_attempt_has_not_come_back_yet() -> None:
    orphan = command_facts(named(answered(LOST, 1.0), "1-z"))
    assert decided_at([orphan], rules(), 2)[0] == Wait(until=at(13))


def test_one_absence_is_not_believed_and_the_next_look_up_waits_for_the_settle_delay() -> None:
    once = lost_attempt(named(looked_up(Absent(), FIRST_LOOK), "1-w"))
    assert decided_at([once], rules(), 13)[0] == Wait(until=at(17.5))
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
    assert decided_at([lost_attempt()], blind, 2)[0] == Wait(until=at(FIRST_LOOK))
    assert isinstance(decided_at([lost_attempt()], blind, FIRST_LOOK)[0], AwaitPerson)


def test_a_found_document_is_done() -> None:
    found = lost_attempt(named(looked_up(done(), FIRST_LOOK), "1-w"))
    decided, reports = decided_at([found], rules(), 13)
    assert decided == Rest(forgettable=(found.command_id,))
    assert [(r.label, progress(r).state, progress(r).number) for r in reports] == [
        ("FINAL", DocumentState.ISSUED, "N1")
    ]


def test_something_else_under_our_reference_is_a_question_for_a_person() -> None:
    other = lost_attempt(named(looked_up(Different(detail="another total"), FIRST_LOOK), "1-w"))
    decided, reports = decided_at([other], rules(), 13)
    assert isinstance(decided, AwaitPerson)
    assert "DIFFERENT" in reports[-1].label


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


def test_a_refusal_ends_with_every_error_and_releases_the_document() -> None:
    refused = command_facts(named(attempting(), "1-w"), named(answered(Refused(errors=ERRORS)), "1-w"))
    decided, reports = decided_at([refused], rules(), 2)
    assert isinstance(decided, Rest)
    assert [(progress(r).state, progress(r).errors) for r in reports] == [(DocumentState.REJECTED, ERRORS)]


def test_a_refusal_while_another_attempt_is_open_is_not_the_end() -> None:
    refused = command_facts(
        named(attempting(), "1-w"), named(attempting(), "1-z"), named(answered(Refused(errors=ERRORS)), "1-w")
    )
    assert decided_at([refused], rules(), 2)[0] == Wait(until=at(FIRST_LOOK))


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


def refused_after_a_loss() -> CommandFacts:
    refusal = named(answered(Refused(errors=ERRORS), 21), "2-w")
    return lost_attempt(*twice_absent(), named(attempting(20), "2-w"), refusal)


def test_a_refusal_after_a_lost_answer_is_believed_only_when_nothing_has_turned_up_since() -> None:
    case = refused_after_a_loss()
    decided, reports = decided_at([case], rules(), 22)
    assert decided == Wait(until=at(26))
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


def test_a_withdrawal_of_what_was_never_sent_cancels_it() -> None:
    case = command_facts()
    decided, reports = decided_at([case, withdrawal_command()], rules(), 0)
    assert isinstance(decided, Rest)
    assert [progress(r).state for r in reports if r.event] == [DocumentState.CANCELLED]
    assert [r.label for r in reports] == ["FINAL", "FINAL"]


def test_a_withdrawal_needs_no_connection_where_nothing_was_begun() -> None:
    assert isinstance(decide([command_facts(), withdrawal_command()], None, at(0)), Withdraw)
    begun = command_facts(named(attempting(), "1-w"))
    assert isinstance(decide([begun, withdrawal_command()], None, at(0)), AwaitConnection)


def test_a_withdrawal_of_what_may_have_been_sent_is_resolved_by_looking_first() -> None:
    case = lost_attempt()
    assert isinstance(decided_at([case, withdrawal_command()], rules(), FIRST_LOOK)[0], Find)
    case = lost_attempt(*twice_absent())
    reports = decided_at([case, withdrawal_command()], rules(), 30)[1]
    assert [progress(r).state for r in reports if r.event][-1] is DocumentState.CANCELLED


def test_a_withdrawal_of_what_exists_ends_silently_and_the_document_s_own_answer_counts() -> None:
    case = lost_attempt(named(looked_up(done(), FIRST_LOOK), "1-w"))
    reports = decided_at([case, withdrawal_command()], rules(), 13)[1]
    assert [progress(r).state for r in reports if r.event] == [DocumentState.ISSUED]
    assert [r.event is None for r in reports] == [False, True]


def test_a_withdrawal_of_what_was_refused_ends_rejected() -> None:
    case = command_facts(named(attempting(), "1-w"), named(answered(Refused(errors=ERRORS)), "1-w"))
    reports = decided_at([case, withdrawal_command()], rules(), 2)[1]
    assert [progress(r).state for r in reports if r.event] == [DocumentState.REJECTED]


def test_a_withdrawal_waits_for_the_person_who_was_asked() -> None:
    case, withdrawal, careful = lost_attempt(*twice_absent()), withdrawal_command(), rules(unique_reference=False)
    assert isinstance(decided_at([case, withdrawal], careful, 30)[0], AwaitPerson)
    reports = decided_at([case, withdrawal, review_command(ReviewAnswer.CONFIRM_ABSENT)], careful, 30)[1]
    assert [progress(r).state for r in reports if r.event][-1] is DocumentState.CANCELLED


def test_a_withdrawal_of_an_unknown_document_ends_silently() -> None:
    decided, reports = decided_at([withdrawal_command()], rules(), 0)
    assert isinstance(decided, Rest)
    assert [(r.label, r.event) for r in reports] == [("FINAL", None)]


def test_a_document_that_appears_after_its_withdrawal_is_raised() -> None:
    case = command_facts(named(facts.Withdrawn(at=at(1), by="w")), named(answered(done("r9"), 3), "1-z"))
    decided, reports = decided_at([case], rules(), 4)
    assert isinstance(decided, AwaitPerson)
    assert "LIVE_AFTER_END" in reports[-1].label


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


FOLLOWING = {"follow_until": {DocumentType.EARSIV: frozenset({DocumentState.ISSUED})}, "poll_seconds": 5.0}


def test_a_document_without_its_legal_state_is_reported_and_followed() -> None:
    case = command_facts(
        named(attempting(), "1-w"), named(answered(done(state=DocumentState.PROCESSING, number=None)), "1-w")
    )
    decided, reports = decided_at([case], rules(**FOLLOWING), 2)
    assert decided == Wait(until=at(6), is_poll=True)
    assert [progress(r).state for r in reports] == [DocumentState.PROCESSING]
    assert isinstance(decided_at([case], rules(**FOLLOWING), 6)[0], Poll)
    case.file(*named(facts.Observed(at=at(7), done=done(state=DocumentState.ISSUED)), "1-w"))
    decided, reports = decided_at([case], rules(**FOLLOWING), 8)
    assert [(r.label, progress(r).state) for r in reports] == [("FINAL", DocumentState.ISSUED)]


def test_a_state_that_goes_backwards_is_not_believed() -> None:
    longer = {**FOLLOWING, "follow_until": {DocumentType.EARSIV: frozenset({DocumentState.ACCEPTED})}}
    case = command_facts(named(attempting(), "1-w"), named(answered(done(state=DocumentState.DELIVERED)), "1-w"))
    case.file(*named(facts.Observed(at=at(7), done=done(state=DocumentState.ISSUED)), "1-w"))
    reports = decided_at([case], rules(**longer), 8)[1]
    assert [progress(r).state for r in reports] == [DocumentState.DELIVERED]


def test_a_rejection_by_the_authorities_ends_with_its_errors() -> None:
    case = command_facts(named(attempting(), "1-w"), named(answered(done(state=DocumentState.PROCESSING)), "1-w"))
    rejected = done(state=DocumentState.REJECTED, errors=ERRORS)
    case.file(*named(facts.Observed(at=at(7), done=rejected), "1-w"))
    reports = decided_at([case], rules(**FOLLOWING), 8)[1]
    assert (progress(reports[-1]).state, progress(reports[-1]).errors) == (DocumentState.REJECTED, ERRORS)


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
