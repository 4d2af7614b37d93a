"""Requests of the HTTP API: each is a row before its record leaves, so that a repeat is the same request.

The insertion that does nothing where there is a row is the lock between twins, across processes and databases. A
request's id follows from its key, its content and the number of the try, never from chance: two tries of one request
are one, also where the row of the first is gone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine, Row, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.identity import derived
from app.store.database import checkpoint, reading, writing
from app.store.tables import api_requests

ABOUT: Final = "api_requests"
# A deletion of so many takes a few milliseconds, and requests do not notice it.
MOST_SWEPT: Final = 500
# A process that still sends has its answer long before; after it a repeat sends the same record again.
IN_DOUBT_AFTER: Final = timedelta(seconds=10)


class RequestState(StrEnum):
    """How far a request has come: to the broker, and then its outcome."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    NOT_SENT = "NOT_SENT"
    UNKNOWN = "UNKNOWN"
    REJECTED = "REJECTED"


# Nothing of these is on the topic, or it was refused there: the key is free for another body.
FREE: Final = frozenset({RequestState.NOT_SENT, RequestState.REJECTED})


class Turn(StrEnum):
    """What is to be done with a request that has come in."""

    SEND = "SEND"
    """Its record: for the first time, or again because nobody knows whether it arrived."""
    REPLAY = "REPLAY"
    """Nothing: it was acknowledged before."""
    WAIT = "WAIT"
    """Its twin is being sent at this moment."""
    REUSED = "REUSED"
    """Nothing: its key is another request's."""
    OTHER_CUSTOMER = "OTHER_CUSTOMER"
    """Nothing: its order was placed under another customer number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRequest:
    """A request as it is asked. `digest`: of its canonical content. `places_order`: it is the order itself."""

    business: str
    request_key: str
    operation: str
    order_reference: str
    customer_number: str | None
    digest: str
    client: str
    places_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRequest:
    """A request as it is known."""

    business: str
    request_key: str
    try_no: int
    internal_request_id: str
    operation: str
    order_reference: str
    customer_number: str | None
    digest: str
    state: RequestState
    created_at: datetime
    updated_at: datetime

    def state_at(self, now: datetime) -> RequestState:
        """Its state; what is PENDING for long has lost the process that sent it."""
        lost = self.state is RequestState.PENDING and now - self.updated_at > IN_DOUBT_AFTER
        return RequestState.UNKNOWN if lost else self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A request that has come in, and what is to be done with it."""

    turn: Turn
    request: StoredRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What became of a request's record, or of the request."""

    internal_request_id: str
    state: RequestState
    partition: int | None = None
    offset: int | None = None


def internal_request_id(asked: IncomingRequest, try_no: int) -> str:
    """The same for each repeat of one try, and another one for other content."""
    return derived("api-request", asked.business, asked.request_key, asked.digest, str(try_no))


class ApiRequestStore:
    """The requests in SQL. Each method is one transaction and blocks; raises StoreUnavailableError like the store's."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def work(self, incoming: Sequence[IncomingRequest], progress: Sequence[Progress]) -> list[Begun]:
        """Notes what became of some requests, then what is to be done with each that comes in, in their sequence.

        Both in one transaction, because a commit costs more than all that is in it. It is not waited for the disk: a
        request whose row the power has taken has the same id when it is repeated, by which the planner knows it.
        """
        now = self._clock()
        with writing(self._engine, ABOUT, durable=False) as transaction:
            if progress:
                transaction.execute(_NOTE, [_noted(each, now) for each in progress])
            return [_begin(transaction, each, now) for each in incoming]

    def checkpoint(self) -> None:
        """Moves what was written into the database's file; to be called now and then, beside `work`."""
        checkpoint(self._engine)

    def sweep(self, before: datetime, most: int = MOST_SWEPT) -> int:
        """Forgets the `most` oldest requests that came before this moment; returns how many there were.

        None that is PENDING. A repeat of one is taken in anew, under the id that it had: the planner knows it.
        """
        old = (api_requests.c.created_at < before) & (api_requests.c.state != RequestState.PENDING)
        oldest = select(api_requests.c.internal_request_id).where(old).order_by(api_requests.c.created_at).limit(most)
        with writing(self._engine, ABOUT, durable=False) as transaction:
            return transaction.execute(
                delete(api_requests).where(api_requests.c.internal_request_id.in_(oldest))
            ).rowcount

    def find(self, internal_request_id: str) -> StoredRequest | None:
        """The request with this id; None where none was ever accepted."""
        return self._one(api_requests.c.internal_request_id == internal_request_id)

    def find_by_key(self, business: str, request_key: str) -> StoredRequest | None:
        """The last try under this key."""
        return self._one((api_requests.c.business == business) & (api_requests.c.request_key == request_key))

    def _one(self, where: Any) -> StoredRequest | None:
        with reading(self._engine) as transaction:
            row = transaction.execute(select(api_requests).where(where)).one_or_none()
        return None if row is None else _stored(row)


