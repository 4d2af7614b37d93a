"""What other clients ask of the simulated Trendyol: partners, replies, and the marketplace's invoice links."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from providers.trendyol_efaturam.simulator.service import Trendyol
from tests.providers.examples import REGISTERED_VKN, SELLER_VKN
from tests.providers.trendyol_efaturam.test_simulator import DOCUMENTS, EARSIV, UUID, call

PARTNERS = "/api/invoice/partners"
AGENT = "17 - SelfIntegration"
LINKS = "/integration/sellers/17/seller-invoice-links"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    application = Trendyol(Misbehaviour(), status_seconds=0.0).application()
    login = {"email": "partner@example.test", "password": f"sandbox-{SELLER_VKN}"}
    async with running(application) as url, aiohttp.ClientSession(url) as http:
        async with http.post("/api/auth/signin", json=login) as response:
            http.headers["x-access-token"] = response.headers["x-access-token"]
        yield http


async def test_a_partner_opens_a_customer_s_account_and_sends_in_it(http: aiohttp.ClientSession) -> None:
    login = {"email": "customer@example.test", "password": "sandbox-3000000003", "taxId": "3000000003"}
    status, customer = await call(http, "POST", f"{PARTNERS}/customer/signin", login)
    assert (status, customer["companyId"]) == (200, 3000000003)
    http.headers["x-access-token"] = customer["accessToken"]
    body = {**EARSIV, "companyId": customer["companyId"], "userId": customer["userId"]}
    assert (await call(http, "POST", f"{DOCUMENTS}/earchive", body))[0] == 200
    wrong = {**login, "password": "another"}
    assert (await call(http, "POST", f"{PARTNERS}/customer/signin", wrong))[0] == 401


@pytest.mark.parametrize(("left", "state"), [(None, "SUFFICIENT"), (9, "LOW"), (0, "RAN_OUT")])
async def test_credits_are_named_before_they_run_out(http: aiohttp.ClientSession, left: int | None, state: str) -> None:
    await call(http, "PUT", "/_simulator/trendyol", {"credits": left})
    _, row = await call(http, "GET", f"{PARTNERS}/1/credits/remaining/customers/2")
    assert (row["taxId"], row["remainingCreditStatus"]) == (SELLER_VKN, state)


async def test_an_application_and_a_corporate_record_are_found_by_the_tax_number(http: aiohttp.ClientSession) -> None:
    _, application = await call(http, "GET", f"{PARTNERS}/1/application-status/by-tax-id/{SELLER_VKN}")
    assert application["status"] == "ACTIVE"
    _, corporate = await call(http, "GET", f"{PARTNERS}/corporate/{SELLER_VKN}")
    assert corporate["id"] == int(SELLER_VKN) // 10_000
    assert (await call(http, "GET", f"{PARTNERS}/corporate/{REGISTERED_VKN}"))[1]["title"] == "CorporateNotFound"
    await call(http, "PUT", "/_simulator/trendyol", {"application": False})
    assert (await call(http, "GET", f"{PARTNERS}/1/application-status/by-tax-id/{SELLER_VKN}"))[0] == 404


async def test_an_efatura_goes_to_another_mailbox_and_shows_its_buyer_s_reply(http: aiohttp.ClientSession) -> None:
    body: dict[str, Any] = {
        **EARSIV,
        "invoiceInfo": {**EARSIV["invoiceInfo"], "invoiceType": "TICARIFATURA"},
        "recipientInfo": {**EARSIV["recipientInfo"], "taxId": REGISTERED_VKN},
    }
    await call(http, "POST", f"{DOCUMENTS}/outgoing-einvoice", body)
    asked = {"companyId": int(SELLER_VKN), "invoiceUuid": UUID, "newTargetAlias": "urn:mail:x"}
    resend = f"{DOCUMENTS}/outgoing-einvoice/resend"
    assert (await call(http, "POST", resend, asked))[1]["title"] == "TargetAliasNotFound"
    alias = f"urn:mail:defaultpk@{REGISTERED_VKN}.example"
    assert (await call(http, "POST", resend, {**asked, "newTargetAlias": alias}))[0] == 200
    assert (await call(http, "POST", resend, {**asked, "invoiceUuid": "another"}))[0] == 404
    reply = f"{DOCUMENTS}/received-reply/{SELLER_VKN}/{UUID}"
    assert (await call(http, "GET", reply))[0] == 404
    await call(http, "PUT", "/_simulator/answers", {UUID: "returned"})
    assert (await call(http, "GET", reply))[1]["replyType"] == "RETURNED"
    assert (await call(http, "POST", f"{DOCUMENTS}/incoming-einvoice/search", {}))[1] == {"content": []}


async def linked(
    http: aiohttp.ClientSession, path: str = LINKS, agent: str = "17 - SelfIntegration", **body: Any
) -> int:
    key = base64.b64encode(f"sandbox-{SELLER_VKN}:secret".encode()).decode()
    headers = {"Authorization": f"Basic {key}", "User-Agent": agent}
    async with http.post(path, json=body, headers=headers) as response:
        return response.status


async def test_a_package_has_one_link_and_a_link_one_package(http: aiohttp.ClientSession) -> None:
    link = "https://docs.example/1.pdf"
    assert await linked(http, shipmentPackageId=1, invoiceLink=link, invoiceDateTime=1763600000) == 201
    assert await linked(http, shipmentPackageId=1, invoiceLink="https://docs.example/2.pdf") == 409
    assert await linked(http, shipmentPackageId=2, invoiceLink=link) == 409
    assert await linked(http, shipmentPackageId=2, invoiceLink="https://docs.example/3.pdf", invoiceDateTime=1) == 400
    assert await linked(http, invoiceLink=link) == 400
    assert await linked(http, f"{LINKS}/delete", serviceSourceId=1, channelId=1, customerId=9) == 202
    assert await linked(http, shipmentPackageId=2, invoiceLink=link) == 201


async def test_the_marketplace_wants_its_own_login_and_to_be_told_who_asks(http: aiohttp.ClientSession) -> None:
    assert await linked(http, agent="curl", shipmentPackageId=1, invoiceLink="https://docs.example/1.pdf") == 403
    assert (await call(http, "POST", LINKS, {}))[0] == 401
