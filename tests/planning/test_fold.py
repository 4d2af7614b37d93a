"""What the planner decides, one sentence a test."""

from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState, Evidence
from app.domain.field_errors import MOST_ERRORS
from app.domain.orders import (
    DocumentApproved,
    DocumentOverdue,
    HoldExpired,
    InternalBody,
    LineKind,
    OrderReturned,
    ReturnedLine,
    ReviewAnswer,
    ReviewDecided,
    SubmittedBody,
)
from app.domain.outcomes import Verdict
from app.domain.parties import Address, Buyer, Person
from app.domain.policy import RULES_VERSION, Trigger
from app.planning.answers import MOST_ANSWERS
from app.planning.events import INTERNAL
from app.planning.fold import MOST_EVENTS, MOST_REPEATS, RULES, NewerRulesError, fold
from app.planning.state import LineStatus
from tests.planning.events import START, Log, cancelled, document_id, line, placed, policy, progressed, requested

WHOLE = ("1", "2", "3")
ISSUED, REJECTED, PROCESSING = DocumentState.ISSUED, DocumentState.REJECTED, DocumentState.PROCESSING


def test_an_order_under_order_placed_becomes_one_command_one_entry_and_one_status() -> None:
    effects = Log(Trigger.ORDER_PLACED).append(placed())
    (command,), (entry,), (status,) = effects.commands, effects.dedupe_entries, effects.statuses
    assert (command.action, command.document_id) == (Action.ISSUE, document_id(*WHOLE))
    assert [item.line_reference for item in command.order.lines] == ["1", "2", "3"]
    assert (entry.order_key, entry.document_id) == ("ORNEK/S-1001", command.document_id)
    assert entry.dedupe_key.startswith("nilvera\x1fINVOICE\x1f")
    assert (status.sequence, status.state) == (1, DocumentState.PLANNED)


def test_an_order_under_shipment_is_registered_and_nothing_else() -> None:
    effects = Log().append(placed())
    assert [outcome.verdict for outcome in effects.outcomes] == [Verdict.OK]
    assert not effects.commands


def test_an_order_from_before_active_from_is_registered_and_not_issued() -> None:
    log = Log()
    log.policy = policy(Trigger.ORDER_PLACED, active_from=START.date())
    outcome = log.outcome(placed())
    assert (outcome.verdict, outcome.reason) == (Verdict.OK, "BEFORE_ACTIVE_FROM")
    assert not log.all.commands


def test_the_same_event_again_changes_nothing_and_causes_nothing() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    state, effects = fold(log.state, log.events[0])
    assert state is log.state
    assert not (effects.commands or effects.outcomes or effects.statuses or effects.dedupe_entries)


def test_a_repeated_order_is_answered_with_the_document_that_exists() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id(*WHOLE), ISSUED, number="EAR2026000000001", ettn="x"))
    outcome = log.outcome(placed())
    assert outcome.verdict is Verdict.DUPLICATE
    assert [(d.document_id, d.number, d.state) for d in outcome.documents] == [
        (document_id(*WHOLE), "EAR2026000000001", ISSUED)
    ]
    assert len(log.all.commands) == 1


def test_ten_and_ten_point_zero_are_the_same_order() -> None:
    log = Log()
    log.append(placed(line("1", "10.0")))
    assert log.outcome(placed(line("1", "10.00"))).verdict is Verdict.DUPLICATE


def test_the_same_reference_with_other_content_is_refused() -> None:
    log = Log()
    log.append(placed())
    outcome = log.outcome(placed(line("1", "99.00")))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "CONTENT_CONFLICT")
    assert len(log.state.lines) == 3


def test_every_fault_of_an_order_stands_in_one_list_with_its_path() -> None:
    buyer = Buyer(
        name="Deneme", tax_number="1234567891", address=Address(street="Sokak 1", district="Merkez", city="Ankara")
    )
    bad = placed(
        line("1", "-5"),
        line("1", quantity=Decimal(0)),
        line("3", vat_rate=Decimal(0)),
        line("4", "5", kind=LineKind.DISCOUNT),
        currency="EUR",
    )
    outcome = Log().outcome(bad, person=Person(buyer=buyer))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "CONTENT_INVALID")
    assert {(error.path, error.code) for error in outcome.errors} == {
        ("$.body.exchange_rate", "EXCHANGE_RATE_REQUIRED"),
        ("$.body.lines[0].unit_price", "PRICE_NEGATIVE"),
        ("$.body.lines[1].line_reference", "DUPLICATE_LINE_REFERENCE"),
        ("$.body.lines[1].quantity", "QUANTITY_NOT_POSITIVE"),
        ("$.body.lines[2].vat_exemption_code", "VAT_EXEMPTION_REQUIRED"),
        ("$.body.lines[3].unit_price", "DISCOUNT_NOT_NEGATIVE"),
        ("$.person.buyer.tax_number", "TAX_NUMBER_INVALID"),
    }


