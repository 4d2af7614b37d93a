"""What is Nilvera's alone: the register of taxpayers, and the buyer's mailbox."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from app.domain.documents import DocumentType
from providers.base import (
    Absent,
    ConnectionSettings,
    Done,
    Issued,
    NotSent,
    Numbering,
    Prepared,
    Refused,
    Registration,
    Step,
    StepInput,
    Unclear,
    Unknown,
)
from providers.nilvera.adapter import NilveraAdapter
from providers.nilvera.simulator.service import Nilvera
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from tests.providers.examples import (
    FACTS,
    ISSUED_AT,
    REGISTERED_VKN,
    SELLER_VKN,
    TAXPAYER,
    TCKN,
    UNREGISTERED_VKN,
    command,
)

SECONDS = 5.0
MAILBOXES = "/general/GlobalCompany/Check/TaxNumber/{number}"


def connect(url: str, **options: str) -> NilveraAdapter:
    settings = ConnectionSettings(base_url=url, secrets={"api_key": f"sandbox-{SELLER_VKN}"}, options=options)
    return NilveraAdapter(settings)


def efatura(adapter: NilveraAdapter) -> Prepared:
    return adapter.prepare(command(person=TAXPAYER), FACTS, DocumentType.EFATURA, ISSUED_AT)


async def name_taxpayers(url: str, **named: list[str]) -> None:
    async with aiohttp.ClientSession() as http, http.put(f"{url}/_simulator/taxpayers", json=named) as response:
        assert response.status == 200


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with running(Nilvera(Misbehaviour(), status_seconds=0.0).application()) as url:
        yield url


@pytest.fixture
async def adapter(url: str) -> AsyncIterator[NilveraAdapter]:
    adapter = connect(url)
    yield adapter
    await adapter.close()


@pytest.mark.parametrize(
    ("tax_number", "expected"),
    [
        (REGISTERED_VKN, Registration.REGISTERED),
        (UNREGISTERED_VKN, Registration.NOT_REGISTERED),
        (TCKN, Registration.NOT_REGISTERED),
        ("11111111111", Registration.NOT_REGISTERED),
    ],
)
async def test_the_register_is_asked(adapter: NilveraAdapter, tax_number: str, expected: Registration) -> None:
    assert await adapter.registration(tax_number, SECONDS) is expected


async def test_a_buyer_who_left_the_register_is_told_before_anything_is_sent(url: str, adapter: NilveraAdapter) -> None:
    prepared = efatura(adapter)
    await name_taxpayers(url, unregistered=[REGISTERED_VKN])
    outcome = await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(outcome, Refused)
    assert outcome.instead is DocumentType.EARSIV
    assert await adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS) == Absent()


async def test_a_buyer_who_joined_the_register_is_refused_an_earsiv(url: str, adapter: NilveraAdapter) -> None:
    prepared = adapter.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT)
    await name_taxpayers(url, registered=[TCKN])
    outcome = await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(outcome, Refused)
    assert outcome.instead is DocumentType.EFATURA


async def test_a_template_of_the_connection_stands_on_its_documents(url: str) -> None:
    template = "00000000-0000-4000-8000-000000000001"
    prepared = connect(url, template=template).prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT)
    assert f'"TemplateUUID":"{template}"' in prepared.request


@pytest.mark.parametrize(("status", "text"), [(500, ""), (200, "<html>"), (200, "{}"), (200, '[{"Name": ""}]')])
async def test_without_the_mailbox_nothing_is_sent(status: int, text: str) -> None:
    async def mailboxes(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text)

    application = web.Application()
    application.router.add_get(MAILBOXES, mailboxes)
    async with running(application) as url:
        adapter = connect(url)
        assert isinstance(await adapter.registration(REGISTERED_VKN, SECONDS), Unclear)
        outcome = await adapter.create(StepInput(Step.INVOICE, efatura(adapter)), SECONDS)
        await adapter.close()
    assert isinstance(outcome, NotSent)


async def test_a_slow_register_leaves_the_send_its_time_or_nothing_is_sent() -> None:
    async def mailboxes(_: web.Request) -> web.Response:
        await asyncio.sleep(0.25)
        return web.json_response([{"Name": "urn:mail:defaultpk@b.example"}])

    application = web.Application()
    application.router.add_get(MAILBOXES, mailboxes)
    async with running(application) as url:
        adapter = connect(url)
        outcome = await adapter.create(StepInput(Step.INVOICE, efatura(adapter)), 0.4)
        await adapter.close()
    assert isinstance(outcome, NotSent)


async def test_the_default_mailbox_is_preferred() -> None:
    sent: list[str] = []

    async def mailboxes(_: web.Request) -> web.Response:
        return web.json_response([{"Name": "urn:mail:archive@b.example"}, {"Name": "urn:mail:defaultpk@b.example"}])

    async def send(request: web.Request) -> web.Response:
        body = await request.json()
        sent.append(body["CustomerAlias"])
        return web.json_response({"UUID": body["EInvoice"]["InvoiceInfo"]["UUID"], "InvoiceNumber": "N"})

    application = web.Application()
    application.add_routes([web.get(MAILBOXES, mailboxes), web.post("/einvoice/Send/Model", send)])
    async with running(application) as url:
        adapter = connect(url)
        assert isinstance(await adapter.create(StepInput(Step.INVOICE, efatura(adapter)), SECONDS), Done)
        await adapter.close()
    assert sent == ["urn:mail:defaultpk@b.example"]


async def test_a_document_without_readable_details_is_not_judged() -> None:
    async def status(_: web.Request) -> web.Response:
        return web.json_response({"StatusCode": "succeed", "CancelStatus": False})

    application = web.Application()
    application.router.add_get("/earchive/Invoices/{uuid}/Status", status)
    async with running(application) as url:
        adapter = connect(url)
        prepared = adapter.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT)
        assert isinstance(await adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS), Unclear)
        await adapter.close()


def test_an_efatura_cannot_be_cancelled_here() -> None:
    assert connect("https://nilvera.example").capabilities.cancels == {DocumentType.EARSIV}


@pytest.mark.parametrize(
    ("status", "answer", "cancelled", "expected"),
    [
        (200, ["x"], True, Done),
        (200, ["x"], False, Unknown),
        (200, {"Errors": []}, True, Unknown),
        (422, {"Errors": [{"Code": 2999, "Description": "reported"}]}, False, Refused),
        (422, {"Errors": [{"Code": 2000, "Description": "credits"}]}, False, NotSent),
        (422, {}, False, Unknown),
        (404, {"Errors": [{"Code": 3999, "Description": "unknown"}]}, False, Refused),
        (404, {}, False, Unknown),
        (401, {"Errors": [{"Code": 4999, "Description": "key"}]}, False, NotSent),
        (401, {}, False, Unknown),
        (502, {}, True, Unknown),
    ],
)
async def test_a_cancellation_is_done_when_the_status_says_so(
    status: int, answer: object, cancelled: bool, expected: type
) -> None:
    async def cancel(_: web.Request) -> web.Response:
        return web.json_response(answer, status=status)

    async def state(_: web.Request) -> web.Response:
        return web.json_response({"StatusCode": "succeed", "CancelStatus": cancelled})

    application = web.Application()
    application.router.add_put("/earchive/Invoices/{uuid}/Cancel", cancel)
    application.router.add_get("/earchive/Invoices/{uuid}/Status", state)
    async with running(application) as url:
        adapter = connect(url)
        issued = Issued(reference=command().document_id, document_type=DocumentType.EARSIV, number="N")
        assert isinstance(await adapter.cancel(issued, SECONDS), expected)
        await adapter.close()


def test_our_number_takes_the_place_of_the_series() -> None:
    ours = connect("https://nilvera.example", numbers="ours")
    assert ours.capabilities.numbering is Numbering.OURS
    made = ours.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT, "ORN2026000000001")
    assert made.number == "ORN2026000000001"
    assert json.loads(made.request)["ArchiveInvoice"]["InvoiceInfo"]["InvoiceSerieOrNumber"] == "ORN2026000000001"
