"""An installation in memory whose topics are projected into a read model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from app.domain.documents import DocumentProgressed, DocumentState
from app.domain.orders import LoggedEvent
from app.domain.policy import RULES_VERSION, Trigger
from app.following.offsets import TopicLog
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.tracking.read_model.database import Generation, ReadModel
from app.tracking.read_model.facts import sources
from app.tracking.read_model.projector import Projector
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.tables import CONTENT, NOT_CONTENT, offsets
from tests.harness.pipeline import BUSINESS, Pipeline

CLUSTER = "a-cluster"
TOPICS = Topics()


def model_in(folder: Path) -> ReadModel:
    return ReadModel.of(f"sqlite:///{folder}/store.db")


def logs_of(pipeline: Pipeline, *, topic_id: str = "first") -> dict[str, TopicLog]:
    """The topics as a broker would describe them."""
    return {
        topic: TopicLog(topic_id=f"{topic} {topic_id}", bounds={0: (0, len(pipeline.on(topic)))})
        for topic in sources(TOPICS)
    }


def records_of(pipeline: Pipeline) -> list[InRecord]:
    """Everything that is projected, topic by topic."""
    return [record for topic in sources(TOPICS) for record in pipeline.on(topic)]


@dataclass(slots=True)
class Installation:
    """`pipeline` is what happens; `project` brings what is new of it into the read model."""

    model: ReadModel
    pipeline: Pipeline = field(default_factory=lambda: Pipeline(trigger=Trigger.SHIPMENT))
    projector: Projector | None = None
    _seen: set[tuple[str, int]] = field(default_factory=set)

    @property
    def queries(self) -> Queries:
        return Queries(self.model)

    def begin(self) -> Projector:
        """A projector of its own, as another process would have."""
        made = Projector(self.model.ensure(CLUSTER), TOPICS, Codec())
        made.begin(CLUSTER, logs_of(self.pipeline))
        return made

    def new(self) -> list[InRecord]:
        """What was not projected yet."""
        return [each for each in records_of(self.pipeline) if (each.topic, each.offset) not in self._seen]

    def project(self, *, most: int = 500) -> None:
        if self.projector is None:
            self.projector = self.begin()
        records = self.new()
        for start in range(0, len(records), most):
            self.projector.apply(records[start : start + most])
        self._seen |= {(record.topic, record.offset) for record in records}

    async def submit(self, *events: Any) -> None:
        await self.pipeline.submit(*events)
        self.project()

    async def progress(self, order: str, document_id: str, state: DocumentState, **more: Any) -> None:
        """What an issuer reports."""
        number = len(self.pipeline.on(TOPICS.order_log))
        body = DocumentProgressed(document_id=document_id, state=state, **{"command_id": "c", **more})
        event = LoggedEvent(
            event_id=f"p{number}",
            received_at=self.pipeline.now,
            rules_version=RULES_VERSION,
            business=BUSINESS,
            order_reference=order,
            body=body,
        )
        await self.pipeline.log(event, order)
        self.project()


def offsets_of(installation: Installation) -> dict[str, int]:
    """How far each topic is projected."""
    with installation.model.reading() as transaction:
        return {row.topic: row.next for row in transaction.execute(select(offsets))}


def contents(generation: Generation) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that a rebuild must come to again."""
    with generation.reading() as transaction:
        return {table.name: _rows(transaction, table) for table in CONTENT}


def _rows(transaction: Connection, table: Any) -> list[tuple[Any, ...]]:
    columns = [column for column in table.columns if column.name not in NOT_CONTENT]
    return sorted((tuple(row) for row in transaction.execute(select(*columns))), key=repr)


def batches(records: Sequence[InRecord], size: int) -> Iterable[Sequence[InRecord]]:
    return (records[start : start + size] for start in range(0, len(records), size))
