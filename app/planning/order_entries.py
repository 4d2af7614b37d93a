"""The order's entry in the changelog: its key has the version, its value is the whole state."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Final, Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from app.domain.orders import LoggedEvent, OrderPlaced
from app.domain.quick import validated_json
from app.planning.state import OrderState

K = TypeVar("K")
V = TypeVar("V")

_STATE: Final = TypeAdapter(OrderState)
_EVENT: Final = TypeAdapter(LoggedEvent)
_CONTENT: Final = {"placed"}
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
    """The part of the entry's key behind the order's: the same in every fold of the same events."""
    return b"%0*d" % (_DIGITS, state.version)


def content_of(placed: LoggedEvent) -> bytes:
    """The placed event as JSON: what an order's entries have in common, and mostly the largest part of them."""
    return _EVENT.dump_json(placed, exclude_none=True)


def encode(state: OrderState, content: bytes | None = None) -> bytes:
    """The entry's value, one JSON object. `content` is that of the placed event, where it is known."""
    if state.placed is None:
        return _STATE.dump_json(state, exclude_none=True)
    rest = _STATE.dump_json(state, exclude=_CONTENT, exclude_none=True)
    return b'{"placed":%b,%b' % (content or content_of(state.placed), rest[1:])


def newest(entries: Mapping[bytes, bytes]) -> OrderState | None:
    """The state that counts: the highest version's."""
    return validated_json(OrderState, entries[max(entries)]) if entries else None


class RecentStates:
    """The states that were written or read last: an order's next event mostly comes soon after the one before.

    By the entry's value, so what is kept can never be anything but what is written. About 10 kB each. Beside them the
    placed events with their JSON, so that each is written once: by id, and only for the very event that it was made of.
    """

    def __init__(self, most: int = MOST_RECENT) -> None:
        self._states = Recent[bytes, OrderState](most)
        self._contents = Recent[str, tuple[LoggedEvent, bytes]](most)

    def came(self, event: LoggedEvent, value: bytes) -> None:
        """An event and its value in the log: as JSON it is an order's content already."""
        if value[:1] == b"{" and isinstance(event.body, OrderPlaced):
            self._contents.keep(event.event_id, (event, value), size=len(value))

    def encode(self, state: OrderState) -> bytes:
        """The entry's value; the state is kept."""
        value = encode(state, self._content(state.placed) if state.placed else None)
        self._states.keep(value, state, size=len(value))
        return value

    def newest(self, entries: Mapping[bytes, bytes]) -> OrderState | None:
        """The state that counts: the highest version's."""
        if not entries:
            return None
        value = entries[max(entries)]
        state = self._states.take(value) or validated_json(OrderState, value)
        self._states.keep(value, state, size=len(value))
        return state

    def _content(self, placed: LoggedEvent) -> bytes:
        known = self._contents.take(placed.event_id)
        content = known[1] if known and known[0] is placed else content_of(placed)
        self._contents.keep(placed.event_id, (placed, content), size=len(content))
        return content


class Recent(Generic[K, V]):
    """The last so many of what was kept, and nothing of more than `LARGEST_RECENT` bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept = OrderedDict[K, V]()  # a dict searches for its first entry behind all that were deleted

    def keep(self, key: K, value: V, *, size: int) -> None:
        """Keeps it as the newest, if it is not too large; the oldest makes room."""
        if size > LARGEST_RECENT:
            return
        self._kept[key] = value
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def take(self, key: K) -> V | None:
        """What is kept under the key, and is no longer."""
        return self._kept.pop(key, None)
