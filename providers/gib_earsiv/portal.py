"""The portal's protocol: a session per user, commands with a page and a JSON text in a form, files by address.

A second login is refused while a session is open, for hours where it was left open: so there is one call at a time,
and each adapter that is closed has logged out.
"""

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from app.domain import exact_json
from app.domain.exact_json import JsonValue
from providers.base import NotSent, Unknown
from providers.gib_earsiv import answers
from providers.gib_earsiv.answers import Said
from providers.transport.http import READ, Deadline, Http, Reply

LOGIN: Final = "/earsiv-services/assos-login"
DISPATCH: Final = "/earsiv-services/dispatch"
DOWNLOAD: Final = "/earsiv-services/download"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
LOG_OUT_SECONDS: Final = 5.0
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")
# One request in an open session, with its token and the seconds that are left.
Call = Callable[[str, float], Awaitable[Reply | NotSent | Unknown]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command and the page that it belongs to: the portal checks the pair. `makes`: it changes something there."""

    name: str
    page: str
    makes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`log_in`: the login's command, which is another one at the test portal."""

    name: str
    password: str = field(repr=False)
    log_in: str


class Portal:
    """One user's calls, one at a time."""

    def __init__(self, http: Http, user: User) -> None:
        self._http = http
        self._user = user
        self._token: str | None = None
        self._turn = asyncio.Lock()

    async def ask(self, command: Command, payload: Mapping[str, JsonValue], seconds: float) -> Said | NotSent | Unknown:
        """One command. A read whose session has ended is repeated once with a new one; a write is Unknown then."""

        async def call(token: str, left: float) -> Reply | NotSent | Unknown:
            form = {"cmd": command.name, "callid": str(uuid.uuid4()), "pageName": command.page, "token": token}
            kind = None if command.makes else READ
            return await self._post(DISPATCH, {**form, "jp": _in_ascii(payload)}, left, kind)

        reply = await self._in_session(call, seconds, repeats=not command.makes)
        return answers.said_in(reply) if isinstance(reply, Reply) else reply

    async def download(self, query: dict[str, str], seconds: float) -> Reply | NotSent | Unknown:
        """A file's answer, whatever it holds; its address has the session's token."""

        async def call(token: str, left: float) -> Reply | NotSent | Unknown:
            return await self._http.send("GET", DOWNLOAD, left, query={"token": token, **query})

        return await self._in_session(call, seconds, repeats=True)

    async def close(self) -> None:
        """Logs out; without a session nothing is asked."""
        async with self._turn:
            await self._log_out(LOG_OUT_SECONDS)

    async def _in_session(self, call: Call, seconds: float, *, repeats: bool) -> Reply | NotSent | Unknown:
        deadline = Deadline(seconds)
        async with self._turn:
            was_open = self._token is not None
            reply = await self._called(call, deadline)
            if not (isinstance(reply, Reply) and answers.is_session_over(reply)):
                return reply
            await self._log_out(deadline.left())
            if not (repeats and was_open):
                return Unknown(why=f"the session had ended: {reply.excerpt()}")
            return await self._called(call, deadline)

    async def _called(self, call: Call, deadline: Deadline) -> Reply | NotSent | Unknown:
        if self._token is None:
            opened = await self._log_in(deadline.left())
            if isinstance(opened, NotSent):
                return opened
            self._token = opened
        reply = await call(self._token, deadline.left())
        return (self._http.classify(reply) or reply) if isinstance(reply, Reply) else reply

    async def _log_in(self, seconds: float) -> str | NotSent:
        user = self._user
        form = {"assoscmd": user.log_in, "rtype": "json", "userid": user.name, "sifre": user.password}
        reply = await self._post(LOGIN, {**form, "sifre2": user.password, "parola": "1"}, seconds, READ)
        if not isinstance(reply, Reply):
            return NotSent(why=reply.why, retry_after=reply.retry_after)
        opened = answers.session_in(reply)
        if isinstance(opened, str):
            self._http.use_login({}, [opened])  # so that no answer is kept with it
        return opened

    async def _log_out(self, seconds: float) -> None:
        token, self._token = self._token, None
        if token is not None:
            await self._post(LOGIN, {"assoscmd": "logout", "rtype": "json", "token": token}, seconds, READ)

    async def _post(
        self, path: str, form: dict[str, str], seconds: float, kind: str | None
    ) -> Reply | NotSent | Unknown:
        return await self._http.send("POST", path, seconds, body=urlencode(form), headers=FORM, kind=kind)


def _in_ascii(payload: Mapping[str, JsonValue]) -> str:
    """JSON in which every other letter is escaped: raw ones are read as empty fields there."""
    return _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], exact_json.dumps(dict(payload)))
