"""Intake and planner on a real Kafka, without issuers: what upstream writes, and what comes of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from cryptography.fernet import Fernet

from app.domain.outcomes import OrderOutcome
from app.stream.clients.reader import read_topic
from app.stream.records import ORDERS_MESSAGE_BYTES, InRecord
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.testbed.installation import businesses
from app.testbed.installation.processes import Processes

SHOP = businesses.MARKETPLACE.code
# Two workers that join their groups and read from the start: some seconds, more on a busy machine.
PATIENCE_SECONDS = 120.0
# As murmur2 has it, like every producer of ours.
BY_KEY = -1
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class IntakeAndPlanner:
    """Intake and planner of an installation, as upstream and an operator see it."""

    bootstrap: str
    topics: Topics
    environment: dict[str, str]

    def write(self, topic: str, *values: bytes | None, key: bytes | None = None, partition: int = 0) -> None:
        """Past every check of ours, as anybody can who may write to the topic."""
        producer = self.producer()
        for value in values:
            producer.produce(topic, value=value, key=key, partition=partition)
        assert producer.flush(30) == 0

    def producer(self, **settings: Any) -> Producer:
        return Producer(
            {
                "bootstrap.servers": self.bootstrap,
                "partitioner": "murmur2_random",
                "message.max.bytes": ORDERS_MESSAGE_BYTES,
                **settings,
            }
        )

    def read(self, topic: str) -> list[InRecord]:
        return list(read_topic(self.bootstrap, topic))

    def verdicts(self, order: str, count: int) -> list[tuple[str, str | None]]:
        """What the order's events were answered, once there are so many answers."""
        codec = Codec()

        def answered() -> list[tuple[str, str | None]] | None:
            outcomes = (codec.read(OrderOutcome, record.value) for record in self.read(self.topics.order_outcomes))
            mine = [(found.verdict.value, found.reason) for found in outcomes if found.order_reference == order]
            return mine if len(mine) >= count else None

        return until(answered)

    def dead_letters(self, app: str, count: int) -> list[InRecord]:
        """The app's dead letters, once there are so many."""
        source = self.topics.orders if app == "intake" else self.topics.order_log

        def written() -> list[InRecord] | None:
            found = self.read(self.topics.dead_letters(source, app))
            return found if len(found) >= count else None

        return until(written)


def until(look: Callable[[], Found | None]) -> Found:
    """Looks until it finds; bounded."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if (found := look()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {PATIENCE_SECONDS:.0f} s")


@contextmanager
def running_stages(folder: Path, bootstrap: str) -> Iterator[IntakeAndPlanner]:
    """Topics, configuration, one intake and one planner; all of it ends with the block."""
    with installed(folder, bootstrap) as (own, processes):
        start_stages(processes)
        yield own


def start_stages(processes: Processes) -> None:
    """One intake and one planner, which nothing starts again."""
    for stage in ("intake", "planner"):
        processes.start(stage, ["worker", stage])


@contextmanager
def installed(folder: Path, bootstrap: str) -> Iterator[tuple[IntakeAndPlanner, Processes]]:
    """Topics and configuration; what is started in the processes ends with the block."""
    topics = Topics(f"{folder.name.lower().replace('_', '-')}-{time.time_ns()}.")
    environment = {
        "FATURAFLOW_BOOTSTRAP": bootstrap,
        "FATURAFLOW_TOPIC_PREFIX": topics.prefix,
        "FATURAFLOW_DATABASE": f"sqlite:///{folder}/faturaflow.db",
        "FATURAFLOW_DATA_DIR": str(folder / "data"),
        "FATURAFLOW_SECRET_KEY": Fernet.generate_key().decode(),
        "FATURAFLOW_SESSION_TIMEOUT": "6",
        **businesses.secrets(),
    }
    # Nobody calls a provider here.
    (folder / "faturaflow.yaml").write_text(
        businesses.configuration(dict.fromkeys(businesses.providers_of(businesses.STANDARD), "http://127.0.0.1:9"))
    )
    try:
        with Processes(folder=folder / "logs", environment=environment) as processes:
            processes.finish(processes.start("topics", ["topics", "apply"]))
            processes.finish(processes.start("config", ["config", "apply", str(folder / "faturaflow.yaml")]))
            yield IntakeAndPlanner(bootstrap, topics, environment), processes
            processes.check()
    finally:
        _delete_topics(bootstrap, topics.prefix)


def _delete_topics(bootstrap: str, prefix: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    mine = [topic for topic in admin.list_topics(timeout=30).topics if topic.startswith(prefix)]
    for deleted in admin.delete_topics(mine).values() if mine else ():
        deleted.result(30)
