"""The planner's changelog, as far as the check reads it: the newest entry of each order, and its lines."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from app.testbed.chaos.check.evidence import KnownLine, OrderName


class KeyedRecord(Protocol):
    """What the check reads of a changelog's record."""

    @property
    def key(self) -> bytes | None: ...

    @property
    def value(self) -> bytes | None: ...


def newest_entries(
    changelog: Iterable[KeyedRecord], holds: Callable[[bytes], bool] = lambda _key: True
) -> dict[bytes, bytes]:
    """Each order's entry that counts: of the keys `order ␟ version` that are not deleted, the highest.

    `holds`: whether an order is one of those that are asked for.
    """
    entries: dict[bytes, bytes] = {}
    for record in changelog:
        order = (record.key or b"").partition(b"\x1f")[0]
        if record.key is None or not order or not holds(order):
            continue  # a partition's founding record names no order
        if record.value is None:
            entries.pop(record.key, None)
        else:
            entries[record.key] = record.value
    return {key.partition(b"\x1f")[0]: entries[key] for key in sorted(entries)}


def known_lines(entries: Mapping[bytes, bytes]) -> dict[OrderName, dict[str, KnownLine]]:
    """The lines of each order's entry, and nothing else of it."""
    return {_order_name(key): dict(_lines_in(json.loads(value))) for key, value in entries.items()}


def _order_name(key: bytes) -> OrderName:
    business, _, reference = key.decode().partition("/")
    return business, reference


def _lines_in(entry: Mapping[str, Any]) -> Iterator[tuple[str, KnownLine]]:
    for reference, line in entry["lines"].items():
        yield reference, KnownLine(status=line["status"], document_id=line.get("document_id"))
