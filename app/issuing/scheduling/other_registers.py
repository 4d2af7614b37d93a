"""The registers at a business's other connections: asked from here, within a small part of those connections' quotas.

The issuer of such a provider may run beside this one with the whole quota, and knows nothing of these questions. What
both ask too much, the provider refuses for a while, which each of them waits for.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from typing import Final

from app.issuing.execution.gate import Gate
from app.issuing.ports import Clock, ConnectionId, Connections, LeaseCheck, ProviderConnection, RegisterAt
from app.issuing.scheduling.circuit_breaker import BreakerState
from app.issuing.scheduling.connection_queue import ConnectionQueue
from app.issuing.scheduling.gates import QueueGate
from providers.base import Capabilities, Quota

# Of the requests that a connection may send, one in so many is a question from here.
SHARE: Final = 10
# A question after a login is two requests, and none waits for longer than half of a call's time.
LONGEST_PACE: Final = 0.25


class OtherRegisters:
    """What `app.issuing.execution.taxpayers.OtherRegisters` promises, for one provider's issuer."""

    def __init__(self, connections: Connections, clock: Clock, lease: LeaseCheck) -> None:
        """`connections`: those of the issuer's own provider."""
        self._connections = connections
        self._clock = clock
        self._lease = lease
        self._queues: dict[tuple[str, RegisterAt], ConnectionQueue] = {}

    @asynccontextmanager
    async def open(
        self, business: str, registers: Sequence[RegisterAt], about: str
    ) -> AsyncIterator[tuple[ProviderConnection, Gate] | None]:
        """The first of these that can be asked now about this buyer, and its gate; None when none can."""
        for register in registers:
            queue = self._queue(business, register)
            await self._refresh(queue)
            if queue.connection is not None and queue.is_open:
                with closing(QueueGate(queue, about)) as gate:
                    yield queue.connection, gate
                return
        yield None

    def _queue(self, business: str, register: RegisterAt) -> ConnectionQueue:
        key = (business, register)
        if key not in self._queues:
            monotonic, connections = self._clock.monotonic, self._connections.at(register.provider)
            self._queues[key] = ConnectionQueue(
                ConnectionId(business, register.connection),
                connections,
                monotonic,
                self._may_ask,
                monotonic(),
                part_of=part_of,
            )
        return self._queues[key]

    async def _refresh(self, queue: ConnectionQueue) -> None:
        await queue.refresh()
        now = self._clock.monotonic()
        if queue.breaker.state is BreakerState.OPEN and queue.breaker.opens_at(now) <= now:
            await queue.probe()

    def _may_ask(self) -> bool:
        """A question makes nothing, whichever worker owns the partition now."""
        self._lease.check()
        return True


def part_of(capabilities: Capabilities) -> Quota:
    """One request at a time, a tenth as often as the connection may ask."""
    pace = SHARE * capabilities.quota.seconds / capabilities.quota.requests
    longest = pace if capabilities.is_slow else LONGEST_PACE * capabilities.max_call_seconds
    return Quota(requests=1, seconds=min(pace, longest))
