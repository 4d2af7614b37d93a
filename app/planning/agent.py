"""The planner's stage: a batch of the order log in, everything it causes out, the orders' states last."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

import structlog

from app.domain.orders import LoggedEvent
from app.domain.time import utc_now
from app.planning.batch import BatchFold, dedupe_value, fold_batch
from app.planning.effects import Effects
from app.planning.fold import NewerRulesError
from app.planning.order_entries import RecentStates, version_key
from app.planning.state import OrderState
from app.planning.timers import QUIET_BEFORE_EXPIRY, IntakeProgress, Timers
from app.stream.faust_patches.application import App
from app.stream.ownership.epoch import Epoch
from app.stream.ownership.exits import NEWER_RULES, abort
from app.stream.processing.application import make_app
from app.stream.processing.background import every, spawn
from app.stream.processing.batches import consume_batches
from app.stream.processing.sending import send_all
from app.stream.processing.table import durable_table
from app.stream.processing.wait_for_schema import wait_for_schemas
from app.stream.records import Entry, InRecord, Publish, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.settings import StreamSettings
from app.stream.table_memory import entry_key
from app.stream.topics.names import Topics

# Often enough for bounds that are set in minutes, seldom enough to cost nothing.
CLOCK_SECONDS: Final = 5.0
# The event loop must go on heartbeating while a large memory is walked through.
STRIDE: Final = 200

log = structlog.get_logger(__name__)


class Table(Protocol):
    """A durable table: entries are visible once the broker has them."""

    @property
    def changelog(self) -> str: ...
    def entry(self, partition: int, entity: bytes) -> Mapping[bytes, bytes]: ...
    def entities(self, partition: int) -> Iterator[bytes]: ...
    async def put_all(self, epoch: Epoch, entries: Sequence[Entry]) -> None: ...
    async def forget_all(self, keys: Iterable[tuple[int, bytes]]) -> None: ...


class Planner:
    """Folds, publishes, writes its tables; in this order, each awaited before the next."""

    def __init__(
        self,
        *,
        publish: Publish,
        documents: Table,
        orders: Table,
        outgoing: RecordBuilder,
        codec: Codec,
        timers: Timers,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._publish = publish
        self._documents = documents
        self._orders = orders
        self._outgoing = outgoing
        self._codec = codec
        self._timers = timers
        self._now = now
        self._recent = RecentStates()
        self._tidying: asyncio.Task[None] | None = None

    async def on_batch(self, epoch: Epoch, records: Sequence[InRecord]) -> None:
        """An entry exists only when all that it causes is durable; a crash in between repeats the same ids."""
        await wait_for_schemas(epoch, self._codec, records)
        try:
            batch = fold_batch(
                records,
                self._orders,
                self._documents,
                read=self._read,
                newest=self._recent.newest,
                write=self._written,
            )
        except NewerRulesError as newer:
            abort(str(newer), newer, code=NEWER_RULES)
        # 1. What the events cause.
        await self._publish(self._caused(batch))
        # 2. The dedupe entries.
        await self._documents.put_all(epoch, dedupe_entries(batch))
        # 3. Last: an entry means that all it causes is durable.
        await self._orders.put_all(epoch, order_entries(batch, self._recent.encode))
        await self._orders.forget_all(superseded(batch))
        for change in batch.changed():
            self._timers.watch(change.partition, change.key, change.state)

    async def tick(self, epoch: Epoch) -> None:  # noqa: ARG002 - the timers are of what the epoch owns
        """Appends what time has decided to the orders' logs; nothing is decided here."""
        events = await self._timers.due(self._now(), self._orders)
        await self._publish([self._outgoing.of(event) for event in events])

    def begin(self, epoch: Epoch) -> None:
        """Other orders are ours now."""
        self._timers.clear()
        self._tidying = spawn(self.tidy(epoch), name="tidy")

    async def end(self, epoch: Epoch) -> None:  # noqa: ARG002 - there is one at a time
        """Waits for what still runs in the epoch."""
        if self._tidying is not None:
            await self._tidying

    async def tidy(self, epoch: Epoch) -> None:
        """After a recovery: deletes again what was superseded, and learns what waits for time."""
        for partition in epoch.partitions(self._orders.changelog):
            for number, key in enumerate(self._orders.entities(partition)):
                if epoch.ended:
                    return
                versions = sorted(self._orders.entry(partition, key))
                await self._orders.forget_all((partition, entry_key(key, version)) for version in versions[:-1])
                self._timers.watch_entry(partition, key, self._orders)
                if number % STRIDE == 0:
                    await asyncio.sleep(0)

    def _written(self, record: InRecord, effects: Effects) -> Iterator[Record]:
        """Commands, outcomes, status events and notices as the record caused them. Raises RecordTooLargeError."""
        for emitted in (effects.commands, effects.outcomes, effects.statuses, effects.notices):
            yield from (self._outgoing.of(each, record) for each in emitted)

    def _caused(self, batch: BatchFold) -> Iterator[Record]:
        """What the records caused; then dead letters."""
        yield from batch.caused
        for poisoned in batch.poisoned:
            log.error("order frozen", key=(poisoned.record.key or b"").decode(errors="replace"), code=poisoned.code)
            yield self._outgoing.dead_letter(poisoned.record, poisoned.code, poisoned.message)

    def _read(self, value: bytes) -> LoggedEvent:
        event = self._codec.read(LoggedEvent, value)
        self._recent.came(event, value)
        return event


def dedupe_entries(batch: BatchFold) -> list[Entry]:
    """The write-once entries of the `documents` table, each under its order key and dedupe key."""
    return [
        Entry(
            partition=partition,
            key=entry_key(entry.order_key.encode(), entry.dedupe_key.encode()),
            value=dedupe_value(entry),
        )
        for partition, entry in batch.dedupe_entries
    ]


def order_entries(batch: BatchFold, encode: Callable[[OrderState], bytes]) -> list[Entry]:
    """Each changed order's last state, under its version."""
    return [
        Entry(partition=c.partition, key=entry_key(c.key, version_key(c.state)), value=encode(c.state))
        for c in batch.changed()
        if c.state is not None
    ]


def superseded(batch: BatchFold) -> list[tuple[int, bytes]]:
    """The versions that the batch has replaced."""
    return [(c.partition, entry_key(c.key, version)) for c in batch.changed() for version in c.superseded]


def build(
    settings: StreamSettings,
    topics: Topics,
    codec: Codec,
    *,
    partitions: int,
    intake: IntakeProgress,
    quiet: timedelta = QUIET_BEFORE_EXPIRY,
) -> App:
    """The planner as an application, to be `run`."""
    app = make_app(settings)
    planner = Planner(
        publish=partial(send_all, app),
        documents=durable_table(app, "documents", partitions=partitions),
        orders=durable_table(app, "orders", partitions=partitions),
        outgoing=RecordBuilder(topics, codec, app="planner"),
        codec=codec,
        timers=Timers(intake, quiet=quiet),
        # By the broker's time: what is due was stamped with it, and this machine's clock may be wrong.
        now=app.broker_time.now,
    )
    app.on_owned(planner.begin)
    app.on_lost(planner.end)
    every(app, CLOCK_SECONDS, planner.tick)
    consume_batches(app, topics.order_log, planner.on_batch)
    return app
