"""The screen in this process: a real store and read model, people with every role, and a clock of the test's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from pydantic import SecretStr
from yarl import URL

from app.domain.documents import DocumentStatus
from app.domain.orders import SubmittedBody
from app.settings import Settings
from app.store import Role, Store
from app.web.api.links import DocumentLinks
from app.web.limits import RateLimiter
from app.web.screen.access.login import Logins
from app.web.screen.access.passphrases import PassPhrases
from app.web.screen.live import ChangeWatch
from app.web.screen.page import Tools
from app.web.screen.site import add_screen, screen
from tests.tracking.read_model.installation import Installation, model_in
from tests.web.running_api import KEY, NOW, store_with_businesses

PHRASE = "dört kelimelik uzun parola"
# Argon2 with as little work as it takes: what is tested is what is asked of it.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
TOKEN = re.compile(r'action="([^"]+)"[^>]*>\s*<input type="hidden" name="form" value="([^"]+)"')


@dataclass
class RunningScreen:
    """The screen, and all that a test may turn."""

    client: TestClient[Any, Any]
    store: Store
    installation: Installation
    now: datetime = NOW
    submitted: list[tuple[DocumentStatus, SubmittedBody, str, str | None]] = field(default_factory=list)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """A page of the screen; no redirect is followed."""
        return await self.client.get(f"/screen{path}", headers=headers, allow_redirects=False)

    async def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> ClientResponse:
        """As a form of our own page sends it."""
        known = {"Sec-Fetch-Site": "same-origin", **headers}
        return await self.client.post(f"/screen{path}", data=form or {}, headers=known, allow_redirects=False)

    async def log_in(self, name: str, phrase: str = PHRASE) -> ClientResponse:
        return await self.post("/login", {"name": name, "phrase": phrase})

    async def token(self, page: str, path: str) -> str:
        """The token of the form on a page that goes to this path."""
        text = await (await self.get(page)).text()
        found = {unescape(to): unescape(form) for to, form in TOKEN.findall(text)}
        return found[f"/screen{path}"]


def add_people(store: Store) -> None:
    """One of each role, called as it is."""
    for role in Role:
        store.people().add(role.value, f"Deneme {role.value}", role, actor="test")
        store.people().set_digest(role.value, QUICK.hash(PHRASE))


@asynccontextmanager
async def running_screen(folder: Path, *, tries: int = 1000) -> AsyncIterator[RunningScreen]:
    """One screen with two businesses, and a person of each role."""
    (folder / "store.db").write_bytes(store_with_businesses())
    settings = Settings(database=f"sqlite:///{folder}/store.db", secret_key=SecretStr(KEY))
    holder: list[RunningScreen] = []

    def clock() -> datetime:
        return holder[0].now if holder else NOW

    with Store.open(settings, clock=clock) as store:
        add_people(store)
        installation = Installation(model_in(folder))
        installation.project()
        logins = Logins(
            people=store.people(),
            logins=store.screen_logins(),
            actions=store.actions(),
            phrases=PassPhrases(QUICK),
            tries=RateLimiter(tries, asyncio.get_running_loop().time),
            clock=clock,
        )
        tools = Tools(
            queries=installation.queries,
            logins=logins,
            links=DocumentLinks(store.fingerprint),
            changes=ChangeWatch(installation.queries, seconds=0.02),
            businesses=store.businesses,
            submit=lambda document, body, actor, why: holder[0].submitted.append((document, body, actor, why)),
            clock=clock,
        )
        app = web.Application()
        add_screen(app, screen(tools, lambda request: request.remote or ""))
        server = TestServer(app)
        await server.start_server()
        # As browsers do for an address of this machine.
        jar = CookieJar(unsafe=True, treat_as_secure_origin=URL(f"http://127.0.0.1:{server.port}"))
        async with TestClient(server, cookie_jar=jar) as client:
            holder.append(RunningScreen(client, store, installation))
            yield holder[0]
        installation.model.close()
