"""Streams of news: what they say, and that they end with their login and with the server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientResponse

from app.domain.documents import DocumentState
from app.web.screen.live import ChangeWatch
from tests.web.screen.running_screen import RunningScreen
from tests.web.screen.shop import an_ordinary_day, document_of

ADDRESS = re.compile(r'hx-sse:connect="/screen([^"]+)"')
SECONDS = 20


@pytest.fixture
async def day(site: RunningScreen) -> RunningScreen:
    await an_ordinary_day(site.installation)
    await site.log_in("viewer")
    return site


async def opened(site: RunningScreen, page: str) -> ClientResponse:
    """The stream that a page opens."""
    found = ADDRESS.search(await (await site.get(page)).text())
    assert found is not None
    return await site.get(found[1].replace("&amp;", "&"))


async def message(stream: ClientResponse) -> str:
    """The next one of the stream."""
    raw = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), SECONDS)
    return "\n".join(line.removeprefix("data: ") for line in raw.decode().splitlines())


async def changed(site: RunningScreen, reference: str = "TR-1004") -> str:
    document = document_of(site.installation, reference)
    await site.installation.progress(reference, document, DocumentState.ISSUED, number="EAR2026000000099")
    return document


async def test_a_row_that_is_shown_comes_as_it_is_now(day: RunningScreen) -> None:
    stream = await opened(day, "/documents")
    assert stream.headers["Content-Type"] == "text/event-stream"
    assert "default-src 'none'" in stream.headers["Content-Security-Policy"]
    document = await changed(day)
    news = await message(stream)
    assert f'<tr id="d-{document}" hx-swap-oob="true">' in news
    assert "EAR2026000000099" in news
    assert news.count("<tr ") == 1
    assert 'hx-target="#count"' in news
    assert "göster" not in news


async def test_what_changed_before_the_stream_was_opened_comes_at_once(day: RunningScreen) -> None:
    page = await (await day.get("/documents")).text()
    document = await changed(day)
    found = ADDRESS.search(page)
    assert found is not None
    stream = await day.get(found[1].replace("&amp;", "&"))
    assert document in await message(stream)


async def test_a_row_that_is_not_shown_is_a_number_until_it_is_asked_for(day: RunningScreen) -> None:
    stream = await opened(day, "/documents?state=ISSUED")
    document = await changed(day)
    news = await message(stream)
    assert document not in news
    assert "1 yeni ya da değişen belge – göster" in news
    assert "3 belge" in news


async def test_a_stream_ends_with_its_login(day: RunningScreen) -> None:
    stream = await opened(day, "/documents")
    (login,) = day.store.screen_logins().of("viewer")
    day.store.screen_logins().end("viewer", login.key)
    await changed(day)
    assert await asyncio.wait_for(stream.content.read(), SECONDS) == b""


async def test_an_open_page_does_not_keep_its_login_open(day: RunningScreen) -> None:
    page = await (await day.get("/documents")).text()
    found = ADDRESS.search(page)
    assert found is not None
    day.later(hours=11)
    stream = await day.get(found[1].replace("&amp;", "&"))
    assert stream.status == 200
    day.later(hours=2)
    assert (await day.get("/documents")).status == 303


async def test_a_stream_ends_with_the_server(day: RunningScreen) -> None:
    stream = await opened(day, "/documents")
    watching = asyncio.ensure_future(stream.content.read())
    await asyncio.wait_for(day.client.server.close(), SECONDS)
    assert await asyncio.wait_for(watching, SECONDS) == b""


async def test_a_silent_stream_says_that_it_is_open(day: RunningScreen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.screen.live.SILENCE_SECONDS", 0.03)
    watch = ChangeWatch(day.installation.queries, seconds=0.01)
    now = await watch.sequence()
    said = [each async for each in first(watch, now)]
    assert said == [None]


async def first(watch: ChangeWatch, since: int) -> AsyncIterator[int | None]:
    async for each in watch.after(since):
        yield each
        watch.end()
