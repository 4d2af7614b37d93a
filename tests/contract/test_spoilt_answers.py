"""A provider's own answer that is spoilt on its way, or is about another document: it proves nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

import pytest
from aiohttp import web

from providers.base import Absent, Done, LookUp, NotSent, Refused, Unclear
from providers.base.reads import DocumentFile, FileForm
from providers.transport.limits import MOST_BYTES
from tests.contract.bench import Bench
from tests.contract.case import AbleAdapter
from tests.contract.cases import OF_EACH_TYPE, with_the_first
from tests.contract.test_cancelling import issued
from tests.contract.test_foreign_answers import FORWARDED, Stranger, front
from tests.providers.examples import LINE

SECONDS = 5.0
# What a login is in.
PASSED = FORWARDED | {"x-access-token"}


def cut(request: web.Request, body: bytes) -> web.Response:
    """The connection breaks when half of it has come."""
    assert request.transport is not None
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    request.transport.write(head + body[: len(body) // 2])
    request.transport.close()
    return web.Response()


SPOILT: Mapping[str, Callable[[web.Request, bytes], web.Response]] = {
    "cut": cut,
    "half": lambda _, body: web.Response(body=body[: len(body) // 2]),
    "endless": lambda _, body: web.Response(body=body + b" " * MOST_BYTES),
    "in another charset": lambda _, body: web.Response(body=body.decode(errors="replace").encode("utf-16")),
    "twice": lambda _, body: web.Response(body=body + body),
}


@asynccontextmanager
async def behind(
    bench: Bench, spoil: Callable[[web.Request, web.Response], Awaitable[web.Response]], swap: Mapping[str, str]
) -> AsyncIterator[AbleAdapter]:
    """An adapter with a proxy before its simulator: `swap` changes what is asked, `spoil` what is answered."""

    def other(text: str) -> str:
        for mine, theirs in swap.items():
            text = text.replace(mine, theirs).replace(mine.upper(), theirs.upper())
        return text

    async def forward(request: web.Request) -> web.Response:
        body, path = other(await request.text()), other(request.path_qs)
        headers = {name: value for name, value in request.headers.items() if name in PASSED}
        sent = bench.http.request(request.method, f"{bench.url}{path}", data=body.encode(), headers=headers)
        async with sent as response:
            said = {name: value for name, value in response.headers.items() if name.startswith("x-")}
            whole = web.Response(body=await response.read(), status=response.status, headers=said)
            if response.headers.get("Content-Type"):
                whole.headers["Content-Type"] = response.headers["Content-Type"]
        return await spoil(request, whole)

    stranger = Stranger(answer=forward, sign_in=forward)
    async with front(stranger) as url:
        adapter = bench.case.connect(url)
        yield adapter
        await adapter.close()


@with_the_first
@pytest.mark.parametrize("how", SPOILT)
async def test_an_answer_that_is_spoilt_proves_nothing(bench: Bench, how: str) -> None:
    async def spoil(request: web.Request, whole: web.Response) -> web.Response:
        if request.path == bench.case.sign_in or not whole.body:
            return whole
        assert isinstance(whole.body, bytes)
        return SPOILT[how](request, whole.body)

    prepared = bench.prepared()
    made = await bench.create(prepared, SECONDS)
    assert isinstance(made, Done)
    second = await bench.asked(bench.prepared("second"))
    before = len((await bench.record())["documents"])
    async with behind(bench, spoil, {}) as adapter:
        outcome = await adapter.create(second, SECONDS)
        if bench.can_be_asked:
            assert isinstance(await bench.find(prepared, SECONDS, adapter), Unclear)
            assert isinstance(await adapter.poll(prepared, made, SECONDS), Unclear)
    assert not isinstance(outcome, Done | Refused)
    assert not isinstance(outcome, NotSent) or len((await bench.record())["documents"]) == before


ASKED_FOR_OURS = [case for case in OF_EACH_TYPE if case.capabilities.look_up is LookUp.BY_REFERENCE]


@pytest.mark.parametrize("bench", ASKED_FOR_OURS, ids=str, indirect=True)
async def test_what_is_answered_about_another_document_is_not_taken_for_this_one(bench: Bench) -> None:
    prepared, another = bench.prepared(), bench.prepared("second", lines=(replace(LINE, unit_price=Decimal(41)),))
    mine, theirs = await bench.create(prepared, SECONDS), await bench.create(another, SECONDS)
    assert isinstance(mine, Done)
    assert isinstance(theirs, Done)
    assert mine.number
    assert theirs.number
    swap = {prepared.reference: another.reference, mine.reference: theirs.reference, mine.number: theirs.number}

    async def as_it_is(_: web.Request, whole: web.Response) -> web.Response:
        return whole

    async with behind(bench, as_it_is, swap) as adapter:
        assert not isinstance(await bench.find(prepared, SECONDS, adapter), Done | Absent)
        document = issued(prepared, mine.number)
        polled = await adapter.poll(prepared, mine, SECONDS)
        stands = await adapter.find_issued(document, SECONDS)
        # Some say a state without a word on whose it is.
        for said in (polled, stands):
            assert not isinstance(said, Absent)
            assert not isinstance(said, Done) or (said.reference, said.number) == (mine.reference, mine.number)
        for form in adapter.capabilities.downloads - {FileForm.PDF}:
            assert not isinstance(await adapter.download(document, form, SECONDS), DocumentFile)
