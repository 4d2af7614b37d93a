"""Whether two events have the same content, so that "10.0" is "10.00" and white space in JSON is nothing.

The sequence of lines is no content, for they are known by their references, and an empty field is as if left out.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter

from app.domain.errors import FieldError
from app.domain.orders import LoggedEvent, SubmittedBody
from app.domain.parties import Person

_CONTENT = TypeAdapter[Any](tuple[SubmittedBody, Person | None])
# A producer's own data on the lines; that on the event is beside the body.
_BESIDE: Any = {0: {"lines": {"__all__": {"extensions"}}}}
# Lists that are sets: their sequence is no content.
_SETS: Final = ("lines", "line_references")
_NOTHING: Final[tuple[Any, ...]] = (None, "", (), [], {})


def content_digest(event: LoggedEvent) -> str:
    """A digest of all that could reach a document: the body and the person, without a producer's own data."""
    content = _content(event)
    for name in _SETS:
        if name in content["body"]:
            content["body"][name] = sorted(content["body"][name], key=_canonical)
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def is_same(event: LoggedEvent, other: LoggedEvent) -> bool:
    """Whether two events would give the same document. Mostly they are equal; a digest costs more than a look."""
    equal = event.body == other.body and event.person == other.person
    return equal or content_digest(event) == content_digest(other)


def conflicts(event: LoggedEvent, known: LoggedEvent) -> tuple[FieldError, ...]:
    """Each field in which an order differs from the known one, with its place in the new one."""
    given, before = _content(event), _content(known)
    places = {line["line_reference"]: number for number, line in enumerate(given["body"].get("lines", ()))}
    for content in (given, before):
        lines = content["body"].pop("lines", ())
        content["lines"] = {line["line_reference"]: line for line in lines}
    return tuple(_conflict(path, places) for path in _differences(given, before, ()))


def _content(event: LoggedEvent) -> dict[str, Any]:
    body, person = _CONTENT.dump_python((event.body, event.person), exclude=_BESIDE)
    return {"body": _filled(body), "person": _filled(person or {})}


def _filled(value: Any) -> Any:
    """The value without its empty fields."""
    if isinstance(value, Mapping):
        filled = {key: _filled(part) for key, part in value.items()}
        return {key: part for key, part in filled.items() if part not in _NOTHING}
    return [_filled(part) for part in value] if isinstance(value, list | tuple) else value


def _differences(given: Any, known: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(given, Mapping) and isinstance(known, Mapping):
        for name in dict.fromkeys((*given, *known)):
            yield from _differences(given.get(name), known.get(name), (*path, name))
    elif given != known:
        yield path


def _conflict(path: tuple[str, ...], places: Mapping[str, int]) -> FieldError:
    name, *inside = path
    message = "differs from the order that is known"
    if name == "lines":
        reference, *field = inside
        if reference not in places:
            return FieldError(path="$.body.lines", code="CONTENT_CONFLICT", message=f"line {reference} is missing")
        name, inside = f"body.lines[{places[reference]}]", field
        message = message if field else "the order that is known has no such line"
    return FieldError(path=".".join(("$", name, *inside)), code="CONTENT_CONFLICT", message=message)


def _canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
