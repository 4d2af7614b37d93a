"""What Kafka's client reports: which errors pass by themselves, and the sentence that a person reads of one."""

from __future__ import annotations

from typing import Final

from confluent_kafka import KafkaError, KafkaException

# What is answered while leaders and coordinators move: what was seen at a broker's restart, and what is like it. The
# client marks few of them as retriable.
TRANSIENT: Final = frozenset(
    {
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.FENCED_LEADER_EPOCH,
        KafkaError.UNKNOWN_LEADER_EPOCH,
        KafkaError.OFFSET_NOT_AVAILABLE,
        KafkaError.REPLICA_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.NETWORK_EXCEPTION,
        KafkaError._TRANSPORT,  # the connection closed under the question  # noqa: SLF001 - the client's own name
        KafkaError._ALL_BROKERS_DOWN,  # or under an answer that was being read  # noqa: SLF001 - likewise
        KafkaError._TIMED_OUT,  # connected, and no answer  # noqa: SLF001 - likewise
        KafkaError._NOENT,  # the broker is up and knows no leader yet  # noqa: SLF001 - likewise
    }
)
_NO_ANSWER: Final = frozenset(
    {KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._RESOLVE, KafkaError._ALL_BROKERS_DOWN}  # noqa: SLF001 - likewise
)


def is_transient(refused: Exception) -> bool:
    """Whether the same request may succeed a moment later."""
    error = refused.args[0] if isinstance(refused, KafkaException) and refused.args else None
    return isinstance(error, KafkaError) and (error.retriable() or error.code() in TRANSIENT)


def sentence_of(refused: KafkaException, bootstrap: str | None = None) -> str:
    """Return what a person reads of it: of a broker that does not answer, the same sentence everywhere."""
    error = refused.args[0]
    if error.code() in _NO_ANSWER:
        at = f" at {bootstrap}" if bootstrap else ""
        return f"Kafka does not answer{at}: is it running, and is the address right? ({error.str()})"
    return f"Kafka refused: {error.str()}."