@pytest.mark.parametrize("year", [1970, 2999])
def test_an_order_date_that_no_invoice_can_bear_is_refused(year: int) -> None:
    outcome = Log().outcome(replace(placed(), order_date=placed().order_date.replace(year=year)))
    assert [error.code for error in outcome.errors] == ["DATE_OUT_OF_RANGE"]


def test_an_order_that_was_refused_may_come_again_corrected() -> None:
    log = Log()
    assert log.outcome(placed(line("1", "-5"))).verdict is Verdict.REJECTED
    assert log.outcome(placed(line("1", "5"))).verdict is Verdict.OK


# --- invoices ------------------------------------------------


def test_each_shipment_becomes_its_own_document() -> None:
    log = Log()
    log.append(placed())
    first = log.command(requested("1", "2", shipment_reference="P1", carrier="Kargo A"))
    second = log.command(requested("3", shipment_reference="P2"))
    assert [item.line_reference for item in first.order.lines] == ["1", "2"]
    assert first.order.carrier == "Kargo A"
    assert first.document_id != second.document_id


def test_a_repeated_request_is_answered_with_its_document_whatever_the_sequence_of_lines() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2", shipment_reference="P1"))
    outcome = log.outcome(requested("2", "1", shipment_reference="P1"))
    assert outcome.verdict is Verdict.DUPLICATE
    assert [document.document_id for document in outcome.documents] == [document_id("1", "2")]


def test_a_line_is_never_claimed_twice() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2"))
    outcome = log.outcome(requested("2", "3"))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "LINE_CLAIMED")
    assert [error.path for error in outcome.errors] == ["$.body.line_references[0]"]
    assert log.line_status("3") == LineStatus.OPEN


def test_a_shipment_reference_cannot_come_back_with_other_lines() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", shipment_reference="P1"))
    assert log.outcome(requested("2", shipment_reference="P1")).reason == "CONTENT_CONFLICT"


def test_unknown_and_repeated_lines_are_refused_together() -> None:
    log = Log()
    log.append(placed())
    outcome = log.outcome(requested("1", "1", "9"))
    assert [error.code for error in outcome.errors] == ["DUPLICATE_LINE_REFERENCE", "UNKNOWN_LINE"]


def test_lines_that_come_to_nothing_are_not_invoiced() -> None:
    log = Log()
    log.append(placed(line("1"), line("2", "-10", kind=LineKind.DISCOUNT)))
    assert log.outcome(requested("2")).reason == "NOTHING_TO_INVOICE"


def test_a_request_over_the_whole_order_finds_the_document_of_order_placed_even_after_a_change_of_provider() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.policy = policy(Trigger.SHIPMENT, provider="testbook")
    outcome = log.outcome(requested(*WHOLE))
    assert outcome.verdict is Verdict.DUPLICATE
    assert [document.provider for document in outcome.documents] == ["nilvera"]
    assert len(log.all.commands) == 1


def test_after_a_rejected_document_a_new_request_is_a_new_try_with_a_new_identity() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), REJECTED))
    assert log.line_status("1") == LineStatus.OPEN
    assert log.command(requested("1")).document_id == document_id("1", attempt=1)


def test_a_repeated_order_after_rejection_is_a_new_try_only_under_a_new_request_id() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed(), request_id="a")
    log.append(progressed(document_id(*WHOLE), REJECTED))
    assert log.outcome(placed()).verdict is Verdict.DUPLICATE
    assert log.outcome(placed(), request_id="a").verdict is Verdict.DUPLICATE
    assert log.command(placed(), request_id="b").document_id == document_id(*WHOLE, attempt=1)


