"""From topics to the queue: for whom, from when on, once, and bounded while an endpoint is dead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.documents import DocumentState
from app.following.errors import LogChangedError, ReplacedError
from app.store import DeliveryState
from app.store.webhooks.tables import webhook_deliveries, webhook_events, webhook_offsets
from app.stream.ownership.exits import LOG_CHANGED
from app.webhooks import enqueuing
from app.webhooks.enqueuing import TOGETHER, Enqueuer, forget_places, ready_to_catch_up
from tests.webhooks.queued import BROKEN, NOW, OK, SHOP, Queued
from tests.webhooks.topics import CODEC, NOTICES, OUTCOMES, STATUSES, TOPICS, FakeTopics, outcome_of, status_of

MOST = 10


def begun(known: Queued, topics: FakeTopics, reader: str = TOGETHER) -> Enqueuer:
    made = Enqueuer(known.queue, TOPICS, CODEC, known.clock, reader=reader, most_waiting=MOST)
    made.begin(topics.logs())
    return made


def follow(known: Queued, topics: FakeTopics, reader: str = TOGETHER, *, batch: int = 500) -> bool:
    """Until there is nothing new, or the reader may go no further."""
    enqueuer = Enqueuer(known.queue, TOPICS, CODEC, known.clock, reader=reader, most_waiting=MOST)
    places = enqueuer.begin(topics.logs())
    while records := topics.from_on(places, batch):
        if not enqueuer.apply(records):
            return False
        places |= {(record.topic, 0): record.offset + 1 for record in records}
    return enqueuer.apply([])


def lanes(known: Queued, endpoint: str) -> list[str]:
    return [each.lane for each in known.deliveries(endpoint)]


def write_many(topics: FakeTopics, number: int, *, first: int = 0) -> None:
    for each in range(first, first + number):
        topics.write(STATUSES, status_of(f"d{each}", 1))


def rows(known: Queued, table: Any) -> int:
    with known.queue.reading() as transaction:
        return transaction.execute(select(func.count()).select_from(table)).scalar_one()


def deliver(known: Queued, endpoint: str) -> None:
    while endpoint in known.queue.due_endpoints():
        known.answer(endpoint, OK)


def test_each_endpoint_gets_what_it_asked_for(known: Queued) -> None:
    topics = FakeTopics()
    everything, issued = known.add(), known.add("https://shop.example/i", "document.issued")
    other = known.add(business="OTHER")
    topics.write(STATUSES, status_of("d1", 1, DocumentState.PLANNED))
    topics.write(STATUSES, status_of("d1", 2))
    topics.write(OUTCOMES, outcome_of("e-1"))
    follow(known, topics)
    assert sorted(lanes(known, everything)) == [f"{SHOP}/S-1", "d1", "d1"]
    assert [each.type for each in known.deliveries(issued)] == ["document.issued"]
    assert known.deliveries(other) == []
    assert rows(known, webhook_events) == 3


def test_a_documents_events_are_queued_in_its_sequence(known: Queued) -> None:
    endpoint, topics = known.add(), FakeTopics()
    for sequence in range(1, 6):
        topics.write(STATUSES, status_of("d1", sequence))
    follow(known, topics, batch=2)
    sent = []
    while endpoint in known.queue.due_endpoints():
        (claimed,) = known.claim(endpoint)
        sent.append(claimed.body)
        known.queue.finish(claimed, OK)
    assert sent == sorted(sent)
    assert len(sent) == 5


def test_without_an_endpoint_nothing_is_kept(known: Queued) -> None:
    topics = FakeTopics()
    write_many(topics, 5)
    follow(known, topics)
    assert rows(known, webhook_events) == 0


def test_an_endpoint_is_told_of_nothing_that_was_written_long_before_it_was_added(known: Queued) -> None:
    topics = FakeTopics()
    topics.write(STATUSES, status_of("d1", 1), at=NOW - timedelta(hours=1))
    topics.write(STATUSES, status_of("d2", 1), at=NOW + timedelta(seconds=1))
    endpoint = known.add()
    follow(known, topics)
    assert lanes(known, endpoint) == ["d2"]


def test_a_broker_whose_clock_is_behind_loses_a_new_endpoint_nothing(known: Queued) -> None:
    topics, endpoint = FakeTopics(), known.add()
    topics.write(STATUSES, status_of("d1", 1), at=NOW - timedelta(seconds=50))
    follow(known, topics)
    assert lanes(known, endpoint) == ["d1"]


def test_what_is_read_again_is_queued_once(known: Queued) -> None:
    endpoint, topics = known.add(), FakeTopics()
    write_many(topics, 3)
    follow(known, topics)
    deliver(known, endpoint)
    forget_places(known.queue)
    follow(known, topics)
    assert known.states(endpoint) == [DeliveryState.DELIVERED] * 3


def test_a_worker_goes_on_where_the_one_before_has_left_off(known: Queued) -> None:
    endpoint, topics = known.add(), FakeTopics()
    write_many(topics, 3)
    follow(known, topics)
    write_many(topics, 2, first=3)
    assert begun(known, topics).begin(topics.logs())[STATUSES, 0] == 3
    follow(known, topics)
    assert lanes(known, endpoint) == ["d0", "d1", "d2", "d3", "d4"]


def test_of_two_workers_one_leaves(known: Queued) -> None:
    known.add()
    topics = FakeTopics()
    write_many(topics, 1)
    first, second = begun(known, topics), begun(known, topics)
    records = topics.from_on({(topic, 0): 0 for topic in (STATUSES, OUTCOMES, NOTICES)})
    first.apply(records)
    with pytest.raises(ReplacedError, match="one `faturaflow worker webhooks`"):
        second.apply(records)


def test_a_topic_that_was_made_anew_ends_the_worker(known: Queued) -> None:
    topics = FakeTopics()
    begun(known, topics)
    topics.topic_id = "second"
    with pytest.raises(LogChangedError, match="allow-fresh-group") as ended:
        begun(known, topics)
    assert ended.value.code == LOG_CHANGED


def test_a_record_that_cannot_be_read_holds_nothing_up(known: Queued) -> None:
    endpoint, topics = known.add(), FakeTopics()
    topics.write(STATUSES, b"{")
    write_many(topics, 1)
    follow(known, topics)
    assert lanes(known, endpoint) == ["d0"]


def test_while_an_endpoint_is_dead_its_rows_are_bounded_and_others_are_told(known: Queued) -> None:
    dead, alive, topics = known.add("https://dead.example/"), known.add(), FakeTopics()
    for hour in range(72):
        write_many(topics, 5, first=hour * 5)
        follow(known, topics, batch=5)
        known.answer(dead, BROKEN)
        deliver(known, alive)
        known.clock.later(hours=1)
    assert len(lanes(known, alive)) == 360
    assert MOST <= len(lanes(known, dead)) <= MOST + 5


def test_an_endpoint_that_was_left_behind_catches_up_in_order_and_is_told_of_everything_once(known: Queued) -> None:
    endpoint, topics = known.add(), FakeTopics()
    write_many(topics, 40)
    follow(known, topics, batch=4)
    assert len(lanes(known, endpoint)) == 12
    assert ready_to_catch_up(known.queue, room=MOST // 2) == []
    for _ in range(10):
        deliver(known, endpoint)
        for behind in ready_to_catch_up(known.queue, room=MOST // 2):
            follow(known, topics, behind, batch=4)
    write_many(topics, 3, first=40)
    follow(known, topics)
    assert lanes(known, endpoint) == [f"d{number}" for number in range(43)]
    assert ready_to_catch_up(known.queue) == []


def test_what_comes_while_one_catches_up_is_neither_lost_nor_doubled(known: Queued) -> None:
    endpoint, topics = known.add(), FakeTopics()
    for round_ in range(30):
        write_many(topics, 4, first=round_ * 4)
        follow(known, topics, batch=3)
        if round_ % 3 == 0:
            deliver(known, endpoint)
        for behind in ready_to_catch_up(known.queue, room=MOST // 2):
            follow(known, topics, behind, batch=3)
    for _ in range(30):
        deliver(known, endpoint)
        for behind in ready_to_catch_up(known.queue):
            follow(known, topics, behind, batch=3)
    assert lanes(known, endpoint) == [f"d{number}" for number in range(120)]


def test_a_paused_endpoint_waits_in_the_topics(known: Queued) -> None:
    endpoint, topics = known.add(), FakeTopics()
    known.store.webhook_endpoints().pause(endpoint, actor="ayşe", why=None)
    write_many(topics, 100)
    follow(known, topics, batch=5)
    assert len(lanes(known, endpoint)) <= MOST + 5
    assert ready_to_catch_up(known.queue, room=1000) == []
    known.store.webhook_endpoints().resume(endpoint, actor="ayşe")
    assert ready_to_catch_up(known.queue, room=1000) == [endpoint]


def test_an_endpoint_that_is_removed_while_it_catches_up_leaves_no_place(known: Queued) -> None:
    endpoint, topics = known.add(), FakeTopics()
    write_many(topics, 30)
    follow(known, topics, batch=5)
    known.store.webhook_endpoints().remove(endpoint, actor="ayşe")
    assert not follow(known, topics, endpoint)
    with known.queue.reading() as transaction:
        assert set(transaction.execute(select(webhook_offsets.c.reader)).scalars()) == {TOGETHER}
    assert rows(known, webhook_deliveries) == 0


def test_the_bounds_leave_room_for_a_batch(known: Queued) -> None:
    del known
    assert enqueuing.ENOUGH_ROOM < enqueuing.MOST_WAITING
