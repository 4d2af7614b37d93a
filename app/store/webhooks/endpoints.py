"""Who is called: added, listed, paused, resumed and removed by people, each with its line in the audit log."""

import base64
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine, Row, delete, func, insert, select, update

from app.store.database import reading, writing
from app.store.encryption import SecretCipher
from app.store.tables import audit_log
from app.store.webhooks.schedule import DeliveryState, EndpointState
from app.store.webhooks.tables import webhook_deliveries, webhook_endpoints, webhook_events, webhook_offsets

ABOUT: Final = "webhooks"
EVERY_TYPE: Final = "*"
# As long as a receiver needs to be given the new secret.
BOTH_VALID_FOR: Final = timedelta(hours=24)
# More than a shop has systems; each costs a delivery for each event.
MOST_ENDPOINTS: Final = 20
_SECRET_BYTES: Final = 32
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address without its secret. `types`: of events, or EVERY_TYPE. `waiting`: deliveries that are not made yet.

    `failing_since`: the first failure since the last success, `succeeded_at`.
    """

    endpoint_id: str
    business: str
    url: str
    types: tuple[str, ...]
    description: str | None
    state: EndpointState
    paused_at: datetime | None
    paused_why: str | None
    created_at: datetime
    created_by: str
    failures: int
    failing_since: datetime | None
    succeeded_at: datetime | None
    waiting: int = 0

    def wants(self, business: str, kind: str) -> bool:
        """Whether it is to be told of such an event of this business."""
        return business == self.business and (EVERY_TYPE in self.types or kind in self.types)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    """An endpoint that has a new secret, which is shown this once."""

    endpoint: Endpoint
    secret: str


def key_of(secret: str) -> bytes:
    """The bytes that a text of ours signs with."""
    return base64.b64decode(secret.removeprefix(_PREFIX))


def _new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


class EndpointStore:
    """The endpoints in SQL. Each method is one transaction and blocks; raises StoreUnavailableError like the store's.

    Those that make a secret raise SecretsUnreadableError where there is no key to keep it with.
    """

    def __init__(self, engine: Engine, cipher: SecretCipher, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._cipher = cipher
        self._clock = clock

    def add(
        self, business: str, url: str, types: Sequence[str], *, actor: str, description: str | None = None
    ) -> NewEndpoint | None:
        """A new one, which is told of all that comes from now on. None, and nothing made: there are MOST_ENDPOINTS."""
        secret, endpoint_id = _new_secret(), f"{uuid.uuid4()}"
        row = {"id": endpoint_id, "business": business, "url": url, "types": sorted(set(types)), "failures": 0}
        made = {"state": EndpointState.ACTIVE, "created_at": self._clock(), "created_by": actor}
        with writing(self._engine, ABOUT) as transaction:
            count = select(func.count()).where(webhook_endpoints.c.business == business)
            if transaction.execute(count).scalar_one() >= MOST_ENDPOINTS:
                return None
            kept = {"description": description, "secret": self._cipher.encrypt(secret)}
            transaction.execute(insert(webhook_endpoints).values(**row, **made, **kept))
            self._audit(transaction, business, endpoint_id, actor, "ADDED", url=[None, url])
            return NewEndpoint(endpoint=_one(transaction, endpoint_id), secret=secret)

    def all(self, business: str | None = None) -> tuple[Endpoint, ...]:
        """Every endpoint, or one business's, the oldest first."""
        counts = (
            select(webhook_deliveries.c.endpoint, func.count().label("waiting"))
            .where(webhook_deliveries.c.state == DeliveryState.WAITING)
            .group_by(webhook_deliveries.c.endpoint)
            .subquery()
        )
        waiting = func.coalesce(counts.c.waiting, 0).label("waiting")
        query = select(webhook_endpoints, waiting).outerjoin(counts, counts.c.endpoint == webhook_endpoints.c.id)
        if business is not None:
            query = query.where(webhook_endpoints.c.business == business)
        with reading(self._engine) as transaction:
            rows = transaction.execute(query.order_by(webhook_endpoints.c.business, webhook_endpoints.c.created_at))
            return tuple(endpoint_of(row, waiting=row.waiting) for row in rows)

    def find(self, endpoint_id: str) -> Endpoint | None:
        """One endpoint; None where there is none."""
        with reading(self._engine) as transaction:
            row = _row(transaction, endpoint_id)
        return None if row is None else endpoint_of(row)

    def exist(self) -> bool:
        """Whether there is any."""
        with reading(self._engine) as transaction:
            return transaction.execute(select(webhook_endpoints.c.id).limit(1)).first() is not None

    def pause(self, endpoint_id: str, *, actor: str, why: str | None) -> bool:
        """Nothing more is sent; what comes waits. False: there is none, or it is paused."""
        with writing(self._engine, ABOUT) as transaction:
            row = _row(transaction, endpoint_id)
            if row is None or row.state == EndpointState.PAUSED:
                return False
            pause(transaction, endpoint_id, at=self._clock(), why=why)
            self._audit(transaction, row.business, endpoint_id, actor, "PAUSED", why=[None, why])
            return True

    def resume(self, endpoint_id: str, *, actor: str) -> bool:
        """All that waits is sent, each with three new days. False: there is none, or it is not paused."""
        with writing(self._engine, ABOUT) as transaction:
            row = _row(transaction, endpoint_id)
            if row is None or row.state == EndpointState.ACTIVE:
                return False
            fresh = {"failures": 0, "failing_since": None, "retry_at": None, "paused_at": None, "paused_why": None}
            transaction.execute(_update(endpoint_id).values(state=EndpointState.ACTIVE, **fresh))
            begin_anew(transaction, endpoint_id, self._clock())
            self._audit(transaction, row.business, endpoint_id, actor, "RESUMED")
            return True

    def rotate(self, endpoint_id: str, *, actor: str) -> NewEndpoint | None:
        """A new secret. The one before signs too for BOTH_VALID_FOR, and one before that no more. None: no endpoint."""
        secret = _new_secret()
        with writing(self._engine, ABOUT) as transaction:
            row = _row(transaction, endpoint_id)
            if row is None:
                return None
            previous = {"previous_secret": row.secret, "previous_until": self._clock() + BOTH_VALID_FOR}
            transaction.execute(_update(endpoint_id).values(secret=self._cipher.encrypt(secret), **previous))
            self._audit(transaction, row.business, endpoint_id, actor, "SECRET_ROTATED")
            return NewEndpoint(endpoint=_one(transaction, endpoint_id), secret=secret)

    def remove(self, endpoint_id: str, *, actor: str) -> bool:
        """Forgets it, with its deliveries, made or not. False: there is none."""
        with writing(self._engine, ABOUT) as transaction:
            row = _row(transaction, endpoint_id)
            if row is None:
                return False
            transaction.execute(delete(webhook_deliveries).where(webhook_deliveries.c.endpoint == endpoint_id))
            is_used = select(webhook_deliveries.c.id).where(webhook_deliveries.c.event == webhook_events.c.id).exists()
            transaction.execute(delete(webhook_events).where(webhook_events.c.business == row.business, ~is_used))
            transaction.execute(delete(webhook_offsets).where(webhook_offsets.c.reader == endpoint_id))
            transaction.execute(delete(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id))
            self._audit(transaction, row.business, endpoint_id, actor, "REMOVED", url=[row.url, None])
            return True

    def _audit(
        self,
        transaction: Transaction,
        business: str,
        endpoint_id: str,
        actor: str,
        what: str,
        **differences: list[str | None],
    ) -> None:
        row = {"business": business, "part": f"webhook {endpoint_id}", "what": what, "differences": differences}
        transaction.execute(insert(audit_log).values(at=self._clock(), actor=actor, **row))


