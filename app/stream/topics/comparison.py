"""What differs between a topic as it is declared and as the broker has it, and which of that loses records. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from app.stream.topics.existing import ExistingTopic
from app.stream.topics.plans import TopicPlan

# An operator who keeps more than is declared has a reason, and taking it away deletes or refuses records.
_AT_LEAST: Final = frozenset({"retention.ms", "max.message.bytes", "min.insync.replicas", "delete.retention.ms"})
_FOR_EVER: Final = -1
# Another value of these loses records, or stops their writers; the others cost space or time.
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


def differences(plan: TopicPlan, found: ExistingTopic) -> dict[str, str]:
    """The settings that the topic should have and has not, with the declared values."""
    return {
        name: wanted
        for name, wanted in plan.config.items()
        if not _suffices(name, wanted=wanted, current=found.config.get(name))
    }


def _suffices(name: str, *, wanted: str, current: str | None) -> bool:
    if current is None or name not in _AT_LEAST:
        return current == wanted
    return int(current) >= int(wanted) or (name == "retention.ms" and int(current) == _FOR_EVER)


def unsafe_topics(existing: Mapping[str, ExistingTopic], plans: Sequence[TopicPlan]) -> Iterator[str]:
    """Each setting of an existing topic that can lose records, or stop its writers, in words."""
    for plan in plans:
        if plan.name not in existing:
            continue
        found = existing[plan.name]
        for name, wanted in differences(plan, found).items():
            if name in _VITAL:
                yield f"{plan.name} has {name}={found.config.get(name)} instead of {wanted}"
        if found.replication < plan.replication:
            yield f"{plan.name} has the replication factor {found.replication} instead of {plan.replication}"


def refusals(plan: TopicPlan, found: ExistingTopic) -> Iterator[str]:
    """What differs and must not be changed by a command: each would lose records, or keys' partitions."""
    yield from other_partitions(plan, found)
    if (policy := found.config["cleanup.policy"]) != plan.cleanup_policy:
        yield f"{plan.name} has the clean-up policy {policy} instead of {plan.cleanup_policy}: records would be lost."
    if found.replication < plan.replication:
        yield (
            f"{plan.name} has the replication factor {found.replication} instead of {plan.replication}: "
            "reassign its partitions first, or the loss of one broker loses records."
        )


def other_partitions(plan: TopicPlan, found: ExistingTopic) -> Iterator[str]:
    """One sentence where the topic has another number of partitions than it must have for life."""
    if found.partitions != plan.partitions:
        yield (
            f"{plan.name} has {found.partitions} partitions instead of {plan.partitions}: "
            "keys would move to other partitions, away from their tables."
        )
