"""Intake and planner one behind the other, over topics that are lists: what becomes of a submitted record."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.orders import LoggedEvent, OrderEvent
from app.domain.outcomes import OrderOutcome
from app.domain.policy import Policy, Trigger
from app.intake.acceptance import event_id_of
from app.intake.agent import Intake
from app.planning.agent import Planner
from app.planning.order_entries import newest
from app.planning.state import OrderState
from app.planning.timers import Timers
from app.stream.ownership.epoch import Epoch
from app.stream.records import InRecord, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.topics import identities
from app.stream.topics.names import Topics
from tests.planning.fakes import FakeTable, Steps, UpToDate

TOPICS = Topics()
BUSINESS = "ORNEK"
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DEAD_LETTERS = [identities.app(name).dead_letters for name in ("intake", "planner")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """Everything that came of one submitted record."""

    logged: LoggedEvent | None
    outcomes: tuple[OrderOutcome, ...]
    dead: tuple[InRecord, ...]

    @property
    def told(self) -> tuple[str, str | None]:
        """The verdict and its reason, for a record with one outcome."""
        (outcome,) = self.outcomes
        return outcome.verdict, outcome.reason

    @property
    def faults(self) -> list[tuple[str, str]]:
        """The path and the code of each error."""
        (outcome,) = self.outcomes
        return [(error.path, error.code) for error in outcome.errors]

    @property
    def dead_reason(self) -> str:
        """Why it is a dead letter, of a record that has become nothing else."""
        assert (self.logged, self.outcomes) == (None, ())
        (letter,) = self.dead
        return dict(letter.headers)["dlq-reason"].decode()


class Book:
    """Policies that are always at hand."""

    def __init__(self, policies: dict[str, Policy]) -> None:
        self.policies = policies

    def peek(self, business: str) -> Policy | None:
        return self.policies.get(business)

    async def read(self, businesses: set[str]) -> dict[str, Policy]:
        del businesses
        return {}

    async def connections(self, business: str) -> dict[str, str]:
        policy = self.policies[business]
        return {policy.connection_name: policy.provider}


class Pipeline:
    """One installation of one business; the time is ours."""

    def __init__(self, codec: Codec | None = None, trigger: Trigger = Trigger.SHIPMENT) -> None:
        self.codec = codec or Codec()
        self.now = START
        self.topics: dict[str, list[InRecord]] = defaultdict(list)
        self.orders, documents = FakeTable("orders", Steps()), FakeTable("documents", Steps())
        self.timers = Timers(UpToDate())
        self.book = Book({BUSINESS: Policy(provider="nilvera", trigger=trigger)})
        self.intake = Intake(
            publish=self._publish,
            outgoing=RecordBuilder(TOPICS, self.codec, app="intake"),
            codec=self.codec,
            policies=self.book,
        )
        self.planner = Planner(
            publish=self._publish,
            documents=documents,
            orders=self.orders,
            outgoing=RecordBuilder(TOPICS, self.codec, app="planner"),
            codec=self.codec,
            timers=self.timers,
        )
        self._planned = 0

    def append(self, record: Record) -> InRecord:
        """The record as its topic keeps it."""
        log = self.topics[record.topic]
        kept = InRecord(
            topic=record.topic,
            partition=0,
            offset=len(log),
            timestamp_ms=int(self.now.timestamp() * 1000),
            key=record.key,
            value=record.value,
            headers=record.headers,
        )
        log.append(kept)
        return kept

    async def submit(self, *values: Any, key: bytes | None = b"any") -> list[Fate]:
        """Submits one batch and lets both stages work; a dictionary is written as JSON."""
        return await self.deliver(
            *(Record(topic=TOPICS.orders, key=key, value=_as_bytes(value, self.codec)) for value in values)
        )

    async def deliver(self, *records: Record) -> list[Fate]:
        """The same with whole records."""
        kept = [self.append(record) for record in records]
        await self.intake.on_batch(Epoch(1, [(TOPICS.orders, 0)]), kept)
        await self.plan()
        return [self.fate(record) for record in kept]

    async def log(self, event: LoggedEvent | bytes, order: str) -> InRecord:
        """Appends to an order's log past intake, as an issuer does and as nobody should."""
        value = event if isinstance(event, bytes) else self.codec.write(event)
        kept = self.append(Record(topic=TOPICS.order_log, key=f"{BUSINESS}/{order}".encode(), value=value))
        await self.plan()
        return kept

    async def plan(self) -> None:
        """Folds what is new in the orders' logs."""
        log = self.topics[TOPICS.order_log]
        new, self._planned = log[self._planned :], len(log)
        await self.planner.on_batch(Epoch(1, [(TOPICS.order_log, 0), (self.orders.changelog, 0)]), new)

    async def wait(self, span: timedelta) -> None:
        """Time passes; the planner's timers append what has fallen due."""
        self.now += span
        outgoing = RecordBuilder(TOPICS, self.codec, app="planner")
        for event in await self.timers.due(self.now, self.orders):
            self.append(outgoing.of(event))
        await self.plan()

    def fate(self, record: InRecord) -> Fate:
        """What became of this record of the order topic up to now."""
        event_id = event_id_of(record.topic, record.partition, record.offset, record.value)
        logged = [kept for kept in self.topics[TOPICS.order_log] if _id_of(kept) == event_id]
        places = {_place(kept) for kept in (record, *logged)}
        dead = (letter for topic in DEAD_LETTERS for letter in self.topics[topic] if _source(letter) in places)
        return Fate(
            logged=self.codec.read(LoggedEvent, logged[0].value) if logged else None,
            outcomes=tuple(outcome for outcome in self.outcomes() if outcome.event_id == event_id),
            dead=tuple(dead),
        )

    def outcomes(self) -> list[OrderOutcome]:
        return [self.codec.read(OrderOutcome, record.value) for record in self.topics[TOPICS.order_outcomes]]

    def on(self, topic: str) -> list[InRecord]:
        return self.topics[topic]

    def state(self, order: str) -> OrderState | None:
        return newest(self.orders.entry(0, f"{BUSINESS}/{order}".encode()))

    async def _publish(self, records: Iterable[Record]) -> None:
        for record in list(records):
            assert record.key is not None or record.value is not None, "aiokafka's producer refuses such a record"
            self.append(record)


