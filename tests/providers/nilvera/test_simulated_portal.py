"""What merchants' clients read at the simulated Nilvera, as its public description has it."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from lxml import etree

from app.documents.checking import Mode, Severity, check
from app.domain.documents import DocumentType
from app.domain.time import legal_date
from providers.nilvera.simulator.service import Nilvera
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from providers.simulation.taxpayers import CUSTOMS
from tests.providers.examples import ISSUED_AT, SELLER_VKN, TAXPAYER, command, prepared_by

KEY = {"Authorization": f"Bearer sandbox-{SELLER_VKN}"}
MAILBOX = "urn:mail:defaultpk@2000000002.example"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    application = Nilvera(Misbehaviour(), status_seconds=0.0).application()
    async with running(application) as url, aiohttp.ClientSession(url, headers=KEY) as session:
        yield session


def archive(name: str = "first", **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(prepared_by("nilvera", command(name, **changes), DocumentType.EARSIV).request)
    return body


def sale(name: str = "first") -> dict[str, Any]:
    made = prepared_by("nilvera", command(name, person=TAXPAYER), DocumentType.EFATURA)
    body: dict[str, Any] = {**json.loads(made.request), "CustomerAlias": MAILBOX}
    return body


async def call(session: aiohttp.ClientSession, method: str, path: str, body: object = None) -> tuple[int, Any]:
    async with session.request(method, path, json=body) as response:
        text = await response.text()
        return response.status, json.loads(text) if response.content_type == "application/json" else text


async def sent(session: aiohttp.ClientSession, body: dict[str, Any], api: str = "earchive") -> tuple[str, str]:
    status, answer = await call(session, "POST", f"/{api}/Send/Model", body)
    assert status == 200
    return answer["UUID"], answer["InvoiceNumber"]


@pytest.mark.parametrize("spelt", ["/earchive/invoices/{}/status", "/EArchive/Invoices/{}/STATUS"])
async def test_a_path_is_taken_in_any_case(session: aiohttp.ClientSession, spelt: str) -> None:
    uuid, _ = await sent(session, archive())
    status, body = await call(session, "GET", spelt.format(uuid.upper()))
    assert (status, body["StatusCode"]) == (200, "succeed")


@pytest.mark.parametrize("path", ["/earchive/Invoices/x/Status/y", "/earchive", "/other/Invoices", "/"])
async def test_an_address_that_nilvera_has_not_is_not_found(session: aiohttp.ClientSession, path: str) -> None:
    assert (await call(session, "GET", path))[0] == 404


async def test_a_list_has_pages_the_newest_document_first(session: aiohttp.ClientSession) -> None:
    numbers = [(await sent(session, archive(name)))[1] for name in ("1", "2", "3")]
    status, page = await call(session, "GET", "/earchive/Invoices?Page=2&PageSize=2")
    assert status == 200
    assert (page["Page"], page["PageSize"], page["TotalCount"], page["TotalPages"]) == (2, 2, 3, 2)
    assert [row["InvoiceNumber"] for row in page["Content"]] == numbers[:1]
    _, found = await call(session, "GET", f"/earchive/Invoices?Search={numbers[1]}")
    assert [row["InvoiceNumber"] for row in found["Content"]] == [numbers[1]]
    assert found["Content"][0]["PayableAmount"] == 120.0


async def test_each_api_lists_its_own_documents(session: aiohttp.ClientSession) -> None:
    await sent(session, archive("1"))
    _, number = await sent(session, sale("2"), "einvoice")
    _, page = await call(session, "GET", "/einvoice/Sale")
    assert [row["InvoiceNumber"] for row in page["Content"]] == [number]


async def test_the_xml_of_a_document_is_a_sound_invoice(session: aiohttp.ClientSession) -> None:
    for api, body, documents in (("earchive", archive("1"), "Invoices"), ("einvoice", sale("2"), "Sale")):
        uuid, number = await sent(session, body, api)
        status, xml = await call(session, "GET", f"/{api}/{documents}/{uuid}/xml")
        assert status == 200
        tree = etree.fromstring(xml.encode())
        ids = tree.xpath("string(*[local-name()='ID'])"), tree.xpath("string(*[local-name()='UUID'])")
        assert ids == (number, uuid)
        findings = check(xml.encode(), number, mode=Mode.TEST, today=legal_date(ISSUED_AT))
        assert [(found.code, found.message) for found in findings if found.severity is Severity.ERROR] == []


async def test_the_pdf_of_a_document_comes_as_base64_in_quotes(session: aiohttp.ClientSession) -> None:
    uuid, _ = await sent(session, archive())
    status, quoted = await call(session, "GET", f"/earchive/Invoices/{uuid}/pdf")
    pdf = base64.b64decode(quoted)
    assert status == 200
    assert pdf.startswith(b"%PDF-1.4")
    assert pdf.rstrip().endswith(b"%%EOF")
    start = int(pdf.rpartition(b"startxref\n")[2].split()[0])
    assert pdf[start:].startswith(b"xref")
    assert uuid.encode() in pdf


async def test_the_html_of_a_document_shows_it(session: aiohttp.ClientSession) -> None:
    uuid, number = await sent(session, archive(note="<b>Teşekkürler</b>"))
    _, page = await call(session, "GET", f"/earchive/Invoices/{uuid}/html")
    assert number in page
    assert uuid in page
    assert "&lt;b&gt;Teşekkürler" in page


@pytest.mark.parametrize("part", ["pdf", "xml", "html"])
async def test_what_is_not_there_has_no_file(session: aiohttp.ClientSession, part: str) -> None:
    uuid, _ = await sent(session, archive())
    for path in (f"/einvoice/Sale/{uuid}/{part}", f"/earchive/Invoices/{uuid[:-1]}0/{part}"):
        status, body = await call(session, "GET", path)
        assert status == 404
        assert body["Errors"][0]["Code"]


async def test_a_draft_is_kept_shown_and_sent(session: aiohttp.ClientSession) -> None:
    body = archive()
    status, made = await call(session, "POST", "/earchive/Draft/Create", body)
    uuid = made["UUID"]
    assert status == 200
    assert [row["UUID"] for row in (await call(session, "GET", "/earchive/Draft"))[1]["Content"]] == [uuid]
    assert (await call(session, "GET", f"/earchive/Draft/{uuid}/model"))[1] == body
    assert (await call(session, "GET", f"/earchive/Draft/{uuid}/xml"))[0] == 200
    assert (await call(session, "GET", f"/earchive/Invoices/{uuid}/Status"))[0] == 404
    assert (await call(session, "POST", "/earchive/Draft/ConfirmAndSend", [uuid]))[0] == 200
    assert (await call(session, "GET", f"/earchive/Invoices/{uuid}/Status"))[0] == 200
    assert (await call(session, "GET", "/earchive/Draft"))[1]["Content"] == []


async def test_a_draft_of_an_e_invoice_gets_its_mailbox_when_it_is_confirmed(session: aiohttp.ClientSession) -> None:
    body = sale()
    del body["CustomerAlias"]
    _, made = await call(session, "POST", "/einvoice/Draft/Create", body)
    wanted = [{"UUID": made["UUID"], "Alias": MAILBOX}]
    assert (await call(session, "POST", "/einvoice/Draft/ConfirmAndSend", wanted))[0] == 200


async def test_an_export_goes_to_the_customs_mailbox(session: aiohttp.ClientSession) -> None:
    body = sale()
    body["EInvoice"]["CustomerInfo"]["TaxNumber"] = CUSTOMS
    uuid = (await call(session, "POST", "/einvoice/Draft/Create", body))[1]["UUID"]
    wanted = [{"UUID": uuid, "Alias": "urn:mail:ihracatpk@gtb.gov.tr"}]
    assert await call(session, "POST", "/einvoice/Draft/ConfirmAndSend", wanted) == (200, "OK")


async def test_a_draft_that_is_refused_stays_and_one_that_is_deleted_is_gone(session: aiohttp.ClientSession) -> None:
    body = archive()
    body["ArchiveInvoice"]["InvoiceInfo"]["PayableAmount"] = 1
    _, made = await call(session, "POST", "/earchive/Draft/Create", body)
    assert (await call(session, "POST", "/earchive/Draft/ConfirmAndSend", [made["UUID"]]))[0] == 422
    assert (await call(session, "DELETE", "/earchive/Draft", [made["UUID"]])) == (200, True)
    assert (await call(session, "DELETE", "/earchive/Draft", [made["UUID"]])) == (200, False)
    assert (await call(session, "POST", "/earchive/Draft/ConfirmAndSend", [made["UUID"]]))[0] == 404
    assert (await call(session, "POST", "/earchive/Draft/Create", {}))[0] == 400


async def test_series_are_listed_and_added(session: aiohttp.ClientSession) -> None:
    await sent(session, archive())
    assert (await call(session, "POST", "/earchive/Series", {"Name": "NEW", "IsActive": False}))[0] == 200
    assert (await call(session, "POST", "/earchive/Series", {"Name": "YOK"}))[0] == 422
    _, page = await call(session, "GET", "/earchive/Series?PageSize=100")
    active = {row["Name"]: row["IsActive"] for row in page["Content"]}
    assert (active["ABC"], active["ORN"], active["NEW"], "YOK" in active) == (True, True, False, False)


async def test_the_company_its_credits_and_a_customer_s_mailboxes(session: aiohttp.ClientSession) -> None:
    await sent(session, archive())
    assert (await call(session, "GET", "/general/company"))[1]["TaxNumber"] == SELLER_VKN
    (credits_,) = (await call(session, "GET", "/General/Credits"))[1]
    assert (credits_["UsedCredit"], credits_["RemainingCredit"] > 0) == (1, True)
    path = "/general/GlobalCompany/GetGlobalCustomerInfo/{}?globalUserType=Invoice"
    _, customer = await call(session, "GET", path.format("2000000002"))
    assert customer["Aliases"][0]["Name"] == MAILBOX
    assert (await call(session, "GET", path.format("3000000003")))[0] == 404


@pytest.mark.parametrize("path", ["/earchive/Invoices", "/general/Credits", "/earchive/Series", "/einvoice/Draft"])
async def test_nothing_opens_without_a_key(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path, headers={"Authorization": "Bearer key"}) as response:
        assert response.status == 401
        assert (await response.json())["Errors"][0]["Code"]
