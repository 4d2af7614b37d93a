"""The shared client: what surely made nothing, and what nobody can say."""

import asyncio
import contextlib
import errno
import os
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from providers.base import NotSent, Unknown
from providers.simulation.misbehaviour import dropped
from providers.simulation.server import running
from providers.transport import limits
from providers.transport.http import Http, Reply, classify, unclear
from providers.transport.limits import retry_after

READ_AT_ONCE = 65536
NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
SECONDS = 2.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def closing(client: Http) -> AsyncIterator[Http]:
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def client_of(handler: Handler) -> AsyncIterator[Http]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    async with running(application) as url, closing(Http(url, {"Authorization": "Bearer artificial"})) as client:
        yield client


@asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[str]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read(READ_AT_ONCE)
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_whole_answer_is_a_reply_whatever_it_says() -> None:
    async def handler(request: web.Request) -> web.Response:
        assert request.headers["User-Agent"].startswith("Faturaflow/")
        assert request.headers["Authorization"] == "Bearer artificial"
        return web.Response(status=418, text=await request.text())

    async with client_of(handler) as client:
        reply = await client.send("POST", "/x", SECONDS, body='{"total":120.00}')
    assert reply == Reply(status=418, text='{"total":120.00}')
    assert str(reply.json()["total"]) == "120.00"


async def test_a_dropped_connection_is_unknown() -> None:
    async def handler(request: web.Request) -> web.Response:
        return dropped(request)

    async with client_of(handler) as client:
        assert isinstance(await client.send("POST", "/", SECONDS), Unknown)


async def test_a_post_is_never_sent_twice_by_the_client() -> None:
    calls = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        return web.Response() if calls == 1 else dropped(request)

    async with client_of(handler) as client:
        assert isinstance(await client.send("POST", "/", SECONDS), Reply)
        assert isinstance(await client.send("POST", "/", SECONDS), Unknown)
    assert calls == 2


async def test_a_timeout_is_unknown() -> None:
    async def handler(_: web.Request) -> web.Response:
        await asyncio.sleep(SECONDS)
        return web.Response()

    async with client_of(handler) as client:
        assert isinstance(await client.send("POST", "/", 0.1), Unknown)


@pytest.mark.parametrize(
    "answer",
    [
        b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id":',
        b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n",
        b"SMTP ready\r\n",
        b"",
    ],
    ids=["cut body", "broken header", "another protocol", "nothing"],
)
async def test_what_is_not_a_whole_answer_is_unknown(answer: bytes) -> None:
    async with raw_server(answer) as address, closing(Http(f"http://{address}", {})) as client:
        assert isinstance(await client.send("POST", "/", SECONDS, body="{}"), Unknown)


def packed(text: bytes, bits: int = 31) -> bytes:
    stream = zlib.compressobj(wbits=bits)
    return stream.compress(text) + stream.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", packed(b"whole")),
        ("GZIP", packed(b"who") + packed(b"le")),
        ("x-gzip", packed(b"whole") + bytes(8)),
        ("deflate", packed(b"whole", 15)),
        ("deflate", packed(b"whole", -15)),
        ("identity", b"whole"),
    ],
)
async def test_a_packed_answer_is_read_whole(encoding: str, body: bytes) -> None:
    async with client_of(answering(encoding, body)) as client:
        reply = await client.send("GET", "/", SECONDS)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.body) == ("whole", b"whole")


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", packed(b"{}" * 999)[:-9]),
        ("gzip", packed(b"who") + packed(b"le")[:-3]),
        ("gzip", b"{}"),
        ("deflate", packed(b"{}" * 999, 15)[:-2]),
        ("gzip", packed(bytes(9_000_000))),
        ("zstd", b"{}"),
        ("gzip, gzip", packed(packed(b"{}"))),
    ],
    ids=["cut", "its second part is cut", "not packed", "deflate, cut", "too large", "otherwise", "twice"],
)
async def test_what_of_a_packed_answer_cannot_be_read_whole_is_unknown(encoding: str, body: bytes) -> None:
    """Else half a page would be a document's file."""
    async with client_of(answering(encoding, body)) as client:
        assert isinstance(await client.send("GET", "/", SECONDS), Unknown)


def answering(encoding: str, body: bytes) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    return handler


async def test_an_answer_beyond_the_bound_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1000)

    async def handler(_: web.Request) -> web.Response:
        return web.Response(text="x" * 1001)

    async with client_of(handler) as client:
        assert isinstance(await client.send("GET", "/", SECONDS), Unknown)


async def test_a_permit_that_takes_all_the_time_leaves_nothing_to_send() -> None:
    calls: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        calls.append(request.method)
        return web.Response()

    @asynccontextmanager
    async def slow(_: str, __: float) -> AsyncIterator[None]:
        await asyncio.sleep(0.02)
        yield

    async with client_of(handler) as client:
        client.permit = slow
        assert isinstance(await client.send("POST", "/", 0.01), NotSent)
    assert calls == []


async def test_a_redirect_is_not_followed() -> None:
    async def handler(_: web.Request) -> web.Response:
        raise web.HTTPFound("http://192.0.2.1/")

    async with client_of(handler) as client:
        reply = await client.send("POST", "/", SECONDS)
    assert isinstance(reply, Reply)
    assert reply.status == 302


async def test_a_port_nobody_listens_on_is_not_sent() -> None:
    async with closing(Http("https://localhost:9", {})) as client:
        assert isinstance(await client.send("POST", "/", SECONDS), NotSent)


