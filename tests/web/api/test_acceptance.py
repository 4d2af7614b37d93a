"""A repeat is the same request, whatever was lost between: the same id on the topic, and one answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import ClientResponse

from app.store import RequestState, StoredRequest, StoreUnavailableError
from app.web.api import acceptance
from tests.web.running_api import CUSTOMER, ORDER, ORDERS, SHOP, RunningApi, invoice_body, order_body


async def problem(answer: ClientResponse) -> tuple[int, str, str]:
    body = await answer.json(content_type=None)
    return answer.status, body["errors"][0]["code"], body["stored"]


async def accepted(answer: ClientResponse) -> str:
    assert answer.status == 202, await answer.text()
    found: dict[str, Any] = await answer.json()
    return str(found["internalRequestId"])


async def sent(api: RunningApi, request_id: str | None = "order-1", **others: Any) -> ClientResponse:
    return await api.post(ORDERS, order_body(**others), request_id)


async def test_the_same_id_and_body_get_the_stored_answer(api: RunningApi) -> None:
    first, second = await sent(api), await sent(api)
    assert await accepted(first) == await accepted(second)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(api.producer.records) == 1


async def test_without_an_id_the_content_is_the_id(api: RunningApi) -> None:
    first, second = await sent(api, None), await sent(api, None)
    other = await sent(api, None, note="another")
    assert await accepted(first) == await accepted(second) != await accepted(other)
    assert len(api.producer.records) == 2


@pytest.mark.parametrize("note", ["an id in quotes", "the alias"])
async def test_the_drafts_spelling_of_the_header_is_the_same_id(api: RunningApi, note: str) -> None:
    await sent(api)
    headers = {"Idempotency-Key": '"order-1"' if note == "an id in quotes" else "order-1"}
    answer = await api.post(ORDERS, order_body(), **headers)
    assert answer.headers["Idempotent-Replayed"] == "true"


async def test_two_ids_that_are_not_the_same_are_refused(api: RunningApi) -> None:
    answer = await api.post(ORDERS, order_body(), "order-1", **{"Idempotency-Key": "order-2"})
    assert await problem(answer) == (400, "HEADER_INVALID", "no")


async def test_another_way_to_write_the_same_body_is_no_other_body(api: RunningApi) -> None:
    await sent(api)
    body = order_body()
    body["items"][0]["grossUnitPrice"] = "60.00"
    body["items"][0]["quantity"] = "2.0"
    reordered = dict(reversed(body.items()))
    assert (await api.post(ORDERS, reordered, "order-1")).headers["Idempotent-Replayed"] == "true"


async def test_another_body_under_an_id_in_use_is_a_conflict(api: RunningApi) -> None:
    await sent(api)
    assert await problem(await sent(api, note="another")) == (409, "REQUEST_ID_REUSED", "yes")


async def test_another_operation_under_an_id_in_use_is_a_conflict(api: RunningApi) -> None:
    await sent(api)
    answer = await api.post(f"{ORDERS}/{ORDER}/invoices", invoice_body(), "order-1")
    assert (await problem(answer))[1] == "REQUEST_ID_REUSED"


async def test_r11_after_a_rejection_the_same_id_is_a_new_try(api: RunningApi) -> None:
    first = await accepted(await sent(api))
    api.rejected.add(first)
    second = await accepted(await sent(api, note="corrected"))
    assert first != second
    assert [event.request_id for event in api.producer.events()] == [first, second]


async def test_the_same_body_after_a_rejection_is_a_new_try_too(api: RunningApi) -> None:
    first = await accepted(await sent(api))
    api.rejected.add(first)
    assert await accepted(await sent(api)) != first


async def test_a_refused_body_leaves_its_id_free(api: RunningApi) -> None:
    assert (await sent(api, orderDate="yesterday")).status == 400
    assert (await sent(api)).status == 202


async def test_twins_are_one_record_and_one_answer(api: RunningApi) -> None:
    api.producer.holding = True
    asked = [asyncio.create_task(sent(api)) for _ in range(50)]
    await api.producer.was_sent.wait()
    api.producer.acknowledge()
    answers = await asyncio.gather(*asked)
    assert {await accepted(answer) for answer in answers if answer.status == 202} == {
        api.producer.events()[0].request_id
    }
    assert {answer.status for answer in answers} <= {202, 409}
    assert len(api.producer.records) == 1


async def test_a_silent_broker_is_an_unknown_and_a_repeat_sends_the_same_record(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptance, "ANSWER_SECONDS", 0.05)
    api.producer.holding = True
    answer = await sent(api)
    assert await problem(answer) == (504, "BROKER_SILENT", "unknown")
    body = await answer.json(content_type=None)
    assert answer.headers["Location"].endswith(body["internalRequestId"])
    api.producer.lose()
    api.producer.holding = False
    assert await accepted(await sent(api)) == body["internalRequestId"]
    first, second = api.producer.records
    assert (first.key, first.value) == (second.key, second.value)


async def test_a_repeat_while_the_record_is_on_its_way_waits_for_the_same_acknowledgement(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptance, "ANSWER_SECONDS", 0.05)
    api.producer.holding = True
    assert (await sent(api)).status == 504
    monkeypatch.setattr(acceptance, "ANSWER_SECONDS", 5.0)
    waiting, twin = asyncio.Event(), api.acceptance._twin

    async def noted(stored: StoredRequest) -> acceptance.Accepted:
        waiting.set()
        return await twin(stored)

    monkeypatch.setattr(api.acceptance, "_twin", noted)
    repeat = asyncio.create_task(sent(api))
    await waiting.wait()
    api.producer.acknowledge()
    assert (await repeat).status == 202
    assert len(api.producer.records) == 1


async def test_an_acknowledgement_that_comes_late_is_written_down(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptance, "ANSWER_SECONDS", 0.05)
    api.producer.holding = True
    await sent(api)
    api.producer.acknowledge()
    assert (await sent(api)).headers["Idempotent-Replayed"] == "true"


async def test_what_was_not_queued_is_not_stored_and_its_id_is_free(api: RunningApi) -> None:
    api.producer.refusing = True
    answer = await sent(api)
    assert await problem(answer) == (503, "BROKER_UNAVAILABLE", "no")
    assert "Retry-After" in answer.headers
    api.producer.refusing = False
    assert (await sent(api, note="another")).status == 202


async def test_a_request_whose_process_ended_is_sent_again_under_the_same_id(api: RunningApi) -> None:
    """Killed between the row and the record: the row is PENDING, and no record was sent."""
    api.producer.holding = True
    lost = asyncio.create_task(sent(api))
    await api.producer.was_sent.wait()
    first = api.producer.events()[0].request_id
    api.acceptance._in_flight.clear()  # another process knows of none
    assert await problem(await sent(api)) == (409, "REQUEST_IN_PROGRESS", "unknown")
    api.later(11)
    api.producer.holding = False
    assert await accepted(await sent(api)) == first
    api.producer.acknowledge()
    await lost


async def test_a_request_that_lost_its_process_says_that_it_is_unknown(api: RunningApi) -> None:
    api.producer.holding = True
    lost = asyncio.create_task(sent(api))
    await api.producer.was_sent.wait()
    request_id = api.producer.events()[0].request_id
    path = f"/accounting/v1/requests/{request_id}"
    assert (await (await api.get(path)).json())["state"] == RequestState.PENDING
    api.later(11)
    assert (await (await api.get(path)).json())["state"] == RequestState.UNKNOWN
    api.producer.acknowledge()
    await lost


async def test_after_silences_in_a_row_nothing_is_asked_of_kafka(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptance, "ANSWER_SECONDS", 0.02)
    api.producer.holding = True
    for number in range(3):
        await sent(api, f"order-{number}", note=f"{number}")
    assert await problem(await sent(api, "order-9")) == (503, "BROKER_UNAVAILABLE", "no")
    api.producer.acknowledge()
    await asyncio.sleep(0)
    api.producer.holding = False
    assert (await sent(api, "order-9")).status == 202


async def test_a_database_that_does_not_answer_lets_nothing_be_sent(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailableError("it cannot be reached")

    monkeypatch.setattr(type(api.store.api_requests()), "work", away)
    answer = await sent(api)
    assert await problem(answer) == (503, "STORE_UNAVAILABLE", "no")
    assert api.producer.records == []


async def test_an_ending_process_takes_nothing_in(api: RunningApi) -> None:
    api.acceptance.draining = True
    assert (await problem(await sent(api)))[:2] == (503, "SHUTTING_DOWN")


async def test_too_much_at_once_is_refused(api: RunningApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptance, "MOST_IN_FLIGHT", 0)
    assert (await problem(await sent(api)))[:2] == (503, "OVERLOADED")


async def test_one_id_of_two_keys_of_a_business_is_one_request(api: RunningApi) -> None:
    first = await accepted(await sent(api))
    rotated = api.store.api_keys().rotate("shop", environment="test", actor="test")
    assert rotated is not None
    api.key = rotated.text
    assert await accepted(await sent(api)) == first


async def test_an_order_placed_again_under_another_customer_is_for_the_planner_to_refuse(api: RunningApi) -> None:
    await sent(api)
    other = ORDERS.replace(CUSTOMER, "ANOTHER")
    assert (await api.post(other, order_body())).status == 202
    assert {event.business for event in api.producer.events()} == {SHOP}