def order(reference: str, *, lines: int = 1, **parts: Any) -> dict[str, Any]:
    """A faultless order as upstream writes it, or with these parts of its body instead."""
    plain = {"name": "Çay bardağı", "quantity": "2", "unit_price": "49.90", "vat_rate": "20"}
    body = {
        "type": "OrderPlaced",
        "order_date": "2026-11-01",
        "lines": [{"line_reference": str(number), **plain} for number in range(1, lines + 1)],
    }
    return event(reference, {**body, **parts})


def event(reference: str, body: Any, **parts: Any) -> dict[str, Any]:
    """Any event of the business about one order."""
    return {"business": BUSINESS, "order_reference": reference, "body": body, **parts}


def request(reference: str, *lines: str, **parts: Any) -> dict[str, Any]:
    return event(reference, {"type": "InvoiceRequested", "line_references": list(lines), **parts})


def cancel(reference: str, *lines: str) -> dict[str, Any]:
    return event(reference, {"type": "LinesCancelled", "line_references": list(lines)})


def _as_bytes(value: Any, codec: Codec) -> bytes | None:
    match value:
        case dict():
            return json.dumps(value).encode()
        case OrderEvent():
            return codec.write(value)
        case bytes() | None:
            return value
        case other:
            raise TypeError(type(other))


def _id_of(record: InRecord) -> str:
    return dict(record.headers).get("ce_id", b"").decode()


def _place(record: InRecord) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset


def _source(letter: InRecord) -> tuple[str, int, int]:
    told = {name: value.decode() for name, value in letter.headers}
    return told["dlq-topic"], int(told["dlq-partition"]), int(told["dlq-offset"])
