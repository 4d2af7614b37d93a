from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from app.store import Scope
from app.store.api_keys import ApiKeyStore
from tests.web.running_api import NOW, ORDERS, OTHER, SHOP, RunningApi, invoice_body, order_body, running_api


def another_key(api: RunningApi, client: str, *scopes: Scope, business: str = SHOP) -> str:
    made = api.store.api_keys().add(client, businesses=[business], scopes=scopes, environment="test", actor="test")
    assert made is not None
    return made.text


async def asked(api: RunningApi, headers: dict[str, str]) -> tuple[int, str]:
    answer = await api.client.get("/accounting/v1/requests/00000000-0000-5000-8000-000000000000", headers=headers)
    return answer.status, (await answer.json(content_type=None))["errors"][0]["code"]


async def test_a_key_is_taken_in_its_own_header_and_as_a_bearer(api: RunningApi) -> None:
    assert await asked(api, {"X-Subscription-Key": api.key}) == (404, "NOT_FOUND")
    assert await asked(api, {"Authorization": f"Bearer {api.key}"}) == (404, "NOT_FOUND")


async def test_two_headers_that_are_not_the_same_are_refused(api: RunningApi) -> None:
    headers = {"X-Subscription-Key": api.key, "Authorization": f"Bearer {api.key}x"}
    assert await asked(api, headers) == (401, "KEY_INVALID")


@pytest.mark.parametrize("headers", [{}, {"X-Subscription-Key": "x"}, {"X-Subscription-Key": ""}])
async def test_without_a_key_there_is_a_challenge(api: RunningApi, headers: dict[str, str]) -> None:
    answer = await api.client.post(ORDERS, json=order_body(), headers=headers)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_slip_of_the_hand_never_reaches_the_database(api: RunningApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(ApiKeyStore, "find", unreachable)
    mistyped = api.key[:-1] + ("a" if api.key[-1] != "a" else "b")
    assert await asked(api, {"X-Subscription-Key": mistyped}) == (401, "KEY_INVALID")


async def test_both_keys_are_good_while_one_replaces_the_other(api: RunningApi) -> None:
    rotated = api.store.api_keys().rotate("shop", environment="test", actor="test")
    assert rotated is not None
    for key in (api.key, rotated.text):
        assert (await asked(api, {"X-Subscription-Key": key}))[0] == 404


async def test_a_third_key_ends_the_first(api: RunningApi) -> None:
    api.later(1)
    api.store.api_keys().rotate("shop", environment="test", actor="test")
    api.later(1)
    api.store.api_keys().rotate("shop", environment="test", actor="test")
    assert await asked(api, {"X-Subscription-Key": api.key}) == (401, "KEY_INVALID")


async def test_a_revoked_key_is_refused_within_ten_seconds(api: RunningApi) -> None:
    await asked(api, {"X-Subscription-Key": api.key})
    api.store.api_keys().revoke(api.key[8:16], actor="test")
    api.later(9)
    assert await asked(api, {"X-Subscription-Key": api.key}) == (401, "KEY_INVALID")


async def test_an_expired_key_is_refused(api: RunningApi) -> None:
    made = api.store.api_keys().add(
        "late",
        businesses=[SHOP],
        scopes=[Scope.ORDERS_READ],
        environment="test",
        actor="t",
        expires_at=NOW + timedelta(days=1),
    )
    assert made is not None
    assert (await asked(api, {"X-Subscription-Key": made.text}))[0] == 404
    api.later(86_401)
    assert (await asked(api, {"X-Subscription-Key": made.text}))[0] == 401


async def test_a_scope_that_a_key_has_not_is_named(api: RunningApi) -> None:
    api.key = another_key(api, "reader", Scope.ORDERS_READ)
    answer = await api.post(ORDERS, order_body())
    assert answer.status == 403
    assert "orders:write" in (await answer.json(content_type=None))["description"]


async def test_another_business_is_not_found(api: RunningApi) -> None:
    answer = await api.post(ORDERS.replace(SHOP, OTHER), order_body())
    assert (answer.status, api.producer.records) == (404, [])


async def test_a_request_of_another_business_is_not_found(api: RunningApi) -> None:
    answer = await api.post(ORDERS, order_body())
    api.key = another_key(api, "other", *Scope, business=OTHER)
    assert (await api.get(answer.headers["Location"])).status == 404


async def test_one_id_of_two_businesses_is_two_requests(api: RunningApi) -> None:
    await api.post(ORDERS, order_body(), "order-1")
    api.key = another_key(api, "other", *Scope, business=OTHER)
    assert (await api.post(ORDERS.replace(SHOP, OTHER), order_body(), "order-1")).status == 202
    assert len({event.request_id for event in api.producer.events()}) == 2


async def test_a_key_for_every_business_may_see_each(api: RunningApi) -> None:
    api.key = another_key(api, "all", *Scope, business="*")
    for code in (SHOP, OTHER):
        assert (await api.post(ORDERS.replace(SHOP, code), order_body())).status == 202


async def test_beyond_the_rate_there_is_a_time_to_wait(tmp_path: Path) -> None:
    async with running_api(tmp_path, per_minute=2) as api:
        answers = [await api.post(ORDERS, order_body()) for _ in range(3)]
        assert [answer.status for answer in answers] == [202, 202, 429]
        assert answers[1].headers["RateLimit"] == '"default";r=0;t=30'
        assert answers[2].headers["Retry-After"] == "30"
        assert answers[2].headers["RateLimit-Policy"] == '"default";q=2;w=60'


async def test_wrong_keys_of_one_address_have_a_bound(api: RunningApi) -> None:
    found = [(await asked(api, {"X-Subscription-Key": "wrong"}))[0] for _ in range(25)]
    assert found[0] == 401
    assert found[-1] == 429


async def test_no_line_of_the_log_holds_a_key(api: RunningApi, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await api.post(ORDERS, order_body())
        await api.post(f"{ORDERS}/S-1/invoices", invoice_body())
    assert api.key not in caplog.text


async def test_when_a_key_was_used_last_is_known(api: RunningApi) -> None:
    await api.post(ORDERS, order_body())
    (key,) = api.store.api_keys().all()
    assert key.last_used_at is None
    await api.authenticator.note_use()
    (key,) = api.store.api_keys().all()
    assert key.last_used_at == NOW
