"""The one way from a source of orders onto the order topic."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from app.domain.identity import EventId, event_id, order_key
from app.domain.orders import OrderEvent
from app.stream.clients.producer import PARTITIONER, ConfirmingProducer, OnDelivery
from app.stream.records import Headers, Record


class OrderProducer:
    """Writes order events under their order's key.

    `encode`: an event's bytes, as `Codec.write` makes them. `partitioner` and `delivery_timeout` (seconds): as
    `ConfirmingProducer` has them.
    """

    def __init__(
        self,
        *,
        bootstrap: str,
        topic: str,
        encode: Callable[[OrderEvent], bytes],
        partitioner: str = PARTITIONER,
        delivery_timeout: float | None = None,
    ) -> None:
        self._topic = topic
        self._encode = encode
        self._producer = ConfirmingProducer(
            bootstrap,
            client_id="faturaflow-sources",
            partitioner=partitioner,
            delivery_timeout=delivery_timeout,
            advice="run the same command again, what arrived already is recognised.",
        )

    def check(self) -> None:
        """Return where the broker answers and has the topic; else raise SendError."""
        self._producer.check(self._topic)

    def send(self, event: OrderEvent, headers: Headers = ()) -> None:
        """Queue one event; `flush` raises where it did not arrive. Waits while the queue is full."""
        self.produce(_key(event), self._encode(event), headers)

    def produce(
        self, key: bytes, value: bytes | None, headers: Headers = (), on_delivery: OnDelivery | None = None
    ) -> None:
        """Queue a record of this topic as it is. `on_delivery` is called once it is confirmed."""
        self._producer.produce(Record(topic=self._topic, key=key, value=value, headers=tuple(headers)), on_delivery)

    def send_all(self, events: Iterable[OrderEvent]) -> int:
        """Send these events and wait for all of them. Returns how many arrived; raises as `flush` does."""
        for event in events:
            self.send(event)
        return self.flush()

    def submit(self, events: Sequence[OrderEvent]) -> list[EventId]:
        """Send these events, wait for all of them, and return the id that intake gives each, in their sequence.

        Raises as `flush` does.
        """
        ids: dict[int, EventId] = {}

        def note(number: int, value: bytes, message: Any) -> None:
            ids[number] = event_id(self._topic, message.partition(), message.offset(), value)

        for number, event in enumerate(events):
            value = self._encode(event)
            self.produce(_key(event), value, on_delivery=partial(note, number, value))
        self.flush()
        return [ids[number] for number in range(len(events))]

    def flush(self) -> int:
        """Wait until everything queued is confirmed. Returns how many events arrived since the start.

        Raises:
            DeliveryFailedError: not all of them did.

        """
        return self._producer.flush()


def _key(event: OrderEvent) -> bytes:
    return order_key(event.business, event.order_reference).encode()
