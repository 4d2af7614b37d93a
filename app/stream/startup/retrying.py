"""Asking broker and registry at a start: again while they move, and no longer than a fault is worth."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final, TypeVar

import stamina
import structlog
from confluent_kafka import KafkaError, KafkaException

from app.stream.errors import StartRefused
from app.stream.ownership.exits import leave
from app.stream.serialization.errors import RegistryUnavailable

# A broker that restarts or hands its partitions over is back within seconds; longer than this is a fault.
ASK_AGAIN_SECONDS: Final = 30.0
_LONGEST_PAUSE_SECONDS: Final = 2.0
# What is answered while leaders and coordinators move; seen at a broker's restart, and their kin. The client marks few
# of them as retriable.
PASSING: Final = frozenset(
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

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


def passes(refused: Exception) -> bool:
    """Whether the same question has an answer a moment later."""
    if isinstance(refused, RegistryUnavailable):
        return True
    error = refused.args[0] if isinstance(refused, KafkaException) and refused.args else None
    return isinstance(error, KafkaError) and (error.retriable() or error.code() in PASSING)


@stamina.retry(on=passes, attempts=None, timeout=ASK_AGAIN_SECONDS, wait_max=_LONGEST_PAUSE_SECONDS)
def when_settled(ask: Callable[[], Answer]) -> Answer:
    """Ask, and again while nobody answers or leaders and coordinators move, as a worker that is started again would.

    `ask` makes a client of its own each time: one that once heard "no leader" believes it for minutes.

    Raises:
        KafkaException: the broker refuses for another reason, or for longer than half a minute.
        RegistryUnavailable: the schema registry is away for longer than that.
        Exception: whatever else `ask` raises.

    """
    return ask()


def at_start(ask: Callable[[], Answer]) -> Answer:
    """`when_settled`, or the worker's end: with a refusal's own code, else as for everything unexpected."""
    try:
        return when_settled(ask)
    except StartRefused as refusal:
        log.critical("start refused", code=int(refusal.code), why=str(refusal))
        sys.exit(int(refusal.code))
    except (KafkaException, TimeoutError) as unanswered:
        leave("the broker does not answer", unanswered)
    except RegistryUnavailable as unanswered:
        leave("the schema registry does not answer", unanswered)
