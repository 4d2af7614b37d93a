"""What happens seldom and must not go wrong: repeats of what waits, late truths, withdrawals that cross requests."""

from dataclasses import replace
from datetime import date

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import ReviewAnswer, ReviewDecided
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, placed, policy, progressed, requested

WHOLE = ("1", "2", "3")
ISSUED, CANCELLED, REJECTED = DocumentState.ISSUED, DocumentState.CANCELLED, DocumentState.REJECTED


def test_a_request_repeated_while_it_is_held_waits_too_and_both_are_answered() -> None:
    log = Log()
    first = log.outcome(requested("1"), request_id="r")
    second = log.outcome(requested("1"), request_id="r")
    assert (first.verdict, second.verdict) == (Verdict.HELD, Verdict.HELD)
    effects = log.append(placed())
    assert [(o.event_id, o.verdict) for o in effects.outcomes[1:]] == [
        (first.event_id, Verdict.OK),
        (second.event_id, Verdict.DUPLICATE),
    ]
    assert len(effects.commands) == 1


def test_a_cancellation_repeated_while_its_document_is_withdrawn_still_cancels() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(cancelled("1"), request_id="c")
    assert log.outcome(cancelled("1"), request_id="c").verdict is Verdict.HELD
    outcomes = log.append(progressed(document_id("1"), CANCELLED)).outcomes
    assert [outcome.verdict for outcome in outcomes] == [Verdict.OK, Verdict.DUPLICATE]
    assert log.line_status("1") == LineStatus.CANCELLED


def test_a_request_for_the_rest_waits_until_the_withdrawal_has_ended_and_is_then_invoiced() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2"))
    log.append(cancelled("1"))
    held = log.outcome(requested("2"))
    assert (held.verdict, held.reason) == (Verdict.HELD, "WITHDRAWING")
    effects = log.append(progressed(document_id("1", "2"), CANCELLED))
    assert [outcome.verdict for outcome in effects.outcomes] == [Verdict.OK, Verdict.OK]
    assert [command.document_id for command in effects.commands] == [document_id("2")]


def test_a_cancellation_that_one_of_two_documents_escapes_cancels_the_rest_and_says_so() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(requested("2"))
    log.append(cancelled("1", "2"))
    log.append(progressed(document_id("1"), CANCELLED))
    (outcome,) = log.append(progressed(document_id("2"), ISSUED)).outcomes
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "PARTLY_CANCELLED")
    assert [error.path for error in outcome.errors] == ["$.body.line_references[1]"]
    assert (log.line_status("1"), log.line_status("2")) == (LineStatus.CANCELLED, LineStatus.INVOICED)


def test_a_cancellation_that_one_document_escapes_is_answered_only_when_all_the_others_have_ended() -> None:
    log = Log()
    log.append(placed())
    for reference in WHOLE:
        log.append(requested(reference))
    log.append(cancelled(*WHOLE))
    log.append(progressed(document_id("1"), CANCELLED))
    assert not log.append(progressed(document_id("2"), ISSUED)).outcomes
    (outcome,) = log.append(progressed(document_id("3"), CANCELLED)).outcomes
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "PARTLY_CANCELLED")
    assert [error.path for error in outcome.errors] == ["$.body.line_references[1]"]
    assert [log.line_status(ref) for ref in WHOLE] == ["CANCELLED", "INVOICED", "CANCELLED"]


def test_an_order_from_before_active_from_is_not_invoiced_by_request_either() -> None:
    log = Log()
    log.policy = policy(active_from=date(2027, 1, 1))
    log.append(placed())
    assert log.outcome(requested("1")).reason == "BEFORE_ACTIVE_FROM"


def test_a_request_that_releases_a_planned_document_brings_its_shipment_along() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    command = log.command(requested(*WHOLE, carrier="Kargo A", dispatch_date=date(2026, 11, 2)))
    assert (command.order.carrier, command.order.dispatch_date) == ("Kargo A", date(2026, 11, 2))