async def test_why_there_is_no_connection_is_the_operating_system_s_word() -> None:
    async with closing(Http("http://127.0.0.1:9", {})) as client:
        refused = NotSent(why=f"no connection to 127.0.0.1:9: {os.strerror(errno.ECONNREFUSED)}")
        assert await client.send("POST", "/", SECONDS) == refused


async def test_a_host_that_speaks_no_tls_is_not_sent() -> None:
    async with raw_server(b"no TLS here") as address, closing(Http(f"https://{address}", {})) as client:
        assert isinstance(await client.send("POST", "/", SECONDS), NotSent)


@pytest.mark.parametrize("key", ["artificial\nkey: x", "artificial\r", "artificial\0"])
def test_a_login_that_no_header_can_hold_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match="no request could carry it") as refused:
        Http("https://provider.example", {"Authorization": f"Bearer {key}"})
    assert "artificial" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://provider.example", "ftp://127.0.0.1", "provider.example", ""])
def test_an_address_that_would_send_secrets_in_the_clear_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Http(url, {})


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, NotSent(why="the login was refused (HTTP 401: no)", needs_owner=True)),
        (403, NotSent(why="the login was refused (HTTP 403: no)", needs_owner=True)),
        (429, NotSent(why="too many requests (HTTP 429: no)", retry_after=3.0)),
        (500, Unknown(why="HTTP 500: no")),
        (503, Unknown(why="HTTP 503: no")),
        (200, None),
        (302, None),
        (400, None),
        (409, None),
    ],
)
def test_what_a_status_of_the_provider_means_everywhere(status: int, expected: NotSent | Unknown | None) -> None:
    assert classify(Reply(status=status, text="no", retry_after=3.0), is_own=lambda _: True) == expected


@pytest.mark.parametrize("status", [401, 403, 429])
def test_of_whom_the_form_is_not_known_no_answer_is_sure(status: int) -> None:
    said = classify(Reply(status=status, text="<html><title>Blocked</title>", retry_after=3.0))
    assert isinstance(said, Unknown)
    assert "a page, 'Blocked'" in said.why
    assert said.retry_after == 3.0


def test_a_gateway_s_refused_login_shuts_no_connection() -> None:
    said = classify(Reply(status=401, text=""))
    assert isinstance(said, Unknown)
    assert not unclear(said).needs_owner


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Service  Unavailable\n", "Service Unavailable"),
        ("", "an empty answer"),
        ('{"error":"boom","customer":"Gizli Alıcı"}', "boom"),
        ('{"Message":"no route","path":"/x"}', "no route"),
        ('{"Errors":[{"Code":1,"Description":"d","Detail":"e"}]}', "d; e"),
        ('{"customer":"Gizli Alıcı"}', "JSON without a sentence"),
        ('["Gizli Alıcı"]', "JSON without a sentence"),
        ('{"customer":"Gizli', "JSON without a sentence"),
        ("<html><body>Gizli Alıcı", "a page"),
        ("<html><TITLE lang='en'>Request\nblocked</TITLE>", "a page, 'Request\\nblocked'"),
        ("[" * 100_000, "JSON without a sentence"),
    ],
)
def test_of_a_strange_answer_only_its_sentence_is_kept(text: str, sentence: str) -> None:
    assert Reply(status=500, text=text).excerpt() == f"HTTP 500: {sentence}"


async def test_what_opens_the_account_does_not_come_in_with_an_answer() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.headers['Authorization']} {await request.text()}")

    application = web.Application()
    application.router.add_route("*", "/", echo)
    async with running(application) as url:
        client = Http(url, {"Authorization": "Bearer artificial-key"}, secrets=['pass"word', "short"])
        async with closing(client):
            reply = await client.send("POST", "/", SECONDS, body='{"password": "pass\\"word", "x": "short"}')
    assert isinstance(reply, Reply)
    assert reply.text == 'Bearer *** {"password": "***", "x": "short"}'


async def test_a_secret_of_one_request_is_in_no_answer_to_it_and_in_no_failure_with_its_address() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=f"you are {request.query['token']}")

    async with client_of(handler) as client:
        reply = await client.send("GET", "/", SECONDS, query={"token": "token-of-now"}, secrets=("token-of-now",))
    assert isinstance(reply, Reply)
    assert reply.text == "you are ***"
    async with raw_server(b"HTTP/9.9 what\r\n\r\n") as host, closing(Http(f"http://{host}", {})) as client:
        lost = await client.send("GET", "/", SECONDS, query={"token": "token-of-now"}, secrets=("token-of-now",))
    assert isinstance(lost, Unknown)
    assert "token-of-now" not in lost.why


def test_a_failed_read_keeps_who_must_act() -> None:
    assert unclear(NotSent(why="login", needs_owner=True)).needs_owner
    assert not unclear(Unknown(why="500")).needs_owner


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("99999999", 3600.0),
        ("Fri, 01 May 2026 12:00:30 GMT", 30.0),
        ("Fri, 01 May 2026 11:00:00 GMT", 0.0),
        ("Fri, 01 May 2036 11:00:00 GMT", 3600.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("Fri, 01 May 99999999999999 11:00:00 GMT", None),
    ],
)
def test_a_wish_to_wait_is_read_and_bounded(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_request_that_may_change_something_leaves_once_even_when_its_connection_breaks(method: str) -> None:
    seen: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append(request.method)
        return dropped(request) if request.method == method else web.Response()

    async with client_of(handler) as client:
        await client.send("GET", "/", SECONDS)
        assert isinstance(await client.send(method, "/", SECONDS), Unknown)
    assert seen == ["GET", method]
