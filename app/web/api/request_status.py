"""Handlers that say how far a request has come: its outcome by the read model, and before it by its row.

So one just accepted is never unknown, however far the read model is behind.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Protocol, cast

from app.domain.outcomes import OrderOutcome, Verdict
from app.operations.submit import HELD_SECONDS
from app.store import RequestState, StoredRequest
from app.web.api.operations import Answer, Call
from app.web.api.problems import Problem
from app.web.api.reading import asked
from app.web.api.submission import WITHOUT_ID
from app.web.api.wire.lists import RequestsQuery, WaitQuery
from app.web.api.wire.shown import entries

# How often the read model is asked while a client waits for an outcome, and by how many at a time.
_LOOK_SECONDS: Final = 0.25
MOST_WAITING: Final = 50
# By the request's age: so many seconds until the next look is worth it.
_RETRY: Final = ((5, 1), (30, 2), (300, 5))
_LONGEST_RETRY: Final = 10
Outcomes = Callable[[str], tuple[OrderOutcome, ...]]


class Requests(Protocol):
    """The requests' rows; both block, and raise StoreError."""

    def find(self, internal_request_id: str) -> StoredRequest | None:
        """The request with this id."""

    def find_by_key(self, business: str, request_key: str) -> StoredRequest | None:
        """The last try under this key."""


class RequestStatusHandlers:
    """`requests`: where the rows are. `outcomes`: the answers to a request, the last one counts; none while unknown."""

    def __init__(self, requests: Requests, outcomes: Outcomes) -> None:
        self._requests = requests
        self._outcomes = outcomes
        self._waiting = 0

    async def get(self, call: Call) -> Answer:
        """By the internal id; with `wait` once the outcome is there, or the time is over."""
        found = await asked(lambda: self._requests.find(call.path["internalRequestId"]))
        return await self._answer(found, call, cast("WaitQuery", call.query).wait, "path:internalRequestId")

    async def find(self, call: Call) -> Answer:
        """By the client's own id, the last try; with `wait` as above."""
        query = cast("RequestsQuery", call.query)
        found = await asked(lambda: self._requests.find_by_key(query.business_code, query.x_request_id))
        return await self._answer(found, call, query.wait, "query:xRequestId")

    async def _answer(self, found: StoredRequest | None, call: Call, wait: int, named_by: str) -> Answer:
        if found is None or not call.key.may_see(found.business):
            raise Problem("NOT_FOUND", path=named_by)
        outcome = await self._outcome(found, wait)
        headers = {} if is_final(outcome) else {"Retry-After": _retry_after(found, call.now)}
        return Answer(body=_status(found, call, outcome), headers=headers)

    async def _outcome(self, found: StoredRequest, wait: int) -> OrderOutcome | None:
        """The last answer; waited for, where not too many wait already. HELD is often followed by another at once."""
        loop = asyncio.get_running_loop()
        end = loop.time() + (wait if self._waiting < MOST_WAITING else 0)
        self._waiting += 1
        try:
            while True:
                last = await self._last(found)
                if is_final(last) or loop.time() >= end:
                    return last
                end = end if last is None else min(end, loop.time() + HELD_SECONDS)
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            self._waiting -= 1

    async def _last(self, found: StoredRequest) -> OrderOutcome | None:
        outcomes = await asked(lambda: self._outcomes(found.internal_request_id))
        return outcomes[-1] if outcomes else None


def is_final(outcome: OrderOutcome | None) -> bool:
    """Whether no other one follows."""
    return outcome is not None and outcome.verdict is not Verdict.HELD


def _retry_after(found: StoredRequest, now: datetime) -> str:
    age = (now - found.created_at).total_seconds()
    return f"{next((seconds for most, seconds in _RETRY if age < most), _LONGEST_RETRY)}"


def _status(found: StoredRequest, call: Call, outcome: OrderOutcome | None) -> dict[str, Any]:
    state: RequestState | Verdict = outcome.verdict if outcome is not None else found.state_at(call.now)
    return {
        "internalRequestId": found.internal_request_id,
        "xRequestId": None if found.request_key.startswith(WITHOUT_ID) else found.request_key,
        "state": state,
        "isFinal": is_final(outcome),
        "businessCode": found.business,
        "orderReference": found.order_reference,
        "operation": found.operation,
        "createdAt": found.created_at.isoformat(),
        "updatedAt": (outcome.occurred_at if outcome else found.updated_at).isoformat(),
        "reason": outcome.reason if outcome else None,
        "errorDetails": entries(outcome.errors, outcome.event_type) if outcome else [],
        "documents": _documents(outcome),
    }


def _documents(outcome: OrderOutcome | None) -> list[dict[str, Any]]:
    found = outcome.documents if outcome else ()
    return [{"documentId": each.document_id, "state": each.state} for each in found]
