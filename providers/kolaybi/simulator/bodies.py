"""Bodies as KolayBi takes them: forms with PHP's brackets, and JSON with the same names."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

_PART: Final = re.compile(r"\[([^\]]*)\]")


async def fields_of(request: web.Request) -> dict[str, Any]:
    """The fields of a request, in its body or, as old clients have it, in its query; empty where there is none."""
    text = await request.text()
    if text.lstrip().startswith("{"):
        return _from_json(text)
    return nested(parse_qsl(text, keep_blank_values=True) or list(request.query.items()))


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`items[0][product_id]=77` as `{"items": [{"product_id": "77"}]}`."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        first, _, _ = name.partition("[")
        at: dict[str, Any] = found
        path = [first, *_PART.findall(name)]
        for part in path[:-1]:
            at = at.setdefault(part, {})
        at[path[-1] or str(len(at))] = value
    listed = {name: _with_lists(value) for name, value in found.items()}
    return {name: value for name, value in listed.items() if value is not None}


def amount(value: object) -> Decimal:
    """A number or the text of one; zero where there is none. Raises ValueError for anything else."""
    if value is None or value == "":
        return Decimal(0)
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None


def flag(value: object) -> bool:
    """What PHP takes for yes."""
    return str(value).lower() in {"1", "true", "on", "yes"}


def _from_json(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text, parse_float=Decimal)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _with_lists(value: Any) -> Any:
    """An array whose keys count from zero is a list."""
    if not isinstance(value, dict):
        return value
    inside = {name: _with_lists(each) for name, each in value.items()}
    return list(inside.values()) if list(inside) == [str(index) for index in range(len(inside))] else inside
