"""Records as a careless or hostile upstream would write them: whole values replaced, and single bytes damaged."""

import json
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, Final

from hypothesis import strategies as st

Place = tuple[str | int, ...]

IDENTITY = {("business",), ("order_reference",)}
# Taken modulo the record's size: every spot of it is as likely.
SPOTS = st.integers(0, 100_000)
# What has broken parsers, arithmetic, calendars and readers' eyes before.
HOSTILE: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 0.1, -0.0, 1e308),
    *(float("nan"), float("inf"), float("-inf")),
    *("", " ", "NaN", "-Infinity", "1e30", "-1", "0", "1_000", "٣", "0x10", "99999999999999999999.99999999"),
    *("1970-01-01", "2999-12-31", "0001-01-01", "9999-12-31", "2026-02-30"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-02T09:00:00"),
    *("\u0000", "\u001f", "a\u202eb", "\ufeff", "\ud83d", "a/b", "../..", "${jndi:ldap://x}", "'; --", "x" * 5000),
    *([], {}, [[]], [None], {"type": "OrderPlaced"}, {"": ""}),
)


def altered_json(valid: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """A valid JSON record in which one to three values were replaced, left out, doubled or renamed.

    Whose order it is stays: without that, nothing else of a record is looked at.
    """
    return st.builds(_altered, valid, st.lists(_alterations(), min_size=1, max_size=3))


def altered_bytes(valid: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """A valid record with one to three cuts, or bytes written over or put in between."""
    damage = st.tuples(st.sampled_from(["cut", "over", "between"]), SPOTS, st.binary(min_size=1, max_size=8))
    return st.builds(_damaged, valid, st.lists(damage, min_size=1, max_size=3))


def _alterations() -> st.SearchStrategy[tuple[str, int, Any]]:
    kinds = st.sampled_from(["replace", "replace", "replace", "drop", "double", "rename"])
    return st.tuples(kinds, SPOTS, st.sampled_from(HOSTILE) | st.text(max_size=5) | st.integers())


def _altered(valid: bytes, alterations: list[tuple[str, int, Any]]) -> bytes:
    record = json.loads(valid)
    for kind, where, value in alterations:
        places = [place for place in _places(record) if place not in IDENTITY]
        if places:
            _alter(record, places[where % len(places)], kind, value)
    return json.dumps(record).encode()


def _places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every value inside this one, from the outside in."""
    if path:
        yield path
    inside: Iterable[tuple[str | int, Any]]
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inside:
        yield from _places(part, (*path, step))


def _alter(record: Any, path: Place, kind: str, value: Any) -> None:
    *outer, last = path
    for step in outer:
        record = record[step]
    match kind:
        case "replace":
            record[last] = deepcopy(value)
        case "drop":
            del record[last]
        case "double" if isinstance(record, list) and isinstance(last, int):
            record.append(deepcopy(record[last]))
        case _ if isinstance(record, dict):
            record[f"{last}_"] = record.pop(last)
        case _:
            record[last] = deepcopy(value)


def _damaged(valid: bytes, damages: list[tuple[str, int, bytes]]) -> bytes:
    for kind, where, written in damages:
        at = where % (len(valid) + 1)
        rest = {"cut": b"", "over": written + valid[at + len(written) :], "between": written + valid[at:]}[kind]
        valid = valid[:at] + rest
    return valid
