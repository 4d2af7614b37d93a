"""A repeat of a request whose row was forgotten: it is sent again, and what it has done is not done twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.domain.commands import InvoiceCommand
from app.stream.topics.names import Topics
from app.web.api.request_rows import forget_old
from tests.web.running_api import NOW, ORDER, ORDERS, RunningApi, invoice_body, order_body

HERE = f"{ORDERS}/{ORDER}"
DAYS = timedelta(days=90)


async def asked(api: RunningApi, path: str, body: dict[str, Any], request_id: str | None) -> dict[str, Any]:
    """What became of it; the planner has done its part."""
    answer = await api.post(path, body, request_id)
    assert answer.status == 202, await answer.text()
    assert "Idempotent-Replayed" not in answer.headers
    await api.plan()
    found: dict[str, Any] = await (await api.get(answer.headers["Location"])).json()
    return found


async def forget(api: RunningApi) -> None:
    await api.acceptance.settled()
    api.now = api.installation.pipeline.now = NOW + DAYS + timedelta(seconds=1)
    assert api.store.api_requests().sweep(api.now - DAYS) > 0


def commands(api: RunningApi) -> list[InvoiceCommand]:
    pipeline = api.installation.pipeline
    return [pipeline.codec.read(InvoiceCommand, record.value) for record in pipeline.on(Topics().commands("nilvera"))]


async def test_the_same_again_has_the_same_id_and_the_fold_absorbs_it(api: RunningApi) -> None:
    """With an id of the client, and without one."""
    requests = [(ORDERS, order_body(), "order-1"), (f"{HERE}/invoices", invoice_body(), None)]
    first = [await asked(api, *each) for each in requests]
    await forget(api)
    again = [await asked(api, *each) for each in requests]
    assert [each["internalRequestId"] for each in again] == [each["internalRequestId"] for each in first]
    assert [each["state"] for each in first] == ["OK", "OK"]
    assert [each["state"] for each in again] == ["DUPLICATE", "DUPLICATE"]
    assert again[1]["documents"] == first[1]["documents"]
    assert len(commands(api)) == 1


async def test_the_second_try_of_a_refused_one_is_absorbed_by_its_content(api: RunningApi) -> None:
    """What is forgotten with the row is the number of the try, so the event has another id than before."""
    await asked(api, ORDERS, order_body(), None)
    refused = await asked(api, f"{HERE}/invoices", invoice_body(items=[{"orderItemReference": 9}]), "invoice-1")
    corrected = await asked(api, f"{HERE}/invoices", invoice_body(), "invoice-1")
    assert (refused["state"], corrected["state"]) == ("REJECTED", "OK")
    await forget(api)
    again = await asked(api, f"{HERE}/invoices", invoice_body(), "invoice-1")
    assert (again["state"], again["documents"]) == ("DUPLICATE", corrected["documents"])
    assert len(commands(api)) == 1


async def test_another_content_under_a_forgotten_id_has_an_answer_of_its_own(api: RunningApi) -> None:
    first = await asked(api, ORDERS, order_body(), "mine-1")
    await forget(api)
    other = await asked(api, ORDERS, order_body(orderReference="ANOTHER"), "mine-1")
    changed = await api.post(ORDERS, order_body(note="otherwise"), "mine-2")
    await api.plan()
    assert (first["state"], other["state"], other["orderReference"]) == ("OK", "OK", "ANOTHER")
    assert other["internalRequestId"] != first["internalRequestId"]
    state = await (await api.get(changed.headers["Location"])).json()
    assert (state["state"], state["reason"]) == ("REJECTED", "CONTENT_CONFLICT")


async def test_what_is_forgotten_is_not_found_and_is_in_the_history_of_its_order(api: RunningApi) -> None:
    first = await asked(api, ORDERS, order_body(), "order-1")
    await forget(api)
    gone = await api.get(f"/accounting/v1/requests/{first['internalRequestId']}")
    assert gone.status == 404
    history = (await (await api.get(HERE)).json())["history"]
    assert first["internalRequestId"] in {entry["internalRequestId"] for entry in history}


async def test_all_that_is_old_is_forgotten_a_few_at_a_time() -> None:
    left, swept = [500, 500, 7, 0], list[int]()

    def sweep(before: datetime) -> int:
        assert before == NOW
        swept.append(left.pop(0))
        return swept[-1]

    await forget_old(sweep, NOW, pause=0)
    assert swept == [500, 500, 7, 0]
