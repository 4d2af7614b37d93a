"""A durable table's memory: by partition, then by entity, then by what is left of the key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

SEPARATOR: Final = b"\x1f"
FOUNDING_KEY: Final = SEPARATOR + b"founded"
"""The key of the first record of every changelog partition. No entity is empty, so no entry has this key."""

_NOTHING: Final[Mapping[bytes, bytes]] = MappingProxyType({})


def entry_key(entity: bytes, *rest: bytes) -> bytes:
    """Join an entity and the parts that distinguish its entries by U+001F, which no entity may contain."""
    return SEPARATOR.join((entity, *rest))


class Entries:
    """Raw bytes only; what they mean is the stage's matter. Not thread-safe: one event loop owns it."""

    def __init__(self) -> None:
        self._parts: defaultdict[int, dict[bytes, dict[bytes, bytes]]] = defaultdict(dict)

    def keep(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Take one record of the changelog; a value of None deletes."""
        entity, _, rest = key.partition(SEPARATOR)
        part = self._parts[partition]
        if value is not None:
            part.setdefault(entity, {})[rest] = value
        elif entity in part:
            part[entity].pop(rest, None)
            if not part[entity]:
                del part[entity]

    def of(self, partition: int, entity: bytes) -> Mapping[bytes, bytes]:
        """Return an entity's entries by the rest of their keys; empty where there are none."""
        part = self._parts.get(partition)
        return part.get(entity, _NOTHING) if part else _NOTHING

    def entities(self, partition: int) -> Iterator[bytes]:
        """Go through a partition's entities; a snapshot, so that entries may be deleted on the way."""
        return iter(tuple(self._parts.get(partition, ())))

    def partitions(self) -> frozenset[int]:
        """Return the partitions that hold anything."""
        return frozenset(partition for partition, part in self._parts.items() if part)

    def drop_all_but(self, owned: Collection[int]) -> None:
        """Forget the partitions that are not ours any more."""
        for partition in set(self._parts) - set(owned):
            del self._parts[partition]
