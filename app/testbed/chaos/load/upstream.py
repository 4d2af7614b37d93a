"""Upstream: what it sends and in which sequence, from two systems that hash keys differently, rubbish among it."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from typing import Final

from app.domain.identity import order_key
from app.domain.orders import LinesCancelled, OrderEvent
from app.domain.outcomes import Verdict
from app.stream.clients.producer import OrderProducer
from app.testbed.chaos.check.bad_input import MARK, REFUSALS, Rubbish, kinds, spoilt
from app.testbed.chaos.check.evidence import OrderName
from app.testbed.generator import GeneratedOrder, Step, in_sending_order

Encode = Callable[[OrderEvent], bytes]

# Of a hundred orders that two systems can tell of in any sequence, so many are told by both.
TOLD_TWICE_PERCENT: Final = 20
# As clients in production have it: brokers that restart twice, slowly, must not be upstream's end.
PATIENCE_SECONDS: Final = 120.0
# After so many events comes one record of rubbish: two rounds of all kinds in a minute.
EVENTS_PER_RUBBISH: Final = 120


class Hashing(Enum):
    """How a client finds a key's partition: Java and aiokafka, and librdkafka's own default."""

    MURMUR2 = "murmur2_random"
    CRC32 = "consistent_random"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One record for the order topic. `is_answered`: an outcome must come of it, else a dead letter."""

    key: bytes
    value: bytes | None
    hashing: Hashing
    rubbish: Rubbish | None = None

    @property
    def is_answered(self) -> bool:
        return self.rubbish is None or self.rubbish in REFUSALS


class Upstream:
    """The producers, one for each hashing."""

    def __init__(self, bootstrap: str, topic: str, encode: Encode) -> None:
        self._producers = {
            hashing: OrderProducer(
                bootstrap=bootstrap,
                topic=topic,
                encode=encode,
                partitioner=hashing.value,
                patience=PATIENCE_SECONDS,
            )
            for hashing in Hashing
        }

    def tell(self, event: OrderEvent, mark: str | None = None) -> None:
        """One event of an operator, or a marked one of the check's own."""
        self._producers[Hashing.MURMUR2].send(event, _headers(mark))

    def post(self, letter: Letter) -> None:
        """One record of the stream."""
        self._producers[letter.hashing].put(letter.key, letter.value, _headers(letter.rubbish))

    def finish(self) -> None:
        """Waits for every delivery. Raises DeliveryFailedError."""
        for producer in self._producers.values():
            producer.finish()


def told_twice(orders: Iterable[GeneratedOrder], seed: int) -> tuple[list[GeneratedOrder], frozenset[OrderName]]:
    """The same orders, some of them told by two systems: every event comes twice, and the second is a duplicate."""
    told: list[GeneratedOrder] = []
    twice: set[OrderName] = set()
    for order in orders:
        chance = Random(f"{seed}/{order.business}/{order.order_reference}")  # noqa: S311 - repeatable, not secret
        if _in_any_sequence(order) and chance.randrange(100) < TOLD_TWICE_PERCENT:
            twice.add((order.business, order.order_reference))
            told.append(replace(order, steps=tuple(_repeated(order.steps))))
        else:
            told.append(order)
    return told, frozenset(twice)


def letters(
    orders: Iterable[GeneratedOrder],
    twice: frozenset[OrderName],
    seed: int,
    encode: Encode,
    plain: Encode | None = None,
) -> Iterator[Letter]:
    """Everything that upstream sends, in its sequence. Rubbish is made of JSON, which `plain` writes."""
    chance = Random(f"{seed}/rubbish")  # noqa: S311
    kind, told = kinds(chance), set[int]()
    for number, event in enumerate(in_sending_order(orders, seed=seed), start=1):
        # The first time by one system, the second time by the other; the generator repeats the very same object.
        again = (event.business, event.order_reference) in twice and id(event) in told
        told.add(id(event))
        letter = _letter(event, Hashing.CRC32 if again else Hashing.MURMUR2, encode)
        yield letter
        if number % EVENTS_PER_RUBBISH == 0 and letter.value is not None:
            yield _spoilt(_letter(event, letter.hashing, plain or encode), next(kind), number, chance)


def _letter(event: OrderEvent, hashing: Hashing, encode: Encode) -> Letter:
    key = order_key(event.business, event.order_reference).encode()
    return Letter(key=key, value=encode(event), hashing=hashing)


def _spoilt(letter: Letter, kind: Rubbish, number: int, chance: Random) -> Letter:
    assert letter.value is not None
    value, hashing = spoilt(kind, letter.value, number, chance), chance.choice(tuple(Hashing))
    key = letter.key
    if kind in REFUSALS and value is not None:  # it is answered under the order that it names
        named = json.loads(value)
        key = order_key(named["business"], named["order_reference"]).encode()
    return Letter(key=key, value=value, hashing=hashing, rubbish=kind)


def _in_any_sequence(order: GeneratedOrder) -> bool:
    """Two systems' records overtake each other: only of these orders is it known all the same what must come."""
    return all(
        step.verdict in {Verdict.OK, Verdict.DUPLICATE} and not isinstance(step.event.body, LinesCancelled)
        for step in order.steps
    )


def _repeated(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield replace(step, verdict=Verdict.DUPLICATE)


def _headers(mark: str | None) -> list[tuple[str, bytes]]:
    return [] if mark is None else [(MARK, mark.encode())]
