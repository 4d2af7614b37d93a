"""The log of deliveries: read, sent again, and kept within bounds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine, Row, delete, func, insert, select

from app.store.database import reading, writing
from app.store.webhooks.endpoints import ABOUT
from app.store.webhooks.queue import WebhookEvent, delivery_row, enqueue, release
from app.store.webhooks.schedule import DeliveryState
from app.store.webhooks.tables import webhook_deliveries, webhook_endpoints, webhook_events

KEPT_FOR: Final = timedelta(days=30)
# Of each endpoint; a busy one has fewer days.
MOST_KEPT: Final = 50_000
# A transaction that deletes more would keep the others waiting.
_AT_ONCE: Final = 1000
_d = webhook_deliveries.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event for one endpoint. `copy`: 0, or the number of the redelivery that `asked_by` has asked for.

    `due`: its next attempt; None where it has ended, or waits for the one before it in its lane. `last_status`: of
    HTTP; None where there was no answer, and `last_answer` says why.
    """

    delivery_id: int
    endpoint_id: str
    event_id: str
    type: str
    lane: str
    copy: int
    state: DeliveryState
    attempts: int
    due: datetime | None
    created_at: datetime
    last_at: datetime | None
    last_status: int | None
    last_answer: str | None
    asked_by: str | None


class DeliveryLog:
    """The log in SQL. Each method is one transaction and blocks; raises StoreUnavailableError like the store's."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def page(
        self, endpoint_id: str, *, state: DeliveryState | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[Delivery, ...]:
        """The latest deliveries to an endpoint, or those made `before` one of them."""
        query = _known().where(_d.endpoint == endpoint_id).order_by(_d.id.desc()).limit(limit)
        if state is not None:
            query = query.where(_d.state == state)
        if before is not None:
            query = query.where(_d.id < before)
        with reading(self._engine) as transaction:
            return tuple(map(_delivery, transaction.execute(query)))

    def redeliver(self, endpoint_id: str, delivery_id: int, *, actor: str) -> Delivery | None:
        """The same event, with the same id, as a new delivery behind what its lane has. None: there is no such one.

        What waits still is not sent twice: it is returned as it is.
        """
        with writing(self._engine, ABOUT) as transaction:
            known = _one(transaction, endpoint_id, delivery_id)
            if known is None or known.state is DeliveryState.WAITING:
                return known
            copies = select(func.max(_d.copy)).where(_d.endpoint == endpoint_id, _d.event == known.event_id)
            number = transaction.execute(copies).scalar_one() + 1
            now = self._clock()
            row = delivery_row(endpoint_id, known.event_id, known.lane, now, copy=number, asked_by=actor)
            made = transaction.execute(insert(webhook_deliveries).values(**row))
            release(transaction, endpoint_id, {known.lane}, now)
            (new_id,) = made.inserted_primary_key or (0,)
            return _one(transaction, endpoint_id, int(new_id))

    def put(self, endpoint_id: str, event: WebhookEvent) -> Delivery | None:
        """An event for this endpoint alone: a test. None where there is no such endpoint."""
        with writing(self._engine, ABOUT) as transaction:
            known = select(webhook_endpoints.c.id).where(webhook_endpoints.c.id == endpoint_id)
            if transaction.execute(known).first() is None:
                return None
            enqueue(transaction, endpoint_id, [event], self._clock())
            query = _known().where(_d.endpoint == endpoint_id, _d.event == event.event_id)
            return _delivery(transaction.execute(query).one())

    def prune(self) -> int:
        """Deletes some of what has ended long ago, or is more than is kept; returns how many, 0 when that was all."""
        old = self._clock() - KEPT_FOR
        with writing(self._engine, ABOUT, durable=False) as transaction:
            gone = self._too_old(transaction, old) or self._too_many(transaction)
            if gone:
                transaction.execute(delete(webhook_deliveries).where(_d.id.in_([row.id for row in gone])))
                is_used = select(_d.id).where(_d.event == webhook_events.c.id).exists()
                events = webhook_events.c.id.in_([row.event for row in gone])
                transaction.execute(delete(webhook_events).where(events, ~is_used))
            return len(gone)

    def _too_old(self, transaction: Transaction, before: datetime) -> list[Any]:
        for endpoint_id in transaction.execute(select(webhook_endpoints.c.id)).scalars().all():
            ended = (_d.endpoint == endpoint_id, _d.state != DeliveryState.WAITING)
            query = select(_d.id, _d.event, _d.created_at).where(*ended).order_by(_d.id).limit(_AT_ONCE)
            found = [row for row in transaction.execute(query) if row.created_at < before]
            if found:
                return found
        return []

    def _too_many(self, transaction: Transaction) -> list[Any]:
        counts = (
            select(_d.endpoint, func.count())
            .where(_d.state != DeliveryState.WAITING)
            .group_by(_d.endpoint)
            .having(func.count() > MOST_KEPT)
        )
        for endpoint_id, count in transaction.execute(counts).all():
            ended = (_d.endpoint == endpoint_id, _d.state != DeliveryState.WAITING)
            most = min(_AT_ONCE, count - MOST_KEPT)
            return list(transaction.execute(select(_d.id, _d.event).where(*ended).order_by(_d.id).limit(most)))
        return []


def _known() -> Any:
    return select(webhook_deliveries, webhook_events.c.type).join(webhook_events, webhook_events.c.id == _d.event)


def _one(transaction: Transaction, endpoint_id: str, delivery_id: int) -> Delivery | None:
    row = transaction.execute(_known().where(_d.endpoint == endpoint_id, _d.id == delivery_id)).one_or_none()
    return None if row is None else _delivery(row)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        delivery_id=row.id,
        endpoint_id=row.endpoint,
        event_id=row.event,
        type=row.type,
        lane=row.lane,
        copy=row.copy,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        due=row.due,
        created_at=row.created_at,
        last_at=row.last_at,
        last_status=row.last_status,
        last_answer=row.last_answer,
        asked_by=row.asked_by,
    )
