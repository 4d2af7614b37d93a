"""Signing in at Trendyol: where the token, the user and the company are, and how often it is asked."""

import asyncio
import base64
import json
import logging
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from providers.base import Absent, Done, NotSent, Step, StepInput, Unclear, Unknown
from providers.base.reads import CheckAsked, CheckState, FileForm
from providers.simulation.server import running
from providers.transport.http import Reply
from providers.trendyol_efaturam.adapter import TrendyolAdapter
from providers.trendyol_efaturam.login import TOKEN, Login, login_in
from providers.trendyol_efaturam.options import options_of
from tests.providers.examples import SELLER_VKN
from tests.providers.trendyol_efaturam.bench import PASSWORD, SECONDS, Bench, bench_of, settings

END = 4_000_000_000
COMPANY = 1_000_000_001


def token(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


def answer(text: str = "500", **claims: object) -> Reply:
    rights = {"privs": {str(COMPANY): ["INVOICE_CREATE"]}, "exp": END}
    return Reply(status=200, text=text, headers={TOKEN: token(**{**rights, **claims})})


def signed_in(reply: Reply, **options: str) -> Login:
    found = login_in(reply, options_of(options))
    assert isinstance(found, Login), found
    return found


def test_the_company_is_the_key_of_the_rights_and_the_user_the_subject() -> None:
    login = signed_in(answer(sub="512"))
    assert (login.company_id, login.user_id, login.renew_at) == (COMPANY, 512, END - 300)
    assert not login.is_over()
    assert replace(login, renew_at=0.0).is_over()


@pytest.mark.parametrize("text", ["512", '{"userId": 512, "companyId": 17}', '{"id": "512"}'])
def test_without_a_subject_the_user_is_in_the_body(text: str) -> None:
    assert signed_in(answer(text)).user_id == 512


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("both", {"Authorization", TOKEN}),
        ("bearer", {"Authorization"}),
        ("x-access-token", {TOKEN}),
    ],
)
def test_the_token_goes_where_the_operator_says(chosen: str, shown: set[str]) -> None:
    assert signed_in(answer(), token_header=chosen).headers().keys() == shown


def test_of_several_companies_the_operator_chooses_one() -> None:
    both = answer(privs={"17": [], "18": []})
    refused = login_in(both, options_of({}))
    assert isinstance(refused, NotSent)
    assert refused.needs_owner
    assert "17, 18" in refused.why
    assert signed_in(both, company_id="18").company_id == 18
    assert isinstance(login_in(both, options_of({"company_id": "19"})), NotSent)


@pytest.mark.parametrize("headers", [{}, {TOKEN: ""}])
def test_an_answer_without_a_token_is_no_login_and_nobody_s_fault(headers: dict[str, str]) -> None:
    found = login_in(Reply(status=200, text="<html>Please log in</html>", headers=headers), options_of({}))
    assert isinstance(found, NotSent)
    assert not found.needs_owner


@pytest.mark.parametrize("strange", ["opaque", "a.b.c", "e30.W10.x", "e30.!!.x"])
def test_a_token_that_cannot_be_read_is_used_with_the_company_that_the_operator_says(strange: str) -> None:
    reply = Reply(status=200, text="500", headers={TOKEN: strange})
    assert signed_in(reply, company_id="17").company_id == 17
    assert isinstance(login_in(reply, options_of({})), NotSent)


async def test_many_calls_sign_in_once() -> None:
    async with bench_of() as bench:
        await asyncio.gather(*(bench.create(bench.earsiv(str(name))) for name in range(5)))
        assert (await bench.counts())["sign_in"] == 1


async def test_a_token_that_trendyol_no_longer_takes_is_renewed_once_and_the_call_is_made() -> None:
    async with bench_of() as bench:
        assert isinstance(await bench.create(bench.earsiv("one")), Done)
        await bench.switch(expire_tokens=True)
        assert isinstance(await bench.create(bench.earsiv("two")), Done)
        assert (await bench.counts())["sign_in"] == 2


async def test_calls_whose_token_ends_together_renew_it_once() -> None:
    async with bench_of() as bench:
        await bench.create(bench.earsiv("first"))
        await bench.switch(expire_tokens=True)
        made = await asyncio.gather(*(bench.create(bench.earsiv(str(name))) for name in range(5)))
        assert all(isinstance(each, Done) for each in made)
        assert (await bench.counts())["sign_in"] == 2


