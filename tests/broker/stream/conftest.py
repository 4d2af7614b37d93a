"""A test's own topics, and workers that end with it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.broker.stream.topics import COMPACTED, Topics
from tests.broker.stream.workers import Worker

Start = Callable[..., Worker]


@pytest.fixture
def topics(bootstrap: str) -> Iterator[Topics]:
    topics = Topics(bootstrap)
    yield topics
    topics.delete_all()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a worker process; whatever still runs at the end of the test is ended."""
    workers: list[Worker] = []

    def start(module: str, *arguments: object) -> Worker:
        name = f"{module}-{len(workers)}"
        worker = Worker(f"tests.broker.stream.{module}", *arguments, log=tmp_path / f"{name}.log")
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.end(20)


class Probe:
    """A probe worker and what it has printed so far."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.worker.said.splitlines() if line.startswith("{")]

    @property
    def got(self) -> list[list[Any]]:
        """[partition, offset, key, value] of every record handed over."""
        return [record for line in self.lines for record in line.get("got", ())]

    @property
    def values(self) -> list[str]:
        return [value for _, _, _, value in self.got]

    @property
    def epochs(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if "owned" in line]


@pytest.fixture
def probe(topics: Topics, start: Start, tmp_path: Path) -> Callable[..., Probe]:
    """Start a probe worker; the same `name` is the same worker, started again."""

    def probe(*, name: str = "probe", **options: Any) -> Probe:
        told = {
            "bootstrap": topics.bootstrap,
            "prefix": topics.prefix,
            "data_dir": str(tmp_path / name),
            **options,
        }
        return Probe(start("probe_worker", json.dumps(told)))

    return probe


@pytest.fixture
def probe_topics(topics: Topics) -> Callable[[int], None]:
    """Create what a probe worker needs."""

    def create(partitions: int = 1) -> None:
        topics.create("in", partitions)
        topics.create("out", 1)
        topics.create("probe-seen-changelog", partitions, COMPACTED)

    return create
