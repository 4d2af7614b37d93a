"""What is this provider's alone: refusals without a code, the login in every body, mailboxes, drafts."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from app.documents.checking import Mode
from app.domain.documents import DocumentState, DocumentType
from providers.base import (
    Absent,
    ConnectionSettings,
    Done,
    Issued,
    NotSent,
    Refused,
    Registration,
    Step,
    StepInput,
    Unclear,
    Unknown,
)
from providers.base.reads import CheckAsked, FileForm
from providers.hepsiburada_efaturam.adapter import HepsiburadaAdapter
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
from tests.providers.hepsiburada_efaturam.service import SECONDS, SECRETS, Service, served

BOXES = ["urn:mail:muhasebe@b.example", "urn:mail:defaultpk@b.example"]
SECRET = {"username": "canary-user-4711", "password": 'canary-"şifre"-4711'}


def issued(service: Service, kind: DocumentType = DocumentType.EARSIV) -> Issued:
    document = service.documents[0].booking
    return Issued(reference=document.reference, document_type=kind, number=document.number)


async def found(service: Service, **changes: Any) -> object:
    prepared = service.prepared(command(**changes))
    return await service.adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS)


# Refusals.


async def test_a_refusal_is_believed_when_the_document_is_not_there(service: Service) -> None:
    prepared = service.prepared()
    request = json.loads(prepared.request)
    request["Invoice"]["LegalMonetaryTotal"]["PayableAmount"]["value"] = 1
    outcome = await service.create(replace(prepared, request=json.dumps(request)))
    assert isinstance(outcome, Refused)
    assert [(e.code, e.message) for e in outcome.errors] == [("HEPSIBURADA_REFUSED", "Ödenecek tutar hatalı.")]
    assert outcome.instead is None


@pytest.mark.parametrize("repeat", ["refused", "unclear"])
async def test_a_repeat_is_never_a_refusal_whatever_its_sentence(service: Service, repeat: str) -> None:
    prepared = service.prepared()
    assert isinstance(await service.create(prepared), Done)
    await service.switch("variants", repeat=repeat)
    assert isinstance(await service.create(prepared), Unknown)
    assert len(service.documents) == 1


async def test_a_repeat_that_is_answered_like_the_first_is_done(service: Service) -> None:
    prepared = service.prepared()
    await service.switch("variants", repeat="same")
    assert await service.create(prepared) == await service.create(prepared)
    assert len(service.documents) == 1


async def test_a_unique_local_id_protects_until_the_earlier_attempt_has_failed(service: Service) -> None:
    await service.switch("variants", local_ids="unique")
    prepared = service.prepared()
    await service.create(prepared)
    service.documents[0].booking.fails = True
    request = json.loads(prepared.request)
    request["Invoice"]["Uuid"]["value"] = "7f0cf3a2-1a1b-4c55-9a0e-1f5d1d3c0001"
    answer = await service.ask("SendInvoice", invoices=[request])
    assert answer["IsSucceded"], answer
    service.documents[0].booking.fails = False
    assert not (await service.ask("SendInvoice", invoices=[request]))["IsSucceded"]


async def test_a_failure_with_another_status_is_read_like_one_with_200(service: Service) -> None:
    await service.switch("variants", failures="400")
    await service.switch("taxpayers", registered=[TCKN])
    outcome = await service.create(service.prepared())
    assert isinstance(outcome, Refused)
    assert await found(service) == Absent()


@pytest.mark.parametrize("absent", ["empty", "message"])
async def test_what_is_not_there_is_absent_in_either_of_the_service_s_ways(service: Service, absent: str) -> None:
    await service.switch("variants", absent=absent)
    assert await found(service) == Absent()


async def test_states_are_read_as_numbers_too(service: Service) -> None:
    await service.switch("variants", enums="numbers")
    done = await service.create(service.prepared())
    seen = await found(service)
    assert isinstance(done, Done)
    assert isinstance(seen, Done)
    assert (seen.state, seen.number) == (DocumentState.ISSUED, done.number)


# The register.


@pytest.mark.parametrize(
    ("tax_number", "expected"),
    [
        (REGISTERED_VKN, Registration.REGISTERED),
        (UNREGISTERED_VKN, Registration.NOT_REGISTERED),
        ("11111111111", Registration.NOT_REGISTERED),
    ],
)
async def test_the_register_is_asked(service: Service, tax_number: str, expected: Registration) -> None:
    assert await service.adapter.registration(tax_number, SECONDS) is expected


async def test_a_buyer_who_joined_the_register_is_refused_an_e_arsiv(service: Service) -> None:
    await service.switch("taxpayers", registered=[TCKN])
    outcome = await service.create(service.prepared())
    assert isinstance(outcome, Refused)
    assert outcome.instead is DocumentType.EFATURA


async def test_a_buyer_who_left_the_register_is_refused_an_e_fatura_before_anything_is_sent(service: Service) -> None:
    prepared = service.prepared(command(person=TAXPAYER))
    await service.switch("taxpayers", unregistered=[REGISTERED_VKN])
    outcome = await service.create(prepared)
    assert isinstance(outcome, Refused)
    assert outcome.instead is DocumentType.EARSIV
    assert "create" not in service.simulator.outbox.record.counts


async def test_a_document_that_the_service_made_another_type_of_is_looked_at_by_a_person() -> None:
    async with served(scenario="automated") as service:
        await service.switch("taxpayers", registered=[TCKN])
        assert isinstance(await service.create(service.prepared()), Unknown)
        (document,) = service.documents
        assert document.booking.document_type == "EFATURA"
        assert "Scenario is eInvoice, not eArchive" in str(await found(service))


async def test_of_several_mailboxes_the_default_one_is_named(service: Service) -> None:
    await service.switch("mailboxes", **{REGISTERED_VKN: BOXES})
    assert isinstance(await service.create(service.prepared(command(person=TAXPAYER))), Done)
    target = service.documents[0].sent.beside["targetcustomer"]
    assert target == {"vkntckn": REGISTERED_VKN, "alias": BOXES[1], "title": TAXPAYER.buyer.name}


async def test_the_only_mailbox_needs_no_name(service: Service) -> None:
    await service.create(service.prepared(command(person=TAXPAYER)))
    assert "targetcustomer" not in service.documents[0].sent.beside


# States.


async def test_a_document_is_on_its_way_first() -> None:
    async with served(status_seconds=3600) as service:
        prepared = service.prepared()
        done = await service.create(prepared)
        assert isinstance(done, Done)
        polled = await service.adapter.poll(prepared, done, SECONDS)
        assert isinstance(polled, Done)
        assert polled.state is DocumentState.PROCESSING


async def test_a_draft_is_one_and_can_be_deleted(service: Service) -> None:
    prepared = service.prepared()
    assert (await service.ask("SaveAsDraft", invoices=[json.loads(prepared.request)]))["IsSucceded"]
    seen = await found(service)
    assert isinstance(seen, Done)
    assert seen.state is DocumentState.DRAFT
    outcome = await service.adapter.withdraw(issued(service), SECONDS)
    assert isinstance(outcome, Done)
    assert outcome.state is DocumentState.CANCELLED


async def test_what_is_no_draft_is_not_deleted(service: Service) -> None:
    await service.create(service.prepared())
    assert isinstance(await service.adapter.withdraw(issued(service), SECONDS), Refused)
    assert service.documents[0].booking.state() == "SUCCEEDED"


# The login.


@asynccontextmanager
async def echoing(answer: dict[str, Any], status: int) -> AsyncIterator[HepsiburadaAdapter]:
    """An adapter at a server that answers with what it was sent."""

    async def echo(request: web.Request) -> web.Response:
        sent = await request.json()
        said = f"{answer['Message']} {sent['parameters']['userInfo']} {SECRET['password']} {SECRET['username']}"
        return web.json_response({**answer, "Message": said}, status=status)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", echo)
    async with running(application) as url:
        adapter = HepsiburadaAdapter(ConnectionSettings(base_url=url, secrets=SECRET))
        yield adapter
        await adapter.close()


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
@pytest.mark.parametrize("message", ["Ödenecek tutar hatalı.", "Şifre hatalı.", "Fatura bulunamadı."])
async def test_neither_user_nor_password_is_in_anything_that_is_kept(
    caplog: pytest.LogCaptureFixture, status: int, message: str
) -> None:
    caplog.set_level(logging.DEBUG)
    async with echoing({"IsSucceded": False, "Message": message, "Value": None}, status) as adapter:
        prepared = adapter.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT)
        document = Issued(reference=prepared.reference, document_type=DocumentType.EARSIV)
        done = Done(reference=prepared.reference, state=DocumentState.PROCESSING)
        kept = [
            prepared,
            adapter,
            adapter.API,
            await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS),
            await adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS),
            await adapter.find_issued(document, SECONDS),
            await adapter.poll(prepared, done, SECONDS),
            await adapter.cancel(document, SECONDS),
            await adapter.withdraw(document, SECONDS),
            await adapter.download(document, FileForm.PDF, SECONDS),
            await adapter.registration(REGISTERED_VKN, SECONDS),
            *await adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS),
        ]
    text = f"{kept!r} {list(map(str, kept))} {caplog.text}"
    assert [each for each in ("canary", "-4711", "şifre\\") if each in text] == []


async def test_a_refused_login_is_asked_once_more_by_a_read(service: Service) -> None:
    stranger = HepsiburadaAdapter(ConnectionSettings(base_url=service.url, secrets={**SECRETS, "password": "wrong"}))
    outcome = await stranger.create(StepInput(Step.INVOICE, service.prepared()), SECONDS)
    async with service.http.get(f"{service.url}/_simulator/arrivals") as response:
        arrivals = (await response.json())["seconds"]
    assert await stranger.probe(SECONDS), "a refused login is an answer"
    await stranger.close()
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner
    assert len(arrivals) == 2


async def test_a_sentence_about_rights_is_the_documents_where_a_read_is_answered() -> None:
    """Else one document would stop the connection, and again each time its owner lets it go on."""

    async with running(without_rights({"IsEInvoiceUser": False, "QueryOutboxInvoiceStatus": []})) as url:
        adapter = HepsiburadaAdapter(ConnectionSettings(base_url=url, secrets=SECRETS))
        prepared = adapter.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT)
        outcome = await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
        await adapter.close()
    assert isinstance(outcome, Refused)
    assert [error.message for error in outcome.errors] == ["Bu fatura tipi için yetkiniz yok."]


async def test_nor_does_a_sentence_about_rights_to_one_document_stop_it_where_that_is_asked_about_or_undone() -> None:
    document = Issued(reference=command().document_id, document_type=DocumentType.EARSIV)
    async with running(without_rights({"IsEInvoiceUser": False})) as url:
        adapter = HepsiburadaAdapter(ConnectionSettings(base_url=url, secrets=SECRETS))
        found, outcome = await adapter.find_issued(document, SECONDS), await adapter.cancel(document, SECONDS)
        mail = await adapter.send_mail(document, "alici@example.com", SECONDS)
        await adapter.close()
    assert isinstance(found, Unclear) and not found.needs_owner
    assert isinstance(outcome, Refused) and isinstance(mail, Refused)


def without_rights(values: dict[str, Any]) -> web.Application:
    """A service that answers these actions, and refuses each other one by a sentence about rights."""

    async def answer(request: web.Request) -> web.Response:
        action = (await request.json())["Action"]
        refusal = {"IsSucceded": False, "Message": "Bu fatura tipi için yetkiniz yok.", "Value": None}
        fine = {"IsSucceded": True, "Message": "", "Value": values.get(action)}
        return web.json_response(fine if action in values else refusal)

    application = web.Application()
    application.router.add_post("/api/BasicIntegrationApi", answer)
    return application


async def test_a_login_sentence_that_is_not_recognised_refuses_nothing() -> None:
    """The question behind a refusal fails with the same sentence, and says nothing of the document."""

    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"IsSucceded": False, "Message": "Giriş başarısız.", "Value": None})

    application = web.Application()
    application.router.add_post("/api/BasicIntegrationApi", refuse)
    async with running(application) as url:
        adapter = HepsiburadaAdapter(ConnectionSettings(base_url=url, secrets=SECRETS))
        prepared = adapter.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT)
        assert isinstance(await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS), Unknown)
        assert isinstance(await adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS), Unclear)
        await adapter.close()


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("https://api.hepsiburadaefaturam.com", Mode.PRODUCTION),
        ("https://testapi.hepsiburadaefaturam.com", Mode.TEST),
        ("http://127.0.0.1:8700", Mode.TEST),
    ],
)
def test_identities_of_test_environments_are_refused_at_the_live_address_alone(url: str, mode: Mode) -> None:
    assert HepsiburadaAdapter(ConnectionSettings(base_url=url, secrets=SECRETS)).mode is mode


# Cancelling and files.


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"IsSucceded": True, "Message": None, "Value": True}, Unknown),
        ({"IsSucceded": False, "Message": "Süre geçti.", "Value": False}, Refused),
        ({"IsSucceded": False, "Message": "Beklenmeyen hata", "Value": False}, Unknown),
        ({"IsSucceded": False, "Message": "Şifre hatalı", "Value": False}, NotSent),
        ({"Message": "An error has occurred."}, Unknown),
    ],
)
async def test_a_cancellation_is_done_when_the_status_says_so(answer: object, expected: type) -> None:
    async def answered(request: web.Request) -> web.Response:
        is_status = (await request.json())["Action"] == "QueryOutboxInvoiceStatus"
        rows = [{"InvoiceId": command().document_id, "StatusCode": 1000}]
        return web.json_response({"IsSucceded": True, "Message": None, "Value": rows} if is_status else answer)

    application = web.Application()
    application.router.add_post("/api/BasicIntegrationApi", answered)
    async with running(application) as url:
        adapter = HepsiburadaAdapter(ConnectionSettings(base_url=url, secrets=SECRETS))
        document = Issued(reference=command().document_id, document_type=DocumentType.EARSIV, number="N")
        assert isinstance(await adapter.cancel(document, SECONDS), expected)
        await adapter.close()


async def test_a_file_of_another_document_is_none() -> None:
    async def answered(_: web.Request) -> web.Response:
        return web.json_response({"IsSucceded": True, "Message": None, "Value": {"Data": "PGE+", "Html": "<b/>"}})

    application = web.Application()
    application.router.add_post("/api/BasicIntegrationApi", answered)
    async with running(application) as url:
        adapter = HepsiburadaAdapter(ConnectionSettings(base_url=url, secrets=SECRETS))
        document = Issued(reference=command().document_id, document_type=DocumentType.EARSIV)
        for form in FileForm:
            assert isinstance(await adapter.download(document, form, SECONDS), Unclear)
        await adapter.close()
