"""Whose books a request opens, and Testbook's own form of an error."""

import json
import time
from typing import Any, Final

from aiohttp import web

from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.reading import body_of

KEY_PREFIX: Final = "sandbox-"
SESSION: Final = "session-"


def company_of(request: web.Request) -> str:
    """The tax number of the company whose key or session it is. Raises HTTPUnauthorized for any other."""
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return request.app[SESSIONS].company_of(key) if key.startswith(SESSION) else company_of_key(key)


def company_of_key(key: str) -> str:
    """The tax number of the company whose key it is. Raises HTTPUnauthorized for any other."""
    if not key.startswith(KEY_PREFIX):
        raise refused("LOGIN", "the key opens no books")
    return key.removeprefix(KEY_PREFIX).partition(".")[0]


class Sessions:
    """One for each company at a time; one that is not used for so many seconds has ended."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._count = 0
        # Company → its session's token, and when it was used last.
        self._open: dict[str, tuple[str, float]] = {}

    async def log_in(self, request: web.Request) -> web.Response:
        company = company_of_key(str((await body_of(request)).get("key", "")))
        if self._token_of(company) is not None:
            return web.json_response(error("", "SESSION_OPEN", "the company has a session"), status=409)
        self._count += 1
        token = f"{SESSION}{self._count}-{company}"
        self._open[company] = (token, time.monotonic())
        return web.json_response({"token": token}, status=201)

    async def log_out(self, request: web.Request) -> web.Response:
        self._open.pop(company_of(request), None)
        return web.Response(status=204)

    def company_of(self, token: str) -> str:
        """The company of an open session, which is used with this. Raises HTTPUnauthorized."""
        company = token.rpartition("-")[2]
        if self._token_of(company) != token:
            raise refused("SESSION_OVER", "there is no such session")
        self._open[company] = (token, time.monotonic())
        return company

    def _token_of(self, company: str) -> str | None:
        token, used_at = self._open.get(company, (None, 0.0))
        return token if time.monotonic() < used_at + self._seconds else None


SESSIONS: Final = web.AppKey("sessions", Sessions)


def refused(code: str, message: str) -> web.HTTPUnauthorized:
    """A login that is none."""
    return web.HTTPUnauthorized(text=json.dumps(error("", code, message)), content_type="application/json")


def error(field: str, code: str, message: str) -> dict[str, Any]:
    """A body with one error."""
    return {"errors": [{"field": field, "code": code, "message": message}]}


def busy(misbehaviour: Misbehaviour) -> dict[str, Any]:
    """An error in an answer of 200."""
    return error("", "BUSY", misbehaviour.worded("the books are being closed"))


def conflict(message: str, code: str) -> web.Response:
    """The invoice is not in a state for this."""
    return web.json_response(error("id", code, message), status=409)
