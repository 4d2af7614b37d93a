"""Whether the topics of a worker are as they must be, before it starts; nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from app.stream.errors import StartRefusedError
from app.stream.ownership.exits import TOPIC_MISSING, TOPIC_UNSAFE
from app.stream.topics.comparison import other_partitions, unsafe_topics
from app.stream.topics.existing import described_topics
from app.stream.topics.plans import TopicPlan

_NOT_ALLOWED: Final = frozenset({KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED})

log = structlog.get_logger(__name__)


def refuse_unsafe_topics(admin: AdminClient, plans: Sequence[TopicPlan]) -> None:
    """Return when each of these topics exists as it must.

    Raises:
        StartRefusedError: one is missing or has other partitions (TOPIC_MISSING), or its configuration can lose records
            (TOPIC_UNSAFE); the sentence names all of them.
        KafkaException: the broker does not answer.

    """
    try:
        existing = described_topics(admin, [plan.name for plan in plans])
    except KafkaException as refused:
        if refused.args[0].code() not in _NOT_ALLOWED:
            raise
        log.warning("topics not compared: this user may not describe configurations", error=refused.args[0].str())
        return
    if missing := [plan.name for plan in plans if plan.name not in existing]:
        raise StartRefusedError(TOPIC_MISSING, f"Missing: {', '.join(missing)}. Run `faturaflow topics apply`.")
    if moved := [problem for plan in plans for problem in other_partitions(plan, existing[plan.name])]:
        raise StartRefusedError(TOPIC_MISSING, f"{' '.join(moved)} Is FATURAFLOW_PROFILE the one of `topics apply`?")
    if unsafe := list(unsafe_topics(existing, plans)):
        sentence = f"Records can be lost: {'; '.join(unsafe)}. Run `faturaflow topics apply`."
        raise StartRefusedError(TOPIC_UNSAFE, sentence)