def test_a_repeated_order_is_no_new_try_while_the_rejected_document_may_live() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id(*WHOLE), REJECTED))
    log.append(progressed(document_id(*WHOLE), REJECTED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    effects = log.append(placed(), request_id="b")
    assert ([o.verdict for o in effects.outcomes], effects.commands) == ([Verdict.DUPLICATE], [])


# --- request ids ------------------------------------------------


def test_a_request_id_gives_the_stored_answer_to_the_same_content() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"), request_id="r1")
    outcome = log.outcome(requested("1"), request_id="r1")
    assert (outcome.verdict, len(outcome.documents)) == (Verdict.DUPLICATE, 1)


def test_a_request_id_with_other_content_is_refused_and_keeps_its_first_answer() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"), request_id="r1")
    assert log.outcome(requested("2"), request_id="r1").reason == "CONTENT_CONFLICT"
    assert log.outcome(requested("1"), request_id="r1").verdict is Verdict.DUPLICATE


def test_a_request_id_may_come_back_corrected_after_a_refusal() -> None:
    log = Log()
    log.append(placed())
    assert log.outcome(requested("9"), request_id="r1").verdict is Verdict.REJECTED
    assert log.outcome(requested("1"), request_id="r1").verdict is Verdict.OK


# --- approval ------------------------------------------------


def test_a_manual_order_waits_for_approval_and_goes_once() -> None:
    log = Log(Trigger.MANUAL)
    (status,) = log.append(placed()).statuses
    assert status.attention is Attention.AWAITING_APPROVAL
    assert not log.all.commands
    approval = DocumentApproved(document_id=document_id(*WHOLE))
    assert log.command(approval, actor="ayse").action is Action.ISSUE
    again = log.outcome(approval)
    assert (again.verdict, again.reason) == (Verdict.DUPLICATE, "NOT_AWAITING_APPROVAL")
    assert len(log.all.commands) == 1


def test_an_approval_of_a_document_of_another_order_is_refused() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    assert log.outcome(DocumentApproved(document_id=document_id("7"))).reason == "UNKNOWN_DOCUMENT"


# --- cancelling ------------------------------------------------


def test_open_lines_are_cancelled_and_can_never_be_invoiced() -> None:
    log = Log()
    log.append(placed())
    assert log.outcome(cancelled("1")).verdict is Verdict.OK
    assert log.outcome(cancelled("1")).verdict is Verdict.DUPLICATE
    assert log.outcome(requested("1", "2")).reason == "LINE_CANCELLED"


def test_an_invoiced_line_is_not_cancelled() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), ISSUED))
    assert log.outcome(cancelled("1")).reason == "LINE_INVOICED"


def test_cancelling_a_claimed_line_withdraws_its_document_first() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2"))
    effects = log.append(cancelled("1"))
    assert [command.action for command in effects.commands] == [Action.WITHDRAW]
    assert [(o.verdict, o.reason) for o in effects.outcomes] == [(Verdict.HELD, "WITHDRAWING")]
    effects = log.append(progressed(document_id("1", "2"), DocumentState.CANCELLED))
    assert [(o.verdict, o.event_type) for o in effects.outcomes] == [(Verdict.OK, "LinesCancelled")]
    assert (log.line_status("1"), log.line_status("2")) == (LineStatus.CANCELLED, LineStatus.OPEN)


def test_a_withdrawal_that_comes_too_late_refuses_the_cancellation() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(cancelled("1"))
    effects = log.append(progressed(document_id("1"), ISSUED))
    assert [(o.verdict, o.reason) for o in effects.outcomes] == [(Verdict.REJECTED, "LINE_INVOICED")]


def test_a_cancellation_over_two_documents_is_held_once_and_answered_once() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(requested("2"))
    log.append(cancelled("1", "2"))
    assert not log.append(progressed(document_id("1"), DocumentState.CANCELLED)).outcomes
    effects = log.append(progressed(document_id("2"), DocumentState.CANCELLED))
    assert [outcome.verdict for outcome in effects.outcomes] == [Verdict.OK]
    withdrawals = [command for command in log.all.commands if command.action is Action.WITHDRAW]
    assert len({command.command_id for command in withdrawals}) == len(withdrawals) == 2


def test_a_document_that_waits_for_approval_is_withdrawn_without_asking_anybody() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    effects = log.append(cancelled("1"))
    assert not effects.commands
    assert [(status.state, status.attention, status.lines) for status in effects.statuses] == [
        (DocumentState.CANCELLED, None, WHOLE),
        (DocumentState.PLANNED, Attention.AWAITING_APPROVAL, ("2", "3")),
    ]


