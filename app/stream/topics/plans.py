"""Every topic of the product as a value: partitions, replication, and the configuration that it must have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.stream.records import (
    DEAD_LETTER_BYTES,
    MEBIBYTE,
    MESSAGE_BYTES,
    ORDERS_DEAD_LETTER_BYTES,
    ORDERS_MESSAGE_BYTES,
)
from app.stream.topics import identities
from app.stream.topics.identities import Profile
from app.stream.topics.names import Topics

_DAY_MS: Final = 24 * 60 * 60 * 1000

# A submitted order is judged within seconds; a month lets a new installation read again what an old one got wrong.
ORDERS_RETENTION_MS: Final = 30 * _DAY_MS
# Turkish commercial law keeps books and their vouchers ten years (TTK art. 82), counted from the year's end.
BOOKS_RETENTION_MS: Final = 11 * 366 * _DAY_MS
# Longer than the longest outage that an operator would wait for, of a provider or of a reader.
WORK_RETENTION_MS: Final = 90 * _DAY_MS
# A dead letter is work for a person; after a year it is not done any more.
DEAD_LETTERS_RETENTION_MS: Final = 366 * _DAY_MS

# What a broker's own defaults may be otherwise, and what would then be lost.
_EVERYWHERE: Final[Mapping[str, str]] = {
    # By a writer's clock a record could be old enough to be deleted at once; and our own clocks are compared with it.
    "message.timestamp.type": "LogAppendTime",
    # Time alone ends a record's retention: what is bounded by bytes loses books and orders in a busy month.
    "retention.bytes": "-1",
    # A replica that lags must not lead: the log would be cut under those who have read it.
    "unclean.leader.election.enable": "false",
}
_COMPACTED: Final[Mapping[str, str]] = {
    "cleanup.policy": "compact",
    # Recovery reads the whole changelog: small segments and an early cleaner keep it near its live size.
    "segment.bytes": str(64 * MEBIBYTE),
    "segment.ms": str(_DAY_MS // 4),
    "min.cleanable.dirty.ratio": "0.2",
    # What was superseded is gone after two days, however quiet the partition is.
    "max.compaction.lag.ms": str(2 * _DAY_MS),
    # A recovery that began before a deletion must still see it; none takes a week.
    "delete.retention.ms": str(7 * _DAY_MS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPlan:
    """One topic as it must be. `config` are Kafka's own names and notation."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]

    @property
    def cleanup_policy(self) -> str:
        """`delete` or `compact`."""
        return self.config["cleanup.policy"]


def declared(profile: Profile, prefix: str = "") -> tuple[TopicPlan, ...]:
    """Every topic, changelog and dead-letter topic of an installation."""
    counts = identities.partitions(profile, prefix)
    replication, in_sync = (1, 1) if profile == "development" else (3, 2)
    everywhere = {**_EVERYWHERE, "min.insync.replicas": str(in_sync)}
    return tuple(
        TopicPlan(name=name, partitions=counts[name], replication=replication, config={**everywhere, **config})
        for name, config in _configurations(prefix).items()
    )


def _configurations(prefix: str) -> dict[str, Mapping[str, str]]:
    topics = Topics(prefix)
    configurations: dict[str, Mapping[str, str]] = {
        topics.orders: _deleting(ORDERS_RETENTION_MS, ORDERS_MESSAGE_BYTES),
        topics.order_log: _deleting(BOOKS_RETENTION_MS, MESSAGE_BYTES),
        topics.order_outcomes: _deleting(BOOKS_RETENTION_MS, MESSAGE_BYTES),
        topics.document_status: _deleting(BOOKS_RETENTION_MS, MESSAGE_BYTES),
        topics.order_notices: _deleting(BOOKS_RETENTION_MS, MESSAGE_BYTES),
    }
    configurations[topics.reconciliation] = _deleting(BOOKS_RETENTION_MS, MESSAGE_BYTES)
    for provider in identities.PROVIDERS:
        configurations[topics.commands(provider)] = _deleting(WORK_RETENTION_MS, MESSAGE_BYTES)
    for app in identities.apps(prefix).values():
        largest = ORDERS_DEAD_LETTER_BYTES if app.source == topics.orders else DEAD_LETTER_BYTES
        configurations[app.dead_letters] = _deleting(DEAD_LETTERS_RETENTION_MS, largest)
        for changelog in app.changelogs.values():
            configurations[changelog] = {**_COMPACTED, "max.message.bytes": str(MESSAGE_BYTES)}
    return configurations


def _deleting(retention_ms: int, largest: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(retention_ms), "max.message.bytes": str(largest)}
