"""What is to be sent, and what became of it. A claim is durable before the call, its end after it.

A process that dies between the two leaves a claim that ends by itself: the call is made again, with the same id.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine, Row, and_, func, or_, select, update

from app.store.database import checkpoint, insert_into, reading, writing
from app.store.encryption import SecretCipher
from app.store.webhooks.endpoints import ABOUT, Endpoint, endpoint_of, pause
from app.store.webhooks.schedule import FAILING, Answer, DeliveryState, EndpointState, Standing, after_failure
from app.store.webhooks.tables import webhook_deliveries, webhook_endpoints, webhook_events

# Longer than any call may take; then whatever has claimed it is taken for dead.
CLAIMED_FOR: Final = timedelta(seconds=60)
# Failures for so long are an outage; shorter ones may be those of a few events that the endpoint never accepts, whose
# pauses are to grow.
OUTAGE: Final = timedelta(minutes=10)
# Of an answer a person needs its first words.
LONGEST_ANSWER: Final = 1000
# Every database takes so many values in one list.
_AT_ONCE: Final = 500
_d, _e = webhook_deliveries.c, webhook_endpoints.c


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """An event as it is sent. `lane`: what keeps its order. `at`: when its record was written."""

    event_id: str
    type: str
    business: str
    lane: str
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that is to be tried now, by its holder alone. `secrets`: those that sign it, the newest first."""

    delivery_id: int
    endpoint_id: str
    attempt: int
    event_id: str
    url: str
    body: bytes
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What an attempt has done to its endpoint: `paused` is why it was paused by it."""

    endpoint: Endpoint
    paused: str | None = None


class WebhookQueue:
    """The deliveries in SQL. Each method is one transaction and blocks; raises StoreUnavailableError like the store's.

    `drawn`: from 0 to 1, by chance.
    """

    def __init__(
        self,
        engine: Engine,
        cipher: SecretCipher,
        clock: Callable[[], datetime],
        *,
        drawn: Callable[[], float],
    ) -> None:
        self._engine = engine
        self._cipher = cipher
        self._clock = clock
        self._drawn = drawn

    def reading(self) -> AbstractContextManager[Transaction]:
        """One transaction that sees one state."""
        return reading(self._engine)

    def writing(self) -> AbstractContextManager[Transaction]:
        """The only transaction that writes webhooks at this moment.

        It outlives its process, not the machine: rows and offsets are lost together, and written again.
        """
        return writing(self._engine, ABOUT, durable=False)

    def checkpoint(self) -> None:
        """Move what `writing` has left in SQLite's log into the file."""
        checkpoint(self._engine)

    def due_endpoints(self) -> tuple[str, ...]:
        """Those that have something to be sent now, and may be called."""
        now = self._clock()
        is_due = select(_d.id).where(
            _d.endpoint == _e.id, _d.state == DeliveryState.WAITING, _d.due.is_not(None), _d.due <= now
        )
        query = select(_e.id).where(_is_open(now), is_due.exists()).order_by(_e.id)
        with self.reading() as transaction:
            return tuple(transaction.execute(query).scalars())

    def claim(self, endpoint_id: str, most: int, *, under_way: int = 0) -> tuple[Claimed, ...]:
        """At most so many deliveries of it that are due, now this caller's for CLAIMED_FOR.

        An endpoint that fails gets one at a time: `under_way` are the calls to it that have not ended. Raises
        SecretsUnreadableError.
        """
        now = self._clock()
        with self.writing() as transaction:
            row = transaction.execute(
                select(webhook_endpoints).where(_e.id == endpoint_id, _is_open(now))
            ).one_or_none()
            if row is None:
                return ()
            room = min(most, 1 - under_way) if row.failures >= FAILING else most
            secrets = self._secrets(row, now)
            return tuple(_claimed(each, row, secrets) for each in self._taken(transaction, endpoint_id, room, now))

    def finish(self, claimed: Claimed, answer: Answer) -> Finished | None:
        """Write down what the attempt has come to. None where it is no longer this caller's, and nothing is written."""
        now = self._clock()
        with self.writing() as transaction:
            ours = (_d.id == claimed.delivery_id, _d.attempts == claimed.attempt, _d.sending.is_(True))
            delivery = transaction.execute(select(webhook_deliveries).where(*ours)).one_or_none()
            if delivery is None:
                return None
            said = {"last_at": now, "last_status": answer.status, "last_answer": answer.text[:LONGEST_ANSWER]}
            change = update(webhook_deliveries).where(*ours)
            transaction.execute(change.values(sending=False, **said))
            endpoint = transaction.execute(select(webhook_endpoints).where(_e.id == delivery.endpoint)).one()
            if answer.is_accepted:
                return self._accepted(transaction, delivery, endpoint, now)
            return self._failed(transaction, delivery, endpoint, answer, now)

    def _taken(self, transaction: Transaction, endpoint_id: str, most: int, now: datetime) -> list[Row[Any]]:
        if most <= 0:
            return []
        is_due = (_d.endpoint == endpoint_id, _d.state == DeliveryState.WAITING, _d.due.is_not(None), _d.due <= now)
        found = transaction.execute(select(_d.id).where(*is_due).order_by(_d.due, _d.id).limit(most)).scalars().all()
        chosen = _d.id.in_(found)
        taken = {"sending": True, "attempts": _d.attempts + 1, "due": now + CLAIMED_FOR}
        transaction.execute(
            update(webhook_deliveries).where(chosen).values(first_at=func.coalesce(_d.first_at, now), **taken)
        )
        query = select(webhook_deliveries, webhook_events.c.body).join(webhook_events, webhook_events.c.id == _d.event)
        return list(transaction.execute(query.where(chosen).order_by(_d.id)))

    def _accepted(self, transaction: Transaction, delivery: Row[Any], row: Row[Any], now: datetime) -> Finished:
        _end(transaction, delivery, DeliveryState.DELIVERED, now)
        fresh = {"failures": 0, "failing_since": None, "retry_at": None, "succeeded_at": now}
        transaction.execute(update(webhook_endpoints).where(_e.id == row.id).values(**fresh))
        if row.failures >= FAILING and row.failing_since is not None and now - row.failing_since >= OUTAGE:
            _send_now(transaction, row.id, now)
        return Finished(endpoint=endpoint_of(row))

    def _failed(
        self, transaction: Transaction, delivery: Row[Any], row: Row[Any], answer: Answer, now: datetime
    ) -> Finished:
        standing = Standing(
            attempts=delivery.attempts,
            first_at=delivery.first_at or now,
            failures=row.failures,
            failing_since=row.failing_since,
        )
        after = after_failure(standing, answer, now, drawn=self._drawn())
        known = {"failures": after.failures, "failing_since": after.failing_since, "retry_at": after.retry_at}
        transaction.execute(update(webhook_endpoints).where(_e.id == row.id).values(**known))
        if after.due is None:
            _end(transaction, delivery, DeliveryState.GIVEN_UP, now)
        else:
            transaction.execute(update(webhook_deliveries).where(_d.id == delivery.id).values(due=after.due))
        is_new = after.pause is not None and row.state == EndpointState.ACTIVE
        if is_new:
            pause(transaction, row.id, at=now, why=after.pause)
        return Finished(endpoint=endpoint_of(row), paused=after.pause if is_new else None)

    def _secrets(self, row: Row[Any], now: datetime) -> tuple[str, ...]:
        is_both = row.previous_secret is not None and row.previous_until is not None and now < row.previous_until
        kept = (row.secret, row.previous_secret) if is_both else (row.secret,)
        return tuple(map(self._cipher.decrypt, kept))