# --- held ------------------------------------------------


def test_a_request_that_overtakes_its_order_is_held_and_released_by_it() -> None:
    log = Log()
    held = log.outcome(requested("1"))
    assert (held.verdict, held.reason) == (Verdict.HELD, "ORDER_NOT_ARRIVED")
    effects = log.append(placed())
    assert [(o.event_type, o.verdict) for o in effects.outcomes] == [
        ("OrderPlaced", Verdict.OK),
        ("InvoiceRequested", Verdict.OK),
    ]
    assert len(effects.commands) == 1


def test_held_events_are_decided_in_the_order_they_came() -> None:
    log = Log()
    log.append(cancelled("1"))
    log.append(requested("1", "2"))
    outcomes = log.append(placed()).outcomes
    assert [(o.event_type, o.reason) for o in outcomes] == [
        ("LinesCancelled", None),
        ("OrderPlaced", None),
        ("InvoiceRequested", "LINE_CANCELLED"),
    ]


def test_a_hold_that_expires_ends_in_order_not_found_and_expires_once() -> None:
    log = Log()
    event_id = log.outcome(requested("1")).event_id
    (outcome,) = log.append(HoldExpired(event_ids=(event_id,)), policy=None).outcomes
    assert (outcome.event_id, outcome.reason) == (event_id, "ORDER_NOT_FOUND")
    assert not log.append(HoldExpired(event_ids=(event_id,)), policy=None).outcomes
    assert len(log.append(placed()).outcomes) == 1


def test_a_return_is_answered_and_not_taken() -> None:
    body = OrderReturned(
        return_reference="R1",
        return_date=placed().order_date,
        lines=(ReturnedLine(line_reference="1", quantity=Decimal(1)),),
    )
    assert Log().outcome(body).reason == "RETURNS_NOT_ACTIVE"


# --- progress ------------------------------------------------


def test_status_events_are_numbered_without_a_gap_and_regressions_are_dropped() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    document = document_id(*WHOLE)
    log.append(progressed(document, PROCESSING))
    log.append(progressed(document, ISSUED, number="EAR2026000000001"))
    log.append(progressed(document, PROCESSING))
    log.append(progressed(document, ISSUED))
    assert [(s.sequence, s.state) for s in log.all.statuses] == [
        (1, DocumentState.PLANNED),
        (2, PROCESSING),
        (3, ISSUED),
    ]
    assert log.all.statuses[-1].number == "EAR2026000000001"


def test_attention_stands_beside_the_state() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    evidence = (Evidence(at=START, what="sent"),)
    (status,) = log.append(
        progressed(document_id(*WHOLE), DocumentState.PLANNED, attention=Attention.UNCERTAIN, evidence=evidence)
    ).statuses
    assert (status.state, status.attention, status.evidence) == (
        DocumentState.PLANNED,
        Attention.UNCERTAIN,
        evidence,
    )
    (status,) = log.append(progressed(document_id(*WHOLE), ISSUED)).statuses
    assert status.attention is None


def _in_review() -> Log:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(
        progressed(document_id(*WHOLE), DocumentState.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1)
    )
    return log


def test_the_first_decision_on_a_review_goes_to_the_issuer_and_counts() -> None:
    log = _in_review()
    absent = ReviewDecided(document_id=document_id(*WHOLE), revision=1, decision=ReviewAnswer.CONFIRM_ABSENT)
    command = log.command(absent, actor="ayse")
    assert (command.action, command.review.decision, command.review.actor) == (
        Action.REVIEW,
        ReviewAnswer.CONFIRM_ABSENT,
        "ayse",
    )
    assert log.outcome(absent).verdict is Verdict.DUPLICATE
    assert log.outcome(replace(absent, decision=ReviewAnswer.REJECT)).reason == "REVIEW_DECIDED"


def test_a_second_review_of_a_document_is_decided_by_itself() -> None:
    log = _in_review()
    absent = ReviewDecided(document_id=document_id(*WHOLE), revision=1, decision=ReviewAnswer.CONFIRM_ABSENT)
    log.append(absent)
    log.append(
        progressed(document_id(*WHOLE), DocumentState.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=2)
    )
    assert log.outcome(absent).reason == "NO_SUCH_REVIEW"
    assert log.command(replace(absent, revision=2)).revision == 2


