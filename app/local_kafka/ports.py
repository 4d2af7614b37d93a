"""Free loopback ports that stay ours."""

from __future__ import annotations

import secrets
import socket
from itertools import islice

from app.local_kafka.errors import StackError
from app.local_kafka.state import Ports

LOOPBACK = "127.0.0.1"
# Below the ports that systems hand to outgoing connections (Linux from 32768, macOS from 49152): a client that retries
# while the broker is down could otherwise be given the broker's port, and even connect to itself.
CANDIDATES = range(20_000, 32_000)
# Far more than a busy machine needs; the bound only ends a hopeless search.
ATTEMPTS = 200


def choose_ports(previous: Ports | None) -> Ports:
    """Return `previous` where both its ports are still free, else two free ones.

    Raises:
        StackError: no free port was found.

    """
    if previous and is_free(previous.broker) and is_free(previous.controller):
        return previous
    broker, controller = free_ports(2)
    return Ports(broker=broker, controller=controller)


def free_ports(count: int) -> list[int]:
    """Return so many ports on which a server of this machine could listen at this moment.

    Raises:
        StackError: there are not so many.

    """
    free = (port for port in secrets.SystemRandom().sample(CANDIDATES, ATTEMPTS) if is_free(port))
    found = list(islice(free, count))
    if len(found) < count:
        raise StackError(
            f"No free port on {LOOPBACK} between {CANDIDATES.start} and {CANDIDATES.stop}: stop what holds them."
        )
    return found


def is_free(port: int) -> bool:
    """Say whether a server could listen on `port` of the loopback address at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Kafka does: connections of the stopped broker that still fade out must not block its port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
