"""The ground a run stands on: topics of its own on a real broker, one business, workers; all of it gone afterwards."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from confluent_kafka import KafkaException
from cryptography.fernet import Fernet

from app import local_kafka
from app.stream.clients.clients import admin
from app.stream.clients.reader import read_topic
from app.stream.clients.writer import write_all
from app.stream.records import InRecord, Record
from app.stream.serialization.codec import Codec
from app.stream.topics import identities
from app.stream.topics.names import Topics
from app.stream.topics.plans import declared
from app.stream.topics.provisioning import apply
from app.testbed.benchmarks import orders
from app.testbed.benchmarks.probes import Ends, is_ready, until
from app.testbed.installation.processes import Process, Processes

# A run that is not through by then is broken, not slow.
PATIENCE_SECONDS: Final = 120.0
_REQUEST_SECONDS: Final = 60.0


@dataclass(slots=True, kw_only=True)
class Worker:
    """A worker process, and where it says whether it is ready."""

    process: Process
    health_port: int
    began: float

    def wait_until_ready(self) -> float:
        """Seconds since its start."""
        until(lambda: is_ready(self.health_port), self.process, seconds=PATIENCE_SECONDS, what="ready")
        return time.monotonic() - self.began


@dataclass(slots=True, kw_only=True)
class Ground:
    """One run's installation."""

    bootstrap: str
    topics: Topics
    processes: Processes
    codec: Codec = field(default_factory=Codec)

    def fill(self, topic: str, records: Iterable[tuple[str, bytes]]) -> None:
        """Writes (key, value) and waits for all of it; hashed as every producer of ours hashes."""
        write_all(self.bootstrap, (Record(topic=topic, key=key.encode(), value=value) for key, value in records))

    def configure(self, provider: str, base_url: str, options: Mapping[str, str]) -> None:
        """Gives the one business its connection to a simulator; `options` tune it."""
        file = self.processes.folder / "faturaflow.yaml"
        content = orders.configuration(provider, base_url, options)
        file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        self.processes.finish(self.processes.start("config", ["config", "apply", str(file)]))

    def start(self, *stage: str) -> Worker:
        """Starts a worker as it is started in production: `planner`, or `issuer`, `nilvera`."""
        return self.start_module("app.cli.main", "worker", *stage)

    def start_module(self, module: str, *arguments: str) -> Worker:
        """Starts a process that serves `/ready`; it ends with the run."""
        port, began, name = _free_port(), time.monotonic(), "-".join((module.rpartition(".")[2], *arguments))
        log = self.processes.folder / f"{name}-{port}.log"
        with log.open("w", encoding="utf-8") as output:
            popen = subprocess.Popen(
                [sys.executable, "-P", "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.processes.environment, "FATURAFLOW_HEALTH_PORT": str(port)},
                text=True,
            )
        process = Process(name=name, popen=popen, log=log)
        self.processes.running.append(process)
        return Worker(process=process, health_port=port, began=began)

    def stop(self, worker: Worker) -> None:
        """Ends one worker as an orchestrator does, and waits for its end."""
        self.processes.stop(worker.process.name)

    def wait_until_read(self, worker: Worker, app: str) -> None:
        """Until the app's group has finished everything that its topic holds now."""
        known = identities.app(app, self.topics.prefix)
        ends = Ends(self.bootstrap, known.source)
        end = ends.end()
        what = f"{end} records of {known.source}"
        until(lambda: ends.committed(known.app_id) >= end, worker.process, seconds=PATIENCE_SECONDS, what=what)

    def read(self, topic: str) -> Iterator[InRecord]:
        """The topic from its start to its present end."""
        return read_topic(self.bootstrap, topic)


@contextmanager
def standing_ground(folder: Path, bootstrap: str) -> Iterator[Ground]:
    """Topics and processes of one run; both end with the block."""
    prefix = f"bench-{secrets.token_hex(4)}."
    asking = admin(bootstrap)
    environment = {
        "FATURAFLOW_BOOTSTRAP": bootstrap,
        "FATURAFLOW_TOPIC_PREFIX": prefix,
        "FATURAFLOW_DATABASE": f"sqlite:///{folder.absolute()}/{prefix}db",
        "FATURAFLOW_DATA_DIR": str(folder.absolute() / "data"),
        "FATURAFLOW_SECRET_KEY": Fernet.generate_key().decode(),
        orders.KEY_VARIABLE: orders.KEY,
    }
    plans = declared("development", prefix)
    with ExitStack() as ending:
        ending.callback(_forget, asking, [plan.name for plan in plans], prefix)
        apply(asking, plans)
        processes = ending.enter_context(Processes(folder=folder / prefix.rstrip("."), environment=environment))
        yield Ground(bootstrap=bootstrap, topics=Topics(prefix), processes=processes)


@contextmanager
def broker(bootstrap: str | None, folder: Path) -> Iterator[str]:
    """The configured Kafka, or an embedded one that is stopped again if it was started here. Raises StackError."""
    if bootstrap is not None:
        yield bootstrap
        return
    running = local_kafka.up(folder)
    try:
        yield running.bootstrap
    finally:
        if running.started:
            local_kafka.down(running.folder)


def _forget(asking: Any, topics: list[str], prefix: str) -> None:
    """Deletes what the run has left on the broker; what was never made is nothing to delete."""
    groups = [app.app_id for app in identities.apps(prefix).values()]
    for asked in (asking.delete_topics(topics), asking.delete_consumer_groups(groups)):
        for answer in asked.values():
            with suppress(KafkaException):
                answer.result(_REQUEST_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
