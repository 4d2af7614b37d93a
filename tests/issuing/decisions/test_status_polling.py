"""The legal states of a document after it exists, each rule as a sentence."""

from dataclasses import replace

from app.domain.documents import DocumentState, DocumentType
from app.domain.time import end_of_day, legal_date
from app.issuing.decisions.decisions import (
    Poll,
    Wait,
)
from app.issuing.decisions.status_polling import is_news
from app.issuing.journal import facts
from app.issuing.journal.command_facts import CommandFacts
from providers.base import Prepared
from tests.harness.issuing_builders import (
    answered,
    at,
    attempting,
    command_facts,
    done,
    named,
    prepared,
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


DELIVERED_LAST = {DocumentType.EFATURA: frozenset({DocumentState.DELIVERED, DocumentState.ACCEPTED})}
COMMERCIAL = replace(prepared(document_type=DocumentType.EFATURA), awaits_answer=True)
BASIC = replace(COMMERCIAL, awaits_answer=False)
DAY = 24 * 3600.0
# The clock of these tests begins at noon or so; the ninth midnight ends the eighth day after it.
EIGHT_DAYS_LATER = (end_of_day(legal_date(at(0))) - at(0)).total_seconds() + 8 * DAY


def delivered(fixed: Prepared) -> CommandFacts:
    case = command_facts(named(attempting(), "1-w"), named(answered(done(state=DocumentState.DELIVERED)), "1-w"))
    case.file(*named(fixed, "0-w"))
    return case


def test_a_basic_invoice_is_not_followed_beyond_its_delivery() -> None:
    reports = decided_at([delivered(BASIC)], rules(poll_until=DELIVERED_LAST), 2)[1]
    assert [(r.label, progress(r).state) for r in reports] == [("FINAL", DocumentState.DELIVERED)]


def test_a_commercial_invoice_is_followed_to_its_buyer_s_refusal() -> None:
    case = delivered(COMMERCIAL)
    assert isinstance(decided_at([case], rules(poll_until=DELIVERED_LAST), 7 * DAY)[0], Poll)
    refused = done(state=DocumentState.REJECTED_BY_BUYER, errors=ERRORS)
    case.file(*named(facts.Observed(at=at(7 * DAY), done=refused), "1-w"))
    (final,) = decided_at([case], rules(poll_until=DELIVERED_LAST), 7 * DAY + 1)[1]
    assert (progress(final).state, progress(final).errors) == (DocumentState.REJECTED_BY_BUYER, ERRORS)


def test_a_commercial_invoice_is_followed_to_its_buyer_s_acceptance() -> None:
    case = delivered(COMMERCIAL)
    case.file(*named(facts.Observed(at=at(DAY), done=done(state=DocumentState.ACCEPTED)), "1-w"))
    reports = decided_at([case], rules(poll_until=DELIVERED_LAST), DAY + 1)[1]
    assert [progress(r).state for r in reports] == [DocumentState.DELIVERED, DocumentState.ACCEPTED]


def test_a_buyer_who_says_nothing_has_the_whole_eighth_day() -> None:
    case = delivered(COMMERCIAL)
    assert isinstance(decided_at([case], rules(poll_until=DELIVERED_LAST), EIGHT_DAYS_LATER - 1)[0], Poll)
    (final,) = decided_at([case], rules(poll_until=DELIVERED_LAST), EIGHT_DAYS_LATER)[1]
    assert (final.label, progress(final).state) == ("FINAL", DocumentState.DELIVERED)


def test_a_returned_document_keeps_its_state_and_is_reported_once_for_each_word() -> None:
    case = delivered(COMMERCIAL)
    returned = done(state=DocumentState.DELIVERED, returned="RETURNED")
    case.file(*named(facts.Observed(at=at(7), done=returned), "1-w"))
    decided, reports = decided_at([case], rules(poll_until=DELIVERED_LAST), 20)
    assert [(progress(r).state, progress(r).returned) for r in reports] == [
        (DocumentState.DELIVERED, None),
        (DocumentState.DELIVERED, "RETURNED"),
    ]
    assert [(e.what, e.detail) for e in progress(reports[-1]).evidence] == [("RETURNED", "RETURNED")]
    assert isinstance(decided, Poll)
    assert not is_news(decided.done, returned)
    case.file(*named(facts.Observed(at=at(21), done=returned), "2-w"))
    assert decided_at([case], rules(poll_until=DELIVERED_LAST), 30)[1] == []
    (final,) = decided_at([case], rules(poll_until=DELIVERED_LAST), EIGHT_DAYS_LATER)[1]
    assert progress(final).returned is None


def test_a_returned_document_does_not_go_back_to_an_earlier_state() -> None:
    case = delivered(COMMERCIAL)
    case.file(*named(facts.Observed(at=at(7), done=done(state=DocumentState.ISSUED, returned="140")), "1-w"))
    reports = decided_at([case], rules(poll_until=DELIVERED_LAST), 20)[1]
    assert (progress(reports[-1]).state, progress(reports[-1]).returned) == (DocumentState.DELIVERED, "140")
