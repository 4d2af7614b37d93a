"""A document without legal effect yet: followed slowly, found out when it is deleted, deleted when it is not wanted."""

from dataclasses import replace

import pytest

from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.numbers import NumberFate
from app.issuing.decisions.decisions import Attempt, Find, Poll, Wait
from app.issuing.journal import facts
from app.issuing.journal.command_facts import CommandFacts
from providers.base import Absent, Numbering, Refused, Step, Unknown
from tests.harness.issuing_builders import (
    ACCOUNT,
    OTHER_ACCOUNT,
    answered,
    at,
    attempting,
    command_facts,
    done,
    looked_up,
    name_of,
    named,
    prepared,
    rules,
)
from tests.issuing.decisions.cases import decided_at, progress, withdrawal_command

S = DocumentState
EARSIV = DocumentType.EARSIV
FOLLOWED = {"poll_until": {EARSIV: frozenset({S.ISSUED})}, "unsigned_poll_seconds": 60.0, "give_up_seconds": 100.0}
RULES = rules(**FOLLOWED, withdraws=frozenset({EARSIV}))
SIGNED = FieldError(path="$", code="SIGNED", message="it is signed")


def draft(state: DocumentState = S.DRAFT) -> CommandFacts:
    return command_facts(named(attempting(), "1-w"), named(answered(done(state=state)), "1-w"))


def observed(case: CommandFacts, seconds: float, seen: DocumentState | None = None, **more: object) -> None:
    values = {"account": ACCOUNT, "done": None if seen is None else done(state=seen), **more}
    fact = facts.Observed(at=at(seconds + 0.5), began=at(seconds), **values)  # type: ignore[arg-type]
    case.file(*named(fact, f"{seconds:.0f}-w"))


def of_withdrawal(case: CommandFacts, *named_facts: tuple[facts.Fact, str]) -> None:
    for fact, identifier in named_facts:
        case.file(name_of(type(fact), identifier, Step.WITHDRAWAL), fact)


def ends(commands: list[CommandFacts], seconds: float) -> list[tuple[DocumentState, Attention | None]]:
    reports = decided_at(commands, RULES, seconds)[1]
    return [(progress(r).state, progress(r).attention) for r in reports if r.event]


def test_a_draft_is_reported_and_asked_for_more_seldom_than_what_the_provider_works_on() -> None:
    decided, reports = decided_at([draft()], RULES, 2)
    assert decided == Wait(until=at(61), is_poll=True)
    assert [progress(r).state for r in reports] == [S.DRAFT]
    assert isinstance(decided_at([draft()], RULES, 61)[0], Poll)


def test_a_document_that_is_signed_elsewhere_goes_on() -> None:
    case = draft()
    observed(case, 70, S.AWAITING_SIGNATURE)
    observed(case, 140, S.ISSUED)
    assert ends([case], 150) == [(S.DRAFT, None), (S.AWAITING_SIGNATURE, None), (S.ISSUED, None)]


def test_a_draft_that_a_person_has_deleted_is_found_out_by_two_polls_minutes_apart() -> None:
    case = draft()
    observed(case, 70)
    assert decided_at([case], RULES, 71)[0] == Wait(until=at(170.5), is_poll=True)
    observed(case, 165)  # too soon after the first one
    poll = decided_at([case], RULES, 171)[0]
    assert isinstance(poll, Poll)
    assert poll.was_missed
    observed(case, 171)
    assert ends([case], 172)[-1] == (S.CANCELLED, None)


def test_a_draft_that_is_found_again_was_not_deleted() -> None:
    case = draft()
    observed(case, 70)
    observed(case, 100, S.DRAFT)
    observed(case, 171)
    assert isinstance(decided_at([case], RULES, 172)[0], Wait)


@pytest.mark.parametrize("account", [OTHER_ACCOUNT, None])
def test_another_account_s_absence_says_nothing_of_a_draft(account: facts.ProviderAccount | None) -> None:
    case = draft()
    observed(case, 70, account=account)
    observed(case, 180, account=account)
    assert isinstance(decided_at([case], RULES, 190)[0], Poll)


def test_a_legal_document_that_is_not_found_is_not_deleted() -> None:
    longer = rules(**{**FOLLOWED, "poll_until": {EARSIV: frozenset({S.ACCEPTED})}})
    case = draft(S.ISSUED)
    observed(case, 70)
    observed(case, 180)
    assert isinstance(decided_at([case], longer, 190)[0], Poll)


def test_a_withdrawn_draft_is_deleted_and_its_lines_are_free_when_the_provider_shows_it_gone() -> None:
    case, withdrawal = draft(), withdrawal_command()
    decided, _ = decided_at([case, withdrawal], RULES, 10)
    assert isinstance(decided, Attempt)
    assert (decided.step, decided.command_id) == (Step.WITHDRAWAL, withdrawal.command_id)
    of_withdrawal(withdrawal, (attempting(10), "1-w"), (answered(done(state=S.CANCELLED), 11), "1-w"))
    assert ends([case, withdrawal], 12) == [(S.CANCELLED, None)]
    assert withdrawal.final is not None


