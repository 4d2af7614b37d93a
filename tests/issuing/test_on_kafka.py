"""The issuer on a real Kafka and over HTTP: killed in the middle, it leaves one document for each command."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from app.domain.identity import connection_key
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics as Names
from tests.broker.stream.topics import COMPACTED, Topics
from tests.broker.stream.workers import Worker, until
from tests.harness.issuing_builders import PROVIDER, command
from tests.issuing.kafka_worker import PARTITIONS

COMMANDS = 200
TRACE = ("traceparent", b"00-1-2-01")
FAULTS = {"rates": {"LOST_BEFORE": 0.05, "LOST_ANSWER": 0.1, "SLOW": 0.3}, "seconds": {"slow": 0.3}}


def simulator(url: str, switch: str, change: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Reads a switch of the simulator, or changes it."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
    body = None if change is None else json.dumps(change)
    connection.request("GET" if body is None else "PUT", f"/_simulator/{switch}", body)
    answer: dict[str, Any] = json.load(connection.getresponse())
    connection.close()
    return answer


@pytest.fixture
def provider() -> Iterator[str]:
    """Testbook's simulator as a process of its own, misbehaving."""
    arguments = [sys.executable, "-m", "providers.testbook.simulator.service", "--seed", "7"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        simulator(url, "misbehaviour", FAULTS)
        yield url
        process.terminate()


@pytest.fixture
def topics(bootstrap: str) -> Iterator[Topics]:
    topics = Topics(bootstrap)
    topics.create(f"invoice-commands.{PROVIDER}.v1", PARTITIONS)
    topics.create("issuer-journal-changelog", PARTITIONS, COMPACTED)
    topics.create("order-log.v1", 1)
    topics.create(Names().dead_letters(Names().commands(PROVIDER), f"issuer-{PROVIDER}"), 1)
    yield topics
    topics.delete_all()


def issued(topics: Topics) -> Counter[str]:
    """The reports of each order that say that its document is issued."""
    events = [json.loads(message.value() or b"") for message in topics.read("order-log.v1")]
    return Counter(event["event_id"] for event in events if event["body"]["state"] == "ISSUED")


@pytest.mark.broker
@pytest.mark.timeout(180)
def test_a_killed_issuer_leaves_one_document_for_every_command(topics: Topics, provider: str, tmp_path: Path) -> None:
    def start(name: str) -> Worker:
        arguments = (topics.bootstrap, topics.prefix, tmp_path / name, provider)
        return Worker("tests.issuing.kafka_worker", *arguments, log=tmp_path / f"{name}.log")

    codec, key = Codec(), connection_key("shop", PROVIDER).encode()
    records = [(key, codec.write(command(number=n))) for n in range(COMMANDS)]
    topics.write(f"invoice-commands.{PROVIDER}.v1", [*records, (key, b"not a command")], headers=[TRACE])
    first = start("first")
    try:
        until(lambda: len(issued(topics)) >= COMMANDS // 10, 60, "the first documents")
        first.signal(signal.SIGKILL)
        first.wait()
        second = start("second")
        try:
            until(lambda: len(issued(topics)) == COMMANDS, 90, "all documents")
            assert second.end() == 0
        finally:
            second.end()
    finally:
        first.end()
    assert all(TRACE in (message.headers() or ()) for message in topics.read("order-log.v1"))
    record = simulator(provider, "record")
    assert len(list(topics.read(f"invoice-commands.{PROVIDER}.v1.issuer-{PROVIDER}.dlq"))) >= 1
    assert (len(record["documents"]), record["doubles"]) == (COMMANDS, 0)
