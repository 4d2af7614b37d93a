"""A file behind an address in an answer: opened without the login, nowhere else, and the address is a secret."""

from contextlib import AbstractAsyncContextManager, nullcontext

import pytest
from aiohttp import web

from providers.base import NotPermittedError, NotSent, Unknown
from providers.simulation.server import running
from providers.transport.by_url import LONGEST_URL, fetch, is_fetchable
from providers.transport.http import Reply

SECONDS = 5.0
LIVE = "https://api.example"


def allow(_kind: str, _seconds: float) -> AbstractAsyncContextManager[None]:
    return nullcontext()


@pytest.mark.parametrize(
    ("url", "base_url", "fetchable"),
    [
        ("https://files.example/1.pdf?signature=x", LIVE, True),
        ("http://files.example/1.pdf", LIVE, False),
        ("http://127.0.0.1:8700/1.pdf", LIVE, False),
        ("http://127.0.0.1:8700/1.pdf", "http://127.0.0.1:8700", True),
        ("https://files.example/1.pdf", "http://127.0.0.1:8700", True),
        ("file:///etc/passwd", LIVE, False),
        ("https://files.example/\n", LIVE, False),
        ("https://files.example/" + "x" * LONGEST_URL, LIVE, False),
        ("1.pdf", LIVE, False),
        ("", LIVE, False),
    ],
)
def test_only_a_safe_address_is_opened(url: str, base_url: str, *, fetchable: bool) -> None:
    assert is_fetchable(url, base_url) is fetchable


async def test_the_file_comes_as_it_is_and_no_login_goes_with_it() -> None:
    asked: list[web.Request] = []

    async def give(request: web.Request) -> web.Response:
        asked.append(request)
        return web.Response(body=b"%PDF-\xff")

    application = web.Application()
    application.router.add_get("/files/{name}", give)
    async with running(application) as url:
        reply = await fetch(f"{url}/files/1.pdf?signature=a%2Bb", allow, SECONDS)
    assert isinstance(reply, Reply)
    assert reply.body == b"%PDF-\xff"
    assert asked[0].query["signature"] == "a+b"
    assert "Authorization" not in asked[0].headers


async def test_it_is_not_followed_elsewhere_and_its_address_is_in_no_text() -> None:
    async def send_on(request: web.Request) -> web.Response:
        return web.Response(status=302, text=f"gone: {request.path_qs}", headers={"Location": "https://other.example"})

    application = web.Application()
    application.router.add_get("/{path:.*}", send_on)
    async with running(application) as url:
        reply = await fetch(f"{url}/secret-path?key=1", allow, SECONDS)
    assert isinstance(reply, Reply)
    assert (reply.status, reply.text) == (302, "gone: ***")


async def test_it_takes_a_permit_and_says_when_nothing_is_there() -> None:
    def refuse(_kind: str, _seconds: float) -> AbstractAsyncContextManager[None]:
        raise NotPermittedError("the quota is used up", retry_after=3.0)

    assert await fetch("https://files.example/1", refuse, SECONDS) == NotSent(
        why="the quota is used up", retry_after=3.0
    )
    closed = await fetch("http://127.0.0.1:9/1", allow, SECONDS)
    assert isinstance(closed, NotSent | Unknown)
