"""The order's entry in the changelog: its key says how new it is, its value is the whole state."""

from collections.abc import Mapping
from typing import Final, Protocol

from pydantic import TypeAdapter

from app.planning.state import OrderState

_STATE: Final = TypeAdapter(OrderState)
# Ten digits sort as bytes like the numbers they are, for more events than any order will ever have.
_DIGITS: Final = 10
# Forty megabytes; an order that is issued within seconds has its two or three events among so many others.
MOST_RECENT: Final = 4096
# Those that hold files are read again: so many of them would be gigabytes.
LARGEST_RECENT: Final = 64 * 1024


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


class RecentStates:
    """The states that were written or read last: an order's next event mostly comes soon after the one before.

    By the entry's value, so what is kept can never be anything but what is written. About 10 kB each.
    """

    def __init__(self, most: int = MOST_RECENT) -> None:
        self._most = most
        self._states: dict[bytes, OrderState] = {}

    def encode(self, state: OrderState) -> bytes:
        """The entry's value; the state is kept."""
        value = encode(state)
        self._keep(value, state)
        return value

    def newest(self, entries: Mapping[bytes, bytes]) -> OrderState | None:
        """The state that counts: the highest version's."""
        if not entries:
            return None
        value = entries[max(entries)]
        state = self._states.pop(value, None) or _STATE.validate_json(value)
        self._keep(value, state)
        return state

    def _keep(self, value: bytes, state: OrderState) -> None:
        if len(value) > LARGEST_RECENT:
            return
        self._states[value] = state
        if len(self._states) > self._most:
            del self._states[next(iter(self._states))]
