"""JSON whose numbers are decimals: an amount leaves as it was rounded and comes back as it was written."""

import json
from decimal import Decimal
from json.encoder import encode_basestring

from app.domain.exact_json import loads

__all__ = ["JsonValue", "dumps", "loads"]

JsonValue = dict[str, "JsonValue"] | list["JsonValue"] | str | int | Decimal | bool | None


def dumps(value: JsonValue) -> str:
    """Compact JSON; a Decimal is written with the very digits it has, never in exponents."""
    match value:
        case str():  # most of a document: `json.dumps` would make an encoder for each
            return encode_basestring(value)
        case dict():
            return "{" + ",".join([f"{encode_basestring(key)}:{dumps(item)}" for key, item in value.items()]) + "}"
        case list():
            return "[" + ",".join(map(dumps, value)) + "]"
        case Decimal():
            return format(value, "f")
        case _:
            return json.dumps(value)
