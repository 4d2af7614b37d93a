"""Whoever answers in a provider's stead, and whatever a provider puts into its answers: no adapter may believe it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle
from typing import Any, Final

import pytest
from aiohttp import web
from lxml import etree

from app.domain.documents import DocumentState
from app.issuing.journal.encoding import decode, encode
from app.issuing.journal.facts import Answered, LookedUp
from providers.base import (
    Absent,
    Different,
    Done,
    Finding,
    Issued,
    LookUp,
    NotSent,
    Outcome,
    Prepared,
    Refused,
    Several,
    Step,
    StepInput,
    Unclear,
    Withdraws,
)
from providers.simulation.server import running
from tests.contract.bench import PATIENCE, Bench, find
from tests.contract.case import AbleAdapter
from tests.contract.cases import with_the_first
from tests.providers.examples import ISSUED_AT

SECONDS = 5.0
KEY = "artificial-key-4711"
GATEWAYS = {
    "empty": "",
    "a page": "<html><head><title>Request blocked</title></head><body>policy 4711</body></html>",
    "Kong": '{"message":"no Route matched with those values"}',
    "Spring": '{"timestamp":"2026-11-02T09:00:00","status":404,"error":"Not Found","path":"/x"}',
    "problem details": '{"type":"about:blank","title":"Not Found","status":404,"errors":{"id":["unknown"]}}',
    "a list": '["blocked"]',
    "cut": '{"Err',
    "null": "null",
}
STATUSES = [200, 201, 302, 400, 401, 403, 404, 407, 409, 413, 422, 429, 500, 503]
LONG = "<Invoice>" + "<cbc:Note>ş</cbc:Note>" * 20_000
FORWARDED = {"Authorization", "Channel", "Content-Type", "Key", "SOAPAction", "Token", "User-Agent"}
Handler = Callable[[web.Request], Awaitable[web.Response]]


async def nothing(_: web.Request) -> web.Response:
    return web.Response()


@dataclass
class Stranger:
    """A server that answers everything as it is told, but for a sign-in.

    `requests` are those that came: method, path and body.
    """

    answer: Handler = nothing
    requests: list[str] = field(default_factory=list)
    sign_in: Handler = nothing
    sign_in_path: str | None = None

    def says(self, status: int, text: str) -> None:
        """From now on this."""

        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status, text=text, headers={"Retry-After": "5"})

        self.answer = answer
        self.requests.clear()

    async def handle(self, request: web.Request) -> web.Response:
        if request.path == self.sign_in_path:
            return await self.sign_in(request)
        self.requests.append(f"{request.method} {request.path} {await request.text()}")
        return await self.answer(request)


@pytest.fixture
def stranger(bench: Bench) -> Stranger:
    """One with the provider's own sign-in, which takes any login for the seller's."""

    async def sign_in(request: web.Request) -> web.Response:
        own = bench.case.settings(bench.url).secrets
        signed_in = bench.http.post(
            f"{bench.url}{request.path}", **bench.case.signs_in_with(own), headers=bench.case.sign_in_headers
        )
        async with signed_in as response:
            headers = {name: value for name, value in response.headers.items() if name.startswith("x-")}
            return web.Response(body=await response.read(), content_type=response.content_type, headers=headers)

    return Stranger(sign_in=sign_in, sign_in_path=bench.case.sign_in)


@pytest.fixture
async def adapter(bench: Bench, stranger: Stranger) -> AsyncIterator[AbleAdapter]:
    """Of the bench's provider, connected to the stranger."""
    async with front(stranger) as url:
        adapter = bench.case.connect(url, KEY)
        yield adapter
        await adapter.close()


@asynccontextmanager
async def front(stranger: Stranger) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", stranger.handle)
    async with running(application) as url:
        yield url


async def everything_said(adapter: AbleAdapter, prepared: Prepared) -> list[Outcome | Finding]:
    kind = prepared.document_type
    said = [await ask(asked, SECONDS) for asked in steps_of(adapter, prepared) for ask in asking(adapter)]
    if adapter.capabilities.look_up is LookUp.NONE:
        return said
    document = Issued(reference=prepared.reference, document_type=kind, provider_reference="17")
    done = Done(reference="17", state=min(adapter.capabilities.poll_until[kind]))
    return [
        *said,
        await adapter.poll(prepared, done, SECONDS),
        await adapter.find_issued(document, SECONDS),
        *([await adapter.cancel(document, SECONDS)] if kind in adapter.capabilities.cancels else []),
        *([await adapter.withdraw(document, SECONDS)] if isinstance(adapter, Withdraws) else []),
    ]


