"""Submitting events on the order topic, as every producer does, and what becomes of them."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app.domain.identity import EventId
from app.domain.orders import OrderEvent, SubmittedBody
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.parties import Person
from app.operations.context import bootstrap, codec, topics
from app.stream.clients.order_producer import OrderProducer
from app.stream.clients.reader import Tail

# Intake and planner answer within a second; a worker that has just been started takes ten.
OUTCOME_SECONDS: Final = 30.0
# What an event that is HELD waits for is often in the same file.
HELD_SECONDS: Final = 3.0

Outcomes = dict[EventId, OrderOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedEvent:
    """An event that is on the order topic, and its last outcome; None where none came while it was waited for."""

    event: OrderEvent
    outcome: OrderOutcome | None

    @property
    def is_rejected(self) -> bool:
        """Intake or planner refused it."""
        return self.outcome is not None and self.outcome.verdict is Verdict.REJECTED


def submit_body(
    business: str,
    order_reference: str,
    body: SubmittedBody,
    *,
    person: Person | None = None,
    actor: str,
    why: str | None,
    wait: float,
) -> SubmittedEvent:
    """Submits one event about an order and waits `wait` seconds for its outcome.

    `actor` and `why` are kept in the order's log. Raises as `submit` does.
    """
    event = OrderEvent(
        business=business,
        order_reference=order_reference,
        body=body,
        person=person,
        occurred_at=datetime.now(UTC),
        actor=actor,
        reason=why,
    )
    (submitted,) = submit([event], wait)
    return submitted


def submit(events: Sequence[OrderEvent], wait: float) -> list[SubmittedEvent]:
    """Submits these events and returns the last outcome of each within `wait` seconds, in their sequence.

    Raises UnavailableError, SendError when one does not arrive, and TopicUnreadableError.
    """
    read, names, address = codec(), topics(), bootstrap()
    producer = _producer(address)
    with Tail(address, names.order_outcomes) as tail:
        ids = producer.submit(events)

        def arrived() -> Iterator[OrderOutcome]:
            for record in tail.read(0.2):
                yield read.read(OrderOutcome, record.value)

        found = outcomes_of(ids, arrived, wait)
    return [SubmittedEvent(event=event, outcome=found.get(its_id)) for event, its_id in zip(events, ids, strict=True)]


def send(events: Callable[[], Iterable[OrderEvent]], *, to: str | None = None) -> int:
    """Sends events without waiting for outcomes; returns how many Kafka has confirmed.

    `events` is called once the topic is known to be there. `to` is Kafka's host:port; else the settings'. Raises
    UnavailableError, and SendError when one does not arrive.
    """
    producer = _producer(bootstrap(to))
    return producer.send_all(events())


def _producer(address: str) -> OrderProducer:
    producer = OrderProducer(bootstrap=address, topic=topics().orders, encode=codec().write)
    producer.check()
    return producer


def outcomes_of(
    ids: Sequence[EventId],
    arrived: Callable[[], Iterator[OrderOutcome]],
    wait: float,
    clock: Callable[[], float] = time.monotonic,
) -> Outcomes:
    """The last outcome of each event that arrives within `wait` seconds.

    `arrived` gives what has arrived since it was last called, and blocks for a moment when that is nothing. Ends as
    soon as each event has a final outcome; what is HELD is waited for a little longer than the others.
    """
    wanted, found = set(ids), Outcomes()
    began = quiet_since = clock()
    while clock() - began < wait:
        for outcome in arrived():
            event_id = EventId(outcome.event_id)
            if event_id in wanted and (event_id not in found or outcome.verdict is not Verdict.HELD):
                found[event_id] = outcome
                quiet_since = clock()
        if len(found) == len(wanted) and (_are_final(found) or clock() - quiet_since > HELD_SECONDS):
            break
    return found


def _are_final(outcomes: Outcomes) -> bool:
    return all(outcome.verdict is not Verdict.HELD for outcome in outcomes.values())
