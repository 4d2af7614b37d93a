"""The accounting interface's rules as a client of the API sees them; their table is in docs/guarantees.md."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.domain.outcomes import Verdict
from tests.web.running_api import ORDER, ORDERS, SHOP, RunningApi, invoice_body, order_body

INVOICES = f"{ORDERS}/{ORDER}/invoices"
LINES = [{"orderItemReference": 1}, {"orderItemReference": 2}]


async def status_of(api: RunningApi, request_id: str) -> dict[str, Any]:
    answer = await api.get(f"/accounting/v1/requests?businessCode={SHOP}&xRequestId={request_id}")
    assert answer.status == 200
    found: dict[str, Any] = await answer.json()
    return found


async def order_of(api: RunningApi) -> dict[str, Any]:
    found: dict[str, Any] = await (await api.get(f"{ORDERS}/{ORDER}")).json()
    return found


async def test_r1_what_is_asked_before_its_order_is_held_and_done_when_the_order_is_confirmed(api: RunningApi) -> None:
    assert (await api.post(INVOICES, invoice_body(), "invoice")).status == 202
    await api.plan()
    assert (await status_of(api, "invoice"))["state"] == "HELD"
    await api.post(ORDERS, order_body(), "order")
    await api.plan()
    assert [(await status_of(api, each))["state"] for each in ("order", "invoice")] == ["OK", "OK"]


async def test_r2_an_order_has_an_invoice_for_each_shipment(api: RunningApi) -> None:
    await api.post(ORDERS, order_body())
    for number, line in enumerate(LINES):
        body = invoice_body(invoiceReference=f"INV-{number}", shipmentReference=f"SHP-{number}", items=[line])
        assert (await api.post(INVOICES, body)).status == 202
    await api.plan()
    found = {(each["shipmentReference"], *each["orderItems"]) for each in (await order_of(api))["invoices"]}
    assert found == {("SHP-0", 1), ("SHP-1", 2)}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"items": [{"orderItemReference": 1, "vatPercent": 20}]}, "UNKNOWN_FIELD"),
        ({"isPartial": True}, "UNKNOWN_FIELD"),
        ({"items": []}, "TOO_SHORT"),
        ({"items": None}, "REQUIRED"),
        ({"mode": "EXTERNAL"}, "UNKNOWN_FIELD"),
    ],
    ids=["r3-no-amounts", "r9-no-flag", "r9-no-lines", "r9-nothing-is-not-everything", "r10-no-mode-of-a-call"],
)
async def test_r3_r9_r10_an_invoice_names_whole_lines_and_nothing_else(
    api: RunningApi, more: dict[str, Any], code: str
) -> None:
    body = {name: value for name, value in invoice_body(**more).items() if value is not None}
    answer = await api.post(INVOICES, body)
    assert (answer.status, [error["code"] for error in (await answer.json())["errors"]]) == (400, [code])
    assert api.producer.records == []


async def test_r4_a_cancelled_line_is_on_no_invoice(api: RunningApi) -> None:
    await api.post(ORDERS, order_body())
    cancelled = {"cancellationDate": "2026-11-02", "cancellationReason": "OUT_OF_STOCK", "items": LINES[:1]}
    await api.post(f"{ORDERS}/{ORDER}/cancellations", cancelled)
    await api.post(INVOICES, invoice_body(), "invoice")
    await api.plan()
    assert (await status_of(api, "invoice"))["reason"] == "LINE_CANCELLED"
    assert (await order_of(api))["invoices"] == []


async def test_r7_a_digital_order_sends_both_calls_back_to_back_without_a_carrier(api: RunningApi) -> None:
    shipped = {name: value for name, value in invoice_body().items() if name not in {"carrier", "trackingCode"}}
    await api.post(ORDERS, order_body(orderType="DIGITAL_GOODS"), "order")
    await api.post(INVOICES, shipped, "invoice")
    await api.plan()
    assert [(await status_of(api, each))["state"] for each in ("order", "invoice")] == ["OK", "OK"]
    assert [each["state"] for each in (await order_of(api))["invoices"]] == ["PLANNED"]


async def test_r8_the_invoice_call_is_the_confirmation_of_its_shipment(api: RunningApi) -> None:
    await api.post(ORDERS, order_body())
    await api.post(INVOICES, invoice_body())
    await api.plan()
    notices = [entry["notice"] for entry in (await order_of(api))["history"] if entry.get("notice")]
    assert notices == ["ShipmentConfirmed"]


async def test_r9_full_and_partial_are_one_endpoint_and_differ_in_the_lines_alone(api: RunningApi) -> None:
    await api.post(ORDERS, order_body())
    await api.post(INVOICES, invoice_body(items=LINES))
    await api.plan()
    assert [each["orderItems"] for each in (await order_of(api))["invoices"]] == [[1, 2]]


async def test_r11_every_accepted_request_ends_in_exactly_one_outcome(api: RunningApi) -> None:
    cancelled = {"cancellationDate": "2026-11-02", "cancellationReason": "NO_PAYMENT", "items": LINES[1:]}
    returned = {
        "returnReference": "R-1",
        "returnDate": "2026-11-02",
        "returnReason": "CUSTOMER_RETURN",
        "items": [{"orderItemReference": 2, "quantity": 1}],
    }
    calls = [
        (f"{ORDERS}/{ORDER}/cancellations", cancelled),
        (ORDERS, order_body()),
        (ORDERS, order_body(note="another content")),
        (INVOICES, invoice_body()),
        (INVOICES, invoice_body(items=LINES)),
        (INVOICES, invoice_body()),
        (f"{ORDERS}/{ORDER}/returns", returned),
    ]
    for number, (path, body) in enumerate(calls):
        assert (await api.post(path, body, f"call-{number}")).status == 202
    await api.plan()
    statuses = [await status_of(api, f"call-{number}") for number in range(len(calls))]
    assert all(status["isFinal"] for status in statuses)
    states = ["OK", "OK", "REJECTED", "OK", "REJECTED", "DUPLICATE", "REJECTED"]
    assert [status["state"] for status in statuses] == states
    outcomes = api.installation.pipeline.outcomes()
    final = Counter(outcome.request_id for outcome in outcomes if outcome.verdict is not Verdict.HELD)
    assert final == dict.fromkeys((status["internalRequestId"] for status in statuses), 1)


async def test_r12_what_is_accepted_is_stored_and_may_still_be_refused(api: RunningApi) -> None:
    items = [{**order_body()["items"][0], "vatPercent": 13}]
    assert (await api.post(ORDERS, order_body(items=items), "order")).status == 202
    assert len(api.producer.records) == 1
    await api.plan()
    assert (await status_of(api, "order"))["state"] == "REJECTED"


@pytest.mark.parametrize(("refusing", "status"), [(False, 400), (True, 503)], ids=["a-wrong-body", "no-broker"])
async def test_r12_what_is_refused_at_once_is_not_stored_and_its_id_is_free(
    api: RunningApi, *, refusing: bool, status: int
) -> None:
    api.producer.refusing = refusing
    body = order_body() if refusing else order_body(currency="lira")
    answer = await api.post(ORDERS, body, "order")
    assert (answer.status, (await answer.json())["stored"]) == (status, "no")
    assert api.producer.records == []
    api.producer.refusing = False
    assert (await api.post(ORDERS, order_body(), "order")).status == 202
    assert len(api.producer.records) == 1
