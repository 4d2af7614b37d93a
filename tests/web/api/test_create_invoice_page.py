"""The body of the interface's page on creating an invoice, as it stands there: what becomes of each of its fields."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentState, DocumentStatus
from app.domain.orders import InvoiceRequested, LoggedEvent
from app.domain.policy import EXTERNAL, Mode, NumberRule, Policy
from app.domain.time import legal_date
from app.stream.topics.names import Topics
from tests.web.running_api import CUSTOMER, ORDER, ORDERS, SHOP, RunningApi, order_body

PAGE_BODY = """{
  "carrier": "DHL",
  "dispatchDate": "2021-11-05",
  "dueDate": "2021-11-05",
  "invoiceDate": "2021-11-05",
  "invoiceReference": "INV-NL833249069",
  "items": [
    {
      "orderItemReference": 1
    }
  ],
  "shipmentReference": "SHIP-1234",
  "trackingCode": "3SABCD0123456-NL-1234AB"
}"""
ITS_REFERENCE = "INV-NL833249069"
DAY = date(2021, 11, 5)
NUMBER, SERIES = "ABC2021000000017", "ABC"
INVOICES = f"{ORDERS}/{ORDER}/invoices"
OF_ANOTHER = ORDERS.replace(CUSTOMER, "ANOTHER")
TOPICS = Topics()


@pytest.fixture(autouse=True)
async def order(api: RunningApi) -> None:
    """On the day of the page, when VAT was 18 %, the order is known."""
    api.now = api.installation.pipeline.now = datetime(2021, 11, 5, 9, tzinfo=UTC)
    items = [{**item, "vatPercent": 18} for item in order_body()["items"]]
    await api.post(ORDERS, order_body(orderDate="2021-11-04", items=items))
    await api.plan()


def issued_by_the_merchant(api: RunningApi, rule: NumberRule) -> None:
    policy = Policy(provider="nilvera", mode=Mode.EXTERNAL, invoice_number_rule=rule)
    api.installation.pipeline.book.policies[SHOP] = policy


def with_reference(reference: str) -> str:
    return PAGE_BODY.replace(ITS_REFERENCE, reference)


async def sent(api: RunningApi, body: str) -> dict[str, Any]:
    """What became of the request."""
    answer = await api.post(INVOICES, body)
    assert answer.status == 202, await answer.text()
    await api.plan()
    found: dict[str, Any] = await (await api.get(answer.headers["Location"])).json()
    return found


def on_the_log(api: RunningApi) -> LoggedEvent:
    pipeline = api.installation.pipeline
    return pipeline.codec.read(LoggedEvent, pipeline.on(TOPICS.order_log)[-1].value)


def commands(api: RunningApi) -> list[InvoiceCommand]:
    pipeline = api.installation.pipeline
    return [pipeline.codec.read(InvoiceCommand, record.value) for record in pipeline.on(TOPICS.commands("nilvera"))]


def status(api: RunningApi) -> DocumentStatus:
    pipeline = api.installation.pipeline
    return pipeline.codec.read(DocumentStatus, pipeline.on(TOPICS.document_status)[-1].value)


@pytest.mark.parametrize("mode", Mode)
async def test_each_field_is_on_the_orders_log_in_both_modes(api: RunningApi, mode: Mode) -> None:
    if mode is Mode.EXTERNAL:
        issued_by_the_merchant(api, NumberRule.ANY)
    state = await sent(api, PAGE_BODY)
    assert (state["state"], state["operation"]) == ("OK", "createInvoice")
    logged = on_the_log(api)
    assert logged.body == InvoiceRequested(
        line_references=("1",),
        shipment_reference="SHIP-1234",
        invoice_reference=ITS_REFERENCE,
        invoice_date=DAY,
        dispatch_date=DAY,
        due_date=DAY,
        carrier="DHL",
        tracking_code="3SABCD0123456-NL-1234AB",
    )
    assert (logged.business, logged.order_reference, logged.customer_number) == (SHOP, ORDER, CUSTOMER)
    assert logged.request_id == state["internalRequestId"]


async def test_managed_the_reference_is_the_merchants_own_and_is_found_by_it(api: RunningApi) -> None:
    await sent(api, PAGE_BODY)
    (command,) = commands(api)
    order = command.order
    assert order is not None
    assert (order.carrier, order.tracking_code, order.shipment_reference) == (
        "DHL",
        "3SABCD0123456-NL-1234AB",
        "SHIP-1234",
    )
    assert (order.dispatch_date, order.due_date, order.invoice_reference) == (DAY, DAY, ITS_REFERENCE)
    info = order.invoice_info
    assert info is not None
    assert info.invoice_serie_or_number is None
    assert info.issue_date is not None
    assert legal_date(info.issue_date) == DAY
    documents = f"/accounting/v1/businesses/{SHOP}/documents?q={ITS_REFERENCE.lower()}"
    (shown,) = (await (await api.get(documents)).json())["rows"]
    assert (shown["invoiceReference"], shown["number"], shown["shipmentReference"]) == (
        ITS_REFERENCE,
        None,
        "SHIP-1234",
    )


@pytest.mark.parametrize("given", [NUMBER, SERIES])
async def test_managed_sixteen_characters_are_the_number_and_three_the_series(api: RunningApi, given: str) -> None:
    assert (await sent(api, with_reference(given)))["state"] == "OK"
    (command,) = commands(api)
    assert command.order is not None
    assert command.order.invoice_info is not None
    assert command.order.invoice_info.invoice_serie_or_number == given


async def test_external_the_invoice_is_registered_and_no_provider_is_asked(api: RunningApi) -> None:
    issued_by_the_merchant(api, NumberRule.ANY)
    await sent(api, PAGE_BODY)
    latest = status(api)
    assert (latest.state, latest.provider) == (DocumentState.ISSUED, EXTERNAL)
    assert (latest.number, latest.issue_date, latest.lines) == (ITS_REFERENCE, DAY, ("1",))
    assert commands(api) == []


async def test_external_a_number_has_the_form_that_the_business_has_said(api: RunningApi) -> None:
    issued_by_the_merchant(api, NumberRule.TR)
    refused = await sent(api, PAGE_BODY)
    assert (refused["state"], [(each["path"], each["code"]) for each in refused["errorDetails"]]) == (
        "REJECTED",
        [("$.invoiceReference", "INVOICE_NUMBER")],
    )
    assert (await sent(api, with_reference(NUMBER)))["state"] == "OK"
    assert (status(api).number, commands(api)) == (NUMBER, [])


@pytest.mark.parametrize("mode", Mode)
async def test_under_another_customer_the_order_is_not_found(api: RunningApi, mode: Mode) -> None:
    if mode is Mode.EXTERNAL:
        issued_by_the_merchant(api, NumberRule.ANY)
    answer = await api.post(f"{OF_ANOTHER}/{ORDER}/invoices", PAGE_BODY)
    assert (answer.status, len(api.producer.records)) == (404, 1)


async def test_under_another_customer_it_is_refused_by_the_fold_where_the_order_comes_later(api: RunningApi) -> None:
    """What is here does not know the order yet, which comes another way."""
    answer = await api.post(f"{OF_ANOTHER}/LATER/invoices", PAGE_BODY)
    assert answer.status == 202
    placed = json.dumps(
        {
            "business": SHOP,
            "order_reference": "LATER",
            "body": {
                "type": "OrderPlaced",
                "order_date": "2021-11-04",
                "customer_number": CUSTOMER,
                "lines": [
                    {"line_reference": "1", "name": "Kitap", "quantity": 1, "unit_price": "60.00", "vat_rate": 18}
                ],
            },
        }
    )
    await api.plan()
    await api.installation.submit(placed.encode())
    state = await (await api.get(answer.headers["Location"])).json()
    assert (state["state"], [(each["path"], each["code"]) for each in state["errorDetails"]]) == (
        "REJECTED",
        [("path:customerNumber", "OTHER_CUSTOMER")],
    )
