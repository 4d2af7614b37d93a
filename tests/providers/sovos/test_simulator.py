"""The simulated Sovos does not flatter: what the real services refuse, it refuses."""

import asyncio
import base64
import hashlib
from typing import Any

import aiohttp
import pytest

from app.domain.documents import DocumentType
from providers.base import Done
from providers.formats.elements import Element, child, text, written
from providers.sovos.simulator.payloads import zipped
from providers.transport.http import Reply
from providers.transport.soap import SoapFault, answer_in, enveloped
from tests.providers.examples import REGISTERED_VKN, SELLER_VKN, command
from tests.providers.sovos.bench import ALIAS, Bench, bench_with
from tests.providers.two_services import KEY, NUMBER

EARSIV = "/ClientEArsivServicesPort.svc"
EFATURA = "/ClientEInvoiceServices/ClientEInvoiceServicesPort.svc"
INVOICE = "http://fitcons.com/earchive/invoice"
EINVOICE = "http:/fitcons.com/eInvoice/"


async def said(bench: Bench, path: str, action: str, body: Element, key: str = KEY) -> Any:
    """The answer, a fault, or the status of what is neither."""
    headers = {
        "Content-Type": "text/xml",
        "SOAPAction": f'"{action}"',
        "Authorization": "Basic " + base64.b64encode(f"any:{key}".encode()).decode(),
    }
    data = enveloped(body)
    async with (
        aiohttp.ClientSession() as http,
        http.post(bench.url + path, data=data.encode(), headers=headers) as response,
    ):
        reply = Reply(status=response.status, text=await response.text())
    own = answer_in(reply)
    return reply.status if own is None else own


def sending(bench: Bench, **changes: Any) -> dict[str, Any]:
    """The fields of a sendInvoice that is right, but for the changes."""
    prepared = bench.prepared(command(str(changes.pop("name", "first"))), number=changes.pop("number", NUMBER))
    packed = changes.pop("packed", zipped(f"{prepared.reference}.xml", prepared.request.encode()))
    fields = {
        "senderID": SELLER_VKN,
        "receiverID": "2222222222",
        "docType": "XML",
        "fileName": prepared.reference,
        "hash": hashlib.md5(base64.b64decode(packed), usedforsecurity=False).hexdigest(),
        "binaryData": packed,
        "customizationParams": {"paramName": "BRANCH", "paramValue": "default"},
        "responsiveOutput": {"outputType": "NONE"},
    }
    return {**fields, **changes}


async def sent(bench: Bench, fields: dict[str, Any], namespace: str = INVOICE, *, qualified: bool = False) -> Any:
    body = written(namespace, "sendInvoiceRequestType", fields, qualified=qualified)
    return await said(bench, EARSIV, "sendInvoice", body)


async def test_a_message_as_it_is_described_is_taken_and_one_of_another_form_is_not() -> None:
    async with bench_with() as bench:
        fields = sending(bench)
        assert isinstance(await sent(bench, fields, "http:/fitcons.com/earchive/invoice"), SoapFault)
        assert isinstance(await sent(bench, fields, qualified=True), SoapFault)
        assert isinstance(await sent(bench, dict(reversed(fields.items()))), SoapFault)
        assert bench.simulator.record.report(bench.simulator._misbehaviour.injected)["documents"] == []
        answer = await sent(bench, fields)
        assert text(answer, "Result", "Result") == "SUCCESS"
        assert text(answer, "preCheckSuccessResults", "preCheckSuccess", "InvoiceNumber") == NUMBER


async def test_efatura_wants_its_namespace_with_one_slash_in_every_element() -> None:
    fields = {"Identifier": ALIAS, "VKN_TCKN": SELLER_VKN, "Role": "PK", "Filter_VKN_TCKN": REGISTERED_VKN}
    async with bench_with() as bench:
        for namespace, qualified in ((EINVOICE, True), (EINVOICE, False), ("http://fitcons.com/eInvoice/", True)):
            body = written(namespace, "getUserListRequest", fields, qualified=qualified)
            answer = await said(bench, EFATURA, "getUserList", body)
            assert isinstance(answer, SoapFault) == ((namespace, qualified) != (EINVOICE, True))


