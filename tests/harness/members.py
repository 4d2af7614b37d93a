"""The stages as members of their groups: each goes on where its group stands, and can be gone at any step."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

from app.domain.commands import InvoiceCommand
from app.domain.orders import LoggedEvent
from app.intake.agent import Intake
from app.issuing.admission import admit, read_batch
from app.issuing.ports import OrderLog
from app.planning.agent import Planner
from app.planning.timers import Timers
from app.stream.errors import OwnershipLost
from app.stream.ownership.epoch import Epoch
from app.stream.records import Headers, InRecord, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.topics.names import Topics as Names
from tests.harness.fate import Fate
from tests.harness.issuing_builders import PROVIDER
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.pipeline import Book
from tests.harness.topics import PARTITION, Group, Now, Table, Topics, WayOut
from tests.planning.fakes import UpToDate

NAMES = Names()
CODEC = Codec()
# Small enough that a redelivery often cuts a batch elsewhere.
MOST_AT_ONCE = 3
# How long a revoke waits for running calls.
DRAIN_SECONDS = 20.0
# How often a member that has read everything looks for more.
POLL_SECONDS = 5.0


class Member:
    """One process in its group."""

    def __init__(self, group: Group, topics: Topics, fate: Fate) -> None:
        self.group = group
        self.topics = topics
        self.fate = fate
        self.epoch: Epoch | None = None
        self._generation = 0
        self._running: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """The group's partitions are ours: go on where it stands."""
        self._generation += 1
        self.epoch = Epoch(self._generation, self.owned())
        self.group.member = self
        self.on_owned(self.epoch)
        self._running = asyncio.create_task(self._run(self.epoch))

    async def end(self) -> None:
        """The partitions are not ours any more, and the process knows it."""
        epoch, self.epoch = self.epoch, None
        if epoch is None or self._running is None:
            return
        epoch.end()
        await self.on_lost(epoch)
        await self._running

    async def _run(self, epoch: Epoch) -> None:
        position = self.group.committed
        while not epoch.ended:
            records = self.topics.read(self.group.topic, position, MOST_AT_ONCE)
            try:
                if not records:
                    await self.idle()
                    await epoch.sleep(POLL_SECONDS)
                    continue
                await self.on_batch(epoch, records)
            except OwnershipLost:
                return
            position += len(records)
            await self.fate.step("commit")
            self.group.commit(self, position)

    def owned(self) -> list[tuple[str, int]]:
        return [(self.group.topic, PARTITION)]

    def on_owned(self, epoch: Epoch) -> None:
        """What the stage does when an epoch begins."""

    async def on_lost(self, epoch: Epoch) -> None:
        """What the stage does when it ends."""

    async def on_batch(self, epoch: Epoch, records: list[InRecord]) -> None:
        raise NotImplementedError

    async def idle(self) -> None:
        """What time brings."""


class IntakeMember(Member):
    def __init__(self, group: Group, topics: Topics, fate: Fate, *, now: Now, book: Book) -> None:
        super().__init__(group, topics, fate)
        self._intake = Intake(
            publish=WayOut(topics, fate, now),
            outgoing=RecordBuilder(NAMES, CODEC, app="intake"),
            codec=CODEC,
            policies=book,
        )

    async def on_batch(self, epoch: Epoch, records: list[InRecord]) -> None:
        await self._intake.on_batch(epoch, records)


class PlannerMember(Member):
    """`durable`: the changelogs of its two tables."""

    def __init__(self, group: Group, topics: Topics, fate: Fate, *, now: Now, durable: dict[str, Any]) -> None:
        super().__init__(group, topics, fate)
        self._now = now
        self._publish = self.way_out(now)
        self._outgoing = RecordBuilder(NAMES, CODEC, app="planner")
        self._tables = {name: Table(name, durable[name], fate) for name in ("documents", "orders")}
        self._timers = Timers(UpToDate())
        self._planner = Planner(
            publish=self._publish,
            documents=self._tables["documents"],
            orders=self._tables["orders"],
            outgoing=self._outgoing,
            codec=CODEC,
            timers=self._timers,
        )

    def way_out(self, now: Now) -> Any:
        return WayOut(self.topics, self.fate, now)

    def owned(self) -> list[tuple[str, int]]:
        return [*super().owned(), *((table.changelog, PARTITION) for table in self._tables.values())]

    def on_owned(self, epoch: Epoch) -> None:
        for table in self._tables.values():
            table.epoch = epoch
        self._planner.begin(epoch)

    async def on_lost(self, epoch: Epoch) -> None:
        for table in self._tables.values():
            table.epoch = None
        await self._planner.end(epoch)

    async def on_batch(self, epoch: Epoch, records: list[InRecord]) -> None:
        await self._planner.on_batch(epoch, records)

    async def idle(self) -> None:
        due = await self._timers.due(self._now(), self._tables["orders"])
        await self._publish([self._outgoing.of(event) for event in due])


class TopicLog(OrderLog):
    """The orders' log as a topic."""

    def __init__(self, publish: WayOut) -> None:
        self._publish = publish
        self._outgoing = RecordBuilder(NAMES, CODEC, app=f"issuer-{PROVIDER}")

    async def publish(self, event: LoggedEvent, headers: Headers) -> None:
        record = self._outgoing.of(event)
        await self._publish([replace(record, headers=record.headers + headers)])


class IssuerOnTopics(OneIssuer):
    """The issuer's surroundings, with its news going where the planner reads."""

    def __init__(self, topics: Topics, now: Now, **changes: Any) -> None:
        super().__init__(**changes)
        self._topics = topics
        self._now = now

    def order_log(self, fate: Fate) -> OrderLog:
        return TopicLog(WayOut(self._topics, fate, self._now))


class IssuerMember(Member):
    def __init__(self, group: Group, topics: Topics, fate: Fate, *, process: Process) -> None:
        super().__init__(group, topics, fate)
        self._process = process

    def on_owned(self, epoch: Epoch) -> None:
        self._process.journal.is_lost = False
        self._process.begin(epoch)

    async def on_lost(self, epoch: Epoch) -> None:
        del epoch
        self._process.journal.is_lost = True
        await self._process.scheduler.drain(DRAIN_SECONDS)

    async def on_batch(self, epoch: Epoch, records: list[InRecord]) -> None:
        del epoch
        journal = self._process.journal
        admission = read_batch(records, journal, partial(CODEC.read, InvoiceCommand), PROVIDER)
        assert not admission.dead_letters
        await admit(admission, journal, self._process.scheduler)


def submitted(value: Any) -> Record:
    """An order event as upstream writes it."""
    return Record(topic=NAMES.orders, key=b"any", value=CODEC.write(value))
