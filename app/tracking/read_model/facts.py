"""What the topics say, kept as it is: from records to rows, and from an order's rows to the order."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, select

from app.domain.documents import DocumentStatus
from app.domain.identity import OrderKey, order_key
from app.domain.notices import OrderNotice
from app.domain.orders import InternalBody, LoggedEvent
from app.domain.outcomes import OrderOutcome
from app.store.database import insert_into
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.topics import identities
from app.stream.topics.names import Topics
from app.tracking.deadletters import dead_letter_of
from app.tracking.order_tracker import OrderTracker, buyer_of, tracked_event
from app.tracking.orders import TrackedBuyer, TrackedOrder
from app.tracking.read_model.tables import freezes, log_events, notices, outcomes, statuses

# JSON, whatever format the topics have: a rebuild after a change of format comes to the same rows.
_CONTENT: Final = Codec()
# Every database takes so many values in one list.
_AT_ONCE: Final = 500


@dataclass(slots=True)
class Facts:
    """The rows of a batch of records, by table, and the last record of each order that they are about."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    orders: dict[OrderKey, InRecord] = field(default_factory=dict)

    def add(self, table: Table, record: InRecord, order: OrderKey, **row: Any) -> None:
        """One row about this order."""
        self.rows.setdefault(table.name, []).append({"order_key": order, **row})
        self.orders[order] = record


Source = Callable[[InRecord, Codec, Facts], None]
"""Adds what a record says; raises CodecError for one that cannot be read."""


def sources(topics: Topics) -> dict[str, Source]:
    """Every topic that is projected."""
    return {
        topics.order_log: _log,
        topics.order_outcomes: _outcome,
        topics.document_status: _status,
        topics.order_notices: _notice,
        identities.app("planner", topics.prefix).dead_letters: _dead_letter,
    }


def _log(record: InRecord, codec: Codec, facts: Facts) -> None:
    """What our own writers report is in the statuses that it caused."""
    event = codec.read(LoggedEvent, record.value)
    if isinstance(event.body, InternalBody):
        return
    buyer = buyer_of(event.person)
    facts.add(
        log_events,
        record,
        order_key(event.business, event.order_reference),
        event_id=event.event_id,
        place=record.offset,
        buyer_name=buyer.name if buyer else None,
        buyer_tax_number=buyer.tax_number if buyer else None,
        content=_CONTENT.write(replace(event, person=None)),
    )


def _outcome(record: InRecord, codec: Codec, facts: Facts) -> None:
    outcome = codec.read(OrderOutcome, record.value)
    facts.add(
        outcomes,
        record,
        order_key(outcome.business, outcome.order_reference),
        partition=record.partition,
        place=record.offset,
        request_id=outcome.request_id,
        content=_CONTENT.write(outcome),
    )


def _status(record: InRecord, codec: Codec, facts: Facts) -> None:
    status = codec.read(DocumentStatus, record.value)
    facts.add(
        statuses,
        record,
        order_key(status.business, status.order_reference),
        document_id=status.document_id,
        sequence=status.sequence,
        place=record.offset,
        content=_CONTENT.write(status),
    )


def _notice(record: InRecord, codec: Codec, facts: Facts) -> None:
    notice = codec.read(OrderNotice, record.value)
    facts.add(
        notices,
        record,
        order_key(notice.business, notice.order_reference),
        notice_id=notice.notice_id,
        place=record.offset,
        content=_CONTENT.write(notice),
    )


def _dead_letter(record: InRecord, codec: Codec, facts: Facts) -> None:
    del codec
    key = OrderKey((record.key or b"").decode(errors="replace"))
    if "/" in key:
        facts.add(freezes, record, key, at=dead_letter_of(record).written_at)


def keep(transaction: Connection, facts: Facts) -> None:
    """Write the rows. Of copies the first counts, and of an order's dead letters the last."""
    for table in (log_events, outcomes, statuses, notices):
        if rows := facts.rows.get(table.name):
            transaction.execute(insert_into(table, transaction).on_conflict_do_nothing(), rows)
    if rows := facts.rows.get(freezes.name):
        new = insert_into(freezes, transaction)
        later = new.on_conflict_do_update(
            index_elements=["order_key"], set_={"at": new.excluded["at"]}, where=new.excluded["at"] > freezes.c["at"]
        )
        transaction.execute(later, rows)


def known_orders(transaction: Connection, keys: Collection[OrderKey]) -> Iterator[TrackedOrder]:
    """These orders, each from everything that was kept of it."""
    tracker = OrderTracker(whole=True)
    for row in _of(transaction, keys, log_events, select(log_events).order_by(log_events.c.place)):
        event = content(LoggedEvent, row.content)
        if (tracked := tracked_event(event, whole=True)) is not None:
            tracker.logged(event.business, event.order_reference, replace(tracked, buyer=_buyer(row)))
    rows = _of(transaction, keys, outcomes, select(outcomes).order_by(outcomes.c.partition, outcomes.c.place))
    tracker.outcomes(content(OrderOutcome, row.content) for row in rows)
    rows = _of(transaction, keys, statuses, select(statuses).order_by(statuses.c.place))
    tracker.statuses(content(DocumentStatus, row.content) for row in rows)
    rows = _of(transaction, keys, notices, select(notices).order_by(notices.c.place))
    tracker.notices(content(OrderNotice, row.content) for row in rows)
    for row in _of(transaction, keys, freezes, select(freezes)):
        business, _, reference = row.order_key.partition("/")
        tracker.froze(business, reference, row.at)
    return tracker.orders()


def _buyer(row: Any) -> TrackedBuyer | None:
    return TrackedBuyer(name=row.buyer_name, tax_number=row.buyer_tax_number) if row.buyer_name else None


def content(kind: type[Any], kept: bytes) -> Any:
    """A record as it was kept."""
    return _CONTENT.read(kind, kept)


def _of(transaction: Connection, keys: Collection[OrderKey], table: Table, query: Select[Any]) -> Iterator[Any]:
    for some in _in_pieces([*keys]):
        yield from transaction.execute(query.where(table.c.order_key.in_(some)))


def _in_pieces(keys: list[OrderKey]) -> Iterable[list[OrderKey]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
