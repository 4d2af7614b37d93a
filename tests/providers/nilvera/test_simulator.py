"""The simulated Nilvera refuses what the real one is known to refuse, and numbers without a gap."""

import json
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from app.domain.documents import DocumentType
from providers.nilvera.simulator.checks import base_of
from providers.nilvera.simulator.service import Nilvera
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from tests.providers.examples import (
    REGISTERED_VKN,
    SELLER_VKN,
    UNREGISTERED_VKN,
    command,
    prepared_by,
)

KEY = {"Authorization": f"Bearer sandbox-{SELLER_VKN}"}
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    application = Nilvera(Misbehaviour()).application()
    async with running(application) as url, aiohttp.ClientSession(url, headers=KEY) as session:
        yield session


def archive(name: str = "first", change: Change = lambda _: None) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(prepared_by("nilvera", command(name), DocumentType.EARSIV).request)
    change(body["ArchiveInvoice"])
    return body


async def send(session: aiohttp.ClientSession, body: object, api: str = "earchive") -> tuple[int, Any]:
    async with session.post(f"/{api}/Send/Model", json=body) as response:
        return response.status, await response.json()


def header(**fields: object) -> Change:
    return lambda model: model["InvoiceInfo"].update(fields)


def sale(**fields: object) -> Change:
    return lambda model: model["InvoiceInfo"]["InternetInfo"].update(fields)


def line(**fields: object) -> Change:
    return lambda model: model["InvoiceLines"][0].update(fields)


def buyer(tax_number: str) -> Change:
    return lambda model: model["CustomerInfo"].update(TaxNumber=tax_number)


async def test_vat_that_comes_to_zero_needs_a_reason_whatever_its_rate(session: aiohttp.ClientSession) -> None:
    body = archive(change=line(Quantity=1, Price=0.02, KDVTotal=0.0))
    body["ArchiveInvoice"]["InvoiceInfo"]["PayableAmount"] = 0.02
    status, answer = await send(session, body)
    assert (status, "exemption code" in str(answer)) == (422, True)
    body["ArchiveInvoice"]["InvoiceInfo"]["TaxExemptionReasonInfo"] = {"KDVExemptionReasonCode": "351"}
    assert (await send(session, body))[0] == 200


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (header(InvoiceSerieOrNumber=""), 422, 2065),
        (header(InvoiceSerieOrNumber="YOK"), 404, 3009),
        (header(InvoiceSerieOrNumber="ABC2025000000001"), 422, 2100),
        (header(InvoiceSerieOrNumber="ABCD"), 422, 2015),
        (header(InvoiceType="IPTAL"), 422, 2015),
        (header(CurrencyCode="EUR"), 422, 2015),
        (header(SendType="KAGIT"), 422, 2015),
        (header(PayableAmount=120.01), 422, 2015),
        (sale(PaymentDate=None), 422, 2015),
        (sale(PaymentMethod="ODEMEARACISI"), 422, 2015),
        (sale(PaymentMethod="TAKAS"), 422, 2015),
        (sale(TransportDate=None), 422, 2015),
        (line(KDVTotal=19.98), 422, 2015),
        (line(KDVPercent=0, KDVTotal=0), 422, 2015),
        (line(Price="33"), 400, 2004),
        (buyer(REGISTERED_VKN), 422, 2025),
        (lambda model: model["CompanyInfo"].update(TaxNumber="9876543217"), 409, 1000),
        (lambda model: model.pop("CustomerInfo"), 400, 2004),
    ],
)
async def test_what_the_real_one_refuses(
    session: aiohttp.ClientSession, change: Change, status: int, code: int
) -> None:
    answered, body = await send(session, archive(change=change))
    assert (answered, [error["Code"] for error in body["Errors"]]) == (status, [code])


@pytest.mark.parametrize("change", [buyer(UNREGISTERED_VKN), header(SalesPlatform=1, SendType=2, InvoiceType=0)])
async def test_what_the_real_one_takes(session: aiohttp.ClientSession, change: Change) -> None:
    status, _ = await send(session, archive(change=change))
    assert status == 200


async def test_numbers_run_without_a_gap_in_each_series_and_refusals_take_none(session: aiohttp.ClientSession) -> None:
    bodies = [
        archive("1"),
        archive("2", header(PayableAmount=1)),
        archive("3"),
        archive("4", header(InvoiceSerieOrNumber="XYZ")),
    ]
    numbers = [answer.get("InvoiceNumber") for _, answer in [await send(session, body) for body in bodies]]
    assert numbers == ["ABC2026000000001", None, "ABC2026000000002", "XYZ2026000000001"]


async def test_a_repeated_uuid_is_a_conflict_whatever_it_carries(session: aiohttp.ClientSession) -> None:
    await send(session, archive())
    status, body = await send(session, archive(change=line(Name="Tabak")))
    assert (status, body["Errors"][0]["Code"]) == (409, 1001)


async def test_a_number_can_be_used_once(session: aiohttp.ClientSession) -> None:
    own = header(InvoiceSerieOrNumber="OWN2026000000001")
    assert (await send(session, archive("1", own)))[0] == 200
    status, body = await send(session, archive("2", own))
    assert (status, body["Errors"][0]["Code"]) == (409, 1005)


async def test_a_series_does_not_go_back_to_an_earlier_year(session: aiohttp.ClientSession) -> None:
    await send(session, archive("1"))
    status, body = await send(session, archive("2", header(IssueDate="2025-12-31T23:00:00")))
    assert (status, body["Errors"][0]["Code"]) == (422, 2100)


async def test_an_efatura_needs_a_registered_buyer_and_their_own_mailbox(session: aiohttp.ClientSession) -> None:
    model = archive(change=buyer(REGISTERED_VKN))["ArchiveInvoice"]
    mailbox = f"urn:mail:defaultpk@{REGISTERED_VKN}.example"
    _, wrong = await send(session, {"EInvoice": model, "CustomerAlias": "urn:mail:other"}, "einvoice")
    assert wrong["Errors"][0]["Code"] == 3000
    _, consumer = await send(session, {"EInvoice": archive()["ArchiveInvoice"], "CustomerAlias": mailbox}, "einvoice")
    assert consumer["Errors"][0]["Code"] == 2054
    status, _ = await send(session, {"EInvoice": model, "CustomerAlias": mailbox}, "einvoice")
    assert status == 200


async def test_one_company_does_not_see_anothers_documents(session: aiohttp.ClientSession) -> None:
    body = archive()
    await send(session, body)
    path = f"/earchive/Invoices/{body['ArchiveInvoice']['InvoiceInfo']['UUID']}/Status"
    async with session.get(path) as own:
        assert own.status == 200
    async with session.get(path, headers={"Authorization": "Bearer sandbox-9876543217"}) as other:
        assert other.status == 404
    async with session.get(path, headers={"Authorization": "Bearer key"}) as nobody:
        assert nobody.status == 401


def test_a_line_that_is_given_away_to_the_last_kurus_comes_to_nothing() -> None:
    """268.625 x 3884.28 is 1,043,414.715, and 1,043,414.72 in whole kuruş."""
    line = {"Quantity": Decimal("268.625"), "Price": Decimal("3884.28"), "AllowanceTotal": Decimal("1043414.72")}
    assert base_of(line) == 0
