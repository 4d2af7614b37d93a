"""Records to deliveries. A batch's deliveries and the offsets behind it are one transaction.

All endpoints are followed for together. One that has too much waiting is left behind at its place in the topics, which
keep what it is to be told, and catches up by itself: its rows are bounded, and nothing of it is lost.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, delete, insert, select

from app.following.offsets import Follower, Offsets, Place, TopicLog
from app.store.webhooks.endpoints import Endpoint
from app.store.webhooks.queue import WebhookEvent, WebhookQueue, endpoints_of, enqueue, waiting_of
from app.store.webhooks.schedule import EndpointState
from app.store.webhooks.tables import webhook_offsets
from app.stream.ownership.exits import LOG_CHANGED
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import InvalidRecordError, UnreadableRecordError
from app.stream.topics.names import Topics
from app.webhooks.events import sources, written_at

FOLLOWER: Final = Follower(
    worker="faturaflow worker webhooks",
    made="the queue of webhooks",
    remedy="find out what became of the topics, then start it once with --allow-fresh-group to read them from their "
    "beginning; what is known is not sent again",
    changed=LOG_CHANGED,
)
# The reader of all endpoints that are not behind.
TOGETHER: Final = ""
# Ten minutes of a busy shop; a few megabytes.
MOST_WAITING: Final = 10_000
# An endpoint is told of what was written after it was added; it was added by another clock than the broker's.
CLOCKS_DIFFER: Final = timedelta(minutes=1)
# One that is behind takes more once it has so much room.
ENOUGH_ROOM: Final = MOST_WAITING // 2

log = structlog.get_logger(__name__)


class Enqueuer:
    """Follows for all endpoints together, or for one that is behind. `begin` comes first.

    Raises StoreUnavailableError while the database cannot be reached, and ReplacedError where another process has moved
    on what this one follows.
    """

    def __init__(
        self,
        queue: WebhookQueue,
        topics: Topics,
        codec: Codec,
        clock: Callable[[], datetime],
        *,
        reader: str = TOGETHER,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._queue = queue
        self._codec = codec
        self._clock = clock
        self._sources = sources(topics)
        self._reader = reader
        self._most_waiting = most_waiting
        self._offsets = Offsets(table=webhook_offsets, follower=FOLLOWER, owner={"reader": reader})

    def begin(self, logs: Mapping[str, TopicLog]) -> dict[Place, int]:
        """The offset from which each partition is read. Raises LogChangedError."""
        with self._queue.writing() as transaction:
            self._offsets.begin(transaction, logs)
        self.refuse_changed(logs)
        return dict(self._offsets.next)

    def refuse_changed(self, logs: Mapping[str, TopicLog]) -> None:
        """Raises LogChangedError where a topic was made anew or has lost what comes next, StartAgainError for more."""
        self._offsets.refuse_changed(logs)

    def apply(self, records: Sequence[InRecord]) -> bool:
        """Take these in: of any partitions, each partition's in sequence. Whether there is more to be done for it.

        False for a single endpoint that is full, gone, or no longer behind. A record that cannot be read is logged and
        left out: of it no receiver could be told. Raises RegistryUnavailableError.
        """
        ends = {(record.topic, record.partition): record.offset + 1 for record in records}
        with self._queue.writing() as transaction:
            known = self._followed_for(transaction)
            self._enqueue(transaction, known, records)
            self._offsets.move_on(transaction, ends)
            following = {**self._offsets.next, **ends}
            goes_on = self._bound(transaction, known, following)
        self._offsets.moved(ends)
        return goes_on

    def _followed_for(self, transaction: Connection) -> list[Endpoint]:
        behind = readers_behind(transaction)
        if self._reader == TOGETHER:
            return [each for each in endpoints_of(transaction) if each.endpoint_id not in behind]
        return [each for each in endpoints_of(transaction) if each.endpoint_id == self._reader]

    def _enqueue(self, transaction: Connection, known: Sequence[Endpoint], records: Sequence[InRecord]) -> None:
        if not known:
            return
        since, now = min(map(_since, known)), self._clock()
        events = [event for record in records if written_at(record) >= since for event in self._events(record)]
        for endpoint in known:
            wanted = [
                each for each in events if endpoint.wants(each.business, each.type) and each.at >= _since(endpoint)
            ]
            enqueue(transaction, endpoint.endpoint_id, wanted, now)

    def _events(self, record: InRecord) -> Iterable[WebhookEvent]:
        try:
            return list(self._sources[record.topic](record, self._codec))
        except (InvalidRecordError, UnreadableRecordError) as fault:
            place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            log.warning("no receiver is told of a record that cannot be read", **place, why=type(fault).__name__)
            return []

    def _bound(self, transaction: Connection, known: Sequence[Endpoint], following: Mapping[Place, int]) -> bool:
        waiting = waiting_of(transaction, [each.endpoint_id for each in known])
        full = [each.endpoint_id for each in known if waiting.get(each.endpoint_id, 0) >= self._most_waiting]
        if self._reader == TOGETHER:
            for endpoint_id in full:
                self._leave_behind(transaction, endpoint_id, following)
            return True
        if not known:  # it was removed since
            transaction.execute(delete(webhook_offsets).where(webhook_offsets.c.reader == self._reader))
            return False
        return not _join(transaction, self._reader, following) and not full

    def _leave_behind(self, transaction: Connection, endpoint_id: str, following: Mapping[Place, int]) -> None:
        ours = select(webhook_offsets).where(webhook_offsets.c.reader == TOGETHER)
        rows = [
            {**row, "reader": endpoint_id, "next": following[row["topic"], row["partition"]]}
            for row in transaction.execute(ours).mappings()
        ]
        transaction.execute(insert(webhook_offsets), rows)


def _since(endpoint: Endpoint) -> datetime:
    return endpoint.created_at - CLOCKS_DIFFER


def readers_behind(transaction: Connection) -> set[str]:
    """The endpoints that have a place of their own in the topics."""
    query = select(webhook_offsets.c.reader).where(webhook_offsets.c.reader != TOGETHER).distinct()
    return set(transaction.execute(query).scalars())


def ready_to_catch_up(queue: WebhookQueue, *, room: int = ENOUGH_ROOM) -> list[str]:
    """The endpoints that are behind, are not paused, and have room."""
    with queue.reading() as transaction:
        behind = readers_behind(transaction)
        if not behind:
            return []
        waiting = waiting_of(transaction, behind)
        active = {each.endpoint_id for each in endpoints_of(transaction) if each.state is EndpointState.ACTIVE}
        return sorted(each for each in behind & active if waiting.get(each, 0) < room)


def forget_places(queue: WebhookQueue) -> None:
    """All topics are read from their beginning again; what is known is not queued twice."""
    with queue.writing() as transaction:
        transaction.execute(delete(webhook_offsets))


def _join(transaction: Connection, endpoint_id: str, following: Mapping[Place, int]) -> bool:
    """An endpoint that has come as far as the others is followed for with them again."""
    ours = select(webhook_offsets).where(webhook_offsets.c.reader == TOGETHER)
    together: dict[Place, Any] = {(row.topic, row.partition): row.next for row in transaction.execute(ours)}
    if any(following.get(place, 0) < end for place, end in together.items()):
        return False
    transaction.execute(delete(webhook_offsets).where(webhook_offsets.c.reader == endpoint_id))
    return True
