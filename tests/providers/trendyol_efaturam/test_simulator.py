"""The simulated Trendyol by itself, as any client of its documentation meets it."""

import json
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from typing import Any

import aiohttp
import pytest

from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from providers.trendyol_efaturam.simulator.service import Trendyol
from tests.providers.examples import REGISTERED_VKN, SELLER_VKN

UUID = "0b0b3f0e-6f0e-4d5b-9b1a-1f6f1b2c3d4e"
DOCUMENTS = "/api/invoice/documents"
Change = Callable[[dict[str, Any]], object]
VAT = {"taxableAmount": 10000, "taxAmount": 2000, "taxType": "KDV", "percent": 20}
EARSIV: dict[str, Any] = {
    "companyId": int(SELLER_VKN), "userId": 500, "source": "PORTAL",
    "recipientInfo": {"taxId": "11111111111", "city": "Ankara", "name": "Deneme", "surname": "Kisi"},
    "invoiceInfo": {"invoiceType": "EARSIVFATURA", "invoiceTypeCode": "SATIS", "invoiceUuid": UUID},
    "invoiceLines": [{
        "itemName": "Urun", "quantity": 2, "unitPriceAmount": 5000, "totalAmount": 10000, "totalDiscountAmount": 0,
        "taxableAmount": 10000, "taxPercent": 20, "taxAmount": 2000,
    }],
    "totalTax": {"totalTaxAmount": 2000, "subTotalTaxes": [VAT]},
    "invoiceTotal": {
        "lineExtensionAmount": 10000, "taxExclusiveAmount": 10000, "taxInclusiveAmount": 12000, "payableAmount": 12000,
    },
}  # fmt: skip


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """Signed in, at a simulator whose documents are issued at once."""
    application = Trendyol(Misbehaviour(), status_seconds=0.0).application()
    login = {"email": "api@example.test", "password": f"sandbox-{SELLER_VKN}"}
    async with running(application) as url, aiohttp.ClientSession(url) as http:
        async with http.post("/api/auth/signin", json=login) as response:
            assert await response.json() == 500
            http.headers["x-access-token"] = response.headers["x-access-token"]
        yield http


async def call(http: aiohttp.ClientSession, method: str, path: str, body: object = None) -> tuple[int, Any]:
    async with http.request(method, path, json=body) as response:
        is_json = "json" in response.content_type
        return response.status, await (response.json() if is_json else response.text())


def changed(*changes: Change) -> dict[str, Any]:
    body = deepcopy(EARSIV)
    for change in changes:
        change(body)
    return body


def to(path: str, value: object) -> Change:
    """A change of one field, by its path."""

    def change(body: dict[str, Any]) -> None:
        *parents, name = path.split(".")
        part: Any = body
        for parent in parents:
            part = part[int(parent)] if isinstance(part, list) else part.setdefault(parent, {})
        part[name] = value

    return change


