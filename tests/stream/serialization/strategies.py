"""Records of every type, made from their own annotations."""

import dataclasses
import re
import types
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from app.domain.invoice_info import InvoiceInfo
from app.domain.policy import RULES_VERSION
from app.domain.text import Website
from tests.documents.invoice_info.infos import INFOS

LETTERS = "abcXYZ019 -.,/çğıöşüÇĞİÖŞÜâîû₺é日本"
WEBSITES = st.sampled_from(["deneme.invalid", "https://www.deneme.invalid/magaza", "deneme.invalid; a.invalid"])
VISIBLE_ASCII = st.characters(codec="ascii", categories=("L", "N", "P"))
TIMES = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the zones follow
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=3))]),
)


@cache
def records(kind: type) -> st.SearchStrategy[Any]:
    """Any valid record of this type that these rules wrote."""
    hints = get_type_hints(kind, include_extras=True)
    fields = {field.name: values(hints[field.name]) for field in dataclasses.fields(kind)}
    if "rules_version" in fields:
        fields["rules_version"] = st.integers(0, RULES_VERSION)
    return st.builds(kind, **fields)


def values(hint: Any, bounds: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Any valid value of a field; `bounds` is what pydantic and annotated-types say about it."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        told = [each for info in arguments[1:] if isinstance(info, FieldInfo) for each in info.metadata]
        return WEBSITES if hint == Website else values(arguments[0], (*bounds, *told))
    if origin in {Union, types.UnionType}:
        return st.one_of([values(argument, bounds) for argument in arguments])
    if origin in {tuple, dict}:
        return several(origin, arguments, bounds)
    if origin is Literal:
        return st.just(arguments[0])
    if hint in PLAIN:
        return PLAIN[hint]
    return BOUNDED[hint](bounds) if hint in BOUNDED else structured(hint)


def several(origin: type, arguments: tuple[Any, ...], bounds: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin is dict:
        return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=2)
    return st.lists(values(arguments[0]), min_size=bound(bounds, "min_length", 0), max_size=3).map(tuple)


def structured(kind: type) -> st.SearchStrategy[Any]:
    return st.sampled_from(kind) if issubclass(kind, StrEnum) else records(kind)


def integers(bounds: tuple[Any, ...]) -> st.SearchStrategy[int]:
    return st.integers(bound(bounds, "ge", 0), bound(bounds, "le", 2**62))


def decimals(bounds: tuple[Any, ...]) -> st.SearchStrategy[Decimal]:
    places = bound(bounds, "decimal_places", 8)
    whole = bound(bounds, "max_digits", 20) - places
    lowest = bound(bounds, "ge", bound(bounds, "gt", -(10**whole - 1)))
    highest = bound(bounds, "le", 10**whole - 1)
    return st.decimals(lowest, highest, places=places).filter(lambda amount: amount != bound(bounds, "gt", None))


def texts(bounds: tuple[Any, ...]) -> st.SearchStrategy[str]:
    if pattern := bound(bounds, "pattern", None):
        # Python's `$` also stands before a final line break, Rust's does not.
        exact = pattern.removeprefix("^").removesuffix("$")
        most = bound(bounds, "max_length", 1000)
        return st.from_regex(exact, fullmatch=True, alphabet=VISIBLE_ASCII).filter(lambda text: len(text) <= most)
    shortest = bound(bounds, "min_length", 0)
    longest = max(shortest, min(bound(bounds, "max_length", 20), 20))
    return st.text(LETTERS, min_size=shortest, max_size=longest).map(without_blank_edges)


def without_blank_edges(text: str) -> str:
    """What a record keeps as it is: blanks at the edges are taken off a name, and refused in a reference."""
    return re.sub("^ +| +$", lambda blanks: "x" * len(blanks[0]), text)


def bound(bounds: tuple[Any, ...], name: str, default: Any) -> Any:
    """A named bound, wherever it stands: pydantic keeps the general ones in objects of its own."""
    return next((getattr(each, name) for each in bounds if getattr(each, name, None) is not None), default)


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place of a tree, as what it is in and how it is found there."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield value, step
        yield from places_in(part)


PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    datetime: TIMES,
    AwareDatetime: TIMES,
    date: st.dates(),
    bool: st.booleans(),
    types.NoneType: st.none(),
    InvoiceInfo: INFOS,
}
BOUNDED: dict[Any, Callable[[tuple[Any, ...]], st.SearchStrategy[Any]]] = {
    int: integers,
    Decimal: decimals,
    str: texts,
}
