"""The installation of one benchmark: topics of its own on a real broker, one business, workers; deleted afterwards."""

import secrets
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from confluent_kafka import KafkaException

from app.operations.supervision.launching import COMMAND_LINE
from app.stream.clients.clients import admin
from app.stream.clients.producer import write_all
from app.stream.records import Record
from app.stream.serialization.codec import Codec
from app.stream.topics import identities
from app.stream.topics.names import Topics
from app.stream.topics.plans import declared
from app.stream.topics.provisioning import apply
from app.testbed.benchmarks import orders
from app.testbed.benchmarks.probes import Ends, is_ready, until
from app.testbed.installation.installation import Installation, environment_of
from app.testbed.installation.processes import Process, Processes

# A run that is not through by then is broken, not slow.
PATIENCE_SECONDS: Final = 120.0
_REQUEST_SECONDS: Final = 60.0


@dataclass(slots=True, kw_only=True)
class MeasuredWorker:
    """A worker process, and the port on which it answers whether it is ready."""

    process: Process
    health_port: int
    began: float

    def wait_until_ready(self) -> float:
        """Seconds since its start."""
        until(lambda: is_ready(self.health_port), self.process, seconds=PATIENCE_SECONDS, what="ready")
        return time.monotonic() - self.began


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkInstallation(Installation):
    """One run's installation, filled and watched from outside."""

    def fill(self, topic: str, records: Iterable[tuple[str, bytes]]) -> None:
        """Writes (key, value) and waits for all of it; hashed as every producer of ours hashes."""
        write_all(self.bootstrap, (Record(topic=topic, key=key.encode(), value=value) for key, value in records))

    def configure(
        self, provider: str, base_url: str, options: Mapping[str, str], *, secrets: Mapping[str, str] | None = None
    ) -> None:
        """Gives the one business its connection to a simulator; `options` tune it. `secrets`: else the run's key."""
        self.folder.mkdir(parents=True, exist_ok=True)  # no process may have made it yet
        file = self.folder / "faturaflow.yaml"
        for name, secret in (secrets or {}).items():
            (self.folder / name).write_text(secret, encoding="utf-8")
        places = {name: {"file": f"{(self.folder / name).absolute()}"} for name in secrets or ()}
        content = orders.configuration(provider, base_url, options, places)
        file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        self.processes.finish(self.processes.start("config", ["config", "apply", str(file)]))

    def start(self, *stage: str) -> MeasuredWorker:
        """Starts a worker as it is started in production: `planner`, or `issuer`, `nilvera`."""
        return self.start_module(COMMAND_LINE, "worker", *stage)

    def start_module(self, module: str, *arguments: str) -> MeasuredWorker:
        """Starts a process that serves `/ready`; it ends with the run."""
        port, began = _free_port(), time.monotonic()
        name = "-".join((module.rpartition(".")[2], *arguments, str(port)))
        settings = {"FATURAFLOW_HEALTH_PORT": str(port)}
        process = self.processes.start(name, arguments, module=module, settings=settings)
        return MeasuredWorker(process=process, health_port=port, began=began)

    def start_web(self, settings: Mapping[str, str]) -> MeasuredWorker:
        """Starts the HTTP API, which has its health on its own port; `settings` are added to its environment."""
        port, began = _free_port(), time.monotonic()
        known = {"FATURAFLOW_WEB_PORT": str(port), **settings}
        process = self.processes.start(f"web-{port}", ["web"], settings=known)
        return MeasuredWorker(process=process, health_port=port, began=began)

    def stop(self, worker: MeasuredWorker) -> None:
        """Ends one worker as an orchestrator does, and waits for its end."""
        self.processes.stop(worker.process.name)

    def wait_until_read(self, worker: MeasuredWorker, app: str) -> None:
        """Until the app's group has finished everything that its topic has now."""
        known = identities.app(app, self.topics.prefix)
        ends = Ends(self.bootstrap, known.source, known.app_id)
        end = ends.end()
        what = f"{end} records of {known.source}"
        until(lambda: ends.committed() >= end, worker.process, seconds=PATIENCE_SECONDS, what=what)


@contextmanager
def benchmark_installation(folder: Path, bootstrap: str) -> Iterator[BenchmarkInstallation]:
    """Topics and processes of one run; both end with the block."""
    prefix = f"bench-{secrets.token_hex(4)}."
    asking, own = admin(bootstrap), folder / prefix.rstrip(".")
    environment = {**environment_of(bootstrap, prefix, own), orders.KEY_VARIABLE: orders.KEY}
    plans = declared("development", prefix)
    with ExitStack() as ending:
        ending.callback(_delete, asking, [plan.name for plan in plans], prefix)
        apply(asking, plans)
        processes = ending.enter_context(Processes(folder=own, environment=environment))
        yield BenchmarkInstallation(
            bootstrap=bootstrap, topics=Topics(prefix), codec=Codec(), processes=processes, folder=own
        )


def _delete(asking: Any, topics: list[str], prefix: str) -> None:
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
