"""The read model: how many records of a backlog it projects in a second, in SQLite and in PostgreSQL."""

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from app.domain.documents import DocumentProgressed, DocumentState
from app.domain.identity import order_key
from app.following.offsets import TopicLog
from app.following.topic_logs import BATCH
from app.planning.effects import Effects
from app.planning.fold import fold
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.testbed.benchmarks import orders
from app.testbed.benchmarks.measurement import Measurement
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.projector import Projector

# Each is an event, its outcome and two states of its document: four records that are projected.
ORDERS: Final = 10_000
POSTGRESQL: Final = "FATURAFLOW_BENCH_POSTGRESQL"
"""The URL of an empty PostgreSQL database; without it only SQLite is measured."""
_TOPICS: Final = Topics()
_CLUSTER: Final = "bench"


def measure() -> Iterator[Measurement]:
    """Wall-clock time from the first record to the last commit, each topic by itself, as a backlog is read."""
    backlog = _backlog()
    with tempfile.TemporaryDirectory(prefix="faturaflow-bench-") as folder:
        yield from _measured("sqlite", ReadModel.of(f"sqlite:///{folder}/store.db"), backlog)
    if url := os.environ.get(POSTGRESQL):
        yield from _measured("postgresql", ReadModel.of(url), backlog)


def _measured(name: str, model: ReadModel, backlog: list[InRecord]) -> Iterator[Measurement]:
    projector = Projector(model.beside(_CLUSTER), _TOPICS, Codec())
    projector.begin(_CLUSTER, {topic: TopicLog(topic_id="", bounds={0: (0, 0)}) for topic in projector.topics})
    began, processor = time.perf_counter(), time.process_time()
    for start in range(0, len(backlog), BATCH):
        projector.apply(backlog[start : start + BATCH])
    took, used = time.perf_counter() - began, time.process_time() - processor
    model.close()
    yield Measurement(name=f"projection-{name}", value=len(backlog) / took, unit="records/s")
    yield Measurement(name=f"projection-{name}-cpu", value=used / len(backlog) * 1_000_000, unit="µs/record")


def _backlog() -> list[InRecord]:
    """Orders that were invoiced and issued, topic by topic."""
    codec, now = Codec(), datetime.now(UTC)
    by_topic: dict[str, list[Any]] = {
        _TOPICS.order_log: [],
        _TOPICS.order_outcomes: [],
        _TOPICS.document_status: [],
    }
    for number in range(ORDERS):
        logged = orders.logged(number, number, now)
        state, planned = fold(None, logged)
        (first,) = planned.statuses
        issued = DocumentProgressed(
            document_id=first.document_id,
            command_id=planned.commands[0].command_id,
            state=DocumentState.ISSUED,
            number=f"OLC2026{number:09d}",
            ettn=first.document_id,
        )
        _, after = fold(state, replace(logged, event_id=f"issued {number}", body=issued, policy=None, person=None))
        _keep(by_topic, logged, planned, after)
    return [
        InRecord(
            topic=topic,
            partition=0,
            offset=offset,
            timestamp_ms=0,
            key=order_key(each.business, each.order_reference).encode(),
            value=codec.write(each),
            headers=(),
        )
        for topic, records in by_topic.items()
        for offset, each in enumerate(records)
    ]


def _keep(by_topic: dict[str, list[Any]], logged: Any, *effects: Effects) -> None:
    by_topic[_TOPICS.order_log].append(logged)
    for each in effects:
        by_topic[_TOPICS.order_outcomes] += each.outcomes
        by_topic[_TOPICS.document_status] += each.statuses
