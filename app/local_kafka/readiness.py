"""When a broker counts as ready: it answers a Metadata request and names a broker. An open port says nothing."""

from __future__ import annotations

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

# librdkafka waits up to ten seconds between two attempts by default; a start takes three.
RECONNECT_MILLISECONDS = 200
# Only "the system is unusable": a refused connection is the expected answer here, not news for the terminal.
LOG_LEVEL_SILENT = 0


class Metadata:
    """A client that asks one address for its brokers, again and again."""

    def __init__(self, bootstrap: str) -> None:
        self._client = AdminClient(
            {
                "bootstrap.servers": bootstrap,
                "client.id": "faturaflow-stack",
                "reconnect.backoff.max.ms": RECONNECT_MILLISECONDS,
                "log_level": LOG_LEVEL_SILENT,
            }
        )

    def names_a_broker(self, *, timeout: float) -> bool:
        """Say whether a broker is named within `timeout` seconds."""
        try:
            return bool(self._client.list_topics(timeout=timeout).brokers)
        except KafkaException:
            return False


def names_a_broker(bootstrap: str, *, timeout: float) -> bool:
    """Say whether a Kafka answers at `bootstrap` (host:port) within `timeout` seconds."""
    return Metadata(bootstrap).names_a_broker(timeout=timeout)
