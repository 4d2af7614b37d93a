"""Makes the broker's topics what they are declared to be; refuses what would cost data or dedupe."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import structlog
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType

from app.stream.clients.clients import sentence_of
from app.stream.errors import StartRefused, StreamError
from app.stream.ownership.exits import TOPIC_MISSING, TOPIC_UNSAFE
from app.stream.topics.plans import TopicPlan

# A broker that is up answers in milliseconds; a person waits at the prompt.
CONNECT_SECONDS: Final = 10.0
# Creating the topics of a large cluster takes its controller some seconds.
REQUEST_SECONDS: Final = 30.0
# A group that pauses for less than a month must find its place again: without its offsets its worker will not start.
LEAST_OFFSETS_RETENTION_MINUTES: Final = 30 * 24 * 60
OFFSETS_RETENTION: Final = "offsets.retention.minutes"

# Somebody who keeps more than we ask for has a reason, and taking it away deletes or refuses records.
_AT_LEAST: Final = frozenset({"retention.ms", "max.message.bytes", "min.insync.replicas", "delete.retention.ms"})
_FOR_EVER: Final = -1
_NOT_ALLOWED: Final = frozenset({KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED})
# Another value of these loses records, or stops who writes them; the others cost room or time.
_VITAL: Final = frozenset(
    {
        "cleanup.policy",
        "max.message.bytes",
        "message.timestamp.type",
        "min.insync.replicas",
        "retention.bytes",
        "retention.ms",
        "unclean.leader.election.enable",
    }
)
_SETTLING_PAUSE_SECONDS: Final = 0.1


log = structlog.get_logger(__name__)


class TopicsRefused(StreamError):  # noqa: N818 - the tool is right to refuse
    """The broker has something that must not be changed by a tool; `problems` lists all of it."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(["Nothing was changed:", *(f"- {problem}" for problem in problems)]))
        self.problems = tuple(problems)


