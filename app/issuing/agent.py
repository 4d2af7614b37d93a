"""The issuer's stage: commands are written down and acknowledged; the scheduler's tasks do the work beside it."""

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Final, NoReturn

import structlog

from app.domain.commands import InvoiceCommand
from app.issuing.admission import Admission, RejectedRecord, admit, read_batch
from app.issuing.execution.executor import Executor
from app.issuing.execution.taxpayers import Freshness, TaxpayerRegister
from app.issuing.journal.errors import NewerFactError
from app.issuing.kafka_ports import StreamLog, TableJournal
from app.issuing.ports import Connections, Numbers
from app.issuing.scheduling.other_registers import OtherRegisters
from app.issuing.scheduling.scheduler import Scheduler
from app.stream.clients.clients import plain_consumer, watermarks
from app.stream.faust_patches.application import App
from app.stream.ownership.epoch import Epoch
from app.stream.ownership.exits import NEWER_RULES, abort
from app.stream.processing.application import make_app
from app.stream.processing.batches import consume_batches
from app.stream.processing.sending import send_all
from app.stream.processing.table import durable_table
from app.stream.processing.wait_for_schema import wait_for_schemas
from app.stream.records import InRecord, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import NewerRecordError
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.settings import REVOKE_MARGIN_SECONDS, StreamSettings
from app.stream.startup.retrying import answer_or_exit
from app.stream.topics import identities
from app.stream.topics.names import Topics

# A broker that is up returns the end of a topic at once.
ASK_SECONDS: Final = 10.0

log = structlog.get_logger(__name__)


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """The time of day."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()


def abort_for(why: str, error: BaseException) -> NoReturn:
    """Ends the process; with a code of its own where a newer release has been at work here."""
    if isinstance(error, NewerFactError):
        abort(str(error), error, code=NEWER_RULES)
    abort(why, error)


class Issuer:
    """One provider's issuer: admission in batches, everything else in the scheduler."""

    def __init__(
        self,
        app: App,
        topics: Topics,
        codec: Codec,
        connections: Connections,
        numbers: Numbers,
        *,
        provider: str,
        partitions: int,
        freshness: Freshness,
        ends: Mapping[int, int] | None,
    ) -> None:
        self._app = app
        self._codec = codec
        self._provider = provider
        self._outgoing = RecordBuilder(topics, codec, app=identities.issuer(provider))
        self._table = durable_table(app, "journal", partitions=partitions)
        self._journal = TableJournal(app, self._table)
        clock = SystemClock()
        # Started over after a disaster: it is not known what was sent for the commands that are in the topic already.
        self._journal_lost_at = clock.now() if app.settings.allow_fresh_group else None
        self._ends = ends
        executor = Executor(
            journal=self._journal,
            order_log=StreamLog(app, self._outgoing),
            numbers=numbers,
            taxpayers=TaxpayerRegister(clock, freshness, OtherRegisters(connections, clock, app.lease)),
            lease=app.lease,
            clock=clock,
        )
        self._scheduler = Scheduler(
            journal=self._journal,
            connections=connections,
            executor=executor,
            clock=clock,
            lease=app.lease,
            abort=abort_for,
        )
        app.on_owned(self._begin)
        app.on_lost(self._end)
        consume_batches(app, topics.commands(provider), self._on_batch)

    async def _on_batch(self, epoch: Epoch, records: Sequence[InRecord]) -> None:
        """Acknowledged when every command is in the journal, and every other record in the dead letters."""
        await wait_for_schemas(epoch, self._codec, records)
        admission = self._read(records)
        await send_all(self._app, [self._dead_letter(letter) for letter in admission.dead_letters])
        await admit(admission, self._journal, self._scheduler)

    def _read(self, records: Sequence[InRecord]) -> Admission:
        try:
            return read_batch(
                records,
                self._journal,
                self._decode,
                self._provider,
                journal_lost_at=self._journal_lost_at,
                ends=self._ends,
            )
        except NewerRecordError as newer:
            abort(str(newer), newer, code=NEWER_RULES)

    def _decode(self, value: bytes) -> InvoiceCommand:
        return self._codec.read(InvoiceCommand, value)

    def _dead_letter(self, letter: RejectedRecord) -> Record:
        return self._outgoing.dead_letter(letter.record, letter.error.code, str(letter.error))

    def _begin(self, epoch: Epoch) -> None:
        try:
            self._scheduler.rebuild(epoch, epoch.partitions(self._table.changelog))
        except NewerFactError as newer:
            abort_for("the journal cannot be read", newer)

    async def _end(self, epoch: Epoch) -> None:  # noqa: ARG002 - there is one at a time
        await self._scheduler.drain(self._app.settings.rebalance_timeout - REVOKE_MARGIN_SECONDS)


def _ends(settings: StreamSettings, topic: str) -> dict[int, int]:
    with closing(plain_consumer(settings.bootstrap, f"{settings.app_id}-ends")) as client:
        return {partition: high for partition, (_, high) in watermarks(client, topic, timeout=ASK_SECONDS).items()}


def build(
    settings: StreamSettings,
    topics: Topics,
    codec: Codec,
    connections: Connections,
    numbers: Numbers,
    *,
    provider: str,
    partitions: int,
    freshness: Freshness,
) -> App:
    """One provider's issuer as an application, to be `run`. `connections` and `numbers` are the store's.

    `freshness`: how long the register's answers are believed.
    """
    app = make_app(settings)
    ends = answer_or_exit(lambda: _ends(settings, topics.commands(provider))) if settings.allow_fresh_group else None
    Issuer(
        app,
        topics,
        codec,
        connections,
        numbers,
        provider=provider,
        partitions=partitions,
        freshness=freshness,
        ends=ends,
    )
    return app
