"""Intake's stage: a batch of submitted records in; log records, refusals and dead letters out."""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

import structlog

from app.domain.orders import LoggedEvent, OrderEvent
from app.domain.outcomes import OrderOutcome
from app.domain.policy import Policy
from app.domain.time import from_millis
from app.intake.judging import judge, refuse
from app.stream import App, Epoch, InRecord, Lost, StreamSettings, consume_batches, make_app, send_all
from app.stream.codec import Codec, Invalid, RegistryUnavailable, Unreadable
from app.stream.outbox import Outbox

# A store or a registry that is away comes back; until then the records wait where they are.
WAIT_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


class PoliciesAway(Exception):  # noqa: N818 - it is a state that passes
    """The configuration cannot be read now."""


class Policies(Protocol):
    """The businesses' policies, remembered for a while."""

    def peek(self, business: str) -> Policy | None:
        """A fresh policy from memory, or None: then it must be read. Unknown is never answered from memory."""

    async def read(self, businesses: set[str]) -> dict[str, Policy]:
        """Reads these past the memory; the unknown are left out. Raises PoliciesAway."""


class Intake:
    """Decodes, judges, publishes; nothing is kept between two batches."""

    def __init__(self, app: App, outbox: Outbox, codec: Codec, policies: Policies) -> None:
        self._app = app
        self._outbox = outbox
        self._codec = codec
        self._policies = policies

    async def on_batch(self, epoch: Epoch, records: Sequence[InRecord]) -> None:
        """Every record has its one outcome on its way before the batch is acknowledged."""
        decoded = [(record, await self._decode(epoch, record)) for record in records]
        known = await self._known_policies(epoch, decoded)
        await send_all(self._app, [self._answer(record, found, known) for record, found in decoded])

    async def _decode(self, epoch: Epoch, record: InRecord) -> OrderEvent | Invalid | Unreadable:
        while True:
            try:
                return self._codec.read(OrderEvent, record.value)
            except (Invalid, Unreadable) as fault:
                return fault
            except RegistryUnavailable as away:
                await wait(epoch, away)

    async def _known_policies(
        self, epoch: Epoch, decoded: Sequence[tuple[InRecord, OrderEvent | Invalid | Unreadable]]
    ) -> dict[str, Policy]:
        """The policies of the batch's businesses; the ones that are not in memory are read together."""
        businesses = {found.business for _, found in decoded if isinstance(found, OrderEvent)}
        known = {business: policy for business in businesses if (policy := self._policies.peek(business))}
        while missing := businesses - known.keys():
            try:
                return {**known, **await self._policies.read(missing)}
            except PoliciesAway as away:
                await wait(epoch, away)
        return known

    def _answer(self, record: InRecord, found: OrderEvent | Invalid | Unreadable, known: dict[str, Policy]) -> object:
        raise NotImplementedError


async def wait(epoch: Epoch, away: Exception) -> None:
    """Waits for what is away; what is not acknowledged comes to the next owner if it takes too long."""
    log.warning("waiting", why=str(away))
    await epoch.sleep(WAIT_SECONDS)
    if epoch.ended:
        raise Lost
