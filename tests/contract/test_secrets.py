"""What opens an account is in no answer, fact, event, log line, printed form or error, whatever a provider writes."""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from app.operations.logins.adapters import login_error
from app.store import Login
from providers.base import Finding, NotSent, Refused, Unclear, Unknown
from providers.base.reads import CheckAsked
from providers.registry import PROVIDERS, provider
from tests.contract.bench import Bench
from tests.contract.case import AbleAdapter
from tests.contract.cases import OF_EACH_TYPE
from tests.contract.test_foreign_answers import Stranger as Echo
from tests.contract.test_foreign_answers import everything_said, front
from tests.harness.issuing_builders import command
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import simulate
from tests.providers.examples import REGISTERED_VKN, SELLER_VKN

SECONDS = 5.0
CANARY = "kanarya"
# However its bytes lie in base64: as far as they alone decide the letters.
ENCODED = tuple(
    base64.b64encode(bytes(before) + CANARY.encode() + b"...").decode()[-(-8 * before // 6) : 8 * (before + 7) // 6]
    for before in range(3)
)
STATUSES = (200, 400, 401, 403, 404, 409, 422, 429, 500)
# A user of its own for the second service of an account.
SECOND_USER = ("efatura_username", "efatura_password")


class Noted(dict[str, str]):
    """Secrets that know which of them were looked for."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        super().__init__(secrets)
        self.asked: set[str] = set()

    def __getitem__(self, secret: str) -> str:
        self.asked.add(secret)
        return super().__getitem__(secret)

    def __contains__(self, secret: object) -> bool:
        self.asked.add(str(secret))
        return super().__contains__(secret)


def canaries(name: str) -> dict[str, str]:
    """A canary as each secret that this provider's adapter looks for, with the signs that writers escape."""
    usual = provider(name).sandbox.settings("https://api.example", SELLER_VKN)
    noted = Noted(usual.secrets)
    provider(name).connect(replace(usual, secrets=noted))
    second = SECOND_USER if noted.asked & set(SECOND_USER) else ()
    assert noted.asked <= {*usual.secrets, *second}
    return {secret: f"{CANARY}-{secret}+4711/x" for secret in (*usual.secrets, *second)}


def found_in(text: str) -> list[str]:
    """The places of a canary in a text, as it is or in base64."""
    forms = (CANARY, quote(f"{CANARY}+").removesuffix("%2B"), *ENCODED)
    return [text[max(0, at - 60) : at + 60] for form in forms for at in [text.find(form)] if at >= 0]


async def echoed(request: web.Request, secrets: Iterable[str]) -> str:
    """All that the caller has sent, and what is known of it."""
    headers = " ".join(f"{name}: {value}" for name, value in request.headers.items())
    return f"{' '.join(secrets)} {headers} {request.path_qs} {await request.text()}"


def answers_with(echo: str, status: int, form: str) -> web.Response:
    if form == "fault":
        xml = f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>
        <faultcode>s:Server</faultcode><faultstring>{web_safe(echo)}</faultstring><detail><m>{web_safe(echo)}</m></detail>
        </s:Fault></s:Body></s:Envelope>"""
        return web.Response(status=status, text=xml, content_type="text/xml")
    if form == "page":
        return web.Response(status=status, text=f"<html><title>{web_safe(echo)}</title></html>")
    if form == "text":
        return web.Response(status=status, text=echo, headers={"WWW-Authenticate": "Basic"})
    error = {"code": "E", "Code": 2015, "message": echo, "Detail": echo, "Description": echo, "field": echo}
    body = {"errors": [error], "Errors": [error], "error": echo, "message": echo, "Message": echo, "title": echo}
    return web.json_response({**body, "messages": [{"text": echo, "type": "1"}]}, status=status)


def web_safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


FORMS = ("sentences", "fault", "page", "text")


@asynccontextmanager
async def echoing(bench: Bench, secrets: dict[str, str]) -> AsyncIterator[tuple[AbleAdapter, Echo]]:
    """An adapter whose secrets are canaries, connected to one that says back what it hears."""

    async def sign_in(request: web.Request) -> web.Response:
        own = bench.case.settings(bench.url).secrets
        signed_in = bench.http.post(
            f"{bench.url}{request.path}", **bench.case.signs_in_with(own), headers=bench.case.sign_in_headers
        )
        async with signed_in as response:
            headers = {name: value for name, value in response.headers.items() if name.startswith("x-")}
            return web.Response(body=await response.read(), content_type=response.content_type, headers=headers)

    echo = Echo(sign_in=sign_in, sign_in_path=bench.case.sign_in)
    async with front(echo) as url:
        adapter = bench.case.connect_with(replace(bench.case.settings(url), secrets=secrets))
        yield adapter, echo
        await adapter.close()


async def all_said(bench: Bench, adapter: AbleAdapter) -> list[Any]:
    """Whatever can be asked of it."""
    prepared, what = bench.prepared(), adapter.capabilities
    said: list[Any] = list(await everything_said(adapter, prepared))
    if what.taxpayer_lookup:
        said.append(await adapter.registration(REGISTERED_VKN, SECONDS))
    if what.checks:
        said.append(await adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS))
    return said


@pytest.mark.parametrize("bench", OF_EACH_TYPE, ids=str, indirect=True)
async def test_what_a_provider_says_back_is_kept_without_the_secrets(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Into the facts of an issuer, its events, what its owner reads of a connection, and every log line."""
    caplog.set_level(logging.DEBUG)
    secrets, said = canaries(bench.case.name), list[Any]()
    with capture_logs() as logged:
        async with echoing(bench, secrets) as (adapter, echo):
            for status, form in [
                *zip(STATUSES, cycle(FORMS)),
                *((status, form) for status in (200, 401) for form in FORMS),
            ]:

                async def answer(request: web.Request, status: int = status, form: str = form) -> web.Response:
                    return answers_with(await echoed(request, secrets.values()), status, form)

                echo.answer = answer
                said += await all_said(bench, adapter)
            shown = f"{adapter!r} {adapter.capabilities!r} {bench.prepared()!r}"
        kept = await asyncio.to_thread(simulate, through_an_issuer(said))
    assert found_in(f"{said!r}") == []
    assert found_in(shown) == []
    assert found_in(kept) == []
    assert found_in(f"{logged} {caplog.text}") == []


async def through_an_issuer(said: list[Any]) -> str:
    """The bytes of its changelog, its events, and what it has written for a connection's owner."""
    outcomes = [each for each in said if isinstance(each, NotSent | Refused | Unknown)]
    findings: list[Finding] = [each for each in said if isinstance(each, Unclear)]
    kept = ""
    for number, outcome in enumerate(outcomes):
        issuer = OneIssuer()
        process = issuer.process()
        process.adapter.behaviour.creates = [outcome]
        process.adapter.behaviour.findings = findings[:3]
        await process.admit(command(number=number))
        await process.finish(60)
        kept += f"{issuer.changelog} {issuer.events} {process.connections.marked}"
    return kept


@pytest.mark.parametrize("bench", OF_EACH_TYPE, ids=str, indirect=True)
async def test_what_is_no_http_and_says_the_request_back_is_kept_without_the_secrets(bench: Bench) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = await reader.read(100_000)
        writer.write(heard.replace(b"\r\n", b" ")[:2000] + b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        settings = bench.case.settings(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        adapter = bench.case.connect_with(replace(settings, secrets=canaries(bench.case.name)))
        said = await all_said(bench, adapter)
        await adapter.close()
    assert found_in(f"{said!r}") == []


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_login_that_cannot_be_used_is_an_error_without_its_secrets(name: str) -> None:
    usual = provider(name).sandbox.settings("https://api.example", SELLER_VKN)
    for options, more in (({"no_such": "1"}, ""), ({}, "\n"), ({}, "ş")):
        secrets = {secret: value + more for secret, value in canaries(name).items()}
        login = Login(base_url=usual.base_url, secrets=secrets, options={**usual.options, **options})
        assert found_in(repr(login)) == []
        assert found_in(str(login_error(name, login))) == []
