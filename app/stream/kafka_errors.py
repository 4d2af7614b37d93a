"""What Kafka's client reports: which errors pass by themselves, and the sentence that a person reads of one."""

from __future__ import annotations

from typing import Final

from confluent_kafka import KafkaError, KafkaException

# What a broker answers while leaders and coordinators move: what was seen at a restart, and what is like it.
MOVING: Final = frozenset(
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
    }
)
# The client marks few of these as retriable.
TRANSIENT: Final = MOVING | frozenset(
    {
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
    error = _error_of(refused)
    return error is not None and (error.retriable() or error.code() in TRANSIENT)


def is_moving(refused: Exception) -> bool:
    """Whether a broker that is up reports that it, or the one it names, is not the right one at this moment."""
    error = _error_of(refused)
    return error is not None and error.code() in MOVING


def _error_of(refused: Exception) -> KafkaError | None:
    error = refused.args[0] if isinstance(refused, KafkaException) and refused.args else None
    return error if isinstance(error, KafkaError) else None


def sentence_of(refused: KafkaException, bootstrap: str | None = None) -> str:
    """Return what a person reads of it: of a broker that does not answer, the same sentence everywhere."""
    error = refused.args[0]
    if error.code() in _NO_ANSWER:
        at = f" at {bootstrap}" if bootstrap else ""
        return f"Kafka does not answer{at}: is it running, and is the address right? ({error.str()})"
    return f"Kafka refused: {error.str()}."