async def test_the_list_of_taxpayers_at_earsiv_has_one_slash_and_fields_with_a_namespace() -> None:
    one_slash = "http:/fitcons.com/earchive/getuserlist"
    async with bench_with() as bench:
        for namespace, qualified in ((one_slash, True), (one_slash, False), (one_slash.replace(":/", "://"), True)):
            body = written(namespace, "getUserListRequest", {"vknTckn": SELLER_VKN}, qualified=qualified)
            answer = await said(bench, EARSIV, "getUserList", body)
            assert isinstance(answer, SoapFault) == ((namespace, qualified) != (one_slash, True))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hash": "0" * 32}, "1000"),
        ({"packed": base64.b64encode(b"no zip").decode()}, "1000"),
        ({"packed": zipped("other.xml", b"<a/>")}, None),
        ({"customizationParams": {"paramName": "BRANCH", "paramValue": "Kadıköy"}}, "9004"),
        ({"responsiveOutput": {"outputType": "PDF"}}, "20"),
        ({"binaryData": ""}, "1000"),
    ],
)
async def test_a_sending_that_is_wrong_is_refused_and_makes_nothing(changes: dict[str, Any], code: str | None) -> None:
    async with bench_with() as bench:
        answer = await sent(bench, sending(bench, **changes))
        if code is None:
            assert text(answer, "Result", "Result") == "FAIL"
            assert child(answer, "preCheckErrorResults", "preCheckError") is not None
        else:
            assert isinstance(answer, SoapFault)
            assert answer.detail is not None
            assert text(answer.detail, "Code") == code
        assert bench.simulator.record.of(SELLER_VKN) == ()


async def test_the_hash_is_of_the_zip_and_in_lower_case() -> None:
    async with bench_with() as bench:
        fields = sending(bench)
        assert isinstance(await sent(bench, {**fields, "hash": fields["hash"].upper()}), SoapFault)


async def test_a_document_whose_sums_do_not_add_up_is_refused_by_the_pre_check() -> None:
    async with bench_with() as bench:
        prepared = bench.prepared()
        wrong = prepared.request.replace(">120.00<", ">121.00<")
        answer = await sent(bench, sending(bench, packed=zipped(f"{prepared.reference}.xml", wrong.encode())))
        assert "do not come to 121.00" in text(answer, "preCheckErrorResults", "preCheckError", "ErrorDesc")


async def test_a_wrong_password_is_challenged_and_anothers_documents_are_unauthorized() -> None:
    async with bench_with() as bench:
        body = written(INVOICE, "sendInvoiceRequestType", sending(bench), qualified=False)
        assert await said(bench, EARSIV, "sendInvoice", body, key="wrong") == 401
        other = await said(bench, EARSIV, "sendInvoice", body, key=f"sandbox-{REGISTERED_VKN}")
        assert isinstance(other, SoapFault)
        assert other.text == "Unauthorized"


async def test_an_address_that_is_not_allowed_gets_1200() -> None:
    async with bench_with() as bench:
        bench.switch(ip_allowed=False)
        answer = await sent(bench, sending(bench))
        assert isinstance(answer, SoapFault)
        assert answer.detail is not None
        assert text(answer.detail, "Code") == "1200"


async def test_a_document_has_its_image_before_it_is_signed() -> None:
    async def status() -> str:
        asked = {"UUID": bench.prepared().reference}
        body = written(INVOICE, "getStatusRequestType", asked, qualified=False)
        return text(await said(bench, EARSIV, "getStatus", body), "statusCode")

    async with bench_with(status_seconds=0.4) as bench:
        await bench.made(bench.prepared())
        states = []
        while not states or states[-1] != "130":
            states.append(await status())
            await asyncio.sleep(0.02)
        assert list(dict.fromkeys(states)) == ["20", "105", "130"]


