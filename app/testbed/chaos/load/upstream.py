"""Upstream: what it sends and in which sequence, from two systems that hash keys differently, bad input among it."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from typing import Final

from app.domain.identity import order_key
from app.domain.orders import LinesCancelled, OrderEvent
from app.domain.outcomes import Verdict
from app.stream.clients.order_producer import OrderProducer
from app.stream.records import Headers
from app.testbed.chaos.check.bad_input import MARK, REFUSALS, BadInput, bad_value, kinds
from app.testbed.chaos.check.evidence import OrderName
from app.testbed.chaos.load.after_sales import in_parts
from app.testbed.generator import GeneratedOrder, OrderStep, in_sending_order

Encode = Callable[[OrderEvent], bytes]

# Of a hundred orders that two systems can send in any sequence, so many are sent by both.
SENT_TWICE_PERCENT: Final = 20
# As clients in production have it: brokers that restart twice, slowly, must not be upstream's end.
PATIENCE_SECONDS: Final = 120.0
# After so many events comes one record of bad input: two rounds of all kinds in a minute.
EVENTS_PER_BAD_INPUT: Final = 120


class Hashing(Enum):
    """How a client finds a key's partition: Java and aiokafka, and librdkafka's own default."""

    MURMUR2 = "murmur2_random"
    CRC32 = "consistent_random"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamRecord:
    """One record for the order topic. `is_answered`: an outcome must come of it, else a dead record."""

    key: bytes
    value: bytes | None
    hashing: Hashing
    bad_input: BadInput | None = None

    @property
    def is_answered(self) -> bool:
        return self.bad_input is None or self.bad_input in REFUSALS


class Upstream:
    """The producers, one for each hashing."""

    def __init__(self, bootstrap: str, topic: str, encode: Encode) -> None:
        self._producers = {
            hashing: OrderProducer(
                bootstrap=bootstrap,
                topic=topic,
                encode=encode,
                partitioner=hashing.value,
                delivery_timeout=PATIENCE_SECONDS,
            )
            for hashing in Hashing
        }

    def send_event(self, event: OrderEvent, mark: str | None = None) -> None:
        """One event of an operator, or a marked one of the check's own."""
        self._producers[Hashing.MURMUR2].send(event, _headers(mark))

    def send_record(self, record: UpstreamRecord) -> None:
        """One record of the stream."""
        self._producers[record.hashing].produce(record.key, record.value, _headers(record.bad_input))

    def finish(self) -> None:
        """Waits for every delivery. Raises DeliveryFailedError."""
        for producer in self._producers.values():
            producer.flush()


def sent_twice(orders: Iterable[GeneratedOrder], seed: int) -> tuple[list[GeneratedOrder], frozenset[OrderName]]:
    """The same orders, some of them sent by two systems: every event comes twice, and the second is a duplicate."""
    sent: list[GeneratedOrder] = []
    twice: set[OrderName] = set()
    for order in orders:
        chance = Random(f"{seed}/{order.business}/{order.order_reference}")  # noqa: S311 - repeatable, not secret
        if _in_any_sequence(order) and chance.randrange(100) < SENT_TWICE_PERCENT:
            twice.add((order.business, order.order_reference))
            sent.append(replace(order, steps=tuple(_repeated(order.steps))))
        else:
            sent.append(order)
    return sent, frozenset(twice)


def upstream_records(
    orders: Iterable[GeneratedOrder],
    twice: frozenset[OrderName],
    seed: int,
    encode: Encode,
    plain: Encode | None = None,
) -> Iterator[UpstreamRecord]:
    """Everything that upstream sends, in its sequence. Bad input is made of JSON, which `plain` writes."""
    chance = Random(f"{seed}/bad input")  # noqa: S311
    kind, seen = kinds(chance), set[int]()
    for number, event in enumerate(in_sending_order(in_parts(orders, seed), seed=seed), start=1):
        # The first time by one system, the second time by the other; the generator repeats the very same object.
        again = (event.business, event.order_reference) in twice and id(event) in seen
        seen.add(id(event))
        record = _record_of(event, Hashing.CRC32 if again else Hashing.MURMUR2, encode)
        yield record
        if number % EVENTS_PER_BAD_INPUT == 0 and record.value is not None:
            yield _bad_record(_record_of(event, record.hashing, plain or encode), next(kind), number, chance)


def _record_of(event: OrderEvent, hashing: Hashing, encode: Encode) -> UpstreamRecord:
    key = order_key(event.business, event.order_reference).encode()
    return UpstreamRecord(key=key, value=encode(event), hashing=hashing)


def _bad_record(record: UpstreamRecord, kind: BadInput, number: int, chance: Random) -> UpstreamRecord:
    assert record.value is not None
    value, hashing = bad_value(kind, record.value, number, chance), chance.choice(tuple(Hashing))
    key = record.key
    if kind in REFUSALS and value is not None:  # it is answered under the order that it names
        named = json.loads(value)
        key = order_key(named["business"], named["order_reference"]).encode()
    return UpstreamRecord(key=key, value=value, hashing=hashing, bad_input=kind)


def _in_any_sequence(order: GeneratedOrder) -> bool:
    """Two systems' records overtake each other: only of these orders is it known all the same what must come."""
    return all(
        step.verdict in {Verdict.OK, Verdict.DUPLICATE} and not isinstance(step.event.body, LinesCancelled)
        for step in order.steps
    )


def _repeated(steps: Iterable[OrderStep]) -> Iterator[OrderStep]:
    for step in steps:
        yield step
        yield replace(step, verdict=Verdict.DUPLICATE)


def _headers(mark: str | None) -> Headers:
    return () if mark is None else ((MARK, mark.encode()),)
