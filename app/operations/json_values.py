"""Records as JSON has them."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter


def json_value(record: Any, *, exclude_none: bool = False) -> Any:
    """The record as mappings, lists and texts. `exclude_none` leaves out fields that have no value."""
    kind: Any = type(record)
    return _adapter(kind).dump_python(record, mode="json", exclude_none=exclude_none)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """One for each kind of record: making it takes as long as printing a page of them."""
    return TypeAdapter(kind)
