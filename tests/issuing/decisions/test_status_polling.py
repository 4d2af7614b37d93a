"""The legal states of a document after it exists, each rule as a sentence."""

from app.domain.documents import DocumentState, DocumentType
from app.issuing.decisions.decisions import (
    Poll,
    Wait,
)
from app.issuing.journal import facts
from tests.harness.issuing_builders import (
    answered,
    at,
    attempting,
    command_facts,
    done,
    named,
    rules,
)
from tests.issuing.decisions.cases import ERRORS, decided_at, progress

FOLLOWING = {"poll_until": {DocumentType.EARSIV: frozenset({DocumentState.ISSUED})}, "poll_seconds": 5.0}


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
    longer = {**FOLLOWING, "poll_until": {DocumentType.EARSIV: frozenset({DocumentState.ACCEPTED})}}
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
