"""A document whose legal number a person has: issued once, under a number that no other document of the order has."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import (
    DocumentCancellationRequested,
    DocumentMarkedDeleted,
    DocumentMarkedIssued,
    RerouteRequested,
    ReviewAnswer,
)
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, placed, progressed, requested

DOCUMENT = document_id("1", "2", "3")
NUMBER = "ABC2026000000001"
ETTN = "6f1c1a52-5a8e-4b5e-9d0e-0123456789ab"
MARKED = DocumentMarkedIssued(document_id=DOCUMENT, number=NUMBER, ettn=ETTN, issue_date=date(2026, 11, 30))
DELETED = DocumentMarkedDeleted(document_id=DOCUMENT)
CANCELLED = DocumentCancellationRequested(document_id=DOCUMENT, reason="placed twice")
MOVED = RerouteRequested(document_id=DOCUMENT, connection="testbook")
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


RIGHT = "ABC2026000000002"
CORRECTED = replace(MARKED, number=RIGHT, corrects=NUMBER)


def test_a_mistyped_number_is_corrected_once_and_nothing_is_asked_of_its_issuer() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    log.append(MARKED)
    effects = log.append(CORRECTED)
    (status,) = effects.statuses
    assert (status.state, status.number, status.ettn, status.issue_date) == (S.ISSUED, RIGHT, ETTN, MARKED.issue_date)
    assert not effects.commands
    assert [outcome.verdict for outcome in log.append(CORRECTED).outcomes] == [Verdict.DUPLICATE]


def test_what_its_issuer_reports_late_of_the_mistyped_number_asks_no_question() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    log.append(MARKED)
    log.append(CORRECTED)
    assert not log.append(progressed(DOCUMENT, S.ISSUED, number=NUMBER)).statuses


def test_only_what_a_person_has_typed_is_corrected_and_only_that() -> None:
    log = in_state(S.PROCESSING)
    log.append(progressed(DOCUMENT, S.ISSUED, number=NUMBER))
    assert log.outcome(CORRECTED).reason == "NOT_TO_BE_CORRECTED"
    marked = in_state(S.AWAITING_SIGNATURE)
    assert marked.outcome(CORRECTED).reason == "NOT_TO_BE_CORRECTED"
    marked.append(MARKED)
    other = replace(CORRECTED, number="ABC2026000000003", corrects=RIGHT)
    assert marked.outcome(other).reason == "NOT_TO_BE_CORRECTED"
    marked.append(CANCELLED)
    assert marked.outcome(CORRECTED).reason == "NOT_TO_BE_CORRECTED"


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


def verdicts(log: Log, event_id: str) -> list[Verdict]:
    return [outcome.verdict for outcome in log.all.outcomes if outcome.event_id == event_id]


@pytest.mark.parametrize("attention", [None, Attention.DELETE_AT_PROVIDER, Attention.CONNECTION])
def test_what_was_to_be_taken_back_is_cancelled_by_a_person_s_word(attention: Attention | None) -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    asked = log.event(CANCELLED)
    log.fold(asked)
    if attention:
        log.append(progressed(DOCUMENT, S.AWAITING_SIGNATURE, attention=attention))
    effects = log.append(DELETED, actor="ayse")
    (status,), (command,) = effects.statuses, effects.commands
    assert (status.state, status.attention) == (S.CANCELLED, None)
    assert (command.action, command.review.decision, command.review.actor) == (
        Action.MARK,
        ReviewAnswer.CONFIRM_ABSENT,
        "ayse",
    )
    assert verdicts(log, asked.event_id) == [Verdict.HELD, Verdict.OK]
    assert log.line_status("1") is LineStatus.OPEN


def test_a_move_goes_on_after_a_person_s_word_and_once() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    log.append(MOVED)
    moved = [(each.action, each.provider) for each in log.append(DELETED).commands]
    assert sorted(moved) == [(Action.ISSUE, "testbook"), (Action.MARK, "nilvera")]
    repeated = log.append(DELETED)
    assert [outcome.verdict for outcome in repeated.outcomes] == [Verdict.DUPLICATE]
    assert not (repeated.statuses or repeated.commands)
    assert not log.append(progressed(DOCUMENT, S.CANCELLED)).statuses


def test_the_rest_of_a_document_whose_line_was_cancelled_is_planned_again_after_a_person_s_word() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    log.append(cancelled("1"))
    issued = [each.document_id for each in log.append(DELETED).commands if each.action is Action.ISSUE]
    assert issued == [document_id("2", "3")]


@pytest.mark.parametrize("state", [S.PLANNED, S.AWAITING_SIGNATURE, S.PROCESSING, S.ISSUED, S.CANCELLED])
def test_what_is_not_to_be_taken_back_or_has_no_record_is_not_marked_as_deleted(state: DocumentState) -> None:
    assert in_state(state).outcome(DELETED).reason == "NOT_TO_BE_DELETED"
    assert in_state(state).outcome(replace(DELETED, document_id=document_id("7"))).reason == "UNKNOWN_DOCUMENT"


def test_what_a_person_could_not_delete_is_marked_as_issued_and_a_move_of_it_is_refused() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    asked = log.event(MOVED)
    log.fold(asked)
    log.append(progressed(DOCUMENT, S.AWAITING_SIGNATURE, attention=Attention.DELETE_AT_PROVIDER))
    (status,) = log.append(MARKED).statuses
    assert (status.state, status.number, status.attention) == (S.ISSUED, NUMBER, None)
    assert verdicts(log, asked.event_id) == [Verdict.HELD, Verdict.REJECTED]
    assert log.outcome(DELETED).reason == "NOT_TO_BE_DELETED"


@pytest.mark.parametrize("body", [MARKED, DELETED])
def test_a_question_is_answered_and_not_passed_over_by_a_mark(
    body: DocumentMarkedIssued | DocumentMarkedDeleted,
) -> None:
    """Its issuer waits for that answer: it would never take the mark, nor a cancellation after it."""
    log = in_state(S.DRAFT)
    if body is DELETED:
        log.append(CANCELLED)
    log.append(progressed(DOCUMENT, S.DRAFT, attention=Attention.NEEDS_REVIEW, review_revision=1))
    effects = log.append(body)
    assert [outcome.reason for outcome in effects.outcomes] == ["DOCUMENT_IN_REVIEW"]
    assert not (effects.statuses or effects.commands)