def pause(transaction: Transaction, endpoint_id: str, *, at: datetime, why: str | None) -> None:
    """Within a transaction: nothing more is sent to it."""
    transaction.execute(
        _update(endpoint_id).values(state=EndpointState.PAUSED, paused_at=at, paused_why=why, retry_at=None)
    )


def begin_anew(transaction: Transaction, endpoint_id: str, now: datetime) -> None:
    """Within a transaction: what waits gets three new days, and its first attempt of them now.

    A call that is under way has its attempt already.
    """
    ours = (webhook_deliveries.c.endpoint == endpoint_id, webhook_deliveries.c.state == DeliveryState.WAITING)
    transaction.execute(update(webhook_deliveries).where(*ours).values(first_at=None))
    first = (*ours, webhook_deliveries.c.due.is_not(None), webhook_deliveries.c.sending.is_(False))
    transaction.execute(update(webhook_deliveries).where(*first).values(due=now, attempts=0))


def endpoint_of(row: Row[Any], *, waiting: int = 0) -> Endpoint:
    """From the table's row."""
    return Endpoint(
        endpoint_id=row.id,
        business=row.business,
        url=row.url,
        types=tuple(row.types),
        description=row.description,
        state=EndpointState(row.state),
        paused_at=row.paused_at,
        paused_why=row.paused_why,
        created_at=row.created_at,
        created_by=row.created_by,
        failures=row.failures,
        failing_since=row.failing_since,
        succeeded_at=row.succeeded_at,
        waiting=waiting,
    )


def _update(endpoint_id: str) -> Any:
    return update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id)


def _row(transaction: Transaction, endpoint_id: str) -> Row[Any] | None:
    return transaction.execute(select(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id)).one_or_none()


def _one(transaction: Transaction, endpoint_id: str) -> Endpoint:
    query = select(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id)
    return endpoint_of(transaction.execute(query).one())
