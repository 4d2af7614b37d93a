"""Every topic, changelog and dead-letter topic of an installation, as it must be."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.operations.context import bootstrap, codec
from app.settings import settings
from app.stream.clients.clients import admin
from app.stream.topics import identities
from app.stream.topics.existing import existing_topics
from app.stream.topics.identities import Profile
from app.stream.topics.plans import TopicPlan, declared
from app.stream.topics.provisioning import Applied, apply


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedTopics:
    """What became of the topics, and each subject of the schema registry with its level; none without a registry."""

    topics: Applied
    subjects: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTopic:
    """A declared topic, and whether the broker has it."""

    plan: TopicPlan
    exists: bool


def apply_topics(*, at: str | None = None, profile: Profile | None = None) -> AppliedTopics:
    """Creates what is missing and brings configurations up to date; changes no partition count or clean-up policy.

    `at` is Kafka's host:port and `profile` that of the partition counts; without them the settings decide. Raises
    TopicsRefusedError, BrokerRequestError, UnavailableError and CodecError.
    """
    applied = apply(admin(bootstrap(at)), _plans(profile))
    return AppliedTopics(topics=applied, subjects=codec().declare(identities.PROVIDERS))


def list_topics(*, at: str | None = None, profile: Profile | None = None) -> tuple[ListedTopic, ...]:
    """Every declared topic. Raises BrokerRequestError, and UnavailableError."""
    plans = _plans(profile)
    existing = existing_topics(admin(bootstrap(at)), [plan.name for plan in plans])
    return tuple(ListedTopic(plan=plan, exists=plan.name in existing) for plan in plans)


def _plans(profile: Profile | None) -> tuple[TopicPlan, ...]:
    return declared(profile or settings().profile, settings().topic_prefix)
