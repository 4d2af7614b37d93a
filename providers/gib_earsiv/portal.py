"""The portal's protocol: a session per user, commands with a page and a JSON text in a form, files by address.

A second login is refused while a session is open, for hours where it was left open: so the session is leased, one call
uses it at a time, and it is closed when nothing was asked for a while.
"""

import asyncio
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from app.domain import exact_json
from app.domain.exact_json import JsonValue
from providers.base import LOG_OUT, NotSent, Unknown
from providers.gib_earsiv import answers
from providers.gib_earsiv.answers import Said
from providers.gib_earsiv.commands import MENU, Command
from providers.transport.http import READ, Deadline, Http, Reply
from providers.transport.sessions import SessionEndedError, UserSession

LOGIN: Final = "/earsiv-services/assos-login"
DISPATCH: Final = "/earsiv-services/dispatch"
DOWNLOAD: Final = "/earsiv-services/download"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
MENU_ASKED: Final[dict[str, JsonValue]] = {"ANONIM_LOGIN": "1"}
# A session that has answered so recently is open; another is asked first, before anything is made in it.
FRESH_SECONDS: Final = 60.0
# A person who wants to sign in the portal is kept out for so long after each call.
IDLE_SECONDS: Final = 10.0
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`log_in`: the login's command, which is another one at the test portal."""

    name: str
    password: str = field(repr=False)
    log_in: str


class Portal:
    """One user's calls."""

    def __init__(self, http: Http, user: User) -> None:
        self.session = UserSession(self._log_in, self._log_out, idle_seconds=IDLE_SECONDS)
        self._http = http
        self._user = user
        self._open: str | None = None
        self._open_until = 0.0

    async def ask(self, command: Command, payload: Mapping[str, JsonValue], seconds: float) -> Said | NotSent | Unknown:
        """One command.

        In a session that has ended a read is repeated once with a new one. What makes something is Unknown then, and
        begins only in a session that is surely open.
        """

        async def call(token: str, left: float) -> Said | NotSent | Unknown:
            deadline = Deadline(left)
            over = command.makes and not self._is_fresh(token) and await self._is_over(token, deadline.left())
            if isinstance(over, NotSent):
                return over
            if over:
                raise SessionEndedError
            reply = await self._send(command, payload, token, deadline.left())
            failure = await self._failure_of(command, reply, token, deadline)
            return failure or (answers.said_in(reply) if isinstance(reply, Reply) else reply)

        return await self.session.around(seconds, call)

    async def download(self, query: dict[str, str], seconds: float) -> Reply | NotSent | Unknown:
        """A file's answer, whatever it holds; its address has the session's token."""

        async def call(token: str, left: float) -> Reply | NotSent | Unknown:
            asked = {"token": token, **query}
            reply = await self._http.send("GET", DOWNLOAD, left, query=asked, secrets=(token,))
            if isinstance(reply, Reply) and answers.is_session_over(reply):
                raise SessionEndedError
            return (self._http.classify(reply) or reply) if isinstance(reply, Reply) else reply

        return await self.session.around(seconds, call)

    async def _failure_of(
        self, command: Command, reply: Reply | NotSent | Unknown, token: str, deadline: Deadline
    ) -> NotSent | Unknown | None:
        """Raises SessionEndedError where the session is over and nothing was made; "no right" may say that, too."""
        if not isinstance(reply, Reply):
            return reply
        over: bool | NotSent = answers.is_session_over(reply)
        if not over and answers.lacks_right(reply):
            over = await self._is_over(token, deadline.left())
        if isinstance(over, NotSent):
            return Unknown(why=f"{reply.excerpt()}; {over.why}")
        if over and not command.makes:
            raise SessionEndedError
        if over:
            return Unknown(why=f"the session had ended: {reply.excerpt()}")
        self._was_open(token)
        return self._http.classify(reply)

    async def _is_over(self, token: str, seconds: float) -> bool | NotSent:
        """Whether the session has ended, by a question that every user may ask."""
        reply = await self._send(MENU, MENU_ASKED, token, seconds)
        if not isinstance(reply, Reply):
            return NotSent(why=reply.why, retry_after=reply.retry_after)
        if answers.is_session_over(reply) or answers.lacks_right(reply):
            return True
        if not isinstance(answers.said_in(reply), Said):
            return NotSent(why=f"whether the session is open is not known: {reply.excerpt()}")
        self._was_open(token)
        return False

    def _is_fresh(self, token: str) -> bool:
        return token == self._open and asyncio.get_running_loop().time() < self._open_until

    def _was_open(self, token: str) -> None:
        self._open, self._open_until = token, asyncio.get_running_loop().time() + FRESH_SECONDS

    async def _log_in(self, seconds: float) -> str | NotSent:
        user = self._user
        form = {"assoscmd": user.log_in, "rtype": "json", "userid": user.name, "sifre": user.password}
        reply = await self._post(LOGIN, {**form, "sifre2": user.password, "parola": "1"}, seconds, READ)
        if not isinstance(reply, Reply):
            return NotSent(why=reply.why, retry_after=reply.retry_after)
        opened = answers.session_in(reply)
        if isinstance(opened, str):
            self._was_open(opened)
        return opened

    async def _log_out(self, token: str, seconds: float) -> object:
        form = {"assoscmd": "logout", "rtype": "json", "token": token}
        return await self._post(LOGIN, form, seconds, LOG_OUT)

    async def _send(
        self, command: Command, payload: Mapping[str, JsonValue], token: str, seconds: float
    ) -> Reply | NotSent | Unknown:
        form = {"cmd": command.name, "callid": str(uuid.uuid4()), "pageName": command.page, "token": token}
        kind = None if command.makes else READ
        return await self._post(DISPATCH, {**form, "jp": _in_ascii(payload)}, seconds, kind)

    async def _post(
        self, path: str, form: dict[str, str], seconds: float, kind: str | None
    ) -> Reply | NotSent | Unknown:
        secrets = (form["token"],) if "token" in form else ()
        return await self._http.send(
            "POST", path, seconds, body=urlencode(form), headers=FORM, kind=kind, secrets=secrets
        )


def _in_ascii(payload: Mapping[str, JsonValue]) -> str:
    """JSON in which every other letter is escaped: raw ones are read as empty fields there."""
    return _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], exact_json.dumps(dict(payload)))
