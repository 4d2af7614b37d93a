"""The same queue on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.store import DeliveryState
from app.store.database import open_database, writing
from app.store.tables import metadata
from app.webhooks.enqueuing import ready_to_catch_up
from tests.webhooks.queued import BROKEN, OK, Queued, event_of, queued
from tests.webhooks.test_enqueuing import MOST, deliver, follow, lanes, write_many
from tests.webhooks.topics import FakeTopics

pytestmark = pytest.mark.postgresql


@pytest.fixture
def known(postgresql_url: str) -> Iterator[Queued]:
    with queued(postgresql_url) as found:
        yield found
    engine = open_database(postgresql_url)
    with writing(engine) as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
    engine.dispose()


def test_a_documents_events_are_sent_one_after_the_other(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1), event_of("d1", 2), event_of("d2", 1))
    known.put(endpoint, event_of("d1", 1))
    assert [claimed.event_id for claimed in known.claim(endpoint)] == ["d1-1-document.issued", "d2-1-document.issued"]
    known.clock.later(seconds=60)
    known.answer(endpoint, BROKEN)
    known.clock.later(seconds=90)
    known.answer(endpoint, OK)
    assert known.states(endpoint) == [DeliveryState.DELIVERED, DeliveryState.WAITING, DeliveryState.DELIVERED]


def test_an_endpoint_that_was_left_behind_catches_up(known: Queued) -> None:
    endpoint, topics = known.add(), FakeTopics()
    write_many(topics, 40)
    follow(known, topics, batch=4)
    assert len(lanes(known, endpoint)) == 12
    for _ in range(10):
        deliver(known, endpoint)
        for behind in ready_to_catch_up(known.queue, room=MOST // 2):
            follow(known, topics, behind, batch=4)
    assert lanes(known, endpoint) == [f"d{number}" for number in range(40)]


def test_the_log_is_paged_sent_again_and_pruned(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, *(event_of(f"d{each}", 1) for each in range(3)))
    deliver(known, endpoint)
    made = known.log.redeliver(endpoint, known.deliveries(endpoint)[0].delivery_id, actor="ayşe")
    assert made is not None
    assert made.copy == 1
    known.clock.later(days=31)
    assert known.log.prune() == 3
    assert known.states(endpoint) == [DeliveryState.WAITING]
    assert known.store.webhook_endpoints().remove(endpoint, actor="ayşe")
