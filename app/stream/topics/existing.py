"""An installation's topics as the broker has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from app.stream.kafka_errors import sentence_of
from app.stream.topics.errors import BrokerRequestError

# A broker that is up answers in milliseconds; a person waits at the prompt.
CONNECT_SECONDS: Final = 10.0
# Creating the topics of a large cluster takes its controller some seconds.
REQUEST_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingTopic:
    """A topic as the broker has it. `replication` is that of the partition with the fewest replicas."""

    partitions: int
    replication: int
    config: Mapping[str, str]


@contextmanager
def broker_requests() -> Iterator[None]:
    """Raise BrokerRequestError, with one sentence, where a request inside fails or is not answered in time."""
    try:
        yield
    except KafkaException as refused:
        raise BrokerRequestError(sentence_of(refused)) from refused
    except TimeoutError as unanswered:
        raise BrokerRequestError("Kafka does not answer in time: try again.") from unanswered


@broker_requests()
def existing_topics(admin: AdminClient, names: Sequence[str]) -> dict[str, ExistingTopic]:
    """Those of these topics that exist, by their names. Raises BrokerRequestError."""
    return described_topics(admin, names)


def described_topics(admin: AdminClient, names: Sequence[str]) -> dict[str, ExistingTopic]:
    """As `existing_topics`, but raises the client's own KafkaException."""
    found = {name: topic for name, topic in admin.list_topics(timeout=CONNECT_SECONDS).topics.items() if name in names}
    configs = described_configs(admin, ResourceType.TOPIC, found)
    return {
        name: ExistingTopic(
            partitions=len(topic.partitions),
            replication=min((len(partition.replicas) for partition in topic.partitions.values()), default=0),
            config=configs[name],
        )
        for name, topic in found.items()
    }


def described_configs(admin: AdminClient, kind: Any, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """The settings of each resource of this kind by its name, without those that the broker keeps to itself.

    Raises KafkaException.
    """
    resources = [ConfigResource(kind, name) for name in names]
    if not resources:
        return {}
    futures = admin.describe_configs(resources, request_timeout=REQUEST_SECONDS)
    return {
        resource.name: {
            name: entry.value for name, entry in future.result(REQUEST_SECONDS).items() if entry.value is not None
        }
        for resource, future in futures.items()
    }
