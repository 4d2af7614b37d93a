"""Goodwill, amendments, statuses and corrections: what becomes of their bodies, and which invoice is meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import DocumentState, DocumentType
from app.domain.orders import (
    GoodwillGranted,
    GoodwillLine,
    GoodwillReason,
    InvoiceCorrected,
    OrderAmended,
    OrderStatusChanged,
)
from tests.web.running_api import CUSTOMER, ORDER, ORDERS, SHOP, RunningApi, invoice_body, order_body

HERE = f"{ORDERS}/{ORDER}"
NUMBER = "ORN2026000000001"
RIGHT = {
    "orderItemReference": 1,
    "description": "Kitap kılıfı",
    "quantity": 2,
    "grossUnitPrice": "50.00",
    "vatPercent": 20,
}
CORRECTION = {"goodwillReference": "C-1", "reason": "wrong price", "order": {"items": [RIGHT]}}


@pytest.fixture
async def document(api: RunningApi) -> str:
    """The order's invoice, which is legal."""
    await api.post(ORDERS, order_body())
    await api.post(f"{HERE}/invoices", invoice_body())
    await api.plan()
    (found,) = (await (await api.get(HERE)).json())["invoices"]
    await api.installation.progress(
        ORDER, found["documentId"], DocumentState.ISSUED, document_type=DocumentType.EARSIV, number=NUMBER
    )
    return str(found["documentId"])


def goodwill(**item: Any) -> dict[str, Any]:
    return {
        "goodwillReference": "G-1",
        "goodwillDate": "2026-11-02",
        "goodwillReason": "ARTICLE_DEFECTIVE",
        "items": [{"orderItemReference": 1, "quantity": 2, "grossUnitPrice": "7.50", **item}],
    }


async def test_a_goodwill_is_so_much_for_each_piece(api: RunningApi) -> None:
    answer = await api.post(f"{HERE}/goodwills", goodwill(vatPercent=20, vatType="NORMAL"))
    assert answer.status == 202, await answer.text()
    assert api.producer.events()[-1].body == GoodwillGranted(
        goodwill_reference="G-1",
        goodwill_date=date(2026, 11, 2),
        lines=(GoodwillLine(line_reference="1", amount=Decimal(15)),),
        reason=GoodwillReason.ARTICLE_DEFECTIVE,
    )


@pytest.mark.parametrize(("price", "code"), [("0.333", "TOO_MANY_DIGITS"), ("-1", "OUT_OF_RANGE")])
async def test_a_goodwill_that_is_no_amount_of_money_is_refused_at_its_price(
    api: RunningApi, price: str, code: str
) -> None:
    answer = await api.post(f"{HERE}/goodwills", goodwill(grossUnitPrice=price))
    (error,) = (await answer.json(content_type=None))["errors"]
    assert (answer.status, error["path"], error["code"]) == (400, "$.items[0].grossUnitPrice", code)


async def test_an_order_is_amended_by_whole_lines_and_a_whole_buyer(api: RunningApi) -> None:
    buyer = {**order_body()["billToAddress"], "street": "Başka Sokak"}
    answer = await api.post(f"{HERE}/amendments", {"items": [RIGHT], "billToAddress": buyer})
    assert answer.status == 202, await answer.text()
    event = api.producer.events()[-1]
    assert isinstance(event.body, OrderAmended)
    assert [(line.line_reference, line.unit_price) for line in event.body.lines] == [("1", Decimal(50))]
    assert event.person is not None
    assert event.person.buyer.address.street == "Başka Sokak 1"


async def test_what_is_amended_back_is_meant_anew(api: RunningApi) -> None:
    """Without an id of the client the same words are the same request only while the order is as it was."""
    await api.post(ORDERS, order_body())
    for price in ("50.00", "40.00", "50.00"):
        await api.plan()
        answer = await api.post(f"{HERE}/amendments", {"items": [{**RIGHT, "grossUnitPrice": price}]})
        assert "Idempotent-Replayed" not in answer.headers
    await api.plan()
    assert len({event.request_id for event in api.producer.events()}) == 4


async def test_a_status_may_bring_its_shipment(api: RunningApi) -> None:
    body = {"status": "SHIPPED", "dispatchDate": "2026-11-02", "carrier": "Örnek Kargo", "trackingCode": "TRK-1"}
    answer = await api.post(f"{HERE}/statuses", body)
    assert answer.status == 202, await answer.text()
    assert api.producer.events()[-1].body == OrderStatusChanged(
        status="SHIPPED", dispatch_date=date(2026, 11, 2), carrier="Örnek Kargo", tracking_code="TRK-1"
    )


