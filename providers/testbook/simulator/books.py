"""Whose books a request opens, and Testbook's own form of an error."""

import json
from typing import Any, Final

from aiohttp import web

from providers.simulation.misbehaviour import Misbehaviour

KEY_PREFIX: Final = "Bearer sandbox-"


def company_of(request: web.Request) -> str:
    """The tax number of the company whose key it is. Raises HTTPUnauthorized for any other key."""
    key = request.headers.get("Authorization", "")
    if not key.startswith(KEY_PREFIX):
        body = json.dumps(error("", "LOGIN", "the key opens no books"))
        raise web.HTTPUnauthorized(text=body, content_type="application/json")
    return key.removeprefix(KEY_PREFIX).partition(".")[0]


def error(field: str, code: str, message: str) -> dict[str, Any]:
    """A body with one error."""
    return {"errors": [{"field": field, "code": code, "message": message}]}


def busy(misbehaviour: Misbehaviour) -> dict[str, Any]:
    """An error in an answer of 200."""
    return error("", "BUSY", misbehaviour.worded("the books are being closed"))


def conflict(message: str, code: str) -> web.Response:
    """The invoice is not in a state for this."""
    return web.json_response(error("id", code, message), status=409)