async def test_a_refused_sign_in_is_not_tried_again() -> None:
    async with bench_of(password="wrong-password") as bench:
        for _ in range(3):
            outcome = await bench.create(bench.earsiv())
            assert isinstance(outcome, NotSent)
            assert outcome.needs_owner
        assert (await bench.counts())["sign_in"] == 1


async def test_a_user_without_the_right_to_the_api_needs_the_owner() -> None:
    async with bench_of() as bench:
        await bench.switch(may_invoice=False)
        outcome = await bench.create(bench.earsiv())
        assert isinstance(outcome, NotSent)
        assert outcome.needs_owner
        (login, _) = await bench.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)
        assert login.state is CheckState.WRONG
        assert "API privilege" in login.said


@pytest.mark.parametrize("companies", [1, 2])
async def test_the_login_of_a_check_names_user_and_company(companies: int) -> None:
    async with bench_of(company_id=SELLER_VKN) as bench:
        await bench.switch(companies=companies, sign_in_object=True)
        (login, register) = await bench.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)
        assert (login.state, register.state) == (CheckState.FINE, CheckState.FINE)
        assert login.said.startswith(f"user 500 of company {SELLER_VKN}")


async def test_the_number_of_the_corporate_record_is_no_company() -> None:
    async with bench_of(company_id=str(int(SELLER_VKN) // 10_000)) as bench:
        outcome = await bench.create(bench.earsiv())
        assert isinstance(outcome, NotSent)
        assert outcome.needs_owner


@pytest.mark.parametrize(
    ("status", "text"),
    [(500, ""), (403, "<html><title>Blocked</title></html>"), (401, '{"message": "Unauthorized"}'), (200, "500")],
)
async def test_a_sign_in_that_a_gateway_answers_says_nothing_and_is_tried_the_next_time(status: int, text: str) -> None:
    asked = 0

    async def anything(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=status, text=text)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", anything)
    async with bench_of() as bench, running(application) as url:
        adapter = TrendyolAdapter(settings(url))
        prepared = bench.earsiv()
        outcome = await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
        found = await adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS)
        await adapter.close()
    assert isinstance(outcome, NotSent)
    assert not outcome.needs_owner
    assert isinstance(found, Unclear)
    assert not found.needs_owner
    assert asked == 2


async def test_a_gateway_s_401_is_unknown_and_the_next_call_signs_in_anew() -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"message": "Unauthorized"}, status=401)

    async def sign_in(_: web.Request) -> web.Response:
        nonlocal signed
        signed += 1
        return web.json_response(500, headers={TOKEN: token(privs={"17": []}, exp=END, n=signed)})

    signed = 0
    application = web.Application()
    application.router.add_post("/api/auth/signin", sign_in)
    application.router.add_route("*", "/{path:.*}", refuse)
    async with bench_of() as bench, running(application) as url:
        adapter = TrendyolAdapter(settings(url))
        for _ in range(2):
            assert isinstance(await adapter.create(StepInput(Step.INVOICE, bench.earsiv()), SECONDS), Unknown)
        await adapter.close()
    assert signed == 2


async def everything(bench: Bench) -> list[object]:
    """Every answer that one connection gives in a good and in a bad hour."""
    prepared = bench.earsiv()
    said: list[object] = [bench.adapter, await bench.create(prepared)]
    issued = await bench.issued(bench.earsiv("another"))
    said += [issued, *[await bench.adapter.download(issued, form, SECONDS) for form in FileForm]]
    await bench.switch(blocked=["ORDER"], searchable=False)
    said += [await bench.create(bench.earsiv("third")), await bench.adapter.cancel(issued, SECONDS)]
    said += [await bench.adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS)]
    await bench.switch(may_invoice=False)
    said += [await bench.create(prepared), *await bench.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)]
    return said


async def test_no_secret_is_in_a_log_an_answer_or_a_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with bench_of(document_url="permanent") as bench:
        said = [repr(each) for each in await everything(bench)]
        login = await bench.adapter.token(SECONDS)
        assert isinstance(login, Login)
        secrets = [PASSWORD, login.token, *bench.trendyol._documents._files]
    kept = "\n".join([*said, repr(login), caplog.text])
    assert len(secrets) == 5
    assert not [secret for secret in secrets if secret in kept]


async def test_a_document_that_is_not_there_is_absent_behind_a_new_token() -> None:
    async with bench_of() as bench, aiohttp.ClientSession():
        await bench.create(bench.earsiv())
        await bench.switch(expire_tokens=True)
        asked = StepInput(Step.INVOICE, bench.earsiv("never sent"))
        assert await bench.adapter.find_prepared(asked, SECONDS) == Absent()
