"""The dedupe job as a worker: order in, one command out for each distinct order, its entry written; both awaited.

The product's stream room, contracts and validation, and nothing of its planner: what a comparison with others asks.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from app.domain import identity
from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import Intent
from app.domain.orders import OrderEvent, OrderPlaced
from app.domain.time import from_millis
from app.operations.context import bootstrap, codec, topics
from app.operations.workers.stages import start
from app.settings import settings
from app.stream.faust_patches.application import App
from app.stream.ownership.epoch import Epoch
from app.stream.processing.application import make_app
from app.stream.processing.batches import consume_batches
from app.stream.processing.sending import send_all
from app.stream.processing.table import durable_table
from app.stream.records import Entry, InRecord
from app.stream.serialization.codec import Codec
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.settings import StreamSettings
from app.stream.table_memory import entry_key
from app.stream.topics import identities
from app.testbed.benchmarks.orders import POLICY

# The planner's name: its topics and changelogs are there already, and no other process uses them in this run.
APP: Final = "planner"
_ONLY: Final = b"1"


class Dedupe:
    """One command and one entry for each distinct order."""

    def __init__(self, app: App, codec: Codec, outgoing: RecordBuilder, partitions: int) -> None:
        self._publish = partial(send_all, app)
        self._codec = codec
        self._outgoing = outgoing
        self._orders = durable_table(app, "orders", partitions=partitions)

    async def on_batch(self, epoch: Epoch, records: Sequence[InRecord]) -> None:
        """Commands are durable before the entries that say so."""
        new: dict[tuple[int, bytes], tuple[InRecord, InvoiceCommand]] = {}
        for record in records:
            event = self._codec.read(OrderEvent, record.value)
            at = record.partition, identity.order_key(event.business, event.order_reference).encode()
            if at not in new and not self._orders.entry(*at):
                new[at] = record, command_of(event, record)
        await self._publish([self._outgoing.of(command, record) for record, command in new.values()])
        await self._orders.put_all(
            epoch,
            [
                Entry(partition=partition, key=entry_key(key, _ONLY), value=command.command_id.encode())
                for (partition, key), (_, command) in new.items()
            ],
        )


def command_of(event: OrderEvent, record: InRecord) -> InvoiceCommand:
    """The command for the whole order; without the order's content, which the other engines do not copy either."""
    assert isinstance(event.body, OrderPlaced)
    scope = identity.scope_of(tuple(line.line_reference for line in event.body.lines))
    document_id = identity.document_id(event.business, event.order_reference, Intent.INVOICE, scope, 0)
    return InvoiceCommand(
        command_id=identity.command_id(document_id, POLICY.connection_name, Action.ISSUE, 0),
        action=Action.ISSUE,
        revision=0,
        document_id=document_id,
        business=event.business,
        order_reference=event.order_reference,
        provider=POLICY.provider,
        connection=POLICY.connection_name,
        occurred_at=from_millis(record.timestamp_ms),
        caused_by=identity.event_id(record.topic, record.partition, record.offset, record.value or b""),
        person=event.person,
    )


def build() -> App:
    """The job as an application, to be `start`ed."""
    known, names, values = settings(), topics(), codec()
    identity_ = identities.app(APP, known.topic_prefix)
    app = make_app(
        StreamSettings(
            bootstrap=bootstrap(),
            app_id=identity_.app_id,
            data_dir=known.data_dir / identity_.app_id,
            health_port=known.health_port,
        )
    )
    partitions = identities.partitions(known.profile, known.topic_prefix)[names.order_log]
    job = Dedupe(app, values, RecordBuilder(names, values, app=APP), partitions)
    consume_batches(app, names.order_log, job.on_batch)
    return app


if __name__ == "__main__":
    start(build())
