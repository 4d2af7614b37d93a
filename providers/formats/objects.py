"""JSON objects of requests, as every mapping writes them."""

from collections.abc import Mapping

from app.domain.exact_json import JsonValue

Object = dict[str, JsonValue]


def present(fields: Mapping[str, JsonValue]) -> Object:
    """What there is of these: a field that is None is left out."""
    return {name: value for name, value in fields.items() if value is not None}
