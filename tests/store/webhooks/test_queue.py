"""What is due, for whom, and in which order; and what an attempt does to what comes after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.store import DeliveryState, EndpointState
from app.store.webhooks.queue import CLAIMED_FOR
from app.store.webhooks.schedule import FAILED_FOR_DAYS, FAILING, Answer
from tests.webhooks.queued import BROKEN, NOW, OK, Queued, event_of

WAITING, DELIVERED, GIVEN_UP = DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.GIVEN_UP


def sent(known: Queued, endpoint: str, most: int = 4) -> list[str]:
    return [claimed.event_id for claimed in known.claim(endpoint, most)]


def test_an_event_is_due_at_once_with_the_bytes_that_were_put(known: Queued) -> None:
    endpoint = known.add()
    event = event_of("d1", 1)
    known.put(endpoint, event)
    assert known.queue.due_endpoints() == (endpoint,)
    (claimed,) = known.claim(endpoint)
    assert (claimed.event_id, claimed.body, claimed.attempt) == (event.event_id, event.body, 1)
    assert claimed.secrets == (known.secrets[endpoint],)


def test_the_same_event_put_twice_is_one_delivery(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1), event_of("d1", 1))
    known.put(endpoint, event_of("d1", 1))
    assert known.states(endpoint) == [WAITING]


def test_a_later_status_of_a_document_waits_until_the_earlier_one_is_accepted(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1), event_of("d1", 2), event_of("d2", 1))
    first, other = known.claim(endpoint)
    assert (first.event_id, other.event_id) == ("d1-1-document.issued", "d2-1-document.issued")
    assert known.claim(endpoint) == []
    known.queue.finish(first, OK)
    assert sent(known, endpoint) == ["d1-2-document.issued"]


def test_a_status_that_comes_while_an_earlier_one_is_under_way_waits_for_it(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1))
    (first,) = known.claim(endpoint)
    known.put(endpoint, event_of("d1", 2))
    assert known.claim(endpoint) == []
    known.queue.finish(first, BROKEN)
    assert known.claim(endpoint) == []
    known.clock.later(seconds=5)
    assert sent(known, endpoint) == ["d1-1-document.issued"]


def test_a_later_status_follows_one_that_was_given_up(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1), event_of("d1", 2))
    known.answer(endpoint, BROKEN)
    known.clock.later(days=3, minutes=1)
    known.put(endpoint, event_of("d2", 1))
    known.queue.finish(known.claim(endpoint)[-1], OK)
    known.clock.later(seconds=61)
    known.answer(endpoint, BROKEN)
    assert known.states(endpoint) == [GIVEN_UP, WAITING, DELIVERED]
    assert sent(known, endpoint) == ["d1-2-document.issued"]


def test_what_one_endpoint_does_is_nothing_to_another(known: Queued) -> None:
    dead, alive = known.add("https://dead.example/"), known.add()
    for endpoint in (dead, alive):
        known.put(endpoint, *(event_of(f"d{number}", 1) for number in range(10)))
    while known.endpoint(dead).failures < FAILING:
        known.answer(dead, BROKEN)
        known.clock.later(seconds=5)
    assert alive in known.queue.due_endpoints()
    while alive in known.queue.due_endpoints():
        known.answer(alive, OK)
    assert set(known.states(alive)) == {DELIVERED}
    assert known.endpoint(alive).failures == 0


def test_a_claim_of_a_process_that_has_died_runs_out_and_the_event_has_the_same_id(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1))
    (lost,) = known.claim(endpoint)
    assert known.claim(endpoint) == []
    known.clock.now += CLAIMED_FOR
    (again,) = known.claim(endpoint)
    assert (again.event_id, again.attempt) == (lost.event_id, 2)


def test_a_process_whose_claim_has_run_out_writes_nothing_down(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1))
    (lost,) = known.claim(endpoint)
    known.clock.now += CLAIMED_FOR
    (again,) = known.claim(endpoint)
    assert known.queue.finish(lost, BROKEN) is None
    assert known.endpoint(endpoint).failures == 0
    assert known.queue.finish(again, OK) is not None
    assert known.states(endpoint) == [DELIVERED]


def test_an_endpoint_that_fails_is_tried_by_one_delivery_at_a_time(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, *(event_of(f"d{number}", 1) for number in range(FAILING + 3)))
    for claimed in known.claim(endpoint, FAILING):
        known.queue.finish(claimed, BROKEN)
    assert known.queue.due_endpoints() == ()
    known.clock.later(seconds=10)
    assert known.queue.due_endpoints() == (endpoint,)
    assert len(known.claim(endpoint)) == 1
    assert known.claim(endpoint, under_way=1) == []


def test_all_that_waits_because_of_failures_is_sent_once_one_is_accepted(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, *(event_of(f"d{number}", 1) for number in range(FAILING)))
    for hours in (0, 1, 2, 4):
        known.clock.later(hours=hours)
        known.answer(endpoint, BROKEN, FAILING)
    assert known.endpoint(endpoint).failures >= FAILING
    known.clock.later(hours=11)
    known.answer(endpoint, OK, 1)
    assert len(known.claim(endpoint, FAILING)) == FAILING - 1


def test_events_that_are_never_accepted_are_given_up_while_others_are_accepted(known: Queued) -> None:
    """However often they make the endpoint look as if it failed."""
    endpoint = known.add()
    bad = [f"bad {number}" for number in range(FAILING + 1)]
    known.put(endpoint, *(event_of(lane, 1) for lane in bad))
    calls = 0
    for hour in range(24 * 4):
        known.put(endpoint, event_of(f"good {hour}", 1))
        for _ in range(30):
            for claimed in known.claim(endpoint):
                is_bad = claimed.event_id.startswith("bad")
                calls += is_bad
                known.queue.finish(claimed, BROKEN if is_bad else OK)
            known.clock.later(minutes=2)
    states = {each.lane: each.state for each in known.deliveries(endpoint)}
    assert {states[lane] for lane in bad} == {GIVEN_UP}
    assert {state for lane, state in states.items() if lane not in bad} == {DELIVERED}
    assert calls <= 100 * len(bad)


def test_an_endpoint_that_accepts_nothing_for_three_days_is_paused_and_nothing_of_it_is_lost(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, *(event_of(f"d{number}", 1) for number in range(3)))
    paused: list[str] = []
    while not paused:
        paused = [each.paused for each in known.answer(endpoint, BROKEN) if each is not None and each.paused]
        known.clock.later(hours=1)
    assert paused == [FAILED_FOR_DAYS]
    assert timedelta(days=3) <= known.clock.now - NOW <= timedelta(days=4)
    assert known.endpoint(endpoint).state is EndpointState.PAUSED
    assert known.states(endpoint) == [WAITING] * 3
    known.clock.later(days=100)
    assert known.queue.due_endpoints() == ()
    assert known.claim(endpoint) == []


def test_what_waited_for_a_paused_endpoint_has_three_new_days_when_it_is_resumed(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1), event_of("d1", 2))
    known.answer(endpoint, BROKEN)
    known.clock.later(days=3)
    known.answer(endpoint, BROKEN)
    assert known.endpoint(endpoint).state is EndpointState.PAUSED
    assert known.store.webhook_endpoints().resume(endpoint, actor="ayşe")
    known.answer(endpoint, BROKEN)
    assert known.states(endpoint) == [WAITING, WAITING]
    known.clock.later(seconds=5)
    known.answer(endpoint, OK)
    known.answer(endpoint, OK)
    assert known.states(endpoint) == [DELIVERED, DELIVERED]


def test_a_receiver_that_is_gone_is_paused_at_once(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1))
    known.answer(endpoint, Answer(status=410, text="no more"))
    found = known.endpoint(endpoint)
    assert (found.state, found.paused_why) == (EndpointState.PAUSED, "the receiver answered 410 Gone")


def test_a_call_that_ends_after_its_endpoint_was_paused_is_written_down(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1))
    (claimed,) = known.claim(endpoint)
    known.store.webhook_endpoints().pause(endpoint, actor="ayşe", why=None)
    known.queue.finish(claimed, OK)
    assert known.states(endpoint) == [DELIVERED]


def test_while_two_secrets_are_valid_both_sign(known: Queued) -> None:
    endpoint = known.add()
    made = known.store.webhook_endpoints().rotate(endpoint, actor="ayşe")
    assert made is not None
    known.put(endpoint, event_of("d1", 1))
    (claimed,) = known.claim(endpoint)
    assert claimed.secrets == (made.secret, known.secrets[endpoint])
    known.queue.finish(claimed, BROKEN)
    known.clock.later(hours=24)
    (later,) = known.claim(endpoint)
    assert later.secrets == (made.secret,)


def test_a_secret_is_shown_in_no_text_of_what_bears_it(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1))
    (claimed,) = known.claim(endpoint)
    assert known.secrets[endpoint] not in repr(claimed)


@pytest.mark.parametrize("answer", [Answer(status=500, text="x" * 9000), Answer(status=None, text="no answer")])
def test_what_was_answered_is_kept_in_its_first_words(known: Queued, answer: Answer) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1))
    known.answer(endpoint, answer)
    (found,) = known.deliveries(endpoint)
    assert (found.last_status, found.last_answer) == (answer.status, answer.text[:1000])
    assert (found.attempts, found.due) == (1, NOW + timedelta(seconds=5))
