"""Single records written from an event loop, each with its own acknowledgement.

A thread polls librdkafka, whose callbacks hand each answer to the loop. The library's own asyncio producer
is not used: it takes no headers, and collects records for a second before it sends any.

A record of which no acknowledgement came may have been written all the same, whatever the error says: only what
`send` itself raises is known not to be.
"""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import Any, Final

import structlog
from confluent_kafka import KafkaException, Producer

from app.domain.record import record
from app.stream.clients.clients import SILENT, partitions_of
from app.stream.clients.errors import DeliveryFailedError, SendError
from app.stream.clients.producer import COMPRESSION, DELIVERY_SECONDS, PARTITIONER
from app.stream.kafka_errors import sentence_of
from app.stream.records import MOST_SUBMITTED_BYTES, Record

log = structlog.get_logger(__name__)

# A callback is handed on at the next turn of the thread at the latest.
_POLL_SECONDS: Final = 0.1
# Some ten seconds of a merchant's highest load; more would only wait longer for its answer.
_MOST_QUEUED: Final = 10_000
_MOST_QUEUED_KBYTES: Final = 256 * 1024
# Room for the key, headers and framing beside the largest value.
_OVERHEAD_BYTES: Final = 64 * 1024
_BROKER_SECONDS: Final = 5.0


@record
class Written:
    """Where an acknowledged record is."""

    partition: int
    offset: int


class SingleRecords:
    """An idempotent producer whose records are acknowledged one by one. `start` it in the loop that awaits them.

    `delivery_timeout`: the seconds after which librdkafka itself gives a record up.
    """

    def __init__(self, bootstrap: str, *, client_id: str, delivery_timeout: float = DELIVERY_SECONDS) -> None:
        self._bootstrap = bootstrap
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._poll, name="kafka-acknowledgements", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "client.id": client_id,
                "partitioner": PARTITIONER,
                "enable.idempotence": True,
                "acks": "all",
                "compression.type": COMPRESSION,
                "linger.ms": 0,  # each record has somebody waiting for it
                "message.timeout.ms": int(delivery_timeout * 1000),
                "message.max.bytes": MOST_SUBMITTED_BYTES + _OVERHEAD_BYTES,
                "queue.buffering.max.messages": _MOST_QUEUED,
                "queue.buffering.max.kbytes": _MOST_QUEUED_KBYTES,
                **SILENT,
            }
        )

    def start(self) -> None:
        """Hand acknowledgements to the running loop from now on."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def send(self, written: Record) -> asyncio.Future[Written]:
        """Queue a record; the future has its place, or DeliveryFailedError where it may have been written or not.

        Raises:
            SendError: the record was not queued, and will not be written.

        """
        assert self._loop is not None
        future: asyncio.Future[Written] = self._loop.create_future()
        try:
            self._producer.produce(
                written.topic,
                key=written.key,
                value=written.value,
                headers=list(written.headers),
                on_delivery=partial(self._delivered, future),
            )
        except BufferError as full:
            raise SendError("too many records wait for Kafka already.") from full
        except KafkaException as refused:
            raise SendError(sentence_of(refused, self._bootstrap)) from refused
        return future

    async def check(self, topic: str) -> None:
        """Return where the broker answers and has the topic, and is ready for its first record.

        Raises:
            TopicMissingError: it has not.
            SendError: it does not answer.

        """
        await asyncio.to_thread(self._check, topic)

    def _check(self, topic: str) -> None:
        try:
            partitions_of(self._producer, topic, timeout=_BROKER_SECONDS)
        except KafkaException as error:
            raise SendError(sentence_of(error, self._bootstrap)) from error

    async def stop(self, seconds: float) -> int:
        """Wait so long for what is queued; returns how many records have no acknowledgement then."""
        left = await asyncio.to_thread(self._producer.flush, seconds)
        self._stopping.set()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, _POLL_SECONDS * 10)
        return int(left)

    def _poll(self) -> None:
        while not self._stopping.is_set():
            try:
                self._producer.poll(_POLL_SECONDS)
            except Exception as fault:  # noqa: BLE001 - without this thread no request would be answered again
                log.error("a callback has failed", error=type(fault).__name__)  # noqa: TRY400

    def _delivered(self, future: asyncio.Future[Written], error: Any, message: Any) -> None:
        """In the polling thread: the loop sets the future, if it still turns."""
        assert self._loop is not None
        answer: Written | DeliveryFailedError
        if error is None:
            answer = Written(partition=message.partition(), offset=message.offset())
        else:
            answer = DeliveryFailedError(undelivered=1, records=1, why=error.str(), advice="it may have arrived.")
        try:
            self._loop.call_soon_threadsafe(_answered, future, answer)
        except RuntimeError:  # the loop is closed: no request waits
            log.warning("an acknowledgement came after the end")


def _answered(future: asyncio.Future[Written], answer: Written | DeliveryFailedError) -> None:
    if future.done():
        return
    if isinstance(answer, Written):
        future.set_result(answer)
    else:
        future.set_exception(answer)