# Of what is made first these keep two ids: the card's, and that of its address.
CONTACTS: Final = {"kolaybi": "17/18", "dia": "17/18"}


def steps_of(adapter: AbleAdapter, prepared: Prepared) -> list[StepInput]:
    """Each step of it, as if all before it were made; a draft's where it may be one, the legal one at the end."""
    made: dict[Step, Done] = {}
    steps = []
    for step in adapter.capabilities.steps:
        steps.append(StepInput(step, prepared, dict(made)))
        reference = CONTACTS.get(adapter.capabilities.provider, "17") if step is Step.CONTACT else "17"
        made[step] = Done(reference=reference, state=DocumentState.PLANNED)
    if adapter.capabilities.sends_off:
        draft = replace(prepared, is_draft=True)
        return [StepInput(Step.INVOICE, draft, {}), StepInput(Step.APPROVAL, draft, dict(made)), *steps]
    return steps


def asking(adapter: AbleAdapter) -> tuple[Callable[[StepInput, float], Awaitable[Outcome | Finding]], ...]:
    """To make a step, and to look for it where that can be asked."""
    return (adapter.create, *([] if adapter.capabilities.look_up is LookUp.NONE else [partial(find, adapter)]))


def comes_back(said: Outcome | Finding) -> str:
    """The fact of this answer, which must be read as it was written."""
    fact: Answered | LookedUp
    if isinstance(said, Done | Absent | Different | Several | Unclear):
        fact = LookedUp(began=ISSUED_AT, at=ISSUED_AT, covers=("1-w",), finding=said)
    else:
        fact = Answered(at=ISSUED_AT, prepared="0-w", outcome=said)
    written = encode(fact)
    assert decode(type(fact).__name__, written) == fact
    return written.decode()


async def test_what_a_gateway_says_is_sure_of_nothing(bench: Bench, stranger: Stranger, adapter: AbleAdapter) -> None:
    """Each text and each status once."""
    await is_sure_of_nothing(bench, stranger, adapter, list(zip(STATUSES, cycle(GATEWAYS.values()), strict=False)))


@pytest.mark.sweep
@pytest.mark.parametrize("text", GATEWAYS.values(), ids=GATEWAYS.keys())
async def test_what_a_gateway_says_with_any_status_is_sure_of_nothing(
    bench: Bench, stranger: Stranger, adapter: AbleAdapter, text: str
) -> None:
    await is_sure_of_nothing(bench, stranger, adapter, [(status, text) for status in STATUSES])


async def is_sure_of_nothing(
    bench: Bench, stranger: Stranger, adapter: AbleAdapter, answers: list[tuple[int, str]]
) -> None:
    prepared = bench.prepared()
    for status, text in answers:
        stranger.says(status, text)
        outcome = await adapter.create(steps_of(adapter, prepared)[-1], SECONDS)
        assert not isinstance(outcome, NotSent | Refused) or not any(
            bench.case.makes in each for each in stranger.requests
        ), (status, outcome)
        said = await everything_said(adapter, prepared)
        assert not any(isinstance(each, Done | Absent | Different) for each in said), (status, said)
        assert not any(getattr(each, "needs_owner", False) for each in said), (status, said)


async def test_neither_the_key_nor_the_buyer_is_kept_of_an_answer(
    bench: Bench, stranger: Stranger, adapter: AbleAdapter
) -> None:
    buyer = bench.case.person.buyer
    prepared = bench.prepared()
    echo = f"{KEY} {buyer.tax_number} {buyer.email or ''}"
    own = {
        "Errors": [{"Code": 2015, "Description": echo, "Detail": echo}],
        "errors": [{"field": "buyer", "code": "BUYER", "message": echo}],
        "message": echo,
        "customer": "Gizli Alıcı",
    }
    kept = ""
    for status in (200, 201, 400, 401, 403, 404, 409, 422, 429, 500):
        for text in (json.dumps(own), json.dumps({"message": echo, "customer": "Gizli Alıcı"}), echo):
            stranger.says(status, text)
            for said in await everything_said(adapter, prepared):
                kept += f"{said} {comes_back(said)}"
    told = [KEY, "Gizli", buyer.tax_number, buyer.email]
    assert not [secret for secret in told if secret and secret in kept]


