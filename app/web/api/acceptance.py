"""One request becomes one event on `orders.v1`, and is answered when the broker has it.

    the row, committed → the record → its acknowledgement → the answer, and the row says ACCEPTED

A crash between any two leaves a row that a repeat finishes with the same id, so that the fold sees one request. What no
acknowledgement came for may be on the topic all the same: it is answered 504, and never taken for not sent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Protocol

import structlog

from app.domain.identity import order_key
from app.domain.orders import OrderEvent
from app.store import Begun, IncomingRequest, Progress, RequestState, StoredRequest, StoreError, Turn
from app.stream.clients.errors import SendError
from app.stream.clients.single_records import Written
from app.stream.records import Record
from app.web.api.circuit import Circuit
from app.web.api.problems import RETRY_SECONDS, Problem, unavailable

log = structlog.get_logger(__name__)

# A client that waits for longer repeats anyway; the record goes on meanwhile.
ANSWER_SECONDS: Final = 5.0
# Each of them holds a body; more would only wait.
MOST_IN_FLIGHT: Final = 1000
# What a request causes is found by its id, in the headers of each record.
CORRELATION: Final = "correlation-id"


class Rows(Protocol):
    """The requests' rows."""

    async def begin(self, request: IncomingRequest) -> Begun:
        """What is to be done with it. Raises StoreError."""

    def note(self, progress: Progress) -> None:
        """Write down what became of it, soon."""

    async def settled(self) -> None:
        """Returns when all is written that was noted before."""


class Sends(Protocol):
    """The producer."""

    def send(self, written: Record) -> asyncio.Future[Written]:
        """Queue a record. Raises SendError where it will not be written."""


# Whether a request was refused by its outcome: then its key is free for a corrected one.
IsRejected = Callable[[str], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The broker has the event. `is_replay`: it had it before."""

    internal_request_id: str
    is_replay: bool


class Acceptance:
    """Takes requests in. `topic`: the order topic. `encode`: an event's bytes, as `Codec.write` makes them."""

    def __init__(
        self,
        *,
        rows: Rows,
        producer: Sends,
        topic: str,
        encode: Callable[[OrderEvent], bytes],
        is_rejected: IsRejected,
        circuit: Circuit,
    ) -> None:
        self._rows = rows
        self._producer = producer
        self._topic = topic
        self._encode = encode
        self.is_rejected = is_rejected
        self._circuit = circuit
        self._in_flight: dict[str, asyncio.Future[Written]] = {}
        self.draining = False

    async def accept(self, event: OrderEvent, request: IncomingRequest) -> Accepted:
        """Returns once the event is on the topic. Raises Problem, which has what is known of it."""
        self._refuse_more()
        begun = await self._begun(request)
        stored = begun.request
        match begun.turn:
            case Turn.OTHER_CUSTOMER:
                raise Problem("OTHER_CUSTOMER", path="path:customerNumber")
            case Turn.REUSED:
                raise Problem("REQUEST_ID_REUSED", path="header:X-Request-ID", more=_about(stored))
            case Turn.REPLAY:
                return Accepted(internal_request_id=stored.internal_request_id, is_replay=True)
            case Turn.WAIT:
                return await self._twin(stored)
            case Turn.SEND:
                return await self._sent(event, stored)

    async def settled(self) -> None:
        """Returns when the rows say what has been answered."""
        await self._rows.settled()

    def _refuse_more(self) -> None:
        if self.draining:
            raise unavailable("SHUTTING_DOWN")
        if len(self._in_flight) >= MOST_IN_FLIGHT:
            raise unavailable("OVERLOADED")
        if self._circuit.is_open:
            raise unavailable("BROKER_UNAVAILABLE")

    async def _begun(self, request: IncomingRequest) -> Begun:
        """What is to be done; the key of a request that was refused meanwhile is free."""
        try:
            begun = await self._rows.begin(request)
            is_known = begun.turn in {Turn.REPLAY, Turn.REUSED}
            if not is_known or not await self.is_rejected(begun.request.internal_request_id):
                return begun
            rejected = Progress(internal_request_id=begun.request.internal_request_id, state=RequestState.REJECTED)
            self._rows.note(rejected)
            return await self._rows.begin(request)
        except StoreError as error:
            raise unavailable("STORE_UNAVAILABLE") from error

    async def _twin(self, stored: StoredRequest) -> Accepted:
        """The same request is on its way: here, or in another process."""
        future = self._in_flight.get(stored.internal_request_id)
        if future is None:
            raise Problem("REQUEST_IN_PROGRESS", path="header:X-Request-ID", headers={"Retry-After": "1"})
        await self._acknowledged(stored, future)
        return Accepted(internal_request_id=stored.internal_request_id, is_replay=True)

    async def _sent(self, event: OrderEvent, stored: StoredRequest) -> Accepted:
        future = self._in_flight.get(stored.internal_request_id) or self._begin_sending(event, stored)
        await self._acknowledged(stored, future)
        return Accepted(internal_request_id=stored.internal_request_id, is_replay=False)

    def _begin_sending(self, event: OrderEvent, stored: StoredRequest) -> asyncio.Future[Written]:
        """The same bytes for each repeat of one try."""
        request_id = stored.internal_request_id
        sent = replace(event, request_id=request_id, occurred_at=stored.created_at)
        try:
            future = self._producer.send(
                Record(
                    topic=self._topic,
                    key=order_key(event.business, event.order_reference).encode(),
                    value=self._encode(sent),
                    headers=((CORRELATION, request_id.encode()),),
                )
            )
        except SendError as error:
            self._rows.note(Progress(internal_request_id=request_id, state=RequestState.NOT_SENT))
            raise unavailable("BROKER_UNAVAILABLE") from error
        self._in_flight[request_id] = future
        future.add_done_callback(partial(self._delivered, request_id))
        return future

    def _delivered(self, request_id: str, future: asyncio.Future[Written]) -> None:
        """However late it is known, and whether a client still waits or not."""
        self._in_flight.pop(request_id, None)
        if future.cancelled():
            return
        if error := future.exception():
            self._circuit.failed()
            self._rows.note(Progress(internal_request_id=request_id, state=RequestState.UNKNOWN))
            log.warning("a record was not confirmed", request_id=request_id, why=str(error))
            return
        self._circuit.succeeded()
        place = future.result()
        self._rows.note(
            Progress(
                internal_request_id=request_id,
                state=RequestState.ACCEPTED,
                partition=place.partition,
                offset=place.offset,
            )
        )

    async def _acknowledged(self, stored: StoredRequest, future: asyncio.Future[Written]) -> None:
        done, _ = await asyncio.wait({future}, timeout=ANSWER_SECONDS)
        if done and future.exception() is None:
            return
        if not done:
            self._circuit.failed()
        raise Problem(
            "BROKER_SILENT",
            headers={"Retry-After": f"{RETRY_SECONDS}", "Location": location_of(stored.internal_request_id)},
            more=_about(stored),
        )


def location_of(internal_request_id: str) -> str:
    """Where the request's state can be read."""
    return f"/accounting/v1/requests/{internal_request_id}"


def _about(stored: StoredRequest) -> dict[str, str]:
    request_id = stored.internal_request_id
    return {"internalRequestId": request_id, "instance": location_of(request_id)}