def _begin(transaction: Transaction, asked: IncomingRequest, now: datetime) -> Begun:
    if _is_under_another_customer(transaction, asked):
        return Begun(turn=Turn.OTHER_CUSTOMER, request=_first_try(asked, now))
    if _inserted(transaction, asked, now):
        return Begun(turn=Turn.SEND, request=_first_try(asked, now))
    row = transaction.execute(select(api_requests).where(*_key(asked)).with_for_update()).one()
    known = _stored(row)
    turn = _turn(known, now, is_same=row.digest == asked.digest)
    if turn is not Turn.SEND:
        return Begun(turn=turn, request=known)
    return Begun(turn=turn, request=_sent_again(transaction, asked, known, now))


def _turn(known: StoredRequest, now: datetime, *, is_same: bool) -> Turn:
    state = known.state_at(now)
    if state in FREE:
        return Turn.SEND
    if not is_same:
        return Turn.REUSED
    turns = {RequestState.PENDING: Turn.WAIT, RequestState.UNKNOWN: Turn.SEND}
    return turns.get(state, Turn.REPLAY)


def _sent_again(transaction: Transaction, asked: IncomingRequest, known: StoredRequest, now: datetime) -> StoredRequest:
    """The same try where its record may be on the topic, or the next one where that is decided."""
    try_no = known.try_no + (known.state in FREE)
    begun = _row(asked, try_no, known.created_at if try_no == known.try_no else now, now)
    transaction.execute(update(api_requests).where(*_key(asked)).values(**begun))
    return _stored_of(begun)


def _inserted(transaction: Transaction, asked: IncomingRequest, now: datetime) -> bool:
    """Whether there was no such request."""
    insert = postgresql.insert if transaction.dialect.name == "postgresql" else sqlite.insert
    wanted = insert(api_requests).values(**_row(asked, 1, now, now)).on_conflict_do_nothing()
    # Not by the count of rows: one driver does not say it of an insertion.
    return transaction.execute(wanted.returning(api_requests.c.try_no)).first() is not None


def _row(asked: IncomingRequest, try_no: int, created_at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "business": asked.business,
        "request_key": asked.request_key,
        "try_no": try_no,
        "internal_request_id": internal_request_id(asked, try_no),
        "operation": asked.operation,
        "order_reference": asked.order_reference,
        "customer_number": asked.customer_number,
        "digest": asked.digest,
        "state": RequestState.PENDING,
        "client": asked.client,
        "created_at": created_at,
        "updated_at": now,
    }


def _key(asked: IncomingRequest) -> tuple[Any, ...]:
    return api_requests.c.business == asked.business, api_requests.c.request_key == asked.request_key


def _is_under_another_customer(transaction: Transaction, asked: IncomingRequest) -> bool:
    """Whether the order was placed here, and under another customer number alone."""
    if asked.places_order or asked.customer_number is None:
        return False
    of_order = (
        api_requests.c.business == asked.business,
        api_requests.c.order_reference == asked.order_reference,
        api_requests.c.operation == "createOrder",
        api_requests.c.state.not_in(FREE),
    )
    customers = set(transaction.execute(select(api_requests.c.customer_number).where(*of_order)).scalars())
    return bool(customers) and asked.customer_number not in customers


# A delivery that is known late changes nothing of a request that has an outcome already.
_NOTE: Final = (
    update(api_requests)
    .where(
        api_requests.c.internal_request_id == bindparam("its_id"),
        *(api_requests.c.state != each for each in sorted(FREE)),
    )
    .values(
        state=bindparam("now_state"),
        partition=bindparam("now_partition"),
        offset=bindparam("now_offset"),
        updated_at=bindparam("now"),
    )
)


def _noted(progress: Progress, now: datetime) -> dict[str, Any]:
    return {
        "its_id": progress.internal_request_id,
        "now_state": progress.state,
        "now_partition": progress.partition,
        "now_offset": progress.offset,
        "now": now,
    }


def _first_try(asked: IncomingRequest, now: datetime) -> StoredRequest:
    return _stored_of(_row(asked, 1, now, now))


def _stored(row: Row[Any]) -> StoredRequest:
    return _stored_of(row._asdict())


def _stored_of(row: dict[str, Any]) -> StoredRequest:
    names = ("business", "request_key", "try_no", "internal_request_id", "operation", "order_reference")
    known = {name: row[name] for name in (*names, "customer_number", "digest", "created_at", "updated_at")}
    return StoredRequest(**known, state=RequestState(row["state"]))
