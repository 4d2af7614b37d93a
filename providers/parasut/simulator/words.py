"""Paraşüt's forms of an answer: JSON:API's resources, its lists in pages, and its errors."""

import json
from collections.abc import Collection, Mapping, Sequence
from math import ceil
from typing import Any, Final

from aiohttp import web

from providers.simulation.misbehaviour import Misbehaviour, OwnWords

MOST_ROWS: Final = 25
FEWEST_ROWS: Final = 15
FILTER: Final = "filter["
# How a date may be compared, which is used and not published.
RANGES: Final = ("[gteq]", "[lteq]", "[gt]", "[lt]", "[eq]", "[not_eq]")


class RefusedError(Exception):
    """What the API answers instead."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail

    def response(self) -> web.Response:
        return web.json_response(errors(self.title, self.detail), status=self.status)


def errors(title: str, detail: str) -> dict[str, Any]:
    """The body of every error."""
    return {"errors": [{"title": title, "detail": detail}]}


def not_found() -> RefusedError:
    """No such object of this company."""
    return RefusedError(404, "Kayıt bulunamadı", "Aradığınız kayıt bulunamadı")


def unprocessable(detail: str) -> RefusedError:
    """The data is not valid."""
    return RefusedError(422, "Geçersiz kayıt", detail)


def own_words(misbehaviour: Misbehaviour) -> OwnWords:
    """The answers of faults. How long to wait is in a sentence alone."""

    def too_many() -> web.Response:
        seconds = f"{misbehaviour.delays.retry_after:.0f}"
        return web.json_response(errors("Too Many Requests", f"Try again in {seconds} seconds"), status=429)

    def in_200() -> web.Response:
        return web.json_response(errors("Busy", misbehaviour.worded("the books are being closed")))

    return OwnWords(
        too_many=too_many,
        in_200=in_200,
        unreadable=lambda: web.Response(text='{"data":{"id":"', content_type="application/json"),
    )


def resource(
    kind: str, name: str, attributes: Mapping[str, Any], relations: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One object; its id is a text."""
    found: dict[str, Any] = {"id": name, "type": kind, "attributes": dict(attributes)}
    return {**found, "relationships": dict(relations)} if relations else found


def named(kind: str, name: str) -> dict[str, str]:
    """How a relation names an object."""
    return {"id": name, "type": kind}


def filters_of(request: web.Request, known: Collection[str]) -> dict[str, str]:
    """What a list is narrowed by. Raises RefusedError for a filter that there is none of."""
    found = {}
    for name, value in request.query.items():
        if name.startswith(FILTER):
            field = name.removeprefix(FILTER)
            suffix = next((each for each in RANGES if field.endswith(each)), "")
            plain = field.removesuffix(suffix).removesuffix("]")
            if plain not in known:
                raise RefusedError(400, "Invalid filter", f"{plain} is not allowed; allowed are {', '.join(known)}")
            found[plain + suffix] = value
    return found


def includes_of(request: web.Request, known: Collection[str]) -> list[str]:
    """What shall come along. Raises RefusedError for a relation that there is none of."""
    asked = [each for each in request.query.get("include", "").split(",") if each]
    for each in asked:
        if each not in known:
            detail = f"{each} is not a valid relation; acceptable are {', '.join(known)}"
            raise RefusedError(400, "Invalid field", detail)
    return asked


def page_of(request: web.Request, rows: Sequence[dict[str, Any]]) -> web.Response:
    """One page of a list, cut to what it may have at the most."""
    size = min(max(_whole(request.query.get("page[size]"), FEWEST_ROWS), 1), MOST_ROWS)
    number = max(_whole(request.query.get("page[number]"), 1), 1)
    meta = {
        "current_page": number,
        "total_pages": max(ceil(len(rows) / size), 1),
        "total_count": len(rows),
        "per_page": size,
    }
    return web.json_response({"data": rows[(number - 1) * size : number * size], "meta": meta, "links": {}})


def data_of(body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The resource of a request. Raises RefusedError for what is none of this type."""
    data = body.get("data")
    if not isinstance(data, dict) or data.get("type") != kind:
        raise RefusedError(400, "Invalid request", f"data of type {kind} is expected")
    return data


def relation_of(data: Mapping[str, Any], name: str, kind: str) -> str:
    """The id that a request's relation names. Raises RefusedError where it names none."""
    relation = (data.get("relationships") or {}).get(name)
    found = relation.get("data") if isinstance(relation, dict) else None
    if not isinstance(found, dict) or found.get("type") != kind or not found.get("id"):
        raise unprocessable(f"{name} is required")
    return str(found["id"])


def printed(value: object) -> str:
    """A request as it is kept."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default
