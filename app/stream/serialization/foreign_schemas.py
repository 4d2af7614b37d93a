"""Avro schemas that others have registered: what could harm their reader, and what their writers write by default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, Decimal
from typing import Any, Final

from fastavro.read import LOGICAL_READERS

Defaults = Mapping[str, Sequence[Any]]

# Twice what the largest decimal of ours needs.
_MOST_DECIMAL_BYTES: Final = 32
_TOO_LARGE: Final = Decimal("1" + "0" * 2 * _MOST_DECIMAL_BYTES)
_EXACT: Final = Context(prec=100)


def takes_no_byte(schema: Any) -> bool:
    """Whether something in a parsed schema is written in no byte, alone or as a list's entry.

    Of such entries a value of ten bytes can claim any number, and its reader would make them all.
    """
    return any(map(_is_nothing, _parts(schema)))


def _is_nothing(part: dict[str, Any]) -> bool:
    if part["type"] == "array":
        return _is_null(part["items"])
    if "fields" in part:
        return all(_is_null(field["type"]) for field in part["fields"])
    return bool(part["type"] == "fixed" and not part["size"])


def _is_null(schema: Any) -> bool:
    return schema in ("null", {"type": "null"})


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every type that is spelt out in a schema: what is there by its name is spelt out elsewhere in it."""
    if isinstance(schema, list):
        yield from (part for branch in schema for part in _parts(branch))
    elif isinstance(schema, dict):
        yield schema
        inside = [field["type"] for field in schema.get("fields", ())]
        inside += [schema[part] for part in ("items", "values", "type") if part in schema]
        yield from _parts(inside)


def defaults_of(schema: Any) -> Defaults:
    """By the name of a field: what a parsed schema gives it by default, in each record that has it."""
    found: dict[str, list[Any]] = {}
    for part in _parts(schema):
        for field in part.get("fields", ()):
            if "default" in field:
                found.setdefault(field["name"], []).append(_as_value(field["type"], field["default"]))
    return found


def _as_value(kind: Any, default: Any) -> Any:
    """A default as a reader gives it: a decimal's is bytes in its schema, a union's is of its first type."""
    first = kind[0] if isinstance(kind, list) and kind else kind
    if isinstance(first, dict) and first.get("logicalType") == "decimal" and isinstance(default, str):
        return decimal(default.encode("latin-1"), first)
    return default


def decimal(unscaled: bytes, schema: Mapping[str, Any], _reader: Any = None) -> Decimal:
    """A decimal of Avro. One with more bytes than any of ours is only too large: its digits would take minutes."""
    if len(unscaled) > _MOST_DECIMAL_BYTES:
        return _TOO_LARGE
    return Decimal(int.from_bytes(unscaled, signed=True)).scaleb(-schema.get("scale", 0), _EXACT)


# For the whole process, in which nothing else reads Avro: fastavro takes time by the square of a decimal's length.
LOGICAL_READERS.update({"bytes-decimal": decimal, "fixed-decimal": decimal})
