"""The one way from a source onto the order topic: an idempotent producer that checks every delivery."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

from confluent_kafka import KafkaException, Producer

from app.domain.identity import EventId, event_id, order_key
from app.domain.orders import OrderEvent
from app.stream.clients.clients import sentence_of
from app.stream.clients.errors import DeliveryFailedError, SourceError

# A person waits at the prompt: a broker that is up answers in milliseconds.
CONNECT_SECONDS: Final = 10.0
# Covers a change of the partition's leader; beyond it the person should know.
DELIVERY_SECONDS: Final = 30.0
# As Java and aiokafka hash: librdkafka's own default would put an order into another partition than upstream's other
# producers do.
PARTITIONER: Final = "murmur2_random"
# The one that every client reads without a library beside it; kafkajs ends at a record in lz4, snappy or zstd.
COMPRESSION: Final = "gzip"
# What the order topic takes; librdkafka's own default is below what intake reads.
MOST_BYTES: Final = 8 * 1024 * 1024

Headers = Sequence[tuple[str, bytes]]


class OrderProducer:
    """Writes order events under their order's key."""

    def __init__(
        self,
        *,
        bootstrap: str,
        topic: str,
        encode: Callable[[OrderEvent], bytes],
        partitioner: str = PARTITIONER,
        patience: float | None = None,
    ) -> None:
        """`patience`: the seconds within which each event arrives or has failed; DELIVERY_SECONDS by default."""
        self._patience = DELIVERY_SECONDS if patience is None else patience
        self._topic = topic
        self._bootstrap = bootstrap
        self._encode = encode
        self._faults: list[str] = []
        self._delivered = 0
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "client.id": "faturaflow-sources",
                "partitioner": partitioner,
                "message.max.bytes": MOST_BYTES,
                "enable.idempotence": True,
                "acks": "all",
                "compression.type": COMPRESSION,
                "message.timeout.ms": int(self._patience * 1000),
                # What goes wrong is raised here as one sentence; librdkafka would write its own to standard error.
                "log_level": 0,
            }
        )

    def check(self) -> None:
        """Raises SourceError when no broker answers or the topic does not exist."""
        try:
            topics = self._producer.list_topics(timeout=CONNECT_SECONDS).topics
        except KafkaException as error:
            raise SourceError(sentence_of(error, self._bootstrap)) from error
        if self._topic not in topics:
            raise SourceError(f"The topic {self._topic} does not exist: create it with `faturaflow topics apply`.")

    def send(self, event: OrderEvent, headers: Headers = ()) -> None:
        """Queues one event; `finish` tells whether it arrived. Waits while the queue is full."""
        self.put(order_key(event.business, event.order_reference).encode(), self._encode(event), headers)

    def put(
        self, key: bytes, value: bytes | None, headers: Headers = (), arrived: Callable[[Any], None] | None = None
    ) -> None:
        """Queues a record as it is. `arrived` is called with the client's message once it is confirmed."""
        record = {"key": key, "value": value, "headers": list(headers)}

        def delivered(fault: Any, message: Any) -> None:
            self._on_delivery(fault)
            if fault is None and arrived is not None:
                arrived(message)

        while True:
            try:
                self._producer.produce(self._topic, **record, on_delivery=delivered)
            except BufferError:
                # Bounded: within its patience each queued event arrives or fails, and makes room.
                self._producer.poll(1.0)
            else:
                break
        self._producer.poll(0)

    def send_all(self, events: Iterable[OrderEvent]) -> int:
        """Sends these events and waits for all of them. Returns how many arrived; raises as `finish` does."""
        for event in events:
            self.send(event)
        return self.finish()

    def submit(self, events: Sequence[OrderEvent]) -> list[EventId]:
        """Sends these events, waits for all of them, and returns the id that intake gives each, in their sequence.

        Raises as `finish` does.
        """
        ids: dict[int, EventId] = {}

        def note(number: int, value: bytes, message: Any) -> None:
            ids[number] = event_id(self._topic, message.partition(), message.offset(), value)

        for number, event in enumerate(events):
            value = self._encode(event)
            key = order_key(event.business, event.order_reference).encode()
            self.put(key, value, arrived=partial(note, number, value))
        self.finish()
        return [ids[number] for number in range(len(events))]

    def finish(self) -> int:
        """Waits until everything queued is confirmed. Returns how many events arrived since the start.

        Raises DeliveryFailedError when not all of them did.
        """
        pending = self._producer.flush(self._patience)
        undelivered = pending + len(self._faults)
        if undelivered:
            why = self._faults[0] if self._faults else "no answer in time"
            raise DeliveryFailedError(undelivered=undelivered, events=self._delivered + undelivered, why=why)
        return self._delivered

    def _on_delivery(self, fault: Any) -> None:
        if fault is None:
            self._delivered += 1
        else:
            self._faults.append(fault.str())
