"""Whether a connection works, in Nilvera's words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from app.domain.documents import DocumentType
from providers.base import ConnectionSettings
from providers.base.reads import CheckAsked, Checked, CheckState, Subject
from providers.nilvera.adapter import NilveraAdapter
from providers.simulation.server import running
from tests.providers.examples import SELLER_VKN

SECONDS = 5.0
ASKED = CheckAsked(tax_number=SELLER_VKN, series=((DocumentType.EARSIV, "ABC"), (DocumentType.EFATURA, "EFA")))
COMPANY = {"TaxNumber": SELLER_VKN, "Name": "Deneme Ticaret A.Ş."}
CREDITS = [{"Name": "E-Arşiv", "RemainingCredit": 42, "EndDate": "2027-01-31T00:00:00"}]
SERIES = {"Page": 1, "TotalPages": 1, "Content": [{"Name": "ABC", "IsActive": True}, {"Name": "XYZ", "IsActive": True}]}
WORKING: dict[str, Any] = {
    "/general/Company": COMPANY,
    "/general/Credits": CREDITS,
    "/earchive/Series": SERIES,
    "/einvoice/Series": {"Content": [{"Name": "EFA", "IsActive": True}]},
    f"/general/GlobalCompany/Check/TaxNumber/{SELLER_VKN}": [],
}
OWN_401 = {"Errors": [{"Code": 4999, "Description": "The API key is not known"}]}


@asynccontextmanager
async def answering(answers: dict[str, Any], **options: str) -> AsyncIterator[NilveraAdapter]:
    async def answer(request: web.Request) -> web.Response:
        said = answers.get(request.path)
        if isinstance(said, web.Response):
            return said
        return web.json_response(said)

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    async with running(application) as url:
        adapter = NilveraAdapter(ConnectionSettings(base_url=url, secrets={"api_key": "artificial"}, options=options))
        yield adapter
        await adapter.close()


async def found(answers: dict[str, Any], asked: CheckAsked = ASKED, **options: str) -> dict[str, Checked]:
    async with answering({**WORKING, **answers}, **options) as adapter:
        return {f"{each.subject}{i}": each for i, each in enumerate(await adapter.check(asked, SECONDS))}


async def test_a_connection_that_works_is_fine_in_every_subject() -> None:
    checked = list((await found({})).values())
    assert [(each.subject, each.state) for each in checked] == [
        (Subject.LOGIN, CheckState.FINE),
        (Subject.CREDITS, CheckState.FINE),
        (Subject.SERIES, CheckState.FINE),
        (Subject.SERIES, CheckState.FINE),
        (Subject.TAXPAYERS, CheckState.FINE),
    ]
    assert [each.said for each in checked] == [
        f"Deneme Ticaret A.Ş., tax number {SELLER_VKN}",
        "E-Arşiv: 42 left until 2027-01-31",
        "ABC for EARSIV",
        "EFA for EFATURA",
        f"{SELLER_VKN} is no e-Fatura user",
    ]


@pytest.mark.parametrize(
    ("path", "said", "key", "state", "words"),
    [
        ("/general/Company", {**COMPANY, "TaxNumber": "9876543217"}, "LOGIN0", CheckState.WRONG, "9876543217"),
        ("/general/Company", {"TaxNumber": 17}, "LOGIN0", CheckState.UNCLEAR, "form"),
        ("/general/Company", [], "LOGIN0", CheckState.UNCLEAR, "form"),
        ("/general/Credits", [{"Name": "x", "RemainingCredit": 0}], "CREDITS1", CheckState.WRONG, "x: 0 left"),
        ("/general/Credits", {"RemainingCredit": 3}, "CREDITS1", CheckState.FINE, "credits: 3 left"),
        ("/general/Credits", [], "CREDITS1", CheckState.UNCLEAR, "no credits are listed"),
        ("/general/Credits", [{"RemainingCredit": "3"}], "CREDITS1", CheckState.UNCLEAR, "form"),
        ("/earchive/Series", {"Content": []}, "SERIES2", CheckState.WRONG, "there are none"),
        ("/earchive/Series", {"Content": [{"Name": "XYZ"}]}, "SERIES2", CheckState.WRONG, "there are XYZ"),
        (
            "/earchive/Series",
            {"Content": [{"Name": "ABC", "IsActive": False}]},
            "SERIES2",
            CheckState.WRONG,
            "is not active",
        ),
        ("/earchive/Series", "x", "SERIES2", CheckState.UNCLEAR, "ABC for EARSIV: "),
        (f"/general/GlobalCompany/Check/TaxNumber/{SELLER_VKN}", {}, "TAXPAYERS4", CheckState.UNCLEAR, "HTTP 200"),
    ],
)
async def test_what_is_wrong_is_said_of_its_subject(
    path: str, said: object, key: str, state: CheckState, words: str
) -> None:
    checked = (await found({path: said}))[key]
    assert checked.state is state
    assert words in checked.said


async def test_behind_a_refused_login_nothing_else_of_the_account_is_asked() -> None:
    checked = list((await found({"/general/Company": web.json_response(OWN_401, status=401)})).values())
    assert [each.state for each in checked] == [
        CheckState.WRONG,
        CheckState.NOT_ASKED,
        CheckState.NOT_ASKED,
        CheckState.FINE,
    ]
    assert "The API key is not known" in checked[0].said


async def test_a_gateway_s_refused_login_is_unclear() -> None:
    page = web.Response(status=401, text="<html><title>Proxy</title>", content_type="text/html")
    checked = (await found({"/general/Company": page}))["LOGIN0"]
    assert checked.state is CheckState.UNCLEAR
    assert "Proxy" in checked.said


async def test_series_do_not_matter_where_we_number() -> None:
    checked = (await found({"/earchive/Series": {"Content": []}}, numbers="ours"))["SERIES2"]
    assert checked.state is CheckState.NOT_ASKED
