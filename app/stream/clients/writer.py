"""Writing whole records, each confirmed: for what an operator does by hand, or a check; never for a stage."""

from collections.abc import Iterable
from typing import Any, Final

from confluent_kafka import KafkaException, Producer

from app.stream.errors import StreamError
from app.stream.records import Record
from app.stream.topics.plans import ORDERS_DEAD_LETTER_BYTES

# A person waits at the prompt; beyond it they should know.
DELIVERY_SECONDS: Final = 30.0


class NotWritten(StreamError):  # noqa: N818 - it names the records
    """Not every record was confirmed; says how many were not and why."""


def write_all(bootstrap: str, records: Iterable[Record]) -> int:
    """Writes these records, by murmur2 of their keys, and returns how many; all of them are confirmed.

    Raises NotWritten: then some may have arrived all the same.
    """
    faults: list[str] = []
    written = 0
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "client.id": "faturaflow-operator",
            "partitioner": "murmur2_random",
            "enable.idempotence": True,
            "acks": "all",
            "message.max.bytes": ORDERS_DEAD_LETTER_BYTES,
            "message.timeout.ms": int(DELIVERY_SECONDS * 1000),
            "log_level": 0,  # what goes wrong is raised here, as one sentence
        }
    )

    def confirmed(fault: Any, _message: Any) -> None:
        if fault is not None:
            faults.append(fault.str())

    try:
        for record in records:
            _queue(producer, record, confirmed)
            written += 1
    except KafkaException as fault:
        faults.append(fault.args[0].str())
    missing = producer.flush(DELIVERY_SECONDS) + len(faults)
    if missing:
        raise NotWritten(
            f"{missing} records were not confirmed by Kafka: {faults[0] if faults else 'no answer in time'}."
        )
    return written


def _queue(producer: Any, record: Record, confirmed: Any) -> None:
    while True:
        try:
            producer.produce(
                record.topic, key=record.key, value=record.value, headers=list(record.headers), on_delivery=confirmed
            )
        except BufferError:
            producer.poll(1.0)  # bounded: within DELIVERY_SECONDS each queued record arrives or fails, and makes room
        else:
            producer.poll(0)
            return
