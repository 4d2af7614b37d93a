"""The Kafka that a test session shares."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import local_kafka


class BrokerUnavailable(Exception):  # noqa: N818 - it is a reason to skip, not something that went wrong
    """No Kafka is at hand and none can be downloaded; the message is the sentence to skip with."""


@contextmanager
def broker() -> Iterator[str]:
    """Give the bootstrap address (host:port) of a Kafka that answers.

    FATURAFLOW_BOOTSTRAP where it is set; else a container where FATURAFLOW_TEST_BROKER is "docker"; else the stack that
    is up in the default folder; else one in a temporary folder. What was started here ends with the session. What was
    named and does not answer is an error, never a reason to skip.

    Raises:
        BrokerUnavailable: Kafka's jars are neither cached nor reachable, or there is no Docker engine.
        StackError: everything else.

    """
    if named := os.environ.get("FATURAFLOW_BOOTSTRAP"):
        if not local_kafka.names_a_broker(named, timeout=local_kafka.UP_TIMEOUT_SECONDS):
            raise local_kafka.StackError(
                f"FATURAFLOW_BOOTSTRAP names {named}, where no Kafka answers: start it or unset it."
            )
        yield named
        return
    if os.environ.get("FATURAFLOW_TEST_BROKER") == "docker":
        with _container() as bootstrap:
            yield bootstrap
        return
    standing = local_kafka.status(local_kafka.default_folder())
    if standing.answering and standing.bootstrap:
        yield standing.bootstrap
        return
    with tempfile.TemporaryDirectory(prefix="faturaflow-stack-") as folder, _embedded(Path(folder)) as bootstrap:
        yield bootstrap


@contextmanager
def _embedded(folder: Path) -> Iterator[str]:
    try:
        running = local_kafka.up(folder)
    except local_kafka.JarsUnavailableError as error:
        raise BrokerUnavailable(str(error)) from error
    try:
        yield running.bootstrap
    finally:
        local_kafka.down(folder)


@contextmanager
def _container() -> Iterator[str]:
    """Apache Kafka's own image: testcontainers' ready-made Kafka knows only another vendor's."""
    from docker.errors import DockerException  # noqa: PLC0415 - needed here alone, and slow to import
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415

    port = free_port()
    settings = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port}",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_MESSAGE_MAX_BYTES": str(10 * 1024 * 1024),
        "KAFKA_OFFSETS_RETENTION_MINUTES": str(60 * 24 * 60),
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }
    try:
        container = DockerContainer("apache/kafka:4.1.1").with_bind_ports(9092, port)
        for name, value in settings.items():
            container = container.with_env(name, value)
        container.start()
    except DockerException as error:
        raise BrokerUnavailable(f"There is no Docker engine to start Kafka's image with: {error}") from error
    try:
        bootstrap = f"127.0.0.1:{port}"
        if not local_kafka.names_a_broker(bootstrap, timeout=local_kafka.UP_TIMEOUT_SECONDS):
            raise local_kafka.StackError(f"Kafka's container does not answer at {bootstrap}.")
        yield bootstrap
    finally:
        container.stop()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
