"""Intake's stage: a batch of submitted records in; log records, refusals and dead letters out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol, TypeGuard

import structlog

from app.domain.orders import LoggedEvent, OrderEvent, RerouteRequested
from app.domain.outcomes import OrderOutcome
from app.domain.policy import Policy
from app.domain.time import from_millis, utc_now
from app.intake.acceptance import (
    NO_TARGETS,
    RefusedRecord,
    Targets,
    accept_or_refuse,
    event_id_of,
    order_refused,
    refuse,
    too_large,
)
from app.intake.exchange_rates import ExchangeRates, NoRates, with_rates
from app.stream.errors import RecordTooLargeError
from app.stream.faust_patches.application import App
from app.stream.ownership.epoch import Epoch
from app.stream.processing.application import make_app
from app.stream.processing.batches import consume_batches
from app.stream.processing.sending import send_all
from app.stream.processing.wait_for_schema import wait_for_schemas
from app.stream.records import InRecord, Publish, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import (
    CodecError,
    InvalidRecordError,
    UnreadableRecordError,
)
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.settings import StreamSettings
from app.stream.topics.names import Topics

log = structlog.get_logger(__name__)
# The event, or why there is none; anything but InvalidRecordError and UnreadableRecordError is a bug.
Decoded = OrderEvent | Exception
# By business: where its documents can go.
TargetsOf = Mapping[str, Targets]


class PoliciesUnavailableError(Exception):
    """The configuration cannot be read now. Intake waits and tries again."""


class Policies(Protocol):
    """The businesses' policies, remembered for a while."""

    def peek(self, business: str) -> Policy | None:
        """A fresh policy from memory, or None: then it must be read. Unknown is never answered from memory."""

    async def read(self, businesses: set[str]) -> dict[str, Policy]:
        """Reads these past the memory; the unknown are left out. Raises PoliciesUnavailableError."""

    async def connections(self, business: str) -> Targets:
        """The enabled connections of this business, now, each with its provider. Raises PoliciesUnavailableError."""


class Intake:
    """Decodes, accepts or refuses, publishes; nothing is kept between two batches."""

    def __init__(
        self,
        *,
        publish: Publish,
        outgoing: RecordBuilder,
        codec: Codec,
        policies: Policies,
        rates: ExchangeRates | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._publish = publish
        self._outgoing = outgoing
        self._codec = codec
        self._policies = policies
        self._rates = rates or NoRates()
        self._now = now

    async def on_batch(self, epoch: Epoch, records: Sequence[InRecord]) -> None:
        """Every record has its one outcome on its way before the batch is acknowledged."""
        await wait_for_schemas(epoch, self._codec, records)
        decoded = [self._decode(record) for record in records]
        known = await self._known_policies(epoch, set(filter(None, map(_business_of, decoded))))
        decoded = await with_rates(decoded, known, self._rates, self._now())
        targets = await self._targets(epoch, {e.business for e in decoded if _is_reroute(e)} & known.keys())
        pairs = zip(records, decoded, strict=True)
        await self._publish([answer for pair in pairs for answer in self._answers(*pair, known, targets)])

    def _decode(self, record: InRecord) -> Decoded:
        try:
            return self._codec.read(OrderEvent, record.value)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it must not stop the partition
            return fault

    async def _known_policies(self, epoch: Epoch, businesses: set[str]) -> dict[str, Policy]:
        """The policies of a batch's businesses; those that are not in memory are read together."""
        known = {business: policy for business in businesses if (policy := self._policies.peek(business))}
        while missing := businesses - known.keys():
            try:
                return {**known, **await self._policies.read(missing)}
            except PoliciesUnavailableError as away:
                await epoch.wait_for(away)
        return known

    async def _targets(self, epoch: Epoch, businesses: set[str]) -> TargetsOf:
        """Where these businesses' documents can go instead; seldom asked, and always read."""
        found: dict[str, Targets] = {}
        while missing := sorted(businesses - found.keys()):
            try:
                found[missing[0]] = await self._policies.connections(missing[0])
            except PoliciesUnavailableError as away:
                await epoch.wait_for(away)
        return found

    def _answers(self, record: InRecord, found: Decoded, known: dict[str, Policy], targets: TargetsOf) -> list[Record]:
        """What this record causes: one record, and where an order was refused, one for its log."""
        try:
            return [*self._records(record, found, known, targets)]
        except CodecError:
            raise  # the registry's state, not the record's
        except RecordTooLargeError as large:
            return [self._outgoing.dead_letter(record, "ANSWER_TOO_LARGE", str(large))]
        except Exception as fault:  # noqa: BLE001 - a bug: the record waits for a person, the next goes on
            # The fault is named without repeating the record's content.
            log.error("not taken in", partition=record.partition, offset=record.offset, error=type(fault).__name__)  # noqa: TRY400
            return [self._outgoing.dead_letter(record, "INTAKE_FAILED", type(fault).__name__)]

    def _records(
        self, record: InRecord, found: Decoded, known: dict[str, Policy], targets: TargetsOf
    ) -> Iterator[Record]:
        event_id = event_id_of(record.topic, record.partition, record.offset, record.value)
        received_at = from_millis(record.timestamp_ms)
        answer: LoggedEvent | OrderOutcome
        match found:
            case OrderEvent() as event:
                targets_of = targets.get(event.business, NO_TARGETS)
                answer = accept_or_refuse(event, event_id, received_at, known.get(event.business), targets_of)
                try:
                    yield self._outgoing.of(answer, record)
                except RecordTooLargeError:
                    answer = too_large(event, event_id, received_at)
                    yield self._outgoing.of(answer, record)
            case InvalidRecordError() as invalid if refused_record := refused_record_of(invalid):
                answer = refuse(refused_record, event_id, received_at, "SHAPE_INVALID")
                yield self._outgoing.of(answer, record)
            case InvalidRecordError() as invalid:
                yield self._outgoing.dead_letter(record, "NO_IDENTITY", str(invalid))
                return
            case UnreadableRecordError() as unreadable:
                yield self._outgoing.dead_letter(record, unreadable.code, str(unreadable))
                return
            case fault:
                raise fault
        if isinstance(answer, OrderOutcome) and answer.business in known and (refused := order_refused(answer)):
            yield self._outgoing.of(refused, record)


def _business_of(found: Decoded) -> str | None:
    """The business, as far as it can be read."""
    return found.business if isinstance(found, OrderEvent | InvalidRecordError) else None


def _is_reroute(found: Decoded) -> TypeGuard[OrderEvent]:
    return isinstance(found, OrderEvent) and isinstance(found.body, RerouteRequested)


def refused_record_of(invalid: InvalidRecordError) -> RefusedRecord | None:
    """What can be answered; None when the order cannot be read from the record."""
    if invalid.business is None or invalid.order_reference is None:
        return None
    return RefusedRecord(
        business=invalid.business,
        order_reference=invalid.order_reference,
        event_type=invalid.event_type or "Unknown",
        request_id=invalid.request_id,
        errors=invalid.errors,
    )


def build(settings: StreamSettings, topics: Topics, codec: Codec, policies: Policies, rates: ExchangeRates) -> App:
    """The intake as an application, to be `run`."""
    app = make_app(settings)
    intake = Intake(
        publish=partial(send_all, app),
        outgoing=RecordBuilder(topics, codec, app="intake"),
        codec=codec,
        policies=policies,
        rates=rates,
    )
    # Upstream may write in transactions or compact its topic: gaps there are looked at before they are believed.
    consume_batches(app, topics.orders, intake.on_batch, foreign=True)
    return app
