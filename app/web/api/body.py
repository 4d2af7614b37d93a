"""The body of a request: bounded in size and time, and read with exact numbers."""

import asyncio
from typing import Any, Final

from aiohttp import web

from app.domain.bounds import size_errors
from app.domain.errors import FieldError
from app.domain.exact_json import NameTwice, NestedTooDeep, Place, loads_submitted
from app.domain.field_errors import json_path
from app.web.api.problems import Problem

# Below what a record may have: what is written beside it needs its room.
MOST_BYTES: Final = 900_000
BODY_SECONDS: Final = 10.0
_MEDIA_TYPE: Final = "application/json"
_CHARSETS: Final = (None, "utf-8", "utf8")


async def json_of(request: web.Request) -> Any:
    """What the body says. Raises Problem for what is too large, too slow, or no JSON."""
    if request.content_type != _MEDIA_TYPE or (request.charset or "utf-8").lower() not in _CHARSETS:
        raise Problem("MEDIA_TYPE_UNSUPPORTED", path="header:Content-Type")
    return parsed(await _read(request))


async def _read(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        raise Problem("BODY_TOO_SLOW", headers={"Connection": "close"}) from None
    except web.RequestPayloadError:
        raise Problem("NOT_JSON", "the body is not what its headers say that it is") from None
    except web.HTTPRequestEntityTooLarge:
        raise Problem("BODY_TOO_LARGE", more={"limit": MOST_BYTES}, headers={"Connection": "close"}) from None


def parsed(raw: bytes) -> Any:
    """The JSON in these bytes. Raises Problem, which quotes nothing of them."""
    try:
        tree = loads_submitted(raw)
        errors = size_errors(tree)
    except NestedTooDeep:
        raise Problem("NOT_JSON", "the body is nested too deep") from None
    except NameTwice as twice:
        raise Problem("NOT_JSON", errors=tuple(map(_twice, twice.places))) from None
    except ValueError:
        raise Problem("NOT_JSON") from None
    if errors:
        raise Problem("BODY_INVALID", errors=errors)
    return tree


def _twice(place: Place) -> FieldError:
    return FieldError(path=json_path(place), code="NAME_TWICE", message="is twice in its object")
