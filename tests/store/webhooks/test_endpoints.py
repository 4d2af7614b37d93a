"""Endpoints: their secret is shown once, and whatever a person does to one is in the audit log."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.store import EndpointState
from app.store.webhooks.endpoints import BOTH_VALID_FOR, MOST_ENDPOINTS, key_of
from app.store.webhooks.tables import webhook_endpoints, webhook_events
from tests.webhooks.queued import NOW, OK, SHOP, URL, Queued, event_of


def audited(known: Queued) -> list[tuple[str, str]]:
    return [(record.what, record.actor) for record in known.store.audit_records(SHOP)]


def test_a_secret_has_the_standards_form_and_is_kept_encrypted(known: Queued) -> None:
    endpoint = known.add()
    secret = known.secrets[endpoint]
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert key_of(secret) == base64.b64decode(secret.removeprefix("whsec_"))
    with known.queue.reading() as transaction:
        assert secret not in repr(transaction.execute(select(webhook_endpoints)).all())


def test_a_new_endpoint_is_active_and_shown_without_its_secret(known: Queued) -> None:
    endpoint = known.add(URL, "document.issued", "document.cancelled")
    found = known.endpoint(endpoint)
    assert (found.state, found.types) == (EndpointState.ACTIVE, ("document.cancelled", "document.issued"))
    assert (found.created_at, found.created_by, found.waiting) == (NOW, "ayşe", 0)
    assert "whsec" not in repr(found)


@pytest.mark.parametrize(
    ("business", "kind", "wanted"),
    [(SHOP, "document.issued", True), (SHOP, "document.rejected", False), ("OTHER", "document.issued", False)],
)
def test_an_endpoint_wants_its_own_business_and_types(known: Queued, business: str, kind: str, *, wanted: bool) -> None:
    endpoint = known.endpoint(known.add(URL, "document.issued"))
    assert endpoint.wants(business, kind) is wanted
    assert known.endpoint(known.add()).wants(SHOP, kind)


def test_a_business_has_no_more_endpoints_than_it_can_use(known: Queued) -> None:
    for _ in range(MOST_ENDPOINTS):
        known.add()
    assert known.store.webhook_endpoints().add(SHOP, URL, ("*",), actor="ayşe") is None


def test_everything_that_is_done_to_an_endpoint_is_in_the_audit_log(known: Queued) -> None:
    endpoint, endpoints = known.add(), known.store.webhook_endpoints()
    assert endpoints.pause(endpoint, actor="mehmet", why="bakım")
    assert not endpoints.pause(endpoint, actor="mehmet", why=None)
    assert endpoints.resume(endpoint, actor="mehmet")
    assert not endpoints.resume(endpoint, actor="mehmet")
    assert endpoints.rotate(endpoint, actor="mehmet") is not None
    assert endpoints.remove(endpoint, actor="mehmet")
    assert not endpoints.remove(endpoint, actor="mehmet")
    done = ["PAUSED", "RESUMED", "SECRET_ROTATED", "REMOVED"]
    assert audited(known) == [("ADDED", "ayşe"), *((what, "mehmet") for what in done)]


def test_what_is_removed_takes_what_was_only_for_it_along(known: Queued) -> None:
    gone, stays = known.add(), known.add()
    known.put(gone, event_of("d1", 1), event_of("d2", 1))
    known.put(stays, event_of("d2", 1))
    known.store.webhook_endpoints().remove(gone, actor="ayşe")
    with known.queue.reading() as transaction:
        assert transaction.execute(select(webhook_events.c.lane)).scalars().all() == ["d2"]
    assert [each.endpoint_id for each in known.store.webhook_endpoints().all()] == [stays]


def test_what_waits_and_what_was_accepted_is_shown(known: Queued) -> None:
    endpoint = known.add()
    known.put(endpoint, event_of("d1", 1), event_of("d1", 2))
    known.answer(endpoint, OK)
    found = known.endpoint(endpoint)
    assert (found.waiting, found.succeeded_at, found.failing_since) == (1, NOW, None)


def test_a_secret_that_was_rotated_twice_signs_no_more(known: Queued) -> None:
    endpoint = known.add()
    first = known.store.webhook_endpoints().rotate(endpoint, actor="ayşe")
    known.clock.later(hours=1)
    second = known.store.webhook_endpoints().rotate(endpoint, actor="ayşe")
    assert first is not None
    assert second is not None
    known.put(endpoint, event_of("d1", 1))
    (claimed,) = known.claim(endpoint)
    assert claimed.secrets == (second.secret, first.secret)
    assert timedelta(hours=24) == BOTH_VALID_FOR
