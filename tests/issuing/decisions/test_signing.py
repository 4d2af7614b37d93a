"""What a SIGN command does: for ten minutes the document is asked for as often as one that the provider works on."""

from app.domain.commands import Action
from app.domain.documents import DocumentState, DocumentType
from app.issuing.decisions.decisions import Poll, Rest, Wait
from app.issuing.journal import facts
from app.issuing.journal.command_facts import CommandFacts
from tests.harness.issuing_builders import ACCOUNT, answered, at, attempting, command, command_facts, done, named, rules
from tests.issuing.decisions.cases import decided_at, progress

S = DocumentState
RULES = rules(poll_until={DocumentType.EARSIV: frozenset({S.ISSUED})}, poll_seconds=5.0, unsigned_poll_seconds=3600.0)


def unsigned() -> CommandFacts:
    return command_facts(named(attempting(), "1-w"), named(answered(done(state=S.AWAITING_SIGNATURE)), "1-w"))


def signing() -> CommandFacts:
    """Of the moment 0."""
    return command_facts(of=command(Action.SIGN, revision=1), offset=1)


def test_a_document_that_is_being_signed_is_asked_for_often() -> None:
    assert decided_at([unsigned(), signing()], RULES, 2)[0] == Wait(until=at(5), is_poll=True, is_urgent=True)
    poll = decided_at([unsigned(), signing()], RULES, 6)[0]
    assert isinstance(poll, Poll)
    assert poll.is_urgent


def test_a_signed_document_ends_its_signing_silently() -> None:
    case, act = unsigned(), signing()
    decided_at([case, act], RULES, 6)
    case.file(*named(facts.Observed(at=at(7), began=at(6), account=ACCOUNT, done=done(state=S.ISSUED)), "1-w"))
    decided, reports = decided_at([case, act], RULES, 8)
    assert isinstance(decided, Rest)
    assert [progress(r).state for r in reports if r.event] == [S.ISSUED]
    assert act.final is not None


def test_a_signing_that_leads_to_nothing_is_over_after_ten_minutes() -> None:
    case, act = unsigned(), signing()
    decided = decided_at([case, act], RULES, 601)[0]
    assert decided == Wait(until=at(3601), is_poll=True)
    assert act.final is not None


def test_a_signing_of_what_has_ended_rests() -> None:
    case, act = unsigned(), signing()
    case.file(*named(facts.Observed(at=at(1), began=at(1), account=ACCOUNT, done=done(state=S.CANCELLED)), "1-w"))
    assert isinstance(decided_at([case, act], RULES, 2)[0], Rest)
    assert act.final is not None
