"""The fold: repeats, requests by their ids, what waits, and bounds. What each kind of event does: `rules`."""

from dataclasses import replace
from typing import get_args

import pytest

from app.domain.documents import Attention, DocumentState
from app.domain.field_errors import MOST_ERRORS
from app.domain.orders import HoldExpired, InternalBody, ReviewAnswer, ReviewDecided, SubmittedBody
from app.domain.outcomes import Verdict
from app.domain.policy import RULES_VERSION, Trigger
from app.planning.answers import MOST_ANSWERS
from app.planning.events import INTERNAL
from app.planning.fold import MOST_EVENTS, MOST_REPEATS, RULES, NewerRulesError, fold
from tests.planning.events import Log, cancelled, document_id, line, placed, progressed, requested

PROCESSING = DocumentState.PROCESSING


def test_the_same_event_again_changes_nothing_and_causes_nothing() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    state, effects = fold(log.state, log.events[0])
    assert state is log.state
    assert not (effects.commands or effects.outcomes or effects.statuses or effects.dedupe_entries)


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


def test_what_is_asked_for_another_customer_is_refused_and_changes_nothing() -> None:
    log = Log()
    log.append(placed(customer_number="M-1"))
    refused = log.outcome(requested("1"), customer_number="M-2")
    assert (refused.verdict, refused.reason) == (Verdict.REJECTED, "OTHER_CUSTOMER")
    assert [error.path for error in refused.errors] == ["$.customer_number"]
    assert log.outcome(requested("1"), customer_number="M-1").verdict is Verdict.OK
    assert log.outcome(requested("2")).verdict is Verdict.OK


def test_what_was_held_for_another_customer_is_refused_when_its_order_comes() -> None:
    log = Log()
    assert log.outcome(requested("1"), customer_number="M-2").verdict is Verdict.HELD
    assert log.outcome(requested("2"), customer_number="M-1").verdict is Verdict.HELD
    effects = log.append(placed(customer_number="M-1"))
    assert [(o.event_type, o.verdict, o.reason) for o in effects.outcomes] == [
        ("OrderPlaced", Verdict.OK, None),
        ("InvoiceRequested", Verdict.REJECTED, "OTHER_CUSTOMER"),
        ("InvoiceRequested", Verdict.OK, None),
    ]


def test_an_order_without_a_customer_number_takes_what_is_asked_for_any() -> None:
    log = Log()
    log.append(placed())
    assert log.outcome(requested("1"), customer_number="M-2").verdict is Verdict.OK


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
