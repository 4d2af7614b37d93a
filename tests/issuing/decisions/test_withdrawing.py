"""What a WITHDRAW command does to a document, each rule as a sentence."""

from app.domain.documents import DocumentState
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.decisions import (
    AwaitConnection,
    AwaitPerson,
    Find,
    Rest,
    Withdraw,
)
from app.issuing.decisions.issue import decide
from app.issuing.journal import facts
from providers.base import Refused
from tests.harness.issuing_builders import (
    answered,
    at,
    attempting,
    command_facts,
    done,
    looked_up,
    named,
    rules,
)
from tests.issuing.decisions.cases import (
    ERRORS,
    FIRST_LOOK,
    decided_at,
    lost_attempt,
    progress,
    review_command,
    twice_absent,
    withdrawal_command,
)


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
