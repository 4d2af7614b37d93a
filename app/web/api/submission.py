"""Handlers that take requests in: each makes one event of its body, and answers when that is on the topic."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from app.domain.orders import OrderEvent
from app.store import IncomingRequest, RequestState, StoredRequest, StoreError
from app.web.api.acceptance import Acceptance, Accepted, location_of
from app.web.api.operations import Answer, Call
from app.web.api.problems import Problem, unavailable
from app.web.api.requests import MakesEvent, digest_of, event_of
from app.web.api.wire.changes import AmendOrder, ChangeStatus
from app.web.api.wire.orders import CreateOrder

# Before it there is seldom an outcome.
_POLL_SECONDS: Final = "1"
# What no client can write as its id: a request without one is known by its content.
WITHOUT_ID: Final = "="

_MEANT_ANEW: Final = (AmendOrder, ChangeStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known here beside the request: whether there is a business, its requests, an order's customer and state.

    The last three block. `customer_of`: None for an order without a customer number, and one that is not known here.
    `state_of`: another text after each change of the order.
    """

    business: Callable[[str], Awaitable[bool]]
    request: Callable[[str, str], StoredRequest | None]
    customer_of: Callable[[str, str], str | None]
    state_of: Callable[[str, str], str]


class Submission:
    """Takes the events of orders in. `accepted_status`: 202, or 200 for clients of the interface that want it."""

    def __init__(self, acceptance: Acceptance, known: Known, *, accepted_status: int = 202) -> None:
        self._acceptance = acceptance
        self._known = known
        self._accepted_status = accepted_status

    def of(self, operation: str) -> Callable[[Call], Awaitable[Answer]]:
        """The handler of an operation whose body makes an event."""

        async def handled(call: Call) -> Answer:
            body = cast("MakesEvent", call.body)
            customer_number = call.path["customerNumber"]
            asked_for = {} if isinstance(body, CreateOrder) else {"customer_number": customer_number}
            event = event_of({**body.event(customer_number), **_identity(call), **asked_for}, call.now)
            if asked_for:
                await self._refuse_other_customer(event, customer_number)
            return await self.submit(call, operation, event, as_of=await self._state(event, body))

        return handled

    async def submit(self, call: Call, operation: str, event: OrderEvent, *, as_of: str = "") -> Answer:
        """Takes this event in for the call.

        `as_of`: the state that it is about: without an id of the client it is the same request only while that is so.
        Raises Problem.
        """
        if not await self._known.business(event.business):
            raise Problem("UNKNOWN_BUSINESS", path="path:businessCode")
        digest = _digest(call, operation)
        request = IncomingRequest(
            business=event.business,
            request_key=call.request_id or WITHOUT_ID + hashlib.sha256(f"{digest} {as_of}".encode()).hexdigest(),
            operation=operation,
            order_reference=event.order_reference,
            customer_number=call.path.get("customerNumber"),
            digest=digest,
            client=call.key.client,
            places_order=isinstance(call.body, CreateOrder),
        )
        return self._answer(await self._acceptance.accept(event, request))

    async def repeated(self, call: Call, operation: str) -> Answer | None:
        """The answer to a call that was accepted before under its client's id; None for another one.

        For what the state of a document decides: it is another one after the first call.
        """
        if call.request_id is None:
            return None
        await self._acceptance.settled()
        try:
            row = await asyncio.to_thread(self._known.request, call.path["businessCode"], call.request_id)
        except StoreError as error:
            raise unavailable("STORE_UNAVAILABLE") from error
        if row is None or row.state is not RequestState.ACCEPTED or row.digest != _digest(call, operation):
            return None
        request_id = row.internal_request_id
        if await self._acceptance.is_rejected(request_id):
            return None
        return self._answer(Accepted(internal_request_id=request_id, is_replay=True))

    async def _state(self, event: OrderEvent, body: MakesEvent) -> str:
        """Of the order, where the same words may be meant anew after others of their kind."""
        if not isinstance(body, _MEANT_ANEW):
            return ""
        return await asyncio.to_thread(self._known.state_of, event.business, event.order_reference)

    async def _refuse_other_customer(self, event: OrderEvent, customer_number: str) -> None:
        customer = await asyncio.to_thread(self._known.customer_of, event.business, event.order_reference)
        if customer not in {None, customer_number}:
            raise Problem("OTHER_CUSTOMER", path="path:customerNumber")

    def _answer(self, accepted: Accepted) -> Answer:
        headers = {"Location": location_of(accepted.internal_request_id), "Retry-After": _POLL_SECONDS}
        if accepted.is_replay:
            headers["Idempotent-Replayed"] = "true"
        return Answer(
            body={"internalRequestId": accepted.internal_request_id}, status=self._accepted_status, headers=headers
        )


def _identity(call: Call) -> dict[str, Any]:
    body = call.body
    reference = body.order_reference if isinstance(body, CreateOrder) else call.path["orderReference"]
    return {"business": call.path["businessCode"], "order_reference": reference}


def _digest(call: Call, operation: str) -> str:
    assert call.body is not None
    return digest_of(operation, tuple(call.path.values()), call.body)
