"""The order's entry in the changelog: its key says how new it is, its value is the whole state."""

from collections.abc import Mapping
from typing import Final, Protocol

from pydantic import TypeAdapter

from app.planning.state import OrderState

_STATE: Final = TypeAdapter(OrderState)
# Ten digits sort as bytes like the numbers they are, for more events than any order will ever have.
_DIGITS: Final = 10


class OrdersView(Protocol):
    """What is known of the orders of the partitions that are ours."""

    def entry(self, partition: int, entity: bytes) -> Mapping[bytes, bytes]:
        """An order's entries by version; one, or a few while older ones wait for their deletion."""


def version_key(state: OrderState) -> bytes:
    """The part of the entry's key behind the order's: the same for whoever folds the same events."""
    return b"%0*d" % (_DIGITS, state.version)


def encode(state: OrderState) -> bytes:
    """The entry's value."""
    return _STATE.dump_json(state, exclude_none=True)


def newest(entries: Mapping[bytes, bytes]) -> OrderState | None:
    """The state that counts: the highest version's."""
    return _STATE.validate_json(entries[max(entries)]) if entries else None