def test_confirming_as_issued_needs_the_number() -> None:
    body = ReviewDecided(document_id=document_id(*WHOLE), revision=1, decision=ReviewAnswer.CONFIRM_ISSUED)
    assert _in_review().outcome(body).reason == "NUMBER_REQUIRED"


def test_a_document_without_news_is_raised_once() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    overdue = DocumentOverdue(document_id=document_id(*WHOLE), sequence=1)
    (status,) = log.append(overdue, policy=None).statuses
    assert status.attention is Attention.OVERDUE
    assert not log.append(overdue, policy=None).statuses


def test_an_overdue_that_was_overtaken_by_news_says_nothing() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id(*WHOLE), PROCESSING))
    assert not log.append(DocumentOverdue(document_id=document_id(*WHOLE), sequence=1), policy=None).statuses


# --- bounds and faults ------------------------------------------------


def test_a_newer_rules_version_is_not_folded() -> None:
    log = Log()
    event = replace(log.event(placed()), rules_version=RULES_VERSION + 1)
    with pytest.raises(NewerRulesError):
        fold(None, event)


def test_an_upstream_that_repeats_itself_shuts_nobody_out() -> None:
    log = Log()
    log.append(placed())
    for _ in range(MOST_REPEATS):
        assert log.outcome(placed()).verdict is Verdict.DUPLICATE
    before = log.state
    assert log.outcome(placed()).verdict is Verdict.DUPLICATE
    assert log.state is before
    assert log.outcome(requested("1")).verdict is Verdict.OK


def test_refusals_do_not_use_up_an_order() -> None:
    log = Log()
    for number in range(MOST_EVENTS + 1):
        log.append(placed(line("1", "-5")), request_id=f"try-{number}")
    assert log.outcome(placed(line("1", "5"))).verdict is Verdict.OK


def _at_its_bound() -> Log:
    """Upstream has changed the order as often as it may; its last document waits for a person."""
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    question = progressed(document_id("1"), PROCESSING, attention=Attention.NEEDS_REVIEW, review_revision=1)
    log.append(question)
    log.state = replace(log.state, submitted=MOST_EVENTS)
    return log


def test_what_upstream_changes_has_a_bound_and_what_it_repeats_has_none() -> None:
    log = _at_its_bound()
    assert log.outcome(requested("2")).reason == "TOO_MANY_EVENTS"
    assert log.outcome(requested("1")).verdict is Verdict.DUPLICATE


def test_a_person_can_act_when_upstream_cannot_any_more() -> None:
    log = _at_its_bound()
    decided = ReviewDecided(document_id=document_id("1"), revision=1, decision=ReviewAnswer.CONFIRM_ABSENT)
    assert log.outcome(decided).verdict is Verdict.OK
    assert log.outcome(cancelled("2"), actor="ayse").verdict is Verdict.OK
    log.state = replace(log.state, submitted=2 * MOST_EVENTS)
    assert log.outcome(cancelled("3"), actor="ayse").reason == "TOO_MANY_EVENTS"


def test_an_event_that_was_refused_for_the_bound_is_answered_once() -> None:
    log = _at_its_bound()
    log.append(requested("2"))
    state, effects = fold(log.state, log.events[-1])
    assert (state, effects.outcomes) == (log.state, [])


def test_of_a_refusals_errors_the_first_few_are_remembered() -> None:
    log = Log()
    wrong = placed(*(line(str(number), "-5") for number in range(600)))
    outcome = log.outcome(wrong, request_id="r")
    assert (len(outcome.errors), outcome.errors[-1].message) == (MOST_ERRORS + 1, "100 more errors are not listed")
    repeated = log.outcome(wrong, request_id="r")
    assert [error.code for error in repeated.errors] == ["PRICE_NEGATIVE"] * 3 + ["MORE_ERRORS"]
    assert outcome.event_id in repeated.errors[-1].message


def test_the_oldest_refusal_makes_room_for_the_next_answer() -> None:
    log = Log()
    log.append(placed(), request_id="order")
    for number in range(MOST_ANSWERS + 10):
        log.append(requested("9"), request_id=f"try-{number}")
    assert len(log.state.answers) == MOST_ANSWERS
    assert {"order", f"try-{MOST_ANSWERS + 9}"} <= log.state.answers.keys()


def test_every_kind_of_event_has_its_rule() -> None:
    assert set(get_args(SubmittedBody)) | set(INTERNAL) == set(RULES)
    assert get_args(InternalBody) == INTERNAL
