from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.domain.orders import LineKind, LinesCancelled, OrderPlaced, OrderReturned
from app.domain.payment import PaymentMethod
from tests.web.running_api import CUSTOMER, NOW, ORDER, ORDERS, SHOP, RunningApi, invoice_body, order_body


async def test_an_accepted_order_is_one_event_on_the_topic(api: RunningApi) -> None:
    answer = await api.post(ORDERS, order_body(), "order-1")
    assert answer.status == 202
    (event,) = api.producer.events()
    assert (event.business, event.order_reference) == (SHOP, ORDER)
    assert await answer.json() == {"internalRequestId": event.request_id}
    assert answer.headers["Location"] == f"/accounting/v1/requests/{event.request_id}"
    assert answer.headers["X-Request-ID"] == "order-1"


async def test_an_orders_fields_land_in_the_event(api: RunningApi) -> None:
    details = {"authorizationDate": "2026-11-01", "settlementReference": "SET-1", "cardHolder": "Deneme Alıcı"}
    payment = {"paymentMethodName": "VISA", "paymentDetails": details}
    await api.post(ORDERS, order_body(paymentReference=payment))
    (event,) = api.producer.events()
    body = event.body
    assert isinstance(body, OrderPlaced)
    assert (body.customer_number, body.order_date, body.currency) == (CUSTOMER, date(2026, 11, 2), "TRY")
    assert [line.line_reference for line in body.lines] == ["1", "2"]
    assert [line.unit_price for line in body.lines] == [Decimal(60), Decimal(24)]
    assert [line.kind for line in body.lines] == [LineKind.GOODS, LineKind.SHIPPING]
    assert (body.payment and body.payment.method, body.payment and body.payment.paid_on) == (
        PaymentMethod.CARD,
        date(2026, 11, 1),
    )
    assert event.extensions == {"orderChannel": "ECOM", "settlementReference": "SET-1"}
    assert event.person is not None
    buyer = event.person.buyer
    assert (buyer.name, buyer.family_name, buyer.tax_number) == ("Deneme", "Alıcı", "10000000146")
    assert (buyer.address.street, buyer.address.district, buyer.address.city) == ("Deneme Sokak 1", "Ankara", "Ankara")
    assert event.occurred_at == NOW


async def test_lines_are_cancelled_and_returned(api: RunningApi) -> None:
    cancelled = {
        "cancellationDate": "2026-11-02",
        "cancellationReason": "OUT_OF_STOCK",
        "items": [{"orderItemReference": 2}],
    }
    returned = {
        "returnReference": "RET-1",
        "returnDate": "2026-11-02",
        "returnReason": "CUSTOMER_RETURN",
        "items": [{"orderItemReference": 1, "quantity": "0.5"}],
    }
    assert (await api.post(f"{ORDERS}/{ORDER}/cancellations", cancelled)).status == 202
    assert (await api.post(f"{ORDERS}/{ORDER}/returns", returned)).status == 202
    first, second = (event.body for event in api.producer.events())
    assert isinstance(first, LinesCancelled)
    assert first.line_references == ("2",)
    assert isinstance(second, OrderReturned)
    assert second.lines[0].quantity == Decimal("0.5")


async def test_r3_a_quantity_or_a_price_in_an_invoice_is_refused_by_its_path(api: RunningApi) -> None:
    items = [{"orderItemReference": 1, "quantity": 1, "grossUnitPrice": 60}]
    answer = await api.post(f"{ORDERS}/{ORDER}/invoices", invoice_body(items=items))
    assert answer.status == 400
    paths = {(error["path"], error["code"]) for error in (await answer.json())["errors"]}
    assert paths == {("$.items[0].quantity", "UNKNOWN_FIELD"), ("$.items[0].grossUnitPrice", "UNKNOWN_FIELD")}
    assert api.producer.records == []


async def test_a_rule_of_content_is_refused_with_its_path_on_the_wire(api: RunningApi) -> None:
    buyer = {**order_body()["billToAddress"], "taxIdentificationNumber": "123"}
    answer = await api.post(ORDERS, order_body(billToAddress=buyer))
    body = await answer.json()
    assert [(error["path"], error["code"]) for error in body["errors"]] == [
        ("$.billToAddress.taxIdentificationNumber", "WRONG_FORMAT")
    ]


async def test_r12_a_refusal_has_the_interfaces_form_and_the_rfcs_at_once(api: RunningApi) -> None:
    answer = await api.post(ORDERS, order_body(orderDate="02.11.2026"))
    body = await answer.json()
    assert answer.content_type == "application/problem+json"
    assert {name: body[name] for name in ("type", "title", "code", "status", "stored")} == {
        "type": "RequestBody",
        "title": "IncorrectMessage",
        "code": 400,
        "status": 400,
        "stored": "no",
    }
    assert body["description"] == body["detail"] == "$.orderDate NOT_A_DATE: should be a date like 2026-11-02"
    assert body["errors"][0]["messageTr"] == "2026-11-02 gibi bir tarih değil"


async def test_a_client_that_takes_plain_json_alone_gets_a_refusal_as_that(api: RunningApi) -> None:
    answer = await api.post(ORDERS, {}, Accept="application/json")
    assert (answer.status, answer.content_type) == (400, "application/json")


async def test_an_order_under_another_customer_is_not_found(api: RunningApi) -> None:
    await api.post(ORDERS, order_body())
    answer = await api.post(f"{ORDERS.replace(CUSTOMER, 'ANOTHER')}/{ORDER}/invoices", invoice_body())
    assert answer.status == 404
    assert (await answer.json())["errors"][0]["code"] == "OTHER_CUSTOMER"
    assert len(api.producer.records) == 1


async def test_for_whom_it_is_asked_is_in_the_event_for_an_order_that_is_not_known_here_yet(api: RunningApi) -> None:
    assert (await api.post(f"{ORDERS}/{ORDER}/invoices", invoice_body())).status == 202
    assert [event.customer_number for event in api.producer.events()] == [CUSTOMER]


async def test_a_business_that_is_not_configured_is_not_found(api: RunningApi) -> None:
    answer = await api.post(ORDERS.replace(SHOP, "NONE"), order_body())
    assert (answer.status, api.producer.records) == (404, [])


async def test_a_request_just_accepted_is_known_at_once(api: RunningApi) -> None:
    answer = await api.post(ORDERS, order_body(), "order-1")
    status = await api.get(answer.headers["Location"])
    body = await status.json()
    assert status.status == 200
    assert (body["xRequestId"], body["orderReference"], body["operation"]) == ("order-1", ORDER, "createOrder")
    assert body["state"] in {"PENDING", "ACCEPTED"}
