"""Folding a batch: each record into its order, the batch's own states ahead of the table's. Pure but for its memory."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.domain import identity
from app.domain.orders import LoggedEvent
from app.planning.effects import DedupeEntry, Effects
from app.planning.entries import OrdersView, encode, newest
from app.planning.fold import NewerRulesError, fold, freeze
from app.planning.state import OrderState
from app.stream.codec_errors import Newer
from app.stream.entries import entry_key
from app.stream.records import InRecord

# An entry must fit into a record of 1 MiB with its key and headers.
MOST_ENTRY_BYTES: Final = 900_000
# Below this no single event can take an entry over the bound: only larger orders are measured at every event.
CAREFUL_BYTES: Final = 200_000

Read = Callable[[bytes], LoggedEvent]
Newest = Callable[[Mapping[bytes, bytes]], OrderState | None]


class DedupeContradictionError(Exception):
    """The dedupe table knows this document from another event: the order's own entry has been lost or rewritten."""


class EntryTooLargeError(Exception):
    """The order's state would not fit into a record of its changelog."""


# Why an order stands still; anything else is a fault of the fold.
CODES: Final = {EntryTooLargeError: "ENTRY_TOO_LARGE", DedupeContradictionError: "DEDUPE_CONTRADICTION"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisoned:
    """A record that could not be folded; its order is frozen."""

    record: InRecord
    code: str
    message: str


@dataclass(slots=True, kw_only=True)
class OrderChange:
    """One order's way through the batch. `superseded` are the versions that the new one replaces."""

    partition: int
    key: bytes
    state: OrderState | None
    superseded: tuple[bytes, ...]
    weight: int
    changed: bool = False


@dataclass(slots=True, kw_only=True)
class BatchFold:
    """What a batch causes, in order, and the orders it changes."""

    effects: list[tuple[InRecord, Effects]] = field(default_factory=list)
    poisoned: list[Poisoned] = field(default_factory=list)
    orders: dict[tuple[int, bytes], OrderChange] = field(default_factory=dict)

    def changed(self) -> Iterable[OrderChange]:
        """The orders whose entry must be written: each once, with its last state."""
        return (change for change in self.orders.values() if change.changed)


def fold_batch(
    records: Iterable[InRecord], view: OrdersView, documents: OrdersView, read: Read, newest: Newest = newest
) -> BatchFold:
    """Folds each record in order. A record that cannot be folded freezes its order and nothing else.

    The order's entry is what dedupes; the dedupe table is asked as well before a document goes out, because an entry
    that was lost would let the same lines be invoiced again.

    Raises NewerRulesError: then nothing of the batch may be written.
    """
    batch = BatchFold()
    for record in records:
        change = _order_of(record, batch, view, newest)
        state, effects = _take(record, change, documents.entry(record.partition, record.key or b""), read, batch)
        if state is not change.state:
            change.state, change.changed = state, True
        batch.effects.append((record, effects))
    return batch


def _order_of(record: InRecord, batch: BatchFold, view: OrdersView, newest: Newest) -> OrderChange:
    at = record.partition, record.key or b""
    change = batch.orders.get(at)
    if change is None:
        entries = view.entry(*at)
        change = batch.orders[at] = OrderChange(
            partition=at[0],
            key=at[1],
            state=newest(entries),
            superseded=tuple(entries),
            weight=max(map(len, entries.values()), default=0),
        )
    change.weight += len(record.value or b"")
    return change


def _take(
    record: InRecord, change: OrderChange, known: Mapping[bytes, bytes], read: Read, batch: BatchFold
) -> tuple[OrderState | None, Effects]:
    """The order's next state and what the record causes; for a poisoned record, the frozen order and nothing."""
    event: LoggedEvent | None = None
    try:
        event = read(_value_of(record))
        state, effects = fold(change.state, event)
        _refuse_too_large(change, state)
        _refuse_contradictions(effects, known)
    except NewerRulesError:
        raise
    except Newer as newer:
        raise NewerRulesError(str(newer)) from newer
    except Exception as exc:  # noqa: BLE001 - whatever it is, it must not stop the partition
        return _freeze_once(record, change, _id_of(record, event), exc, batch), Effects()
    return state, effects


def _id_of(record: InRecord, event: LoggedEvent | None) -> str:
    """The event's own id where it can be read, so that a redelivery of it is known again; else the record's."""
    if event is not None:
        return event.event_id
    return identity.event_id(record.topic, record.partition, record.offset, record.value or b"")


def _value_of(record: InRecord) -> bytes:
    if record.value is None or not record.key:
        raise ValueError("a record of the order log has a key and a value")
    return record.value


def _refuse_too_large(change: OrderChange, state: OrderState) -> None:
    if change.weight > CAREFUL_BYTES and len(encode(state)) > MOST_ENTRY_BYTES:
        raise EntryTooLargeError(f"the order's state would exceed {MOST_ENTRY_BYTES} bytes")


def dedupe_value(entry: DedupeEntry) -> bytes:
    """What the dedupe table holds under a document's key."""
    return entry_key(entry.document_id.encode(), entry.caused_by.encode())


def _refuse_contradictions(effects: Effects, known: Mapping[bytes, bytes]) -> None:
    """Raises DedupeContradictionError when one of these documents went out before, because of another event."""
    for entry in effects.entries:
        before = known.get(entry.dedupe_key.encode())
        if before is not None and before != dedupe_value(entry):
            raise DedupeContradictionError(entry.document_id)


def _freeze_once(
    record: InRecord, change: OrderChange, event_id: str, exc: Exception, batch: BatchFold
) -> OrderState | None:
    """The order stands still and the record becomes a dead letter; a redelivery of it changes nothing more."""
    if change.state is not None and event_id in change.state.seen:
        return change.state
    # The fault is named without repeating the record's content.
    code = CODES.get(type(exc), "FOLD_FAILED")
    batch.poisoned.append(Poisoned(record=record, code=code, message=type(exc).__name__))
    return freeze(change.state, event_id, code)