class BrokerFault(StreamError):  # noqa: N818 - the broker's, not ours
    """The broker did not do what it was asked for; the message says what."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingTopic:
    """A topic as the broker has it."""

    partitions: int
    replication: int
    config: Mapping[str, str]


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except KafkaException as fault:
        raise BrokerFault(sentence_of(fault)) from fault
    except TimeoutError as fault:
        raise BrokerFault("Kafka does not answer in time: try again.") from fault


@_faults()
def apply(admin: AdminClient, plans: Sequence[TopicPlan]) -> Applied:
    """Creates what is missing and brings configurations up to date; a second time changes nothing.

    Raises:
        TopicsRefused: a partition count, clean-up policy or replication differs, or the brokers forget offsets too
            soon. Nothing has been changed then.
        BrokerFault: the broker does not answer, or refuses a request.

    """
    # 1. everything is looked at,
    existing = existing_topics(admin, [plan.name for plan in plans])
    forgetting, warnings = _offsets_retention(admin)
    # 2. and judged as a whole,
    problems = [*forgetting, *(p for plan in plans if plan.name in existing for p in _refusals(plan, existing))]
    if problems:
        raise TopicsRefused(problems)
    # 3. before anything is changed.
    changes = {plan.name: _differences(plan, existing[plan.name]) for plan in plans if plan.name in existing}
    _alter(admin, {name: wanted for name, wanted in changes.items() if wanted})
    _create(admin, [plan for plan in plans if plan.name not in existing])
    return Applied(topics=tuple(_row(plan, existing.get(plan.name)) for plan in plans), warnings=warnings)


@_faults()
def existing_topics(admin: AdminClient, names: Sequence[str]) -> dict[str, ExistingTopic]:
    """Those of these topics that exist, as they are. Raises BrokerFault."""
    return _existing(admin, names)


def _existing(admin: AdminClient, names: Sequence[str]) -> dict[str, ExistingTopic]:
    found = {name: topic for name, topic in admin.list_topics(timeout=CONNECT_SECONDS).topics.items() if name in names}
    configs = _configs(admin, [ConfigResource(ResourceType.TOPIC, name) for name in found])
    return {
        name: ExistingTopic(
            partitions=len(topic.partitions),
            replication=min((len(partition.replicas) for partition in topic.partitions.values()), default=0),
            config=configs[name],
        )
        for name, topic in found.items()
    }


def refuse_unsafe_topics(admin: AdminClient, plans: Sequence[TopicPlan]) -> None:
    """Return when each of these topics exists as it must: for a worker's start, which changes nothing.

    Raises:
        StartRefused: one is missing or has other partitions (TOPIC_MISSING), or its configuration can lose records
            (TOPIC_UNSAFE); the sentence names all of them.
        KafkaException: the broker does not answer.

    """
    try:
        existing = _existing(admin, [plan.name for plan in plans])
    except KafkaException as refused:
        if refused.args[0].code() not in _NOT_ALLOWED:
            raise
        log.warning("topics not compared: this user may not describe configurations", error=refused.args[0].str())
        return
    if missing := [plan.name for plan in plans if plan.name not in existing]:
        raise StartRefused(TOPIC_MISSING, f"Missing: {', '.join(missing)}. Run `faturaflow topics apply`.")
    if moved := [problem for plan in plans for problem in _partition_refusals(plan, existing[plan.name])]:
        raise StartRefused(TOPIC_MISSING, f"{' '.join(moved)} Is FATURAFLOW_PROFILE the one of `topics apply`?")
    if unsafe := list(unsafe_topics(existing, plans)):
        raise StartRefused(TOPIC_UNSAFE, f"Records can be lost: {'; '.join(unsafe)}. Run `faturaflow topics apply`.")


def unsafe_topics(existing: Mapping[str, ExistingTopic], plans: Sequence[TopicPlan]) -> Iterator[str]:
    """Say of each topic which of its settings can lose records, or stop who writes them."""
    for plan in plans:
        if plan.name not in existing:
            continue
        found = existing[plan.name]
        for name, wanted in _differences(plan, found).items():
            if name in _VITAL:
                yield f"{plan.name} has {name}={found.config.get(name)} instead of {wanted}"
        if found.replication < plan.replication:
            yield f"{plan.name} has the replication factor {found.replication} instead of {plan.replication}"


def _refusals(plan: TopicPlan, existing: Mapping[str, ExistingTopic]) -> Iterator[str]:
    found = existing[plan.name]
    yield from _partition_refusals(plan, found)
    if (policy := found.config["cleanup.policy"]) != plan.cleanup_policy:
        yield f"{plan.name} has the clean-up policy {policy} instead of {plan.cleanup_policy}: records would be lost."
    if found.replication < plan.replication:
        yield (
            f"{plan.name} has the replication factor {found.replication} instead of {plan.replication}: "
            "reassign its partitions first, or the loss of one broker loses records."
        )


def _partition_refusals(plan: TopicPlan, found: ExistingTopic) -> Iterator[str]:
    if found.partitions != plan.partitions:
        yield (
            f"{plan.name} has {found.partitions} partitions instead of {plan.partitions}: "
            "keys would move to other partitions, away from their tables."
        )


def _offsets_retention(admin: AdminClient) -> tuple[list[str], tuple[str, ...]]:
    """What is wrong with it, and what could not be found out: a hosted Kafka may not tell."""
    brokers = admin.list_topics(timeout=CONNECT_SECONDS).brokers
    try:
        configs = _configs(admin, [ConfigResource(ResourceType.BROKER, str(number)) for number in brokers])
    except KafkaException as fault:
        return [], (f"{OFFSETS_RETENTION} could not be checked ({fault.args[0].str()}).",)
    told = {number: config[OFFSETS_RETENTION] for number, config in configs.items() if OFFSETS_RETENTION in config}
    if not told:
        return [], (f"{OFFSETS_RETENTION} could not be checked: the brokers do not tell it.",)
    least = min(map(int, told.values()))
    if least >= LEAST_OFFSETS_RETENTION_MINUTES:
        return [], ()
    problem = (
        f"The brokers forget a group's offsets after {least} minutes ({OFFSETS_RETENTION}): "
        f"set it to {LEAST_OFFSETS_RETENTION_MINUTES} (30 days) or more."
    )
    return [problem], ()


def _differences(plan: TopicPlan, found: ExistingTopic) -> dict[str, str]:
    return {
        name: wanted
        for name, wanted in plan.config.items()
        if not _suffices(name, wanted=wanted, current=found.config.get(name))
    }


def _suffices(name: str, *, wanted: str, current: str | None) -> bool:
    if current is None or name not in _AT_LEAST:
        return current == wanted
    return int(current) >= int(wanted) or (name == "retention.ms" and int(current) == _FOR_EVER)


def _alter(admin: AdminClient, changes: Mapping[str, Mapping[str, str]]) -> None:
    if not changes:
        return
    resources = [
        ConfigResource(
            ResourceType.TOPIC,
            name,
            incremental_configs=[
                ConfigEntry(config, value, incremental_operation=AlterConfigOpType.SET)
                for config, value in wanted.items()
            ],
        )
        for name, wanted in changes.items()
    ]
    for resource, future in admin.incremental_alter_configs(resources, request_timeout=REQUEST_SECONDS).items():
        try:
            future.result(REQUEST_SECONDS)
        except KafkaException as fault:
            settings = ", ".join(f"{name}={value}" for name, value in changes[resource.name].items())
            raise BrokerFault(f"{resource.name} was not set to {settings}: {fault.args[0].str()}") from fault


def _create(admin: AdminClient, plans: Sequence[TopicPlan]) -> None:
    """Creates these topics and waits until the broker names them to everybody: a worker may start right after."""
    if not plans:
        return
    topics = [NewTopic(plan.name, plan.partitions, plan.replication, config=dict(plan.config)) for plan in plans]
    for name, future in admin.create_topics(topics, request_timeout=REQUEST_SECONDS).items():
        _created(name, future)
    _wait_until(lambda: {plan.name for plan in plans} <= admin.list_topics(timeout=CONNECT_SECONDS).topics.keys())


def _created(name: str, future: Future[None]) -> None:
    try:
        future.result(REQUEST_SECONDS)
    except KafkaException as fault:
        # Somebody applies at the same time: the same declaration, so the same topic.
        if fault.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise BrokerFault(f"{name} was not created: {fault.args[0].str()}") from fault


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + REQUEST_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise BrokerFault(f"The broker does not show the new topics after {REQUEST_SECONDS:.0f} s: try again.")
        time.sleep(_SETTLING_PAUSE_SECONDS)


def _row(plan: TopicPlan, found: ExistingTopic | None) -> AppliedTopic:
    if found is None:
        return AppliedTopic(name=plan.name, change=Change.CREATED, partitions=plan.partitions)
    changes = tuple(
        f"{name}: {found.config.get(name)} → {wanted}" for name, wanted in _differences(plan, found).items()
    )
    change = Change.CHANGED if changes else Change.UNCHANGED
    return AppliedTopic(name=plan.name, change=change, partitions=plan.partitions, changes=changes)


def _configs(admin: AdminClient, resources: Sequence[ConfigResource]) -> dict[str, dict[str, str]]:
    """The settings of each resource by its name; those that the broker keeps to itself are left out."""
    if not resources:
        return {}
    answers = _results(admin.describe_configs(list(resources), request_timeout=REQUEST_SECONDS))
    return {
        resource.name: {name: entry.value for name, entry in answer.items() if entry.value is not None}
        for resource, answer in answers.items()
    }


def _results(futures: Mapping[Any, Future[Any]]) -> dict[Any, Any]:
    return {asked: future.result(REQUEST_SECONDS) for asked, future in futures.items()}
