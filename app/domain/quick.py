"""Validation of what is plainly in order, in pydantic's core alone: two thirds of the careful one's time.

A text has a check of ours in Python, and the bounds of a number make pydantic count its digits there. Nearly every text
is letters of a Latin alphabet and nearly every number is short, which one pattern sees. A record in which anything is
amiss is validated again in pydantic's own way, which says what.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

import msgspec
from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator, core_schema

from app.domain.text import name, one_line, printable, reference

Schema = Any  # pydantic's tree of dicts, of which a few kinds are looked at

# Each of them is printable on every Python, is seen, is no white space and has one spelling.
_LATIN: Final = "!-~¡-¬®-ſ"
_WORDS: Final = f"^[{_LATIN}](?:[ {_LATIN}]*[{_LATIN}])?$"
_ASCII_WORDS: Final = "^[!-~](?:[ -~]*[!-~])?$"
# By the check of ours: the texts that it gives back as they are.
_PLAIN: Final[Mapping[Callable[[str], str], str]] = {
    printable: _WORDS,
    one_line: _WORDS,
    name: _WORDS,
    reference: _ASCII_WORDS,
}
_LENGTHS: Final = frozenset({"type", "min_length", "max_length"})
# What is in these of a schema's fields is no schema.
_VALUES: Final = frozenset({"default", "expected", "function", "metadata", "serialization"})
# In half of pydantic's time; of two equal names it takes the last, too.
_READER: Final = msgspec.json.Decoder(float_hook=Decimal)


def validated(kind: Any, tree: Any) -> Any:
    """The record of this type in these fields. Raises ValidationError with every error."""
    try:
        return quick_validator(kind).validate_python(tree)
    except ValidationError:
        pass  # outside: it would be the context of the one that counts
    return careful_validator(kind).validate_python(tree)


def validated_json(kind: Any, raw: bytes) -> Any:
    """The record of this type in JSON that we have written ourselves. Raises ValidationError with every error."""
    try:
        return quick_validator(kind).validate_python(_READER.decode(raw))
    except (ValueError, RecursionError, ArithmeticError):
        pass
    return careful_validator(kind).validate_json(raw)


@cache
def careful_validator(kind: Any) -> TypeAdapter[Any]:
    """Pydantic's own, made once."""
    return TypeAdapter(kind)


@cache
def quick_validator(kind: Any) -> SchemaValidator:
    """Takes what pydantic takes for this type and gives the same values; its errors say that there are some, no more.

    Which and where, the careful validator says: here a field that fails has failed in each of its forms.
    """
    return SchemaValidator(_quick(careful_validator(kind).core_schema))


def _quick(schema: Schema) -> Schema:
    if isinstance(schema, list):
        return [_quick(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = _plain_text(schema) or _plain_number(schema)
    if plain is not None:
        return core_schema.union_schema([plain, schema], mode="left_to_right")
    parts = {key: part if key in _VALUES else _quick(part) for key, part in schema.items()}
    # A million faults in a list are reported by the careful validator, if at all.
    return {**parts, "fail_fast": True} if schema.get("type") == "tuple" else parts


def _plain_text(schema: Schema) -> Schema | None:
    if schema.get("type") != "function-after":
        return None
    pattern, inner = _PLAIN.get(schema["function"]["function"]), schema["schema"]
    if pattern is None or inner["type"] != "str" or not inner.keys() <= _LENGTHS:
        return None
    return {**inner, "pattern": pattern, "strict": True}


def _plain_number(schema: Schema) -> Schema | None:
    """Of a number in one of our forms (see `lexical`): as many digits before and behind the point as there may be."""
    if schema.get("type") != "chain" or schema["steps"][-1]["type"] != "decimal":
        return None
    bounds = dict(schema["steps"][-1])
    places, digits = bounds.pop("decimal_places", None), bounds.pop("max_digits", None)
    if places is None or digits is None:
        return None
    pattern = rf"^-?[0-9]{{1,{digits - places}}}(?:\.[0-9]{{1,{places}}})?$"
    return core_schema.chain_schema([core_schema.str_schema(pattern=pattern, strict=True), bounds])
