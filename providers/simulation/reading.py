"""Reading requests as a provider would: loosely typed JSON with exact numbers."""

import json
from decimal import Decimal
from typing import Any

from aiohttp import web


async def body_of(request: web.Request) -> dict[str, Any]:
    """The request's JSON object with Decimals for fractions; empty when it is none."""
    try:
        body = json.loads(await request.text(), parse_float=Decimal)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


async def list_of(request: web.Request) -> list[Any]:
    """The request's JSON list; empty when it is none."""
    try:
        body = json.loads(await request.text(), parse_float=Decimal)
    except ValueError:
        return []
    return body if isinstance(body, list) else []


def number(value: object) -> Decimal:
    """A JSON number as a Decimal, zero when it is left out. Raises TypeError for anything else."""
    if value is None:
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r} is not a number")
    return Decimal(value)
