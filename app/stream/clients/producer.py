"""Producing records from outside of a worker, each of them confirmed; never for a stage."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from confluent_kafka import KafkaException, Producer

from app.stream.clients.clients import SILENT
from app.stream.clients.errors import DeliveryFailedError, SendError
from app.stream.kafka_errors import sentence_of
from app.stream.records import ORDERS_DEAD_LETTER_BYTES, Record

# A person waits at the prompt: a broker that is up answers in milliseconds.
CONNECT_SECONDS: Final = 10.0
# Covers a change of the partition's leader; after it the person should know.
DELIVERY_SECONDS: Final = 30.0
# As Java and aiokafka hash: librdkafka's own default would put a key into another partition than other producers do.
PARTITIONER: Final = "murmur2_random"
# The one that every client reads without a library beside it; kafkajs ends at a record in lz4, snappy or zstd.
COMPRESSION: Final = "gzip"
_ANY_PARTITION: Final = -1
_QUEUE_POLL_SECONDS: Final = 1.0

OnDelivery = Callable[[Any], None]
"""Is called with the client's message once it is confirmed."""


class ConfirmingProducer:
    """An idempotent producer that counts what the broker confirms.

    `delivery_timeout`: the seconds within which each record is confirmed or has failed; DELIVERY_SECONDS by default.
    `partitioner`: librdkafka's name of one. `advice`: what a person does about records that were not confirmed.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        client_id: str,
        partitioner: str = PARTITIONER,
        delivery_timeout: float | None = None,
        advice: str = "they may have arrived all the same.",
    ) -> None:
        self._bootstrap = bootstrap
        self._delivery_timeout = DELIVERY_SECONDS if delivery_timeout is None else delivery_timeout
        self._advice = advice
        self._failures: list[str] = []
        self._delivered = 0
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "client.id": client_id,
                "partitioner": partitioner,
                # The largest that any topic takes; librdkafka's own default is below what intake reads.
                "message.max.bytes": ORDERS_DEAD_LETTER_BYTES,
                "enable.idempotence": True,
                "acks": "all",
                "compression.type": COMPRESSION,
                "message.timeout.ms": int(self._delivery_timeout * 1000),
                **SILENT,
            }
        )

    def check(self, topic: str) -> None:
        """Return where the broker answers and has the topic; else raise SendError."""
        try:
            topics = self._producer.list_topics(timeout=CONNECT_SECONDS).topics
        except KafkaException as error:
            raise SendError(sentence_of(error, self._bootstrap)) from error
        if topic not in topics:
            raise SendError(f"The topic {topic} does not exist: create it with `faturaflow topics apply`.")

    def produce(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """Queue a record; wait while the queue is full. `flush` raises where it did not arrive.

        Raises:
            DeliveryFailedError: the client refuses it (it is too large); what was queued before is flushed first.

        """

        def delivered(error: Any, message: Any) -> None:
            if error is not None:
                self._failures.append(error.str())
                return
            self._delivered += 1
            if on_delivery is not None:
                on_delivery(message)

        try:
            self._queue(record, delivered)
        except KafkaException as refused:
            self._failures.append(refused.args[0].str())
            self.flush()
        self._producer.poll(0)

    def _queue(self, record: Record, delivered: Callable[[Any, Any], None]) -> None:
        while True:
            try:
                self._producer.produce(
                    record.topic,
                    key=record.key,
                    value=record.value,
                    partition=_ANY_PARTITION if record.partition is None else record.partition,
                    headers=list(record.headers),
                    on_delivery=delivered,
                )
            except BufferError:
                # Bounded: within the delivery timeout each queued record is confirmed or fails, and makes room.
                self._producer.poll(_QUEUE_POLL_SECONDS)
            else:
                return

    def flush(self) -> int:
        """Wait until everything queued is confirmed; return how many records were since the start.

        Raises:
            DeliveryFailedError: not all of them were.

        """
        undelivered = self._producer.flush(self._delivery_timeout) + len(self._failures)
        if undelivered:
            raise DeliveryFailedError(
                undelivered=undelivered,
                records=self._delivered + undelivered,
                why=self._failures[0] if self._failures else "no answer in time",
                advice=self._advice,
            )
        return self._delivered


def write_all(bootstrap: str, records: Iterable[Record]) -> int:
    """Write these records, in order within each partition, and return how many; all of them are confirmed.

    Raises:
        DeliveryFailedError: not all of them were.

    """
    producer = ConfirmingProducer(bootstrap, client_id="faturaflow-operator")
    for record in records:
        producer.produce(record)
    return producer.flush()
