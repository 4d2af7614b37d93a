"""JSON as it is read and written here: exact numbers, each name once in an object, text that can be written."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

import msgspec
from pydantic_core import from_json

Place = tuple[str | int, ...]
JsonValue = dict[str, "JsonValue"] | list["JsonValue"] | str | int | Decimal | bool | None

# What a machine's integer holds; Python itself reads a longer one in quadratic time, and refuses it at 4,300 digits.
_INTEGER_DIGITS: Final = 18


class NameTwice(ValueError):  # noqa: N818 - it says what was found
    """Objects that have a name twice: one reader takes the first, another the last, and which was meant is not known.

    `places` leads to each such name, `tree` is what the last words say.
    """

    def __init__(self, places: tuple[Place, ...], tree: Any) -> None:
        super().__init__("an object says a name twice")
        self.places = places
        self.tree = tree


class NestedTooDeep(ValueError):  # noqa: N818 - likewise
    """More levels than Python's reader takes, or than any record of ours has."""


def loads(text: str) -> Any:
    """What the JSON says, fractions as Decimal. Takes neither NaN nor Infinity, which are not JSON.

    Raises NameTwice, NestedTooDeep, and any other ValueError for what is not JSON.
    """
    return _read(text, _STRICT)


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


def loads_submitted(raw: bytes) -> Any:
    """The same of bytes, in half of the time for nearly all of them, and in a third where they are written compactly.

    NaN and Infinity are Decimals: who asks refuses them by name, and can answer.
    """
    try:
        tree = _QUICK.decode(raw)
        if _WRITER.encode(tree) == raw:
            return tree  # no object of it has a name twice, and neither have these bytes
        colons = raw.count(b'":')
        if colons == _names_in(tree) and (colons == raw.count(b":") or not _SPACED.search(raw)):
            return tree  # as many names as were written, so none was written twice
    except (msgspec.DecodeError, RecursionError, ArithmeticError):
        pass  # the careful reader says what is wrong, or that nothing is
    return _read(raw.decode(), _LENIENT)


def _names_in(value: Any) -> int:
    """How many names the objects in a value have together."""
    found = 0
    waiting = [value]
    for part in waiting:  # which grows by what is inside
        if type(part) is dict:
            found += len(part)
            waiting += [inner for inner in part.values() if type(inner) in _INSIDE]
        elif type(part) is list:
            waiting += [inner for inner in part if type(inner) in _INSIDE]
    return found


def _read(text: str, decoder: json.JSONDecoder) -> Any:
    if r"\ud" in text or r"\uD" in text:
        _refuse_lone_surrogates(text)
    try:
        return _decoded(text, decoder)
    except _Repeated:
        tree = _decoded(text, _COUNTING)
    raise NameTwice(tuple(_repeated(tree)), tree)


def _decoded(text: str, decoder: json.JSONDecoder) -> Any:
    try:
        return decoder.decode(text)
    except RecursionError as error:
        raise NestedTooDeep("nested too deep") from error
    except ArithmeticError as error:
        raise ValueError("a number beyond all bounds") from error


def _refuse_lone_surrogates(text: str) -> None:
    """Half a character can be held in memory, and never written again."""
    try:
        from_json(text)
    except ValueError as error:
        if not str(error).startswith("recursion"):
            raise


class _Repeated(Exception):  # noqa: N818 - seldom: only then it is worth to find out where
    pass


class _SaidTwice(dict[str, Any]):
    """An object and the names that stand in it more than once."""

    names: tuple[str, ...]


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def _names_counted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = _SaidTwice(pairs)
    if len(found) == len(pairs):
        return dict(found)
    counts = Counter(name for name, _ in pairs)
    found.names = tuple(name for name, count in counts.items() if count > 1)
    return found


def _repeated(tree: Any) -> Iterator[Place]:
    waiting: list[tuple[Place, Any]] = [((), tree)]
    while waiting:
        place, found = waiting.pop()
        if isinstance(found, _SaidTwice):
            yield from ((*place, name) for name in found.names)
        parts = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
        waiting += [((*place, step), part) for step, part in parts]


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _INTEGER_DIGITS else Decimal(digits)


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _decoder(constant: Callable[[str], Any], pairs: Callable[[list[tuple[str, Any]]], Any]) -> json.JSONDecoder:
    """`json.loads` would make one for each text."""
    return json.JSONDecoder(parse_float=Decimal, parse_int=_integer, parse_constant=constant, object_pairs_hook=pairs)


# It takes the last of two equal names.
_QUICK: Final = msgspec.json.Decoder(float_hook=Decimal)
_WRITER: Final = msgspec.json.Encoder(decimal_format="number")
# A name with white space before its colon would not be counted.
_SPACED: Final = re.compile(rb'"[ \t\r\n]+:')
_INSIDE: Final = frozenset({dict, list})
_STRICT: Final = _decoder(_refused, _each_name_once)
_LENIENT: Final = _decoder(Decimal, _each_name_once)
_COUNTING: Final = _decoder(Decimal, _names_counted)
