"""Webhooks on a real Kafka and a real receiver: a killed worker loses nothing and keeps the sequence."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from pydantic import SecretStr

from app.operations.webhooks import Webhooks
from app.settings import Settings
from app.store import DeliveryState, Store
from app.stream.clients.producer import write_all
from app.stream.records import Record
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.testbed.installation.processes import Processes
from app.webhooks.events import sources
from tests.store.configurations import SHOP, business
from tests.webhooks.queued import KEY
from tests.webhooks.topics import status_of

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]

# A claim of the killed worker runs out after a minute.
PATIENCE_SECONDS = 150.0
DOCUMENTS = 12
STEPS = 5


@dataclass(slots=True)
class Received:
    """What has come, in its sequence, with its `webhook-id`. `slow`: how long an answer takes."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)
    most: int = 20
    slow: float = 0.05

    def sequences(self) -> dict[str, list[int]]:
        """Of each document, each event once."""
        found: dict[str, list[int]] = defaultdict(list)
        for _, data in self.calls:
            if data["sequence"] not in found[data["documentId"]]:
                found[data["documentId"]].append(data["sequence"])
        return found


@contextmanager
def receiver() -> Iterator[tuple[str, Received]]:
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.calls.append((self.headers["webhook-id"], body["data"]))
            if len(received.calls) >= received.most:
                received.came.set()
            time.sleep(received.slow)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hooks", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, f"not within {PATIENCE_SECONDS:.0f} s"
        time.sleep(0.2)


@pytest.fixture
def topics(bootstrap: str) -> Iterator[Topics]:
    made, admin = Topics(f"wh{uuid.uuid4().hex[:8]}."), AdminClient({"bootstrap.servers": bootstrap})
    for each in admin.create_topics([NewTopic(name, 2, 1) for name in sources(made)]).values():
        each.result(30)
    yield made
    for each in admin.delete_topics(list(sources(made))).values():
        each.result(30)


def write(bootstrap: str, topics: Topics) -> None:
    codec = Codec()
    write_all(
        bootstrap,
        (
            Record(
                topic=topics.document_status,
                key=f"{SHOP}/S-{document}".encode(),
                value=codec.write(status_of(f"d{document}", step, order_reference=f"S-{document}")),
            )
            for step in range(1, STEPS + 1)
            for document in range(DOCUMENTS)
        ),
    )


def test_a_worker_that_is_killed_loses_no_event_and_keeps_each_documents_sequence(
    bootstrap: str, topics: Topics, tmp_path: Path, unused_tcp_port: int
) -> None:
    database = f"sqlite:///{tmp_path}/store.db"
    environment = {
        "FATURAFLOW_BOOTSTRAP": bootstrap,
        "FATURAFLOW_TOPIC_PREFIX": topics.prefix,
        "FATURAFLOW_DATABASE": database,
        "FATURAFLOW_SECRET_KEY": KEY,
        "FATURAFLOW_WEBHOOK_LOOPBACK": "true",
    }
    with (
        receiver() as (url, received),
        Store.open(Settings(database=database, secret_key=SecretStr(KEY))) as store,
        Processes(folder=tmp_path, environment=environment) as processes,
    ):
        store.apply([business()], actor="test")
        webhooks = Webhooks(store, loopback=True)
        alive = webhooks.add(SHOP, url, types=["document.issued"], actor="test").endpoint.endpoint_id
        dead = webhooks.add(SHOP, f"http://127.0.0.1:{unused_tcp_port}/", types=[], actor="test").endpoint.endpoint_id
        write(bootstrap, topics)
        worker = processes.start("webhooks", ["worker", "webhooks"]).popen
        assert received.came.wait(PATIENCE_SECONDS)
        worker.kill()
        worker.wait()
        processes.running.clear()
        again = processes.start("webhooks-2", ["worker", "webhooks"]).popen
        until(lambda: webhooks.get(alive).succeeded_at is not None and _waiting(webhooks, alive) == 0)
        again.terminate()
        assert again.wait(30) == 0
        processes.running.clear()
        states = {each.state for each in webhooks.deliveries(alive, limit=200)}
    assert received.sequences() == {f"d{number}": list(range(1, STEPS + 1)) for number in range(DOCUMENTS)}
    assert len({event_id for event_id, _ in received.calls}) == DOCUMENTS * STEPS
    assert states == {DeliveryState.DELIVERED}
    assert dead != alive


def _waiting(webhooks: Webhooks, endpoint_id: str) -> int:
    return next(each.waiting for each in webhooks.all() if each.endpoint_id == endpoint_id)
