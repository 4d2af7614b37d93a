"""Folding a batch: each record into its order, the batch's own states ahead of the table's. Pure but for its memory."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.domain import identity
from app.domain.orders import HoldExpired, LoggedEvent, OrderThawed
from app.domain.policy import RULES_VERSION
from app.domain.time import from_millis
from app.planning.effects import DedupeEntry, Effects
from app.planning.entry_size import MOST_ENTRY_BYTES, RESERVED_BYTES, EntryTooLargeError, fitted
from app.planning.events import INTERNAL
from app.planning.fold import NewerRulesError, fold, refused
from app.planning.order_entries import OrdersView
from app.planning.rules.freezing import freeze, refuse_thaw
from app.planning.state import OrderState
from app.stream.errors import RecordTooLargeError
from app.stream.records import InRecord, Record
from app.stream.serialization.errors import NewerRecordError
from app.stream.table_memory import entry_key

Read = Callable[[bytes], LoggedEvent]
Newest = Callable[[Mapping[bytes, bytes]], OrderState | None]
Write = Callable[[InRecord, Effects], Iterable[Record]]


class DedupeContradictionError(Exception):
    """The dedupe table knows this document from another event: the order's own entry has been lost or rewritten."""


# Why an order is frozen; anything else is a fault of the fold.
CODES: Final = {
    EntryTooLargeError: "ENTRY_TOO_LARGE",
    RecordTooLargeError: "RECORD_TOO_LARGE",
    DedupeContradictionError: "DEDUPE_CONTRADICTION",
}


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
    changed: bool = False


