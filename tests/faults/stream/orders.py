"""A made-up day of one business, as intake logs it, and the evidence of what the planner made of it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.documents import DocumentStatus
from app.domain.orders import OrderEvent, OrderPlaced
from app.domain.outcomes import OrderOutcome
from app.domain.policy import Policy, Trigger
from app.intake.acceptance import Targets, event_id_of
from app.intake.agent import Intake
from app.stream.clients.reader import read_topic
from app.stream.ownership.epoch import Epoch
from app.stream.records import InRecord, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.topics import identities
from app.stream.topics.names import Topics
from app.testbed.chaos.check.check import check
from app.testbed.chaos.check.defects import Defect
from app.testbed.chaos.check.evidence import ProviderTraits, RunEvidence, Submitted
from app.testbed.chaos.check.planner_entries import known_lines, newest_entries
from app.testbed.generator import BusinessRole, GeneratedOrder, generate_orders

# Its documents wait for an approval: the planner alone brings every order to rest, without a provider.
SHOP = BusinessRole(code="TEZGAH", trigger=Trigger.MANUAL)
MORNING = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ORDERS = 32
PROVIDER = "nilvera"
CODEC = Codec()


class OnePolicy:
    def peek(self, business: str) -> Policy | None:
        assert business == SHOP.code
        return Policy(provider=PROVIDER, trigger=SHOP.trigger)

    async def read(self, businesses: set[str]) -> dict[str, Policy]:
        raise AssertionError(businesses)

    async def connections(self, business: str) -> Targets:
        raise AssertionError(business)


@dataclass(frozen=True, kw_only=True)
class Day:
    """What upstream sent, and the log's records that intake made of it, in their order."""

    topics: Topics
    generated: tuple[GeneratedOrder, ...]
    submitted: tuple[Submitted, ...]
    logged: tuple[Record, ...]

    def defects(self, bootstrap: str) -> list[Defect]:
        """The independent check's, over the topics as they are now."""
        return check(self._evidence(bootstrap))

    def _evidence(self, bootstrap: str) -> RunEvidence:
        names, planner = self.topics, identities.app("planner", self.topics.prefix)
        assert not list(read_topic(bootstrap, planner.dead_letters))
        outcomes = [CODEC.read(OrderOutcome, r.value) for r in read_topic(bootstrap, names.order_outcomes) if r.value]
        statuses = [
            CODEC.read(DocumentStatus, r.value) for r in read_topic(bootstrap, names.document_status) if r.value
        ]
        entries = newest_entries(read_topic(bootstrap, names.changelog(planner.app_id, "orders")))
        return RunEvidence(
            submitted=self.submitted,
            outcomes=tuple(outcomes),
            statuses=tuple(statuses),
            commands=(),
            made=(),
            lines=known_lines(entries),
            generated=self.generated,
            companies={SHOP.code: "2222222224"},
            planned_by_order=frozenset({SHOP.code}),
            surely_found=frozenset({(SHOP.code, PROVIDER)}),
            calls=(),
            series={},
            places={SHOP.code: ""},
            providers={PROVIDER: ProviderTraits(document_types=frozenset({"EARSIV", "EFATURA"}), refuses_repeats=True)},
        )


def a_day(topics: Topics) -> Day:
    """The same orders each time."""
    logged: list[Record] = []

    async def publish(records: list[Record]) -> None:
        logged.extend(records)

    outgoing = RecordBuilder(topics, CODEC, app="intake")
    intake = Intake(publish=publish, outgoing=outgoing, codec=CODEC, policies=OnePolicy())
    generated = tuple(filter(_rests, generate_orders([SHOP], orders=ORDERS, seed=7, start=MORNING, duplicates=0)))
    events = [event for order in generated for event in order.events]
    records = [_record(topics, offset, event) for offset, event in enumerate(events)]
    asyncio.run(intake.on_batch(Epoch(1, [(topics.orders, 0)]), records))
    assert {record.topic for record in logged} == {topics.order_log}, "intake refused what the generator made"
    ids = (event_id_of(record.topic, record.partition, record.offset, record.value) for record in records)
    submitted = tuple(Submitted(event_id=i, event=event) for i, event in zip(ids, events, strict=True))
    return Day(topics=topics, generated=generated, submitted=submitted, logged=tuple(logged))


def _rests(order: GeneratedOrder) -> bool:
    """Whether nobody asks for its document, which would need a provider."""
    return all(isinstance(event.body, OrderPlaced) for event in order.events)


def _record(topics: Topics, offset: int, event: OrderEvent) -> InRecord:
    return InRecord(
        topic=topics.orders,
        partition=0,
        offset=offset,
        timestamp_ms=round(MORNING.timestamp() * 1000),
        key=event.order_reference.encode(),
        value=CODEC.write(event),
        headers=(),
    )
