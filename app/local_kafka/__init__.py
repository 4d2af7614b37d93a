"""A real Apache Kafka for development and tests, without Docker and without an installed Java."""

from __future__ import annotations

from app.local_kafka.broker import UP_TIMEOUT_SECONDS, RunningStack, StackStatus, down, status, up
from app.local_kafka.errors import BrokerFailedError, JarsRefusedError, JarsUnavailableError, StackError
from app.local_kafka.lock import exclusive
from app.local_kafka.ports import free_ports
from app.local_kafka.readiness import names_a_broker
from app.local_kafka.state import default_folder

__all__ = [
    "UP_TIMEOUT_SECONDS",
    "BrokerFailedError",
    "JarsRefusedError",
    "JarsUnavailableError",
    "RunningStack",
    "StackError",
    "StackStatus",
    "default_folder",
    "down",
    "exclusive",
    "free_ports",
    "names_a_broker",
    "status",
    "up",
]
