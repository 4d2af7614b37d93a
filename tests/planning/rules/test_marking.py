"""A document whose legal number a person has: issued once, under a number that no other document of the order has."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.commands import Action
from app.domain.documents import DocumentState
from app.domain.orders import DocumentCancellationRequested, DocumentMarkedIssued
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.state import LineStatus
from tests.planning.events import Log, document_id, placed, progressed, requested

DOCUMENT = document_id("1", "2", "3")
NUMBER = "ABC2026000000001"
ETTN = "6f1c1a52-5a8e-4b5e-9d0e-0123456789ab"
MARKED = DocumentMarkedIssued(document_id=DOCUMENT, number=NUMBER, ettn=ETTN, issue_date=date(2026, 11, 30))
S = DocumentState


def in_state(state: DocumentState) -> Log:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    if state is not S.PLANNED:
        log.append(progressed(DOCUMENT, state))
    return log


@pytest.mark.parametrize("state", [S.AWAITING_SIGNATURE, S.DRAFT])
def test_it_is_issued_under_the_number_and_its_issuer_is_told(state: DocumentState) -> None:
    log = in_state(state)
    effects = log.append(MARKED, actor="ayse")
    (status,), (command,), (outcome,) = effects.statuses, effects.commands, effects.outcomes
    assert (status.state, status.number, status.ettn, status.issue_date) == (S.ISSUED, NUMBER, ETTN, MARKED.issue_date)
    assert (command.action, command.review.number, command.review.actor) == (Action.MARK, NUMBER, "ayse")
    assert outcome.verdict is Verdict.OK
    assert log.line_status("1") is LineStatus.INVOICED


def test_the_same_number_again_is_a_repeat_and_another_one_is_refused() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    log.append(MARKED)
    repeated = log.append(MARKED)
    assert [outcome.verdict for outcome in repeated.outcomes] == [Verdict.DUPLICATE]
    assert not (repeated.statuses or repeated.commands)
    assert log.outcome(replace(MARKED, number="ABC2026000000002")).reason == "NOT_AWAITING_SIGNATURE"


def test_what_its_issuer_reports_of_the_mark_is_no_news() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    log.append(MARKED)
    assert not log.append(progressed(DOCUMENT, S.ISSUED, number=NUMBER)).statuses


@pytest.mark.parametrize("state", [S.PLANNED, S.PROCESSING, S.CANCELLED, S.REJECTED])
def test_what_waits_for_no_signature_is_not_marked(state: DocumentState) -> None:
    assert in_state(state).outcome(MARKED).reason == "NOT_AWAITING_SIGNATURE"


def test_what_is_being_taken_back_is_not_marked() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    log.append(DocumentCancellationRequested(document_id=DOCUMENT, reason="placed twice"))
    assert log.outcome(MARKED).reason == "NOT_AWAITING_SIGNATURE"


def test_a_document_that_is_not_known_is_not_marked() -> None:
    unknown = replace(MARKED, document_id=document_id("7"))
    assert in_state(S.AWAITING_SIGNATURE).outcome(unknown).reason == "UNKNOWN_DOCUMENT"


def test_the_number_of_the_order_s_other_document_is_refused() -> None:
    log = Log(Trigger.SHIPMENT)
    log.append(placed())
    for line in ("1", "2"):
        log.append(requested(line))
    first, second = document_id("1"), document_id("2")
    log.append(progressed(first, S.ISSUED, number=NUMBER))
    log.append(progressed(second, S.AWAITING_SIGNATURE))
    assert log.outcome(replace(MARKED, document_id=second)).reason == "NUMBER_IN_USE"
