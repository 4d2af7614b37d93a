"""Intake's stage: a batch of submitted records in; log records, refusals and dead letters out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Final, Protocol

import structlog

from app.domain.orders import OrderEvent
from app.domain.policy import Policy
from app.domain.time import from_millis
from app.intake.judging import Misshapen, event_id_of, judge, refuse
from app.stream import App, Epoch, InRecord, Lost, Record, StreamSettings, consume_batches, make_app, send_all
from app.stream.codec import Codec, Invalid, RegistryUnavailable, Unreadable
from app.stream.outgoing import Outgoing
from app.stream.topics import Topics

# A store or a registry that is away comes back; until then the records wait where they are.
WAIT_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)
Decoded = OrderEvent | Invalid | Unreadable
Publish = Callable[[Iterable[Record]], Awaitable[None]]


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

    def __init__(self, *, publish: Publish, outgoing: Outgoing, codec: Codec, policies: Policies) -> None:
        self._publish = publish
        self._outgoing = outgoing
        self._codec = codec
        self._policies = policies

    async def on_batch(self, epoch: Epoch, records: Sequence[InRecord]) -> None:
        """Every record has its one outcome on its way before the batch is acknowledged."""
        decoded = [await self._decode(epoch, record) for record in records]
        known = await self._known_policies(epoch, {e.business for e in decoded if isinstance(e, OrderEvent)})
        await self._publish([self._answer(*pair, known) for pair in zip(records, decoded, strict=True)])

    async def _decode(self, epoch: Epoch, record: InRecord) -> Decoded:
        while True:
            try:
                if self._codec.at_hand(record.value):
                    return self._codec.read(OrderEvent, record.value)
                return await asyncio.to_thread(self._codec.read, OrderEvent, record.value)
            except (Invalid, Unreadable) as fault:
                return fault
            except RegistryUnavailable as away:
                await wait(epoch, away)

    async def _known_policies(self, epoch: Epoch, businesses: set[str]) -> dict[str, Policy]:
        """The policies of a batch's businesses; those that are not in memory are read together."""
        known = {business: policy for business in businesses if (policy := self._policies.peek(business))}
        while missing := businesses - known.keys():
            try:
                return {**known, **await self._policies.read(missing)}
            except PoliciesAway as away:
                await wait(epoch, away)
        return known

    def _answer(self, record: InRecord, found: Decoded, known: dict[str, Policy]) -> Record:
        """The one record that this record causes."""
        if isinstance(found, Unreadable):
            return self._outgoing.dead_letter(record, found.code, str(found))
        event_id = event_id_of(record.topic, record.partition, record.offset, record.value)
        received_at = from_millis(record.timestamp_ms)
        if isinstance(found, OrderEvent):
            judged = judge(found, event_id, received_at, known.get(found.business))
            return self._outgoing.of(judged, record)
        if found.business is None or found.order_reference is None:
            return self._outgoing.dead_letter(record, "NO_IDENTITY", str(found))
        misshapen = Misshapen(
            business=found.business,
            order_reference=found.order_reference,
            event_type=found.event_type or "Unknown",
            request_id=found.request_id,
            errors=found.errors,
        )
        return self._outgoing.of(refuse(misshapen, event_id, received_at, "SHAPE_INVALID"), record)


async def wait(epoch: Epoch, away: Exception) -> None:
    """Waits for what is away; if that takes too long, what is not acknowledged comes to the next owner."""
    log.warning("waiting", why=str(away))
    await epoch.sleep(WAIT_SECONDS)
    if epoch.ended:
        raise Lost


def build(settings: StreamSettings, topics: Topics, codec: Codec, policies: Policies) -> App:
    """The intake as an application, to be `run`."""
    app = make_app(settings)
    intake = Intake(
        publish=partial(send_all, app), outgoing=Outgoing(topics, codec, app="intake"), codec=codec, policies=policies
    )
    # Upstream may write in transactions or compact its topic: gaps there are looked at before they are believed.
    consume_batches(app, topics.orders, intake.on_batch, foreign=True)
    return app
