"""Notification callbacks: webhooks by the interface's own address, for the businesses of the key alone."""

from __future__ import annotations

from typing import Any

from app.store import Scope
from tests.web.running_api import OTHER, SHOP, RunningApi

CALLBACKS = "/administration/v1/notification-callbacks"
BODY = {
    "callbackUrl": "http://127.0.0.1:8080/hooks",
    "notificationTypes": ["accounting/EDIErrorSent", "document.issued"],
    "description": "deneme",
}


async def registered(api: RunningApi, **more: Any) -> dict[str, Any]:
    answer = await api.post(CALLBACKS, {**BODY, **more})
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def test_an_address_is_registered_as_the_interface_has_it_and_its_secret_is_shown_once(api: RunningApi) -> None:
    made = await registered(api)
    assert made["callbackUrl"] == BODY["callbackUrl"]
    assert made["notificationTypes"] == ["document.issued", "request.completed"]
    assert (made["description"], made["businessCode"], made["state"]) == ("deneme", SHOP, "ACTIVE")
    assert made["secret"].startswith("whsec_")
    (listed,) = (await (await api.get(CALLBACKS)).json())["rows"]
    assert (listed["id"], "secret" in listed) == (made["id"], False)


async def test_an_address_that_must_not_be_called_is_refused(api: RunningApi) -> None:
    answer = await api.post(CALLBACKS, {"callbackUrl": "https://10.0.0.1/"})
    assert (answer.status, "public internet" in (await answer.json())["description"]) == (400, True)


async def test_a_callback_is_paused_resumed_rotated_tried_and_removed(api: RunningApi) -> None:
    made = await registered(api)
    one = f"{CALLBACKS}/{made['id']}"
    paused = await (await api.post(f"{one}/pause", {"reason": "bakım"})).json()
    assert (paused["state"], paused["pausedReason"]) == ("PAUSED", "bakım")
    assert (await api.post(f"{one}/pause", {})).status == 409
    assert (await (await api.post(f"{one}/resume", {})).json())["state"] == "ACTIVE"
    assert (await (await api.post(f"{one}/rotate-secret", {})).json())["secret"] != made["secret"]
    assert (await api.post(f"{one}/test", {})).status == 202
    (delivery,) = (await (await api.get(f"{one}/deliveries?limit=5&state=WAITING")).json())["rows"]
    assert (delivery["type"], delivery["state"], delivery["attempts"]) == ("webhook.test", "WAITING", 0)
    assert (await api.post(f"{one}/deliveries/{delivery['id']}/redeliver", {})).status == 202
    assert (await api.post(f"{one}/deliveries/999/redeliver", {})).status == 404
    assert (await api.client.delete(one, headers=api.headers())).status == 200
    assert (await api.client.delete(one, headers=api.headers())).status == 404


async def test_the_deliveries_are_paged(api: RunningApi) -> None:
    one = f"{CALLBACKS}/{(await registered(api))['id']}"
    for _ in range(3):
        await api.post(f"{one}/test", {})
    first = await (await api.get(f"{one}/deliveries?limit=2")).json()
    second = await (await api.get(f"{one}/deliveries?limit=2&before={first['next']}")).json()
    ids = [row["id"] for row in (*first["rows"], *second["rows"])]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), second["next"]) == (3, None)


async def test_a_callback_of_another_business_is_not_found(api: RunningApi) -> None:
    made = await registered(api)
    stranger = api.store.api_keys().add(
        "other", businesses=[OTHER], scopes=list(Scope), environment="test", actor="test"
    )
    assert stranger is not None
    api.key = stranger.text
    assert (await api.get(f"{CALLBACKS}/{made['id']}/deliveries")).status == 404
    assert (await (await api.get(CALLBACKS)).json())["rows"] == []
    assert (await api.post(CALLBACKS, {**BODY, "businessCode": SHOP})).status == 404


async def test_a_key_for_several_businesses_names_one(api: RunningApi) -> None:
    both = api.store.api_keys().add(
        "both", businesses=[SHOP, OTHER], scopes=list(Scope), environment="test", actor="test"
    )
    assert both is not None
    api.key = both.text
    assert (await api.post(CALLBACKS, BODY)).status == 400
    assert (await registered(api, businessCode=OTHER))["businessCode"] == OTHER


async def test_a_key_without_the_scope_may_not(api: RunningApi) -> None:
    limited = api.store.api_keys().add(
        "limited", businesses=[SHOP], scopes=[Scope.ORDERS_WRITE], environment="test", actor="test"
    )
    assert limited is not None
    api.key = limited.text
    assert (await api.get(CALLBACKS)).status == 403
