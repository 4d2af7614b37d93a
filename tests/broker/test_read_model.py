"""The projection on a real Kafka: it follows the topics, and ends where they are not those that it has read."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from app.following.errors import LogChangedError
from app.stream.clients.producer import write_all
from app.stream.records import Record
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.errors import CursorExpiredError
from app.tracking.read_model.facts import sources
from app.tracking.read_model.filters import PageRequest
from app.tracking.read_model.following import Following
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.rebuild import rebuild
from tests.harness.pipeline import BUSINESS, TOPICS, Pipeline, order, request
from tests.tracking.read_model.installation import contents

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

PATIENCE_SECONDS = 120.0


@dataclass(slots=True)
class Worker:
    """The projection in a thread of this process; `ended` is what it was ended by."""

    following: Following
    ended: list[Exception] = field(default_factory=list)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def stop(self) -> None:
        self.following.stop.set()
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()

    def _run(self) -> None:
        try:
            self.following.run()
        except Exception as error:  # noqa: BLE001 - what ends the worker is what the test looks at
            self.ended.append(error)


@dataclass(slots=True)
class Kafka:
    """Topics of this test alone."""

    bootstrap: str
    topics: Topics
    admin: AdminClient
    written: Counter[str] = field(default_factory=Counter)

    def create(self, *names: str) -> None:
        for made in self.admin.create_topics([NewTopic(name, 2, 1) for name in names]).values():
            made.result(30)

    def delete(self, *names: str) -> None:
        for deleted in self.admin.delete_topics(list(names)).values():
            deleted.result(30)

    def truncate(self, name: str) -> None:
        """As retention does: nothing of the topic is left, and its offsets go on."""
        everything = [TopicPartition(name, partition, -1) for partition in (0, 1)]
        for deleted in self.admin.delete_records(everything).values():
            deleted.result(30)

    def write(self, pipeline: Pipeline) -> None:
        """What the stages have written in memory since the last time, onto the topics."""
        for topic in sources(TOPICS):
            records = pipeline.on(topic)[self.written[topic] :]
            self.written[topic] += len(records)
            name = f"{self.topics.prefix}{topic}"
            write_all(
                self.bootstrap,
                (Record(topic=name, key=each.key, value=each.value, headers=each.headers) for each in records),
            )


@pytest.fixture
def kafka(bootstrap: str) -> Iterator[Kafka]:
    topics = Topics(f"rm{uuid.uuid4().hex[:8]}.")
    found = Kafka(bootstrap, topics, AdminClient({"bootstrap.servers": bootstrap}))
    found.create(*sources(topics))
    yield found
    mine = [name for name in found.admin.list_topics(timeout=30).topics if name.startswith(topics.prefix)]
    found.delete(*mine)


@pytest.fixture
def model(tmp_path: Path) -> Iterator[ReadModel]:
    made = ReadModel.of(f"sqlite:///{tmp_path}/store.db")
    yield made
    made.close()


@pytest.fixture
def start(kafka: Kafka, model: ReadModel) -> Iterator[Callable[[], Worker]]:
    """Starts the projection; what still runs at the end is stopped."""
    started: list[Worker] = []

    def begin() -> Worker:
        following = Following(model=model, bootstrap=kafka.bootstrap, topics=kafka.topics, codec=Codec())
        started.append(Worker(following))
        return started[-1]

    yield begin
    for worker in started:
        worker.stop()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, f"not within {PATIENCE_SECONDS:.0f} s"
        time.sleep(0.05)


def shown(queries: Queries) -> set[str]:
    return {row.order_reference for row in queries.orders().rows}


def test_a_projection_has_its_turns_where_nothing_comes(kafka: Kafka, model: ReadModel) -> None:
    turns: list[float] = []
    worker = Worker(
        Following(
            model=model,
            bootstrap=kafka.bootstrap,
            topics=kafka.topics,
            codec=Codec(),
            turned=lambda: turns.append(time.monotonic()),
        )
    )
    until(lambda: len(turns) > 20)
    worker.stop()
    assert not worker.ended


async def test_what_is_written_is_shown_and_a_projection_that_starts_again_goes_on_behind_it(
    kafka: Kafka, model: ReadModel, start: Callable[[], Worker]
) -> None:
    pipeline, queries = Pipeline(), Queries(model)
    await pipeline.submit(order("S-1", lines=2), request("S-1", "1"))
    kafka.write(pipeline)
    first = start()
    until(lambda: first.following.behind == 0)
    assert shown(queries) == {"S-1"}
    assert queries.freshness().current_at is not None
    first.stop()
    feed = queries.changes().next
    await pipeline.submit(order("S-2"))
    kafka.write(pipeline)
    second = start()
    until(lambda: second.following.behind == 0)
    assert shown(queries) == {"S-1", "S-2"}
    following = queries.changes(PageRequest(cursor=feed)).rows
    assert {change.key for change in following if change.kind == "order"} == {f"{BUSINESS}/S-2"}
    assert first.ended == second.ended == []


async def test_a_topic_that_is_made_anew_under_its_name_ends_the_projection(
    kafka: Kafka, start: Callable[[], Worker]
) -> None:
    pipeline = Pipeline()
    await pipeline.submit(order("S-1"))
    kafka.write(pipeline)
    worker = start()
    until(lambda: worker.following.behind == 0)
    kafka.delete(kafka.topics.order_outcomes)
    until(lambda: kafka.topics.order_outcomes not in kafka.admin.list_topics(timeout=30).topics)
    kafka.create(kafka.topics.order_outcomes)
    until(lambda: bool(worker.ended))
    assert isinstance(worker.ended[0], LogChangedError)


async def test_records_that_retention_deleted_before_they_were_projected_end_the_projection(
    kafka: Kafka, start: Callable[[], Worker]
) -> None:
    pipeline = Pipeline()
    await pipeline.submit(order("S-1"))
    kafka.write(pipeline)
    worker = start()
    until(lambda: worker.following.behind == 0)
    worker.stop()
    await pipeline.submit(*(order(f"S-{number}") for number in range(2, 9)))
    kafka.write(pipeline)
    kafka.truncate(kafka.topics.order_log)
    late = start()
    until(lambda: bool(late.ended))
    assert isinstance(late.ended[0], LogChangedError)


async def test_a_rebuild_comes_to_the_rows_of_the_live_one_and_the_worker_goes_on_with_it(
    kafka: Kafka, model: ReadModel, start: Callable[[], Worker]
) -> None:
    pipeline, queries = Pipeline(), Queries(model)
    await pipeline.submit(order("S-1", lines=3), request("S-1", "1"), order("S-2"), {**order("S-3"), "gift": True})
    kafka.write(pipeline)
    worker = start()
    until(lambda: worker.following.behind == 0)
    before, cursor = contents(model.live()), queries.changes().next
    served = list[set[str]]()
    rebuilt = rebuild(
        model, kafka.bootstrap, kafka.topics, Codec(), progress=lambda _left: served.append(shown(queries))
    )
    assert served
    assert all(each == {"S-1", "S-2", "S-3"} for each in served)
    assert contents(model.live()) == before
    assert rebuilt.before == rebuilt.now
    with pytest.raises(CursorExpiredError):
        queries.changes(PageRequest(cursor=cursor))
    await pipeline.submit(order("S-4"))
    kafka.write(pipeline)
    until(lambda: "S-4" in shown(queries))
    assert worker.ended == []


async def test_a_rebuild_makes_a_read_model_of_topics_that_were_made_anew(
    kafka: Kafka, model: ReadModel, start: Callable[[], Worker]
) -> None:
    pipeline = Pipeline()
    await pipeline.submit(order("S-1"))
    kafka.write(pipeline)
    first = start()
    until(lambda: first.following.behind == 0)
    first.stop()
    kafka.delete(kafka.topics.document_status)
    until(lambda: kafka.topics.document_status not in kafka.admin.list_topics(timeout=30).topics)
    kafka.create(kafka.topics.document_status)
    refused = start()
    until(lambda: bool(refused.ended))
    rebuild(model, kafka.bootstrap, kafka.topics, Codec(), progress=lambda _left: None)
    again = start()
    until(lambda: again.following.behind == 0)
    assert shown(Queries(model)) == {"S-1"}