def test_a_lost_answer_to_a_deletion_is_looked_up() -> None:
    case, withdrawal = draft(), withdrawal_command()
    decided_at([case, withdrawal], RULES, 10)
    of_withdrawal(withdrawal, (attempting(10), "1-w"), (answered(Unknown(why="reset"), 11), "1-w"))
    assert isinstance(decided_at([case, withdrawal], RULES, 23)[0], Find)
    of_withdrawal(withdrawal, (looked_up(done(state=S.CANCELLED), 23), "1-w"))
    assert ends([case, withdrawal], 24) == [(S.CANCELLED, None)]


def test_a_draft_that_is_not_found_after_its_deletion_is_followed_until_the_polls_show_it_gone() -> None:
    case, withdrawal = draft(), withdrawal_command()
    of_withdrawal(withdrawal, (attempting(10), "1-w"), (answered(Unknown(why="reset"), 11), "1-w"))
    of_withdrawal(withdrawal, (looked_up(Absent(), 23), "1-w"), (looked_up(Absent(), 30), "2-w"))
    assert isinstance(decided_at([case, withdrawal], RULES, 61)[0], Poll)
    observed(case, 61)
    observed(case, 170)
    assert ends([case, withdrawal], 171) == [(S.CANCELLED, None)]


def test_where_nothing_is_polled_a_person_says_that_what_is_not_found_after_its_deletion_is_gone() -> None:
    case, withdrawal = draft(), withdrawal_command()
    of_withdrawal(withdrawal, (attempting(10), "1-w"), (answered(Unknown(why="reset"), 11), "1-w"))
    of_withdrawal(withdrawal, (looked_up(Absent(), 23), "1-w"), (looked_up(Absent(), 30), "2-w"))
    silent = rules(**{**FOLLOWED, "poll_until": {}}, withdraws=frozenset({EARSIV}))
    last = progress(decided_at([case, withdrawal], silent, 61)[1][-1])
    assert (last.state, last.attention) == (S.DRAFT, Attention.DELETE_AT_PROVIDER)
    assert [error.code for error in last.errors] == ["NOT_FOUND_AFTER_DELETION"]


def test_a_draft_that_is_not_deleted_is_for_a_person_to_delete() -> None:
    case, withdrawal = draft(), withdrawal_command()
    of_withdrawal(withdrawal, (attempting(10), "1-w"), (answered(Refused(errors=(SIGNED,)), 11), "1-w"))
    of_withdrawal(withdrawal, (looked_up(done(state=S.DRAFT), 12), "1-w"))
    reports = decided_at([case, withdrawal], RULES, 20)[1]
    last = progress(reports[-1])
    assert (last.state, last.attention, last.errors) == (S.DRAFT, Attention.DELETE_AT_PROVIDER, (SIGNED,))


def test_where_the_provider_deletes_nothing_a_person_is_told_at_once() -> None:
    case, withdrawal = draft(), withdrawal_command()
    decided, reports = decided_at([case, withdrawal], rules(**FOLLOWED), 2)
    assert progress(reports[-1]).attention is Attention.DELETE_AT_PROVIDER
    assert progress(reports[-1]).errors[0].code == "WITHDRAWAL_UNSUPPORTED"
    assert isinstance(decided, Wait)


def test_after_a_question_about_the_document_its_withdrawal_reports_with_that_question_s_number() -> None:
    case, withdrawal = draft(), withdrawal_command()
    case.file(*named(facts.Reported(at=at(1), revision=2), "NEEDS_REVIEW:2:ABSENT:0"))
    stays = progress(decided_at([case, withdrawal], rules(**FOLLOWED), 2)[1][-1])
    assert (stays.attention, stays.review_revision) == (Attention.DELETE_AT_PROVIDER, 2)
    assert withdrawal.final is not None
    assert withdrawal.final.revision == 2
    deleting = withdrawal_command()
    of_withdrawal(deleting, (attempting(10), "1-w"), (answered(Unknown(why="reset"), 11), "1-w"))
    doubt = progress(decided_at([case, deleting], RULES, 12)[1][-1])
    assert (doubt.attention, doubt.review_revision) == (Attention.UNCERTAIN, 2)


def test_a_withdrawal_of_what_was_signed_meanwhile_ends_silently() -> None:
    case, withdrawal = draft(), withdrawal_command()
    observed(case, 70, S.PROCESSING)
    assert ends([case, withdrawal], 71) == [(S.DRAFT, None), (S.PROCESSING, None)]
    assert withdrawal.final is not None


def test_a_deleted_draft_s_own_number_is_borne_by_no_document() -> None:
    case = draft()
    case.file(*named(replace(prepared(), number="N1"), "0-w"))
    observed(case, 70)
    observed(case, 180)
    _, final = decided_at([case], rules(**FOLLOWED, numbering=Numbering.OURS), 190)[1]
    assert final.number_outcome is not None
    assert final.number_outcome.fate is NumberFate.VOID
