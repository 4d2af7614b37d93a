"""From a stopped installation to evidence: every topic read once, every ledger asked once."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.chaos.evidence import Evidence, Submitted, known_lines, made_documents, newest_entries
from app.demo import scene
from app.demo.stage import Stage
from app.domain import identity
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.orders import OrderEvent
from app.domain.outcomes import OrderOutcome
from app.domain.policy import Trigger
from app.sources.generator import BusinessRole, GeneratedOrder
from app.stream import identities
from app.stream.reader import read_topic

# The cast: three businesses at Nilvera, one at the bookkeeping service that takes a reference twice.
ROLES: Final = (
    BusinessRole(code=scene.SHOP, trigger=Trigger.ORDER_PLACED),
    scene.MARKETPLACE,
    scene.COUNTER,
    scene.BOOKKEEPER,
)
# Nilvera finds a document by our reference and refuses a second one: nobody need ever be asked.
ANSWERS_FOR_ITSELF: Final = frozenset({"nilvera"})


def entries_of(stage: Stage) -> dict[bytes, bytes]:
    """The planner's memory: each order's entry."""
    prefix = stage.topics.prefix
    changelog = stage.topics.changelog(identities.app("planner", prefix).app_id, "orders")
    return newest_entries(read_topic(stage.bootstrap, changelog))


def evidence_of(
    stage: Stage,
    generated: tuple[GeneratedOrder, ...],
    entries: Mapping[bytes, bytes],
    reports: Mapping[str, Mapping[str, Any]],
) -> Evidence:
    """Everything that the check looks at. Raises TopicUnreadableError."""
    return Evidence(
        submitted=tuple(_submitted(stage)),
        outcomes=tuple(_records(stage, stage.topics.order_outcomes, OrderOutcome)),
        statuses=tuple(_records(stage, stage.topics.document_status, DocumentStatus)),
        commands=tuple(
            command
            for provider in reports
            for command in _records(stage, stage.topics.commands(provider), InvoiceCommand)
        ),
        made=tuple(document for report in reports.values() for document in made_documents(report)),
        lines=known_lines(entries),
        generated=generated,
        companies=scene.SELLERS,
        planned_by_order=frozenset(role.code for role in ROLES if role.trigger is not Trigger.SHIPMENT),
        answers_for_itself=ANSWERS_FOR_ITSELF,
        dead_letters={topic: _count(stage, topic) for topic in _dead_letter_topics(stage)},
    )


def _submitted(stage: Stage) -> Iterator[Submitted]:
    """One order's events have one key, so they stand in one partition, in their sequence."""
    for record in read_topic(stage.bootstrap, stage.topics.orders):
        assert record.value is not None
        yield Submitted(
            event_id=identity.event_id(record.topic, record.partition, record.offset, record.value),
            event=stage.codec.read(OrderEvent, record.value),
        )


def _records(stage: Stage, topic: str, record_type: type[Any]) -> Iterator[Any]:
    for record in read_topic(stage.bootstrap, topic):
        yield stage.codec.read(record_type, record.value)


def _dead_letter_topics(stage: Stage) -> list[str]:
    return [app.dead_letters for app in identities.apps(stage.topics.prefix).values()]


def _count(stage: Stage, topic: str) -> int:
    return sum(1 for _ in read_topic(stage.bootstrap, topic))