def cancelling(**changes: str) -> Element:
    info = {
        "invoiceId": NUMBER,
        "vkn": SELLER_VKN,
        "branch": "default",
        "totalAmount": "100.00",
        "cancelDate": "2026-05-02",
    }
    fields = {"invoiceCancelInfoTypeList": {**info, **changes}}
    namespace = "http://fitcons.com/earchive/invoicecancellation"
    return written(namespace, "invoiceCancellationServiceRequestType", fields, qualified=False)


async def test_a_cancellation_wants_the_exact_total_without_vat_and_no_day_before_the_issue() -> None:
    async with bench_with() as bench:
        await bench.made(bench.prepared())
        for changes in ({"totalAmount": "120.00"}, {"cancelDate": "2026-05-01"}, {"invoiceId": "ABC2026000000099"}):
            answer = await said(bench, EARSIV, "cancelInvoice", cancelling(**changes))
            assert text(answer, "Result") == "FAIL"
        assert text(await said(bench, EARSIV, "cancelInvoice", cancelling()), "Result") == "SUCCESS"
        assert text(await said(bench, EARSIV, "cancelInvoice", cancelling()), "Result") == "FAIL"


async def test_a_cancelled_number_is_not_taken_again() -> None:
    async with bench_with() as bench:
        await bench.made(bench.prepared())
        await said(bench, EARSIV, "cancelInvoice", cancelling())
        answer = await sent(bench, sending(bench, name="second"))
        assert text(answer, "Result", "Result") == "FAIL"


async def test_a_reserved_number_is_none_that_a_document_gets() -> None:
    fields = {"Identifier": SELLER_VKN, "Branch": "default", "Cust_inv_id": "1", "Issue_date": "2026-05-02"}
    async with bench_with() as bench:
        body = written(INVOICE, "invIdGenerationRequest", fields, qualified=False)
        reserved = text(await said(bench, EARSIV, "generateInvID", body), "Invoice_ID")
        done = await bench.create(bench.prepared(number=None))
        assert isinstance(done, Done)
        assert (reserved, done.number) == ("SV02026000000001", "SV02026000000002")


@pytest.mark.parametrize(
    ("numbering", "number", "code"),
    [("automatic", "EFA2026000000001", "3013"), ("own", None, "3014"), ("both", None, None), ("own", NUMBER, None)],
)
async def test_a_number_must_agree_with_how_the_account_numbers(
    numbering: str, number: str | None, code: str | None
) -> None:
    async with bench_with() as bench:
        bench.switch(numbering=numbering)
        outcome = await bench.create(bench.prepared(kind=DocumentType.EFATURA, number=number))
        assert isinstance(outcome, Done) if code is None else code in str(outcome)


async def test_more_than_twenty_uuids_are_refused() -> None:
    fields = {"Identifier": ALIAS, "VKN_TCKN": SELLER_VKN, "UUID": ["1"] * 21, "DocType": "INVOICE", "Type": "OUTBOUND"}
    async with bench_with() as bench:
        answer = await said(
            bench, EFATURA, "getUBLList", written(EINVOICE, "getUBLListRequest", fields, qualified=True)
        )
        assert isinstance(answer, SoapFault)


async def test_a_switch_that_is_not_there_is_refused() -> None:
    async with bench_with() as bench, aiohttp.ClientSession() as http:
        for body, status in (({"wsdl": "2.0"}, 200), ({"branches": ["default", "Kadıköy"]}, 200), ({"wsld": 1}, 400)):
            async with http.put(f"{bench.url}/_simulator/sovos", json=body) as response:
                assert response.status == status
        assert bench.simulator.behaviour.wsdl == "2.0"
        assert bench.simulator.behaviour.branches == ("default", "Kadıköy")