@pytest.mark.parametrize("name", ["INV-1", NUMBER, "documentId", "the id's beginning"])
async def test_an_invoice_is_corrected_under_each_of_its_names(api: RunningApi, document: str, name: str) -> None:
    meant = {"documentId": document, "the id's beginning": document[:8]}.get(name, name)
    answer = await api.post(f"{HERE}/invoices/{meant}", CORRECTION)
    assert answer.status == 202, await answer.text()
    body = api.producer.events()[-1].body
    assert isinstance(body, InvoiceCorrected)
    assert (body.document_id, body.correction_reference, body.reason) == (document, "C-1", "wrong price")
    assert [line.unit_price for line in body.lines] == [Decimal(50)]


async def test_r16_a_correction_cancels_and_waits(api: RunningApi, document: str) -> None:
    answer = await api.post(f"{HERE}/invoices/INV-1", CORRECTION, "correct-1")
    await api.plan()
    state = await (await api.get(answer.headers["Location"])).json()
    assert (state["operation"], state["state"], state["reason"]) == ("correctInvoice", "HELD", "CANCELLING")
    assert document


async def test_a_repeated_correction_is_answered_as_the_first_one(api: RunningApi, document: str) -> None:
    first = await api.post(f"{HERE}/invoices/INV-1", CORRECTION)
    again = await api.post(f"{HERE}/invoices/INV-1", CORRECTION)
    assert await first.json() == await again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert document


async def test_an_error_of_a_correction_is_said_where_its_body_has_it(api: RunningApi, document: str) -> None:
    wrong = {**CORRECTION, "order": {"items": [{**RIGHT, "orderItemReference": 2}]}}
    answer = await api.post(f"{HERE}/invoices/INV-1", wrong)
    await api.plan()
    state = await (await api.get(answer.headers["Location"])).json()
    assert [(error["path"], error["code"]) for error in state["errorDetails"]] == [
        ("$.order.items[0].orderItemReference", "LINE_OF_ANOTHER_DOCUMENT")
    ]
    buyer = {**order_body()["billToAddress"], "taxIdentificationNumber": "123"}
    refused = await api.post(f"{HERE}/invoices/INV-1", {**CORRECTION, "order": {"billToAddress": buyer}})
    (error,) = (await refused.json(content_type=None))["errors"]
    assert error["path"] == "$.order.billToAddress.taxIdentificationNumber"
    assert document


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{HERE}/invoices/INV-2", "NOT_FOUND"),
        (f"{ORDERS}/NONE/invoices/INV-1", "NOT_FOUND"),
        (f"{ORDERS.replace(CUSTOMER, 'ANOTHER')}/{ORDER}/invoices/INV-1", "OTHER_CUSTOMER"),
    ],
)
async def test_an_invoice_that_there_is_not_is_not_found(api: RunningApi, document: str, path: str, code: str) -> None:
    sent = len(api.producer.records)
    answer = await api.post(path, CORRECTION)
    assert (answer.status, (await answer.json(content_type=None))["errors"][0]["code"]) == (404, code)
    assert len(api.producer.records) == sent
    assert document


async def test_a_name_that_two_invoices_have_is_refused_with_their_ids(api: RunningApi, document: str) -> None:
    """The merchant's reference of one is the other's number."""
    rest = invoice_body(invoiceReference=NUMBER, shipmentReference="SHP-2", items=[{"orderItemReference": 2}])
    await api.post(f"{HERE}/invoices", rest)
    await api.plan()
    answer = await api.post(f"{HERE}/invoices/{NUMBER}", CORRECTION)
    body = await answer.json(content_type=None)
    assert (answer.status, body["errors"][0]["code"]) == (409, "INVOICE_AMBIGUOUS")
    assert document in body["description"]


async def test_every_request_of_the_interface_has_its_place(api: RunningApi) -> None:
    document = await (await api.client.get("/openapi.json")).json()
    stem = "/accounting/v1/businesses/{businessCode}/customers/{customerNumber}/orders"
    below = {path.removeprefix(stem) for path, methods in document["paths"].items() if path.startswith(stem)}
    wanted = {"invoices", "cancellations", "returns", "goodwills", "invoices/{invoiceReference}"}
    assert {f"/{{orderReference}}/{each}" for each in wanted} <= below
    assert SHOP