@pytest.mark.parametrize(
    ("changes", "status", "name"),
    [
        ([to("companyId", int(SELLER_VKN) // 10_000)], 403, "Forbidden"),
        ([to("source", "SYSTEM")], 422, "ValidationProblem"),
        ([to("source", "PARTNER")], 404, "CorporateDefaultPrefixNotFound"),
        ([to("prefix", "YOK")], 404, "CorporatePrefixNotFound"),
        ([to("prefix", "WEB")], 409, "CorporatePrefixIsUnusable"),
        ([to("prefix", "abc")], 422, "ValidationProblem"),
        ([to("xsltCode", "YOK")], 404, "StylesheetWithCodeNotFound"),
        ([to("autoInvoiceId", False)], 409, "InvoiceIdNotSet"),
        ([to("localReferenceId", "A" * 128)], 422, "ValidationProblem"),
        ([to("issuedAt", "01.05.2026")], 422, "ValidationProblem"),
        ([to("recipientInfo.email", "API@example.test")], 409, "ReceiverAndSenderEmailsAreSame"),
        ([to("recipientInfo.city", "")], 422, "ValidationProblem"),
        ([to("recipientInfo.surname", "K")], 422, "ValidationProblem"),
        ([to("recipientInfo.postalCode", "123")], 422, "ValidationProblem"),
        ([to("recipientInfo.phone", "gece")], 422, "ValidationProblem"),
        ([to("recipientInfo.taxId", REGISTERED_VKN)], 409, "ScenarioNotValid"),
        ([to("invoiceInfo.invoiceType", "EFATURA")], 422, "ValidationProblem"),
        ([to("invoiceInfo.invoiceType", "TEMELFATURA")], 409, "ScenarioNotValid"),
        ([to("invoiceInfo.invoiceTypeCode", "SATIŞ")], 422, "ValidationProblem"),
        ([to("invoiceInfo.invoiceUuid", "1")], 422, "ValidationProblem"),
        ([to("invoiceLines", [])], 422, "ValidationProblem"),
        ([to("invoiceLines.0.totalAmount", 100.5)], 422, "ValidationProblem"),
        ([to("invoiceLines.0.unitPriceAmount", 50)], 422, "UBLValidationFailed"),
        ([to("invoiceLines.0.taxAmount", 1900)], 422, "UBLValidationFailed"),
        ([to("invoiceLines.0.totalAmount", 11000)], 422, "UBLValidationFailed"),
        ([to("invoiceTotal.payableAmount", 120)], 422, "UBLValidationFailed"),
        ([to("invoiceTotal.payableAmount", None)], 422, "ValidationProblem"),
        ([to("totalTax.totalTaxAmount", 20)], 422, "UBLValidationFailed"),
        ([to("paymentInfo.paymentMeans", "CASH")], 422, "ValidationProblem"),
        ([to("deliveryInfo.carrierTaxId", "1")], 422, "ValidationProblem"),
        ([to("billingReference.invoiceId", "1")], 422, "ValidationProblem"),
    ],
)
async def test_what_the_real_one_refuses(
    http: aiohttp.ClientSession, changes: list[Change], status: int, name: str
) -> None:
    found, body = await call(http, "POST", f"{DOCUMENTS}/earchive", changed(*changes))
    assert (found, body["title"], body["status"]) == (status, name, status)
    assert "etransformation" in body["type"]
    assert ("errors" in body) == (name == "ValidationProblem")


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [to("prefix", "ABC"), to("source", "PARTNER")],
        [to("prefix", "WEB"), to("source", "WEB")],
        [to("invoiceLines.0.totalAmount", 12000)],
        [to("autoInvoiceId", False), to("invoiceInfo.invoiceId", "ABC2026000000007")],
    ],
)
async def test_what_the_real_one_takes(http: aiohttp.ClientSession, changes: list[Change]) -> None:
    status, body = await call(http, "POST", f"{DOCUMENTS}/earchive", changed(*changes))
    assert (status, body["invoiceUuid"], body["payableAmount"], body["status"]) == (200, UUID, 12000, 205)
    assert "Z" not in body["issuedAt"] and "+" not in body["issuedAt"]


async def test_a_document_without_a_uuid_gets_one(http: aiohttp.ClientSession) -> None:
    _, body = await call(
        http, "POST", f"{DOCUMENTS}/earchive", changed(lambda body: body["invoiceInfo"].pop("invoiceUuid"))
    )
    status, _ = await call(http, "GET", f"{DOCUMENTS}/earchive/status/{body['invoiceUuid']}")
    assert status == 200


async def test_a_repeated_uuid_or_number_is_a_conflict(http: aiohttp.ClientSession) -> None:
    numbered = changed(to("autoInvoiceId", False), to("invoiceInfo.invoiceId", "ABC2026000000007"))
    await call(http, "POST", f"{DOCUMENTS}/earchive", numbered)
    assert (await call(http, "POST", f"{DOCUMENTS}/earchive", numbered))[1]["title"] == "InvoiceUuidCantBeUsed"
    numbered["invoiceInfo"]["invoiceUuid"] = UUID.replace("0b0b", "1b1b")
    assert (await call(http, "POST", f"{DOCUMENTS}/earchive", numbered))[1]["title"] == "InvoiceIdAlreadyExists"


async def test_numbers_run_without_a_gap_in_each_series(http: aiohttp.ClientSession) -> None:
    numbers = []
    for place in range(3):
        body = changed(to("invoiceInfo.invoiceUuid", f"{place}{UUID[1:]}"))
        numbers.append((await call(http, "POST", f"{DOCUMENTS}/earchive", body))[1]["invoiceId"])
    assert [number[:3] + number[7:] for number in numbers] == ["TRY000000001", "TRY000000002", "TRY000000003"]


async def test_an_efatura_needs_a_registered_buyer_and_one_of_their_mailboxes(http: aiohttp.ClientSession) -> None:
    async def sent(*changes: Change) -> str:
        body = changed(to("invoiceInfo.invoiceType", "TEMELFATURA"), *changes)
        return str((await call(http, "POST", f"{DOCUMENTS}/outgoing-einvoice", body))[1].get("title"))

    registered = to("recipientInfo.taxId", REGISTERED_VKN)
    assert await sent() == "TaxPayerNotFound"
    assert await sent(registered, to("targetAlias", "urn:mail:x")) == "TargetAliasNotFound"
    await call(http, "PUT", "/_simulator/trendyol", {"mailboxes": 2})
    assert await sent(registered) == "MultipleAliasesExist"
    assert await sent(registered, to("targetAlias", f"urn:mail:defaultpk@{REGISTERED_VKN}.example")) == "None"


async def test_either_header_shows_the_token_and_none_is_refused(http: aiohttp.ClientSession) -> None:
    token = http.headers.pop("x-access-token")
    path = f"{DOCUMENTS}/earchive/status/{UUID}"
    assert (await call(http, "GET", path))[0] == 401
    http.headers["Authorization"] = f"Bearer {token}"
    assert (await call(http, "GET", path))[0] == 404
    http.headers["Authorization"] = "Bearer another"
    assert (await call(http, "GET", path))[0] == 401


async def test_paths_are_taken_in_any_case(http: aiohttp.ClientSession) -> None:
    assert (await call(http, "POST", "/API/Invoice/Documents/EArchive", EARSIV))[0] == 200


async def test_a_body_in_chunks_is_not_read(http: aiohttp.ClientSession) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"{}"

    async with http.post(f"{DOCUMENTS}/earchive", data=chunks()) as response:
        assert (response.status, (await response.json())["detail"]) == (400, "Failed to read request")


async def test_the_firewall_answers_names_in_cyrillic_letters_with_a_page(http: aiohttp.ClientSession) -> None:
    body = changed(to("recipientInfo.name", "Иван"))
    async with http.post(f"{DOCUMENTS}/earchive", data=json.dumps(body, ensure_ascii=False)) as response:
        assert (response.status, response.content_type) == (403, "text/html")


async def test_a_document_is_processed_step_by_step() -> None:
    application = Trendyol(Misbehaviour(), status_seconds=3600.0).application()
    login = {"email": "api@example.test", "password": f"sandbox-{SELLER_VKN}"}
    async with running(application) as url, aiohttp.ClientSession(url) as http:
        async with http.post("/api/auth/signin", json=login) as response:
            http.headers["x-access-token"] = response.headers["x-access-token"]
        _, body = await call(http, "POST", f"{DOCUMENTS}/earchive", EARSIV)
        assert body["status"] == 10
        asked = {"companyId": int(SELLER_VKN), "documentType": "EARCHIVE", "fileExtension": "pdf", "invoiceUuid": UUID}
        assert (await call(http, "POST", f"{DOCUMENTS}/download", asked))[0] == 409
        cancelled = await call(http, "POST", f"{DOCUMENTS}/earchive/cancel", {"companyId": 1, "invoiceUuid": UUID})
        assert cancelled[0] == 403


async def test_each_address_call_names_the_document_in_its_own_way(http: aiohttp.ClientSession) -> None:
    await call(http, "POST", f"{DOCUMENTS}/earchive", EARSIV)
    asked = {"companyId": int(SELLER_VKN), "documentType": "EARCHIVE", "fileExtension": "html"}
    temporary, permanent = f"{DOCUMENTS}/download", f"{DOCUMENTS}/download/permanent-url"
    assert (await call(http, "POST", temporary, {**asked, "documentUuid": UUID}))[0] == 422
    assert (await call(http, "POST", permanent, {**asked, "invoiceUuid": UUID}))[0] == 422
    status, url = await call(http, "POST", permanent, {**asked, "documentUuid": UUID})
    assert status == 200
    async with aiohttp.ClientSession() as nobody, nobody.get(url) as response:
        assert UUID in await response.text()


async def test_the_second_version_wants_a_district_and_decimals(http: aiohttp.ClientSession) -> None:
    vat = {"taxType": "KDV", "taxableAmount": 100, "taxAmount": 20.0, "percent": 20}
    taxes = {"totalTaxAmount": 20, "subTotalTaxes": [vat]}
    body: dict[str, Any] = {
        "source": "PORTAL", "invoiceIdentification": {**EARSIV["invoiceInfo"], "autoInvoiceId": True},
        "receiverInfo": {**EARSIV["recipientInfo"]},
        "invoiceLines": [{"itemName": "Urun", "quantity": 2, "unitPriceAmount": 50, "subtotal": 100, "totalAmount": 100,
                          "totalDiscountAmount": 0, "totalTax": taxes}],
        "totalTax": taxes,
        "invoiceTotal": {"totalRawPrice": 100, "totalSubtotal": 100, "totalAmount": 120, "payableAmount": 120},
    }  # fmt: skip
    path = "/api/invoice/v2/documents/earchive"
    assert (await call(http, "POST", path, body))[1]["errors"][0]["field"] == "receiverInfo.district"
    body["receiverInfo"]["district"] = "Cankaya"
    status, answer = await call(http, "POST", path, body)
    assert status == 200
    assert answer.keys() == {"invoiceId", "invoiceUuid", "status", "issuedAt", "gibStatus"}
    assert answer["status"] == "205"


async def test_one_company_does_not_see_another_s_documents(http: aiohttp.ClientSession) -> None:
    await call(http, "POST", f"{DOCUMENTS}/earchive", EARSIV)
    login = {"email": "other@example.test", "password": "sandbox-2000000002"}
    async with http.post("/api/auth/signin", json=login) as response:
        http.headers["x-access-token"] = response.headers["x-access-token"]
    assert (await call(http, "GET", f"{DOCUMENTS}/earchive/status/{UUID}"))[0] == 404
