"""What was wrong with a record, in our words: stable codes, JSON paths, and never a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from app.domain import lexical
from app.domain.errors import FieldError, more_errors
from app.domain.exact_json import Place

# "Every error in one list", as long as it fits beside the rest into an outcome; a person reads no more than these.
MOST_ERRORS: Final = 500
# The union whose tag pydantic puts into the path, where a reader of the JSON finds none.
_TAGGED: Final = "body"
# A name that can be meant for a field; anything else could be a value on the wrong side of the colon.
_FIELD_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")

# What pydantic calls anything but an object: where a record should be, and where one of several should be.
_NO_OBJECTS: Final = ("dataclass_type", "model_attributes_type", "model_type")

# Each code, and pydantic's names for what it covers.
_COVERED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "REQUIRED": ("missing", "union_tag_not_found"),
        "UNKNOWN_FIELD": ("unexpected_keyword_argument", "extra_forbidden"),
        "UNKNOWN_EVENT_TYPE": ("union_tag_invalid",),
        "TOO_SHORT": ("string_too_short", "too_short"),
        "TOO_LONG": ("string_too_long", "too_long"),
        "WRONG_FORMAT": ("string_pattern_mismatch",),
        "NOT_ALLOWED": ("enum", "literal_error"),
        "OUT_OF_RANGE": ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number"),
        "TOO_MANY_DIGITS": ("decimal_max_digits", "decimal_max_places", "decimal_whole_digits"),
        "NOT_A_NUMBER": ("decimal_parsing", "decimal_type", "int_parsing", "int_type", "int_from_float"),
        "NOT_A_BOOLEAN": ("bool_parsing", "bool_type"),
        "NOT_A_DATE": ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "NOT_A_TIME": ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
        "NO_TIME_ZONE": ("timezone_aware",),
        "WRONG_TYPE": ("string_type", "tuple_type", "list_type", "dict_type", *_NO_OBJECTS),
        "UNSUITABLE": ("value_error",),
    }
)
_CODES: Final = {name: code for code, names in _COVERED.items() for name in names}
# Where pydantic's own sentence would quote the record, or would name a type of Python.
_SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "REQUIRED": "is missing",
        "UNKNOWN_FIELD": "is not a field of this record",
        "NOT_A_NUMBER": lexical.NOT_A_NUMBER,
        "NOT_A_DATE": lexical.NOT_A_DATE,
        "NOT_A_TIME": lexical.NOT_A_TIME,
        "NO_TIME_ZONE": "should say its offset, like 2026-11-02T09:00:00+03:00",
        "INVALID": "cannot be used here",
    }
)
_WHOLE: Final = "should be a whole number like 3, without quotes"
# The same, with what was allowed; the names in braces are pydantic's.
_BOUNDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "int_parsing": _WHOLE,
        "int_type": _WHOLE,
        "int_from_float": _WHOLE,
        "string_too_short": "has fewer than {min_length} characters",
        "string_too_long": "has more than {max_length} characters",
        "too_short": "has fewer than {min_length} entries",
        "too_long": "has more than {max_length} entries",
        "string_pattern_mismatch": "has not the form {pattern}",
        "enum": "should be {expected}",
        "literal_error": "should be {expected}",
        "union_tag_invalid": "is not a type of event that we know: {expected_tags}",
        "greater_than": "should be above {gt}",
        "greater_than_equal": "should be at least {ge}",
        "less_than": "should be below {lt}",
        "less_than_equal": "should be at most {le}",
        "finite_number": "should be a finite number",
        "decimal_max_digits": "has more than {max_digits} digits",
        "decimal_max_places": "has more than {decimal_places} decimals",
        "decimal_whole_digits": "has more than {whole_digits} digits before the point",
    }
)
_NO_OBJECT: Final = "should be an object"
_OURS: Final = "Value error, "


def field_errors(error: ValidationError, root: Sequence[str] = ()) -> tuple[FieldError, ...]:
    """Every error of the record, at most `MOST_ERRORS`; after them one that counts the rest.

    `root` is where the record is in what was read. A validator of ours that raises a PydanticCustomError names the
    code itself, in capitals.
    """
    found = error.errors(include_url=False, include_input=False)
    around = {tuple(each["loc"][:depth]) for each in found for depth in range(len(each["loc"]))}
    own = [each for each in found if not _is_echo(each, around)]
    errors = tuple(_field_error(each, root) for each in own[:MOST_ERRORS])
    if len(own) <= MOST_ERRORS:
        return errors
    return (*errors, more_errors(len(own) - MOST_ERRORS))


def _is_echo(found: Mapping[str, Any], around: set[Place]) -> bool:
    """A list whose every element is wrong is called empty on top of it. `around`: all that has an error inside."""
    return found["type"] == "too_short" and tuple(found["loc"]) in around


def _field_error(found: Mapping[str, Any], root: Sequence[str]) -> FieldError:
    kind = found["type"]
    code = kind if kind.isupper() else _CODES.get(kind, "INVALID")
    location = _place_of(found)
    if kind.startswith("union_tag"):
        location = (*location, "type")
    return FieldError(path=json_path((*root, *location)), code=code, message=_sentence(found, code))


def unknown_fields(error: ValidationError) -> Iterator[tuple[Place, Any]]:
    """The place of a field that the record does not have, and its value."""
    for found in error.errors(include_url=False):
        if found["type"] in _COVERED["UNKNOWN_FIELD"]:
            yield _place_of(found), found["input"]


def _place_of(found: Mapping[str, Any]) -> Place:
    """Where a reader of the JSON finds it."""
    location = tuple(found["loc"])
    return (_TAGGED, *location[2:]) if len(location) > 1 and location[0] == _TAGGED else location


def _sentence(found: Mapping[str, Any], code: str) -> str:
    message = str(found["msg"]).removeprefix(_OURS)
    if found["type"] == code:
        return message
    if found["type"] in _BOUNDS:
        return _BOUNDS[found["type"]].format_map(found.get("ctx", {}))
    return _NO_OBJECT if found["type"] in _NO_OBJECTS else _SENTENCES.get(code, message)


def json_path(location: Sequence[str | int]) -> str:
    """`$.body.lines[2].quantity`. A name that no schema could have is shown as `?`."""
    return "$" + "".join(_steps(location))


def _steps(location: Iterable[str | int]) -> Iterable[str]:
    for step in location:
        if isinstance(step, int):
            yield f"[{step}]"
        else:
            yield f".{step}" if _FIELD_NAME.fullmatch(step) else ".?"
