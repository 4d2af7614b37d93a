"""JSON as it is given to us: bounded, with exact numbers, and refused in the words of every other record."""

import json
from collections.abc import Sequence
from typing import Any, Final

from app.domain import exact_json
from app.domain.bounds import size_errors
from app.domain.errors import FieldError
from app.domain.field_errors import json_path

# What the order topic takes; the parts have their own, lower bounds.
MOST_BYTES: Final = 8 * 1024 * 1024

_TOO_DEEP: Final = ("NESTED_TOO_DEEP", "is nested too deep")


class JsonRefused(Exception):  # noqa: N818 - the refusal is right
    """It could not be read; `errors` is every reason, none of which quotes a value."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__(f"{len(errors)} errors, the first at {errors[0].path}: {errors[0].message}")
        self.errors = errors

    @classmethod
    def at(cls, place: Sequence[str], code: str, message: str) -> "JsonRefused":
        """One reason, at a place."""
        return cls((FieldError(path=json_path(place), code=code, message=message),))


def parsed(raw: bytes, refused: type[JsonRefused] = JsonRefused) -> Any:
    """What the JSON says, its numbers as Decimal. Raises `refused`, also where an object says a name twice."""
    if len(raw) > MOST_BYTES:
        raise refused.at((), "TOO_LARGE", f"has more than {MOST_BYTES} bytes, and no more are read")
    try:
        return exact_json.loads(raw.decode())
    except exact_json.NestedTooDeep:
        fault = refused.at((), *_TOO_DEEP)
    except exact_json.NameTwice as twice:
        name = json_path(twice.places[0][-1:]).removeprefix("$.")
        fault = refused.at((), "NAME_TWICE", f"has an object that says {name} twice")
    except ValueError as error:
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        fault = refused.at((), "NOT_JSON", f"is no JSON that we read{where}")
    raise fault


def bounded(tree: Any, refused: type[JsonRefused] = JsonRefused, place: Sequence[str] = ()) -> Any:
    """The same fields, which are at this place. Raises `refused` when they are more than a record can have."""
    try:
        errors = size_errors(tree, place)
    except exact_json.NestedTooDeep:
        raise refused.at(place, *_TOO_DEEP) from None
    if errors:
        raise refused(errors)
    return tree
