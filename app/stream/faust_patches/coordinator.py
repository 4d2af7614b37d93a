# ruff: noqa: SLF001 - private names are touched in this folder, and only here; `privates` lists them
"""The group coordinator's answers, as far as they show that this member still belongs to the group."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    NoError,
    NotCoordinatorForGroupError,
    RebalanceInProgressError,
    for_code,
)
from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.protocol.group import HeartbeatRequest, SyncGroupRequest

from app.stream.ownership.exits import Abort, abort
from app.stream.ownership.lease import Lease

# During JoinGroup no heartbeat is sent, so the SyncGroup after it must renew as well. The answer "a rebalance is in
# progress" to a heartbeat keeps the member in the group for the rebalance timeout.
_RENEWS: Final = {HeartbeatRequest: (NoError, RebalanceInProgressError), SyncGroupRequest: (NoError,)}
_ELSEWHERE: Final = (GroupCoordinatorNotAvailableError, NotCoordinatorForGroupError)

# A broker that has just started knows its topics within moments; the group waits for its leader meanwhile.
MOST_ASSIGNMENTS: Final = 20
_BETWEEN_ASSIGNMENTS_SECONDS: Final = 0.25

Send = Callable[[Any], Awaitable[Any]]
Pause = Callable[[float], Awaitable[None]]


def renew_by_answers(coordinator: Any, lease: Lease) -> None:
    """Renew `lease` with every heartbeat and SyncGroup that this coordinator grants."""
    coordinator._send_req = _renewing(coordinator._send_req, lease)


def _renewing(send: Send, lease: Lease) -> Send:
    async def send_and_renew(request: Any) -> Any:
        asked_at = lease.clock()
        response = await send(request)
        renewing = _RENEWS.get(type(request))
        if renewing and for_code(response.error_code) in renewing:
            lease.renew(asked_at)
        return response

    return send_and_renew


def raise_group_errors(coordinator: Any) -> None:
    """Raise the error of an OffsetFetch that failed for the whole group; aiokafka asks again after a retriable one."""
    coordinator._send_req = _raising(coordinator._send_req, coordinator.coordinator_dead)


def _raising(send: Send, coordinator_dead: Callable[[], None]) -> Send:
    async def send_and_raise(request: Any) -> Any:
        response = await send(request)
        # Version 1 has an error code for each partition alone, and aiokafka reads those.
        error = for_code(getattr(response, "error_code", 0)) if isinstance(request, OffsetFetchRequest) else NoError
        if error is NoError:
            return response
        if error in _ELSEWHERE:
            coordinator_dead()
        raise error

    return send_and_raise


def assign_all_topics(coordinator: Any, *, pause: Pause = asyncio.sleep, end: Abort = abort) -> None:
    """Have this coordinator, when it leads, assign anew until each topic of the group has partitions.

    Faust's assignor leaves out a topic whose metadata is missing, as all are for a moment after a broker's restart: a
    lone worker would be in the group, own nothing and wait for ever.
    """
    coordinator._perform_assignment = _complete(coordinator, coordinator._perform_assignment, pause, end)


def _complete(coordinator: Any, perform: Send, pause: Pause, end: Abort) -> Send:
    async def perform_completely(response: Any) -> Any:
        attempts = 0
        while True:
            assignments = await perform(response)
            # What the assignment was made of: aiokafka takes it right afterwards.
            missing = sorted(topic for topic, partitions in coordinator._metadata_snapshot.items() if not partitions)
            if not missing:
                return assignments
            if (attempts := attempts + 1) == MOST_ASSIGNMENTS:
                end(f"assignment: the broker shows no partitions of {', '.join(missing)}")
            await pause(_BETWEEN_ASSIGNMENTS_SECONDS)
            await coordinator._client.force_metadata_update()

    return perform_completely
