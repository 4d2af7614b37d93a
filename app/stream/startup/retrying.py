"""Asking broker and registry at a start: again while they move, and no longer than a fault is worth."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final, TypeVar

import stamina
import structlog
from confluent_kafka import KafkaException

from app.stream.errors import StartRefusedError
from app.stream.kafka_errors import is_transient
from app.stream.ownership.exits import abort
from app.stream.serialization.errors import RegistryUnavailableError

# A broker that restarts or hands its partitions over is back within seconds; longer than this is a fault.
ASK_AGAIN_SECONDS: Final = 30.0
_LONGEST_PAUSE_SECONDS: Final = 2.0
Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


def _is_transient(refused: Exception) -> bool:
    return isinstance(refused, RegistryUnavailableError) or is_transient(refused)


@stamina.retry(on=_is_transient, attempts=None, timeout=ASK_AGAIN_SECONDS, wait_max=_LONGEST_PAUSE_SECONDS)
def with_retries(ask: Callable[[], Answer]) -> Answer:
    """Ask, and again while the broker does not answer or leaders and coordinators move.

    `ask` makes a client of its own each time: one that was once answered "no leader" keeps that for minutes.

    Raises:
        KafkaException: the broker refuses for another reason, or for longer than half a minute.
        RegistryUnavailableError: the schema registry is away for longer than that.
        Exception: whatever else `ask` raises.

    """
    return ask()


def answer_or_exit(ask: Callable[[], Answer]) -> Answer:
    """`with_retries`, or the worker's end: with a refusal's own code, else as for everything unexpected."""
    try:
        return with_retries(ask)
    except StartRefusedError as refusal:
        log.critical("start refused", code=int(refusal.code), why=str(refusal))
        sys.exit(int(refusal.code))
    except (KafkaException, TimeoutError) as unanswered:
        abort("the broker does not answer", unanswered)
    except RegistryUnavailableError as unanswered:
        abort("the schema registry does not answer", unanswered)
