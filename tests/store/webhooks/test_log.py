"""The log of deliveries: paged, sent again, and bounded."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.store import DeliveryState
from app.store.webhooks import log
from app.store.webhooks.tables import webhook_events
from tests.webhooks.queued import BROKEN, OK, Queued, event_of

WAITING, DELIVERED = DeliveryState.WAITING, DeliveryState.DELIVERED


def delivered(known: Queued, number: int) -> str:
    endpoint = known.add()
    known.put(endpoint, *(event_of(f"d{each}", 1) for each in range(number)))
    while known.queue.due_endpoints():
        known.answer(endpoint, OK)
    return endpoint


def events(known: Queued) -> int:
    with known.queue.reading() as transaction:
        return transaction.execute(select(func.count()).select_from(webhook_events)).scalar_one()


def test_a_redelivery_is_a_new_delivery_of_the_same_event_and_the_old_one_stays(known: Queued) -> None:
    endpoint = delivered(known, 1)
    (old,) = known.deliveries(endpoint)
    known.clock.later(days=1)
    made = known.log.redeliver(endpoint, old.delivery_id, actor="mehmet")
    assert made is not None
    assert (made.event_id, made.copy, made.asked_by, made.state) == (old.event_id, 1, "mehmet", WAITING)
    (claimed,) = known.claim(endpoint)
    assert (claimed.event_id, claimed.delivery_id) == (old.event_id, made.delivery_id)
    known.queue.finish(claimed, OK)
    assert known.deliveries(endpoint)[0] == old
    assert known.states(endpoint) == [DELIVERED, DELIVERED]


def test_what_waits_still_is_not_sent_twice(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1))
    known.answer(endpoint, BROKEN)
    (waiting,) = known.deliveries(endpoint)
    assert known.log.redeliver(endpoint, waiting.delivery_id, actor="mehmet") == waiting
    assert known.states(endpoint) == [WAITING]


def test_a_redelivery_comes_behind_what_its_document_has_waiting(known: Queued) -> None:
    endpoint = delivered(known, 1)
    known.put(endpoint, event_of("d0", 2))
    known.log.redeliver(endpoint, known.deliveries(endpoint)[0].delivery_id, actor="mehmet")
    (claimed,) = known.claim(endpoint)
    assert claimed.event_id == "d0-2-document.issued"


def test_a_delivery_of_another_endpoint_is_not_found(known: Queued) -> None:
    endpoint, other = delivered(known, 1), known.add()
    assert known.log.redeliver(other, known.deliveries(endpoint)[0].delivery_id, actor="mehmet") is None


def test_the_log_is_paged_from_the_latest_on(known: Queued) -> None:
    endpoint = delivered(known, 5)
    first = known.log.page(endpoint, limit=2)
    second = known.log.page(endpoint, limit=2, before=first[-1].delivery_id)
    assert [each.lane for each in (*first, *second)] == ["d4", "d3", "d2", "d1"]
    assert known.log.page(endpoint, state=WAITING) == ()


def test_a_trial_goes_to_an_endpoint_that_wants_no_such_type(known: Queued) -> None:
    endpoint = known.add("https://shop.example/", "document.issued")
    made = known.log.put(endpoint, event_of("test", 1, kind="webhook.test"))
    assert made is not None
    (claimed,) = known.claim(endpoint)
    assert claimed.delivery_id == made.delivery_id
    assert known.log.put("no such endpoint", event_of("test", 1)) is None


def test_what_has_ended_a_month_ago_is_deleted_with_its_event(known: Queued) -> None:
    endpoint = delivered(known, 3)
    known.clock.later(days=29)
    known.put(endpoint, event_of("new", 1))
    assert known.log.prune() == 0
    known.clock.later(days=2)
    assert known.log.prune() == 3
    assert known.log.prune() == 0
    assert [each.lane for each in known.deliveries(endpoint)] == ["new"]
    assert events(known) == 1


def test_of_a_busy_endpoint_fewer_days_are_kept_and_all_that_waits(
    known: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MOST_KEPT", 2)
    endpoint = delivered(known, 5)
    known.put(endpoint, *(event_of(f"new {each}", 1) for each in range(4)))
    while known.log.prune():
        pass
    assert known.states(endpoint) == [DELIVERED] * 2 + [WAITING] * 4


def test_an_event_that_another_endpoint_still_has_is_kept(known: Queued) -> None:
    done, waiting = delivered(known, 1), known.add()
    known.put(waiting, event_of("d0", 1))
    known.clock.later(days=31)
    assert known.log.prune() == 1
    assert (known.deliveries(done), len(known.claim(waiting))) == ([], 1)
