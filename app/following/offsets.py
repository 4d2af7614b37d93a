"""How far a worker has followed its topics, in its own database: moved on in the transaction of what it has made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select, update

from app.following.errors import LogChangedError, ReplacedError, StartAgainError
from app.store.database import insert_into
from app.stream.ownership.exits import ExitCode

Place = tuple[str, int]
"""A topic and a partition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLog:
    """A topic as the broker has it: its id, and where each partition begins and ends."""

    topic_id: str
    bounds: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Who follows, as a refusal says it. `worker`: its command; `made`: what it makes of the records.

    `remedy`: what a person does where the topics are others, and `changed` the worker's exit code then.
    """

    worker: str
    made: str
    remedy: str
    changed: ExitCode

    def refuse_other(self, known: str, found: str, what: str) -> None:
        """Raises LogChangedError where the cluster or the topic is not the known one."""
        if known != found:
            raise self.log_changed(f"{self.made} was made from another {what} ({known}, not {found})")

    def log_changed(self, why: str) -> LogChangedError:
        """The refusal with its remedy."""
        return LogChangedError(self.changed, f"{why}: {self.remedy}.")


@dataclass(slots=True, kw_only=True)
class Offsets:
    """Those of one follower. `table` has topic, partition, topic_id and next, and the columns of `owner`.

    `begin` comes first, in a transaction of its own.
    """

    table: Table
    follower: Follower
    owner: Mapping[str, Any] = field(default_factory=dict)
    next: dict[Place, int] = field(default_factory=dict)
    """The offset that is read next, as this process knows it."""
    _ids: dict[str, str] = field(default_factory=dict)

    def begin(self, transaction: Connection, logs: Mapping[str, TopicLog]) -> None:
        """Where each partition is read from: where it was left, or where the log begins."""
        new = [
            {"topic": topic, "partition": partition, "topic_id": log.topic_id, "next": low, **self.owner}
            for topic, log in logs.items()
            for partition, (low, _) in log.bounds.items()
        ]
        transaction.execute(insert_into(self.table, transaction).on_conflict_do_nothing(), new)
        ours = (self.table.c[name] == value for name, value in self.owner.items())
        for row in transaction.execute(select(self.table).where(*ours)):
            self.next[row.topic, row.partition] = row.next
            self._ids[row.topic] = row.topic_id

    def refuse_changed(self, logs: Mapping[str, TopicLog]) -> None:
        """Raises LogChangedError where a topic was made anew since `begin`, or has lost what comes next.

        StartAgainError where it has more partitions.
        """
        if {(topic, partition) for topic, log in logs.items() for partition in log.bounds} - self.next.keys():
            raise StartAgainError
        for (topic, partition), following in self.next.items():
            if topic in logs:
                self._refuse_changed(topic, partition, following, logs[topic])

    def move_on(self, transaction: Connection, ends: Mapping[Place, int]) -> None:
        """Only from where this process has left them: a frozen one that resumes finds that another has gone on.

        Raises ReplacedError. `moved` follows once the transaction is committed.
        """
        for (topic, partition), end in ends.items():
            place = {"topic": topic, "partition": partition, **self.owner}
            ours = (self.table.c[name] == value for name, value in place.items())
            known = self.next[topic, partition]
            moved = update(self.table).where(*ours, self.table.c.next == known).values(next=end)
            if transaction.execute(moved).rowcount != 1:
                raise ReplacedError(
                    f"Another process has gone on with {topic}-{partition} beyond offset {known}: one "
                    f"`{self.follower.worker}` at a time writes {self.follower.made}, and this one leaves."
                )

    def moved(self, ends: Mapping[Place, int]) -> None:
        """They are committed."""
        self.next.update(ends)

    def _refuse_changed(self, topic: str, partition: int, following: int, log: TopicLog) -> None:
        self.follower.refuse_other(self._ids[topic], log.topic_id, f"topic {topic}")
        low, high = log.bounds.get(partition, (0, 0))
        if not low <= following <= high:
            raise self.follower.log_changed(
                f"{topic}-{partition} has the offsets {low} to {high}, and {self.follower.made} goes on at {following}"
            )
