"""JSON as it is given to us: bounded, with exact numbers, and refused in the words of every other record."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from app.domain.errors import FieldError
from app.domain.field_errors import json_path

# What the order topic takes; the parts have their own, lower bounds.
MOST_BYTES: Final = 8 * 1024 * 1024


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
        raise refused.at((), "TOO_LARGE", f"has {len(raw)} bytes; at most {MOST_BYTES} are read")
    try:
        return json.loads(raw, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_each_name_once)
    except RecursionError:
        fault = refused.at((), "NESTED_TOO_DEEP", "is nested too deep")
    except _SaidTwice as twice:
        name = json_path((twice.name,)).removeprefix("$.")
        fault = refused.at((), "NAME_TWICE", f"has an object that says {name} twice")
    except ValueError as error:
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        fault = refused.at((), "NOT_JSON", f"is no JSON that we read{where}")
    raise fault


class _SaidTwice(Exception):  # noqa: N818 - what was said is told where it is caught
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The last would win in silence, and which was meant nobody knows."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _SaidTwice(name)
        found[name] = value
    return found


def _no_number(constant: str) -> None:
    raise ValueError(constant)
