"""What only a real Kafka can show."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from app import local_kafka
from app.local_kafka.configuration import MEBIBYTE
from app.local_kafka.ports import LOOPBACK
from app.local_kafka.state import read_state

pytestmark = pytest.mark.broker

Up = Callable[[Path], local_kafka.RunningStack]
TOPIC = "kept"
LARGEST_RECORD = 9 * MEBIBYTE
ANSWER_SECONDS = 15.0


def create_topic(bootstrap: str) -> None:
    topic = NewTopic(TOPIC, num_partitions=1, config={"max.message.bytes": str(LARGEST_RECORD + 4096)})
    client = AdminClient({"bootstrap.servers": bootstrap})
    client.create_topics([topic])[TOPIC].result(ANSWER_SECONDS)


def topics(bootstrap: str) -> set[str]:
    return set(AdminClient({"bootstrap.servers": bootstrap}).list_topics(timeout=ANSWER_SECONDS).topics)


def produce(bootstrap: str, value: bytes) -> None:
    faults: list[object] = []
    producer = Producer({"bootstrap.servers": bootstrap, "message.max.bytes": LARGEST_RECORD + 4096})
    producer.produce(TOPIC, value, on_delivery=lambda error, _record: faults.append(error))
    assert producer.flush(ANSWER_SECONDS) == 0
    assert faults == [None]


def consume(bootstrap: str, count: int) -> list[bytes]:
    settings = {"bootstrap.servers": bootstrap, "group.id": uuid.uuid4().hex, "auto.offset.reset": "earliest"}
    consumer = Consumer(settings)
    try:
        consumer.subscribe([TOPIC])
        records = consumer.consume(count, timeout=ANSWER_SECONDS)
        return [record.value() for record in records]
    finally:
        consumer.close()


def test_a_restart_keeps_records_and_ports_in_a_folder_of_any_name(tmp_path: Path, up: Up) -> None:
    folder = tmp_path / "sipariş deposu, 2"
    before = up(folder)
    create_topic(before.bootstrap)
    produce(before.bootstrap, b"an order")
    produce(before.bootstrap, b"x" * LARGEST_RECORD)
    assert local_kafka.down(folder)
    assert not psutil.pid_exists(before.pid)
    assert not local_kafka.down(folder)

    after = up(folder)
    assert after.started
    assert (after.bootstrap, after.folder) == (before.bootstrap, before.folder)
    assert consume(after.bootstrap, 2) == [b"an order", b"x" * LARGEST_RECORD]


def test_a_second_stack_stands_beside_the_first_and_a_lost_port_is_replaced(tmp_path: Path, up: Up) -> None:
    first, second = up(tmp_path / "first"), up(tmp_path / "second")
    assert first.bootstrap != second.bootstrap
    create_topic(first.bootstrap)
    assert topics(first.bootstrap) == {TOPIC}
    assert topics(second.bootstrap) == set()

    local_kafka.down(second.folder)
    local_kafka.down(first.folder)
    port = int(first.bootstrap.partition(":")[2])
    with socket.create_server((LOOPBACK, port)):
        moved = up(first.folder)
    assert moved.bootstrap != first.bootstrap
    assert topics(moved.bootstrap) == {TOPIC}


def test_two_ups_at_the_same_moment_start_one_broker_that_outlives_them(tmp_path: Path, up: Up) -> None:
    command = [sys.executable, "-m", "app.cli.main", "stack", "up", "--json", "--folder", str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    answers = [process.communicate(timeout=local_kafka.UP_TIMEOUT_SECONDS) for process in both]
    found = up(tmp_path)
    assert [process.returncode for process in both] == [0, 0]
    assert [stderr for _, stderr in answers] == [b"", b""]
    told = [json.loads(stdout) for stdout, _ in answers]
    assert sorted(running["started"] for running in told) == [False, True]
    assert {running["pid"] for running in told} == {found.pid}
    assert not found.started
    assert local_kafka.status(tmp_path).answering


def test_a_broker_that_cannot_start_shows_the_end_of_its_log_and_leaves_nothing_running(tmp_path: Path, up: Up) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meta.properties").write_text("version=1\ncluster.id=other\nnode.id=99\n")
    with pytest.raises(local_kafka.BrokerFailedError, match="Kafka ended while it was starting") as failure:
        up(tmp_path)
    assert any("node id 99" in line for line in failure.value.log_tail)
    state = read_state(tmp_path)
    assert state
    assert state.process
    assert not psutil.pid_exists(state.process.pid)
