"""What upstream wrote, as a tree of fields on its way to an `OrderEvent`: counted before anything is made of it.

A field that we do not have and that is empty is as if absent: a producer's schema may grow. One with a value
is refused by its name, because it might belong on the invoice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from json import JSONDecodeError
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from app.domain.bounds import size_errors
from app.domain.errors import FieldError
from app.domain.exact_json import NameTwice, NestedTooDeep, Place, loads_submitted
from app.domain.field_errors import MOST_ERRORS, field_errors, json_path, unknown_fields
from app.domain.orders import Business, OrderEvent
from app.domain.quick import validated
from app.domain.text import Answerable
from app.stream.serialization.errors import InvalidRecordError, UnreadableCode, UnreadableRecordError

# By the name of a field: what its writer's schema gives it by default. Asked for only where it matters.
Defaults = Callable[[], Mapping[str, Sequence[Any]]]

# In so few bytes nothing is too many, and what is deep is at its field something else than it should be.
_SMALL_BYTES: Final = 1000
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})

_BUSINESS: Final[TypeAdapter[str]] = TypeAdapter(Business)
_ANSWERABLE: Final[TypeAdapter[str]] = TypeAdapter(Answerable)


def event_from_json(raw: bytes) -> OrderEvent:
    """The order event in this JSON. Raises UnreadableRecordError, and InvalidRecordError with every error."""
    fault: UnreadableRecordError | InvalidRecordError
    try:
        tree = loads_submitted(raw)
    except NestedTooDeep as deep:
        fault = UnreadableRecordError(UnreadableCode.NESTED_TOO_DEEP, f"the value is no JSON that we read: {deep}")
    except NameTwice as twice:
        fault = _invalid(tuple(_twice(twice.places)), twice.tree, unsure=twice.places)
    except ValueError as error:
        fault = UnreadableRecordError(UnreadableCode.NOT_JSON, f"the value is no JSON that we read{_where(error)}")
    else:
        return event_from_tree(tree, may_be_large=len(raw) > _SMALL_BYTES)
    raise fault  # outside: an exception beside it would carry the record's content into a traceback


def event_from_tree(tree: Any, defaults: Defaults = dict, *, may_be_large: bool = True) -> OrderEvent:
    """The order event in these fields, which are changed: what is empty and unknown is taken out.

    Raises UnreadableRecordError where they are nested too deep, and InvalidRecordError with every error.
    """
    if may_be_large and (errors := _size_errors(tree)):
        raise _invalid(errors, tree)
    found = _validated(tree)
    if isinstance(found, ValidationError) and _taken_out(tree, found, defaults):
        found = _validated(tree)
    if isinstance(found, OrderEvent):
        return found
    raise _invalid(field_errors(found), tree)


def _where(error: ValueError) -> str:
    """The place alone: the exception's own words may quote the record."""
    return f": line {error.lineno}, column {error.colno}" if isinstance(error, JSONDecodeError) else ""


def _validated(tree: Any) -> OrderEvent | ValidationError:
    try:
        return validated(OrderEvent, tree)  # type: ignore[no-any-return]
    except ValidationError as error:
        return error


def _size_errors(tree: Any) -> tuple[FieldError, ...]:
    try:
        return size_errors(tree)
    except NestedTooDeep as deep:
        raise UnreadableRecordError(UnreadableCode.NESTED_TOO_DEEP, f"the value is no record of ours: {deep}") from None


def _taken_out(tree: Any, error: ValidationError, defaults: Defaults) -> bool:
    """Takes out each unknown field that is empty; whether there was one."""
    unknown = list(unknown_fields(error))
    by_default = defaults() if unknown else {}
    empty = [place for place, value in unknown if value in _EMPTY or value in by_default.get(str(place[-1]), ())]
    for *outer, name in empty:
        inside = tree
        for step in outer:
            inside = inside[step]
        del inside[name]
    return bool(empty)


def _twice(places: Sequence[Place]) -> Iterable[FieldError]:
    for place in places[:MOST_ERRORS]:
        yield FieldError(path=json_path(place), code="NAME_TWICE", message="is twice in its object")


def _invalid(errors: tuple[FieldError, ...], tree: Any, unsure: Sequence[Place] = ()) -> InvalidRecordError:
    """With what can be read of the identity; a name that is written twice cannot."""
    if not isinstance(tree, dict):
        return InvalidRecordError(errors)
    said = {name: found for name, found in tree.items() if (name,) not in unsure}
    body = said.get("body")
    event_type = body.get("type") if isinstance(body, dict) and ("body", "type") not in unsure else None
    return InvalidRecordError(
        errors,
        business=_readable(_BUSINESS, said.get("business")),
        order_reference=_readable(_ANSWERABLE, said.get("order_reference")),
        event_type=_readable(_ANSWERABLE, event_type),
        request_id=_readable(_ANSWERABLE, said.get("request_id")),
    )


def _readable(adapter: TypeAdapter[str], found: object) -> str | None:
    """A part of the identity, if it is one: answers are keyed by it."""
    try:
        return adapter.validate_python(found, strict=True)
    except ValidationError:
        return None