async def test_the_buyer_s_name_in_a_sentence_is_hidden(bench: Bench, stranger: Stranger, adapter: AbleAdapter) -> None:
    name = bench.case.person.buyer.name
    stranger.says(500, json.dumps({"message": f"no such customer: {name.upper()}."}))
    prepared = bench.prepared()
    last = steps_of(adapter, prepared)[-1]
    for said in [await ask(last, SECONDS) for ask in asking(adapter)]:
        assert "no such customer: ***." in str(said) or "register" in str(said)
        assert name.upper() not in str(said)


@with_the_first
@pytest.mark.parametrize(
    "status", [422, *(pytest.param(status, marks=pytest.mark.sweep) for status in (200, 401, 404, 409, 500))]
)
async def test_a_long_answer_becomes_a_short_fact(
    bench: Bench, stranger: Stranger, adapter: AbleAdapter, status: int
) -> None:
    errors = [{"Code": 2010, "Detail": LONG, "field": "x" * 999, "code": "C" * 999, "message": LONG[:999]}] * 60
    for body in ({"Errors": errors[:1] + [{"Code": 2010, "Detail": "x"}] * 999}, {"errors": errors}, LONG):
        stranger.says(status, json.dumps(body))
        for said in await everything_said(adapter, bench.prepared()):
            assert len(comes_back(said).encode()) < 100_000


def changed(value: Any, text: Callable[[str], Any]) -> Any:
    """The same JSON with another value in the place of each text."""
    match value:
        case dict():
            return {name: changed(item, text) for name, item in value.items()}
        case list():
            return [changed(item, text) for item in value]
        case str():
            return text(value)
        case _:
            return value


def changed_xml(content: bytes, text: Callable[[str], Any]) -> bytes:
    """The same XML with another text, or an element around it, in the place of each text."""
    root = etree.fromstring(content)
    for element in list(root.iter("*")):
        value = element.text
        if value and not len(element):
            other = text(value)
            element.text = None if isinstance(other, dict) else str(other)
            if isinstance(other, dict):
                etree.SubElement(element, "value").text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def number_for_a_name(value: str) -> Any:
    """What names a document ends in a digit; states and currencies do not."""
    return 2026000000001 if value[-1:].isdecimal() and "-" not in value[:3] and "." not in value else value


@pytest.mark.parametrize("text", [lambda _: 2026000000001, lambda text: {"value": text}, number_for_a_name])
async def test_an_answer_with_values_of_another_type_is_none_and_can_be_read_again(
    bench: Bench, stranger: Stranger, text: Callable[[str], Any]
) -> None:
    async def answer(request: web.Request) -> web.Response:
        body, url = await request.read(), f"{bench.url}{request.path_qs}"
        headers = {name: value for name, value in request.headers.items() if name in FORWARDED}
        async with bench.http.request(request.method, url, data=body, headers=headers) as response:
            said = await response.read()
            if response.content_type == "text/xml":
                return web.Response(body=changed_xml(said, text), status=response.status, content_type="text/xml")
            if not said:
                return web.Response(status=response.status)
            return web.json_response(changed(json.loads(said), text), status=response.status)

    prepared = bench.prepared()
    assert isinstance(await bench.create(prepared, SECONDS), Done)
    stranger.answer = answer
    async with front(stranger) as url:
        adapter = bench.case.connect(url)
        for said in await everything_said(adapter, prepared):
            comes_back(said)
        outcome = await adapter.create(await bench.asked(bench.prepared("second")), SECONDS)
        found = await bench.find(prepared, SECONDS, adapter) if bench.can_be_asked else None
        await adapter.close()
    assert not isinstance(outcome, Done | Refused)
    assert not isinstance(found, Done | Absent)


async def test_a_connection_that_was_not_made_has_sent_nothing(bench: Bench) -> None:
    adapter = bench.case.connect("http://127.0.0.1:9")
    outcome = await adapter.create(await bench.asked(bench.prepared()), PATIENCE)
    await adapter.close()
    assert isinstance(outcome, NotSent)
    assert not outcome.needs_owner
