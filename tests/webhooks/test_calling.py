"""One call to a real receiver on loopback, and to those that nobody should call."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from app.store.webhooks.queue import Claimed
from app.store.webhooks.schedule import Answer
from app.webhooks import calling
from app.webhooks.calling import Caller, CheckedResolver
from app.webhooks.signing import signed_headers
from tests.webhooks.queued import NOW
from tests.webhooks.receiver import Receiver, receiving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"document.issued","data":{"ad":"ışık"}}'.encode()


def claimed(url: str) -> Claimed:
    return Claimed(
        delivery_id=1, endpoint_id="e", attempt=1, event_id="an-event", url=url, body=BODY, secrets=(SECRET,)
    )


@asynccontextmanager
async def caller(*, loopback: bool = True, resolver: AbstractResolver | None = None) -> AsyncIterator[Caller]:
    made = Caller(lambda: NOW, loopback=loopback, resolver=resolver)
    try:
        yield made
    finally:
        await made.close()


async def called(url: str, *, loopback: bool = True, resolver: AbstractResolver | None = None) -> Answer:
    async with caller(loopback=loopback, resolver=resolver) as call:
        return await call(claimed(url))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


class Names(AbstractResolver):
    """A resolver that gives these addresses, one call after the other, and checks nothing."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        del family
        address = self.addresses.pop(0)
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        self.addresses.clear()


async def test_a_receiver_gets_the_bytes_signed_and_its_answer_is_kept(receiver: Receiver) -> None:
    assert await called(receiver.url) == Answer(status=200, text="thanks")
    (got,) = receiver.got
    assert (got.path, got.body) == ("/hooks", BODY)
    assert got.headers.items() >= signed_headers("an-event", BODY, [SECRET], NOW).items()
    assert got.headers["content-type"] == "application/json"
    assert "cookie" not in got.headers


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirection_is_not_followed(receiver: Receiver, status: int) -> None:
    async def away(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": f"{receiver.url}/elsewhere"})

    receiver.answer = away
    assert (await called(receiver.url)).status == status
    assert len(receiver.got) == 1


async def test_a_cookie_that_a_receiver_sets_does_not_come_back(receiver: Receiver) -> None:
    async def sets(_: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Set-Cookie": "a=b; Path=/"})

    receiver.answer = sets
    async with caller() as call:
        await call(claimed(receiver.url))
        await call(claimed(receiver.url))
    assert [got.headers.get("cookie") for got in receiver.got] == [None, None]


async def test_a_proxy_of_the_environment_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    monkeypatch.delenv("no_proxy", raising=False)
    assert (await called(receiver.url)).status == 200


async def test_an_endless_answer_is_cut_off(receiver: Receiver) -> None:
    written = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)
            written += 65536

    receiver.answer = endless
    answer = await called(receiver.url)
    assert (answer.status, answer.text) == (200, "x" * 1000)
    assert written < 64 * 1024 * 1024


async def test_a_compressed_answer_is_not_unpacked(receiver: Receiver) -> None:
    async def bomb(_: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(bytes(10_000_000)), headers={"Content-Encoding": "gzip"})

    receiver.answer = bomb
    answer = await called(receiver.url)
    assert (answer.status, len(answer.text) <= 1000) == (200, True)


async def test_a_receiver_that_says_nothing_is_left_in_time(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    receiver.answer = silent
    monkeypatch.setattr(calling, "TIMEOUT", aiohttp.ClientTimeout(total=0.1))
    answer = await called(receiver.url)
    assert (answer.status, "no answer" in answer.text) == (None, True)


async def test_how_long_a_receiver_wants_to_be_left_alone_is_read_in_seconds(receiver: Receiver) -> None:
    said = iter(["120", "Fri, 31 Dec 1999 23:59:59 GMT", "-1", "9" * 30])

    async def busy(_: web.Request) -> web.StreamResponse:
        return web.Response(status=429, headers={"Retry-After": next(said)})

    receiver.answer = busy
    found = [(await called(receiver.url)).retry_after for _ in range(4)]
    assert found == [timedelta(seconds=120), None, None, None]


async def test_where_nobody_listens_there_is_a_sentence(unused_tcp_port: int) -> None:
    answer = await called(f"http://127.0.0.1:{unused_tcp_port}/")
    assert (answer.status, "ClientConnectorError" in answer.text) == (None, True)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost"])
async def test_without_the_setting_this_machine_is_not_called(receiver: Receiver, host: str) -> None:
    url = receiver.url.replace("127.0.0.1", host)
    for each in (url, url.replace("http:", "https:")):
        assert (await called(each, loopback=False)).status is None
    assert receiver.got == []


async def test_a_name_with_one_address_within_is_refused_whatever_else_it_has() -> None:
    def look_up(*_: Any, **__: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443)),
        ]

    resolver = CheckedResolver(loopback=False, look_up=look_up)
    answer = await called("https://shop.example/", loopback=False, resolver=resolver)
    assert (answer.status, "10.0.0.1 is not in the public internet" in answer.text) == (None, True)


async def test_a_name_that_has_another_address_when_it_is_dialled_is_refused(receiver: Receiver) -> None:
    """The address that is dialled is checked, whatever a resolver said before."""
    url = receiver.url.replace("http://127.0.0.1", "https://shop.example")
    answer = await called(url, loopback=False, resolver=Names("127.0.0.1"))
    assert (answer.status, "is this machine" in answer.text) == (None, True)
    assert receiver.got == []


async def test_each_call_asks_for_the_name_anew(receiver: Receiver) -> None:
    names = Names("127.0.0.1", "10.0.0.1")
    async with caller(resolver=names) as call:
        url = receiver.url.replace("127.0.0.1", "shop.example")
        assert (await call(claimed(url))).status == 200
        assert (await call(claimed(url))).status is None
    assert len(receiver.got) == 1
