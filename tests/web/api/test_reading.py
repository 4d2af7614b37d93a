"""What is shown is what the planner has decided: the whole way from a request to its outcome, in memory."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import DocumentState, DocumentType
from app.store import Scope
from app.web.api import request_status
from tests.harness.pipeline import event
from tests.web.running_api import CUSTOMER, ORDER, ORDERS, OTHER, SHOP, RunningApi, invoice_body, order_body

BUSINESS = f"/accounting/v1/businesses/{SHOP}"


async def shown(api: RunningApi, path: str) -> dict[str, Any]:
    answer = await api.get(path)
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def invoiced(api: RunningApi) -> str:
    """An order of two lines, the first of which has a document."""
    await api.post(ORDERS, order_body(), "order-1")
    await api.post(f"{ORDERS}/{ORDER}/invoices", invoice_body(), "invoice-1")
    await api.plan()
    (document,) = (await shown(api, f"{BUSINESS}/documents"))["rows"]
    return str(document["documentId"])


async def test_r11_a_requests_outcome_is_in_its_status(api: RunningApi) -> None:
    answer = await api.post(ORDERS, order_body(), "order-1")
    await api.plan()
    status = await shown(api, answer.headers["Location"])
    assert (status["state"], status["isFinal"], status["xRequestId"]) == ("OK", True, "order-1")


async def test_r11_a_refusal_has_its_errors_with_their_places_in_the_body(api: RunningApi) -> None:
    items = [{**order_body()["items"][0], "vatPercent": 13}]
    answer = await api.post(ORDERS, order_body(items=items))
    await api.plan()
    status = await shown(api, answer.headers["Location"])
    assert status["state"] == "REJECTED"
    assert [(each["path"], each["code"]) for each in status["errorDetails"]] == [
        ("$.items[0].vatPercent", "VAT_RATE_UNKNOWN")
    ]


async def test_a_rejected_request_is_corrected_under_its_id(api: RunningApi) -> None:
    items = [{**order_body()["items"][0], "vatPercent": 13}]
    await api.post(ORDERS, order_body(items=items), "order-1")
    await api.plan()
    answer = await api.post(ORDERS, order_body(), "order-1")
    assert answer.status == 202
    await api.plan()
    assert (await shown(api, answer.headers["Location"]))["state"] == "OK"


async def test_a_request_that_waits_for_its_order_says_so(api: RunningApi) -> None:
    answer = await api.post(f"{ORDERS}/{ORDER}/invoices", invoice_body())
    await api.plan()
    status = await shown(api, answer.headers["Location"])
    assert (status["state"], status["isFinal"]) == ("HELD", False)


async def test_a_request_is_found_by_its_clients_own_id(api: RunningApi) -> None:
    await api.post(ORDERS, order_body(), "order-1")
    status = await shown(api, f"/accounting/v1/requests?businessCode={SHOP}&xRequestId=order-1")
    assert status["operation"] == "createOrder"
    missing = await api.get(f"/accounting/v1/requests?businessCode={SHOP}&xRequestId=order-2")
    assert (missing.status, (await missing.json())["errors"][0]["path"]) == (404, "query:xRequestId")


async def test_who_waits_gets_the_outcome_when_it_comes(api: RunningApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_status, "_LOOK_SECONDS", 0.01)
    answer = await api.post(ORDERS, order_body())
    waiting = asyncio.create_task(shown(api, f"{answer.headers['Location']}?wait=20"))
    await api.plan()
    assert (await waiting)["state"] == "OK"


async def test_r11_who_waits_for_what_is_held_gets_the_final_outcome_if_it_comes_soon(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_status, "_LOOK_SECONDS", 0.01)
    await api.post(f"{ORDERS}/{ORDER}/invoices", invoice_body(), "invoice-1")
    await api.plan()
    asked = f"/accounting/v1/requests?businessCode={SHOP}&xRequestId=invoice-1&wait=20"
    waiting = asyncio.create_task(shown(api, asked))
    await api.post(ORDERS, order_body())
    await api.plan()
    assert (await waiting)["state"] == "OK"


async def test_what_stays_held_is_not_waited_for_to_the_end(api: RunningApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_status, "HELD_SECONDS", 0.0)
    answer = await api.post(f"{ORDERS}/{ORDER}/invoices", invoice_body())
    await api.plan()
    assert (await shown(api, f"{answer.headers['Location']}?wait=30"))["state"] == "HELD"


async def test_who_waits_gets_the_state_at_the_end_of_the_wait(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_status, "_LOOK_SECONDS", 1.0)
    answer = await api.post(ORDERS, order_body())
    status = await api.get(f"{answer.headers['Location']}?wait=1")
    assert (await status.json())["isFinal"] is False
    assert status.headers["Retry-After"] == "1"


async def test_what_a_client_has_already_is_not_sent_again(api: RunningApi) -> None:
    await invoiced(api)
    first = await api.get(f"{ORDERS}/{ORDER}")
    again = await api.get(f"{ORDERS}/{ORDER}", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


async def test_an_order_is_shown_with_its_lines_its_documents_and_its_history(api: RunningApi) -> None:
    document_id = await invoiced(api)
    order = await shown(api, f"{ORDERS}/{ORDER}")
    assert (order["customerNumber"], order["orderReference"]) == (CUSTOMER, ORDER)
    assert [(line["orderItemReference"], line["state"]) for line in order["lines"]] == [
        (1, "ON_DOCUMENT"),
        (2, "OPEN"),
    ]
    assert [document["documentId"] for document in order["invoices"]] == [document_id]
    assert [entry["event"] for entry in order["history"] if entry.get("event") and "outcome" not in entry] == [
        "OrderPlaced",
        "InvoiceRequested",
    ]
    assert [entry["notice"] for entry in order["history"] if entry.get("notice")] == ["ShipmentConfirmed"]


async def test_a_document_is_shown_with_its_buyer_and_its_amounts(api: RunningApi) -> None:
    document_id = await invoiced(api)
    (listed,) = (await shown(api, f"{BUSINESS}/documents?intent=INVOICE&taxNumber=10000000146"))["rows"]
    assert (listed["buyerName"], listed["buyerTaxNumber"]) == ("Deneme Alıcı", "100•••••146")
    assert (await shown(api, f"{BUSINESS}/documents/{document_id}"))["buyerTaxNumber"] == "10000000146"
    assert (listed["invoiceType"], listed["currency"], listed["vatByRate"][0]["vatPercent"]) == ("SATIS", "TRY", "20")
    total = sum(Decimal(listed[name]) for name in ("taxableAmount", "vatAmount"))
    assert total == Decimal(listed["payableAmount"]) > 0
    assert (listed["creditedBy"], listed["original"], listed["corrects"]) == ([], None, None)
    assert (await shown(api, f"{BUSINESS}/documents?intent=RETURN"))["rows"] == []


async def test_documents_are_counted_by_state_and_a_month_is_summed_by_rate(api: RunningApi) -> None:
    document_id = await invoiced(api)
    counted = await shown(api, f"{BUSINESS}/document-counts?intent=INVOICE")
    assert counted["rows"] == [{"state": "PLANNED", "attention": None, "count": 1}]
    month = f"{BUSINESS}/vat-sums?issuedFrom=2026-11-01&issuedTo=2026-11-30"
    assert (await shown(api, month))["rows"] == []
    issued: dict[str, Any] = {"number": "ORN2026000000001", "issue_date": date(2026, 11, 2)}
    await api.installation.progress(ORDER, document_id, DocumentState.ISSUED, **issued)
    document = await shown(api, f"{BUSINESS}/documents/{document_id}")
    (rate,) = document["vatByRate"]
    about = {"invoiceType": "SATIS", "currency": "TRY", "documents": 1}
    assert (await shown(api, month))["rows"] == [{**about, **rate}]


async def test_an_amended_order_is_shown_as_it_is_now_and_its_history_says_who_changed_what(api: RunningApi) -> None:
    await api.post(ORDERS, order_body())
    await api.plan()
    item = {**order_body()["items"][1], "grossUnitPrice": "19.90"}
    await api.installation.submit(
        {
            **event(ORDER, {"type": "OrderAmended", "lines": [_domain_line(item)]}),
            "actor": "ayse",
            "reason": "free shipping was promised in part",
        }
    )
    order = await shown(api, f"{ORDERS}/{ORDER}")
    assert order["amendedAt"] is not None
    assert [line["unitPrice"] for line in order["lines"]][1] == "19.90"
    (change,) = (each for each in order["history"] if each.get("event") == "OrderAmended" and not each.get("outcome"))
    assert (change["actor"], change["orderItems"], change["changesBuyer"]) == ("ayse", [2], False)
    assert change["reason"] == "free shipping was promised in part"


def _domain_line(item: dict[str, Any]) -> dict[str, Any]:
    known = {"line_reference": "2", "name": "Kargo", "quantity": "1", "vat_rate": "20", "kind": "SHIPPING"}
    return {**known, "unit_price": item["grossUnitPrice"]}


async def test_an_order_is_not_shown_under_another_customer(api: RunningApi) -> None:
    await invoiced(api)
    assert (await api.get(f"{ORDERS.replace(CUSTOMER, 'ANOTHER')}/{ORDER}")).status == 404


async def test_r6_open_lines_are_listed(api: RunningApi) -> None:
    await invoiced(api)
    (line,) = (await shown(api, f"{BUSINESS}/open-lines"))["rows"]
    assert (line["orderItemReference"], line["description"]) == (2, "Kargo")


async def test_a_list_is_narrowed_and_goes_on_by_its_cursor(api: RunningApi) -> None:
    for number in range(3):
        await api.post(ORDERS, order_body(orderReference=f"S-{number}"))
    await api.plan()
    first = await shown(api, f"{BUSINESS}/orders?limit=2&state=OPEN")
    second = await shown(api, f"{BUSINESS}/orders?limit=2&state=OPEN&cursor={first['next']}")
    assert len(first["rows"]) == 2
    assert second["next"] is None
    assert {row["orderReference"] for row in first["rows"] + second["rows"]} == {"S-0", "S-1", "S-2"}
    assert (await shown(api, f"{BUSINESS}/orders?state=COMPLETED"))["rows"] == []


async def test_a_cursor_of_other_filters_is_refused(api: RunningApi) -> None:
    for number in range(3):
        await api.post(ORDERS, order_body(orderReference=f"S-{number}"))
    await api.plan()
    first = await shown(api, f"{BUSINESS}/orders?limit=2")
    answer = await api.get(f"{BUSINESS}/orders?limit=2&state=OPEN&cursor={first['next']}")
    assert (answer.status, (await answer.json(content_type=None))["errors"][0]["code"]) == (400, "CURSOR_MISMATCH")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=+5", "limit=1&limit=2", "other=1", "attention=1", "changedFrom=2026-11-02"]
)
async def test_a_parameter_of_another_form_is_refused_by_its_name(api: RunningApi, query: str) -> None:
    answer = await api.get(f"{BUSINESS}/orders?{query}")
    body = await answer.json(content_type=None)
    assert answer.status == 400
    assert body["errors"][0]["path"].startswith("query:")


async def test_a_document_is_shown_with_each_of_its_states(api: RunningApi) -> None:
    document_id = await invoiced(api)
    document = await shown(api, f"{BUSINESS}/documents/{document_id}")
    assert (document["invoiceReference"], document["shipmentReference"]) == ("INV-1", "SHP-1")
    assert [step["state"] for step in document["history"]] == ["PLANNED"]
    assert document["links"] is None


async def test_a_document_of_another_business_is_not_found(api: RunningApi) -> None:
    document_id = await invoiced(api)
    made = api.store.api_keys().add("all", businesses=["*"], scopes=list(Scope), environment="test", actor="test")
    assert made is not None
    api.key = made.text
    assert (await api.get(f"/accounting/v1/businesses/{OTHER}/documents/{document_id}")).status == 404


async def test_a_legal_document_has_addresses_that_cannot_be_guessed(api: RunningApi) -> None:
    document_id = await invoiced(api)
    issued: dict[str, Any] = {"number": "ORN2026000000001", "document_type": DocumentType.EARSIV}
    await api.installation.progress(ORDER, document_id, DocumentState.ISSUED, **issued)
    links = (await shown(api, f"{BUSINESS}/documents/{document_id}"))["links"]
    assert set(links) == {"pdf", "xml", "html"}
    token = links["pdf"].removesuffix(".pdf").rpartition("/")[2]
    guessed = document_id.replace("-", "") + "0" * 40
    assert token.startswith(document_id.replace("-", ""))
    assert (await api.client.get(f"/documents/v1/{guessed}.pdf")).status == 404


async def test_before_there_is_a_read_model_a_request_is_known_by_its_row(api: RunningApi) -> None:
    answer = await api.post(ORDERS, order_body())
    assert (await shown(api, answer.headers["Location"]))["state"] in {"PENDING", "ACCEPTED"}
