"""Makes the broker's topics what they are declared to be; refuses what would cost data or dedupe."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType

from app.stream.topics.comparison import differences, refusals
from app.stream.topics.errors import BrokerRequestError, TopicsRefusedError
from app.stream.topics.existing import (
    CONNECT_SECONDS,
    REQUEST_SECONDS,
    ExistingTopic,
    broker_requests,
    described_configs,
    described_topics,
)
from app.stream.topics.plans import TopicPlan

# A group that pauses for less than a month must find its place again: without its offsets its worker will not start.
LEAST_OFFSETS_RETENTION_MINUTES: Final = 30 * 24 * 60
OFFSETS_RETENTION: Final = "offsets.retention.minutes"
_METADATA_PAUSE_SECONDS: Final = 0.1


class Change(StrEnum):
    """What became of a topic."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedTopic:
    """One row of the report; `changes` are `name: old → new`."""

    name: str
    change: Change
    partitions: int
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was done, and what could not be checked."""

    topics: tuple[AppliedTopic, ...]
    warnings: tuple[str, ...] = ()


@broker_requests()
def apply(admin: AdminClient, plans: Sequence[TopicPlan]) -> Applied:
    """Create what is missing and bring configurations up to date; a second time changes nothing.

    Raises:
        TopicsRefusedError: a partition count, clean-up policy or replication differs, or the brokers forget offsets too
            soon. Nothing has been changed then.
        BrokerRequestError: the broker does not answer, or refuses a request.

    """
    # 1. everything is read,
    existing = described_topics(admin, [plan.name for plan in plans])
    forgetting, warnings = _offsets_retention(admin)
    # 2. and compared as a whole,
    known = [(plan, existing[plan.name]) for plan in plans if plan.name in existing]
    problems = [*forgetting, *(problem for plan, found in known for problem in refusals(plan, found))]
    if problems:
        raise TopicsRefusedError(problems)
    # 3. before anything is changed.
    changes = {plan.name: differences(plan, found) for plan, found in known}
    _alter(admin, {name: wanted for name, wanted in changes.items() if wanted})
    _create(admin, [plan for plan in plans if plan.name not in existing])
    return Applied(topics=tuple(_row(plan, existing.get(plan.name)) for plan in plans), warnings=warnings)


def _offsets_retention(admin: AdminClient) -> tuple[list[str], tuple[str, ...]]:
    """What is wrong with it, and what could not be found out: a hosted Kafka may not report it."""
    brokers = admin.list_topics(timeout=CONNECT_SECONDS).brokers
    try:
        configs = described_configs(admin, ResourceType.BROKER, map(str, brokers))
    except KafkaException as refused:
        return [], (f"{OFFSETS_RETENTION} could not be checked ({refused.args[0].str()}).",)
    reported = [int(config[OFFSETS_RETENTION]) for config in configs.values() if OFFSETS_RETENTION in config]
    if not reported:
        return [], (f"{OFFSETS_RETENTION} could not be checked: the brokers do not report it.",)
    if (least := min(reported)) >= LEAST_OFFSETS_RETENTION_MINUTES:
        return [], ()
    problem = (
        f"The brokers forget a group's offsets after {least} minutes ({OFFSETS_RETENTION}): "
        f"set it to {LEAST_OFFSETS_RETENTION_MINUTES} (30 days) or more."
    )
    return [problem], ()


def _alter(admin: AdminClient, changes: Mapping[str, Mapping[str, str]]) -> None:
    if not changes:
        return
    resources = [_altered(name, wanted) for name, wanted in changes.items()]
    for resource, future in admin.incremental_alter_configs(resources, request_timeout=REQUEST_SECONDS).items():
        try:
            future.result(REQUEST_SECONDS)
        except KafkaException as refused:
            settings = ", ".join(f"{name}={value}" for name, value in changes[resource.name].items())
            sentence = f"{resource.name} was not set to {settings}: {refused.args[0].str()}"
            raise BrokerRequestError(sentence) from refused


def _altered(topic: str, wanted: Mapping[str, str]) -> ConfigResource:
    entries = [ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in wanted.items()]
    return ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)


def _create(admin: AdminClient, plans: Sequence[TopicPlan]) -> None:
    """Create these topics and wait until the broker names them to every client: a worker may start right after."""
    if not plans:
        return
    topics = [NewTopic(plan.name, plan.partitions, plan.replication, config=dict(plan.config)) for plan in plans]
    for name, future in admin.create_topics(topics, request_timeout=REQUEST_SECONDS).items():
        _created(name, future)
    _wait_until(lambda: {plan.name for plan in plans} <= admin.list_topics(timeout=CONNECT_SECONDS).topics.keys())


def _created(name: str, future: Future[None]) -> None:
    try:
        future.result(REQUEST_SECONDS)
    except KafkaException as refused:
        # Another process applies at the same time: the same declaration, so the same topic.
        if refused.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise BrokerRequestError(f"{name} was not created: {refused.args[0].str()}") from refused


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + REQUEST_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            sentence = f"The broker does not show the new topics after {REQUEST_SECONDS:.0f} s: try again."
            raise BrokerRequestError(sentence)
        time.sleep(_METADATA_PAUSE_SECONDS)


def _row(plan: TopicPlan, found: ExistingTopic | None) -> AppliedTopic:
    if found is None:
        return AppliedTopic(name=plan.name, change=Change.CREATED, partitions=plan.partitions)
    changes = tuple(f"{name}: {found.config.get(name)} → {wanted}" for name, wanted in differences(plan, found).items())
    change = Change.CHANGED if changes else Change.UNCHANGED
    return AppliedTopic(name=plan.name, change=change, partitions=plan.partitions, changes=changes)