@dataclass(slots=True, kw_only=True)
class BatchFold:
    """What a batch causes, in order, and the orders it changes. `caused`: the effects as records.

    The effects themselves are not kept: made, written and forgotten one after the other, they stay in the processor's
    cache.
    """

    dedupe_entries: list[tuple[int, DedupeEntry]] = field(default_factory=list)
    """With their partitions."""
    caused: list[Record] = field(default_factory=list)
    poisoned: list[Poisoned] = field(default_factory=list)
    orders: dict[tuple[int, bytes], OrderChange] = field(default_factory=dict)

    def changed(self) -> Iterable[OrderChange]:
        """The orders whose entry must be written: each once, with its last state."""
        return (change for change in self.orders.values() if change.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldPorts:
    """What folding one record needs beside its order."""

    documents: OrdersView
    write: Write


Folded = tuple[OrderState | None, Effects, list[Record]]


def fold_batch(
    records: Iterable[InRecord],
    orders: OrdersView,
    documents: OrdersView,
    *,
    read: Read,
    newest: Newest,
    write: Write,
) -> BatchFold:
    """Folds each record in order. A record that cannot be folded freezes its order and nothing else.

    `orders` and `documents`: the two tables, before the batch. `newest`: an order's state by its entries.

    The order's entry is what dedupes; the dedupe table is asked as well before a document goes out, because an entry
    that was lost would let the same lines be invoiced again.

    Raises NewerRulesError: then nothing of the batch may be written.
    """
    batch, ports = BatchFold(), FoldPorts(documents=documents, write=write)
    # All are read before the first is folded: one kind of work at a time stays in the processor's cache.
    for record, decoded in [(record, _decoded(record, read)) for record in records]:
        change = _order_of(record, batch, orders, newest)
        state, effects, caused = _take(record, decoded, change, ports, batch)
        if state is not change.state:
            change.state, change.changed = state, True
        batch.dedupe_entries += [(record.partition, entry) for entry in effects.dedupe_entries]
        batch.caused += caused
    return batch


def _order_of(record: InRecord, batch: BatchFold, orders: OrdersView, newest: Newest) -> OrderChange:
    at = record.partition, record.key or b""
    change = batch.orders.get(at)
    if change is None:
        entries = orders.entry(*at)
        change = batch.orders[at] = OrderChange(
            partition=at[0],
            key=at[1],
            state=newest(entries),
            superseded=tuple(entries),
        )
    return change


def _decoded(record: InRecord, read: Read) -> LoggedEvent | Exception:
    """The event, or why it cannot be read."""
    try:
        return read(_value_of(record))
    except NewerRecordError as newer:
        raise NewerRulesError(str(newer)) from newer
    except Exception as fault:  # noqa: BLE001 - whatever it is, it must not stop the partition
        return fault


def _take(
    record: InRecord, decoded: LoggedEvent | Exception, change: OrderChange, ports: FoldPorts, batch: BatchFold
) -> Folded:
    """The order's next state and what the record causes; of a poisoned record, the frozen order and its answers."""
    event, fault = (None, decoded) if isinstance(decoded, Exception) else (decoded, None)
    if event is not None:
        try:
            return _fold(record, change, event, ports)
        except NewerRulesError:
            raise
        except Exception as exc:  # noqa: BLE001 - likewise
            fault = exc
    assert fault is not None
    state, effects = _stop(record, change, event, fault, batch)
    return state, effects, [*ports.write(record, effects)]


def _fold(record: InRecord, change: OrderChange, event: LoggedEvent, ports: FoldPorts) -> Folded:
    """The event folded, held against the dedupe table, and written. Refused where what it causes cannot be written."""
    state, effects = fold(change.state, event)
    if effects.dedupe_entries:
        _refuse_contradictions(effects, ports.documents.entry(record.partition, record.key or b""))
    try:
        return state, effects, [*ports.write(record, effects)]
    except RecordTooLargeError:
        if isinstance(event.body, INTERNAL):
            raise
        state, effects = refused(change.state, event, "ORDER_TOO_LARGE")
        return state, effects, [*ports.write(record, effects)]


def _value_of(record: InRecord) -> bytes:
    if record.value is None or not record.key:
        raise ValueError("a record of the order log has a key and a value")
    return record.value


def dedupe_value(entry: DedupeEntry) -> bytes:
    """What the dedupe table holds under a document's key."""
    return entry_key(entry.document_id.encode(), entry.caused_by.encode())


def _refuse_contradictions(effects: Effects, known: Mapping[bytes, bytes]) -> None:
    """Raises DedupeContradictionError when one of these documents went out before, because of another event."""
    for entry in effects.dedupe_entries:
        before = known.get(entry.dedupe_key.encode())
        if before is not None and before != dedupe_value(entry):
            raise DedupeContradictionError(entry.document_id)


def _stop(
    record: InRecord, change: OrderChange, event: LoggedEvent | None, exc: Exception, batch: BatchFold
) -> tuple[OrderState | None, Effects]:
    """The order is frozen and the record becomes a dead letter; a redelivery of it changes nothing more."""
    known = event or _unread(record)
    if change.state is not None and known.event_id in change.state.seen:
        return change.state, Effects()
    # The fault is named without repeating the record's content.
    code = CODES.get(type(exc), "FOLD_FAILED")
    if isinstance(known.body, OrderThawed) and change.state is not None:
        return refuse_thaw(change.state, known, code)
    batch.poisoned.append(Poisoned(record=record, code=code, message=type(exc).__name__))
    try:
        state, effects = freeze(change.state, known, code, is_readable=event is not None)
        return fitted(state, most=MOST_ENTRY_BYTES + 2 * RESERVED_BYTES), effects
    except EntryTooLargeError:  # the dead letter has the event
        return freeze(change.state, known, code, is_readable=False)


def _unread(record: InRecord) -> LoggedEvent:
    """For a record that cannot be read: where and when it came, with an id that a redelivery has, too."""
    business, _, order_reference = (record.key or b"").decode(errors="replace").partition("/")
    return LoggedEvent(
        event_id=identity.event_id(record.topic, record.partition, record.offset, record.value or b""),
        received_at=from_millis(record.timestamp_ms),
        rules_version=RULES_VERSION,
        business=business,
        order_reference=order_reference,
        body=HoldExpired(event_ids=()),
    )