def endpoints_of(transaction: Transaction) -> tuple[Endpoint, ...]:
    """All of them, in a transaction that writes what is for them."""
    return tuple(map(endpoint_of, transaction.execute(select(webhook_endpoints).order_by(_e.id))))


def enqueue(transaction: Transaction, endpoint_id: str, events: Sequence[WebhookEvent], now: datetime) -> None:
    """These events are for this endpoint, in their order. One that is there already is not there twice."""
    if not events:
        return
    bodies = [
        {"id": each.event_id, "type": each.type, "business": each.business, "lane": each.lane, "body": each.body}
        for each in events
    ]
    transaction.execute(insert_into(webhook_events, transaction).on_conflict_do_nothing(), bodies)
    rows = [delivery_row(endpoint_id, each.event_id, each.lane, now) for each in events]
    transaction.execute(insert_into(webhook_deliveries, transaction).on_conflict_do_nothing(), rows)
    release(transaction, endpoint_id, {each.lane for each in events}, now)


def delivery_row(
    endpoint_id: str, event_id: str, lane: str, now: datetime, *, copy: int = 0, asked_by: str | None = None
) -> dict[str, Any]:
    """A delivery that waits behind what its lane has."""
    kept = {"state": DeliveryState.WAITING, "attempts": 0, "sending": False, "created_at": now}
    return {"endpoint": endpoint_id, "event": event_id, "lane": lane, "copy": copy, "asked_by": asked_by, **kept}


def release(transaction: Transaction, endpoint_id: str, lanes: Collection[str], now: datetime) -> None:
    """The first that waits in each of these lanes is due, where it was not before."""
    names = sorted(lanes)
    for start in range(0, len(names), _AT_ONCE):
        ours = (_d.endpoint == endpoint_id, _d.state == DeliveryState.WAITING)
        first = select(func.min(_d.id)).where(*ours, _d.lane.in_(names[start : start + _AT_ONCE])).group_by(_d.lane)
        transaction.execute(update(webhook_deliveries).where(_d.id.in_(first), _d.due.is_(None)).values(due=now))


def waiting_of(transaction: Transaction, endpoint_ids: Iterable[str]) -> dict[str, int]:
    """How many deliveries wait for each of these."""
    query = (
        select(_d.endpoint, func.count())
        .where(_d.endpoint.in_(tuple(endpoint_ids)), _d.state == DeliveryState.WAITING)
        .group_by(_d.endpoint)
    )
    return {row[0]: row[1] for row in transaction.execute(query)}


def _send_now(transaction: Transaction, endpoint_id: str, now: datetime) -> None:
    """It is back: what waits because of its outage waits no longer. Each keeps its attempts, and its three days."""
    waits = (_d.endpoint == endpoint_id, _d.state == DeliveryState.WAITING, _d.sending.is_(False), _d.due > now)
    transaction.execute(update(webhook_deliveries).where(*waits).values(due=now))


def _end(transaction: Transaction, delivery: Row[Any], state: DeliveryState, now: datetime) -> None:
    transaction.execute(update(webhook_deliveries).where(_d.id == delivery.id).values(state=state, due=None))
    release(transaction, delivery.endpoint, {delivery.lane}, now)


def _is_open(now: datetime) -> Any:
    return and_(_e.state == EndpointState.ACTIVE, or_(_e.retry_at.is_(None), _e.retry_at <= now))


def _claimed(row: Row[Any], endpoint: Row[Any], secrets: tuple[str, ...]) -> Claimed:
    return Claimed(
        delivery_id=row.id,
        endpoint_id=row.endpoint,
        attempt=row.attempts,
        event_id=row.event,
        url=endpoint.url,
        body=row.body,
        secrets=secrets,
    )