def test_a_request_over_a_part_of_a_planned_document_takes_its_place() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    effects = log.append(requested("1"))
    assert [(status.document_id, status.state) for status in effects.statuses] == [
        (document_id(*WHOLE), CANCELLED),
        (document_id("1"), DocumentState.PLANNED),
        (document_id("2", "3"), DocumentState.PLANNED),
    ]


def test_a_question_about_a_dead_document_is_heard_and_its_lines_wait_for_the_answer() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), REJECTED))
    question = progressed(document_id("1"), DocumentState.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1)
    (status,) = log.append(question).statuses
    assert (status.state, status.attention) == (REJECTED, Attention.NEEDS_REVIEW)
    assert log.outcome(requested("1")).reason == "DOCUMENT_IN_REVIEW"


def test_a_dead_document_that_lives_after_all_takes_its_free_lines_back() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), REJECTED))
    log.append(progressed(document_id("1"), REJECTED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    issued = ReviewDecided(document_id=document_id("1"), revision=1, decision=ReviewAnswer.CONFIRM_ISSUED, number="N1")
    assert log.command(issued).action is Action.REVIEW
    assert log.outcome(requested("1")).reason == "DOCUMENT_IN_REVIEW"
    (status,) = log.append(progressed(document_id("1"), ISSUED, number="N1", review_revision=1)).statuses
    assert (status.state, status.number) == (ISSUED, "N1")
    assert log.line_status("1") == LineStatus.INVOICED


def test_a_dead_document_that_lives_although_its_lines_are_taken_is_raised() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), REJECTED))
    log.append(requested("1"))
    (status,) = log.append(progressed(document_id("1"), ISSUED, number="N1")).statuses
    assert (status.state, status.attention) == (REJECTED, Attention.NEEDS_REVIEW)
    assert [error.code for error in status.errors] == ["LINES_TAKEN"]


def test_late_news_of_an_earlier_state_do_not_trouble_a_legal_document() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id(*WHOLE), ISSUED))
    late = progressed(document_id(*WHOLE), DocumentState.PLANNED, attention=Attention.UNCERTAIN)
    assert not log.append(late).statuses


def test_a_doubt_is_told_also_after_the_provider_has_begun() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id(*WHOLE), DocumentState.PROCESSING))
    doubt = progressed(document_id(*WHOLE), DocumentState.PLANNED, attention=Attention.UNCERTAIN)
    (status,) = log.append(doubt).statuses
    assert (status.state, status.attention) == (DocumentState.PROCESSING, Attention.UNCERTAIN)


def test_what_issuers_say_does_not_count_against_what_others_may_submit() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    document = document_id(*WHOLE)
    for number in range(5):
        attention = Attention.UNCERTAIN if number % 2 else None
        log.append(progressed(document, DocumentState.PLANNED, attention=attention), policy=None)
    assert log.state is not None
    assert (log.state.submitted, log.state.version) == (1, 6)


def test_a_repeated_number_is_news_only_while_it_was_unknown() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    processing = progressed(document_id(*WHOLE), DocumentState.PROCESSING)
    log.append(processing)
    assert len(log.append(replace(processing, number="N1")).statuses) == 1
    assert not log.append(replace(processing, number="N1")).statuses


def test_a_doubt_that_a_frozen_worker_tells_late_does_not_take_a_review_back() -> None:
    log, document = Log(), document_id("1")
    log.append(placed())
    log.append(requested("1"))
    planned = DocumentState.PLANNED
    log.append(progressed(document, planned, attention=Attention.NEEDS_REVIEW, review_revision=1))
    assert log.append(progressed(document, planned, attention=Attention.UNCERTAIN)).statuses == []
    assert log.append(progressed(document, planned)).statuses == []
    (issued,) = log.append(progressed(document, ISSUED, number="EAR1")).statuses
    assert (issued.state, issued.attention) == (ISSUED, None)
