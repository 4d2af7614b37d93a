"""The worker of the join and fault tests: one command and one entry per distinct order, on the stream room alone.

python -m tests.broker.stream.dedupe_worker BOOTSTRAP PREFIX DATA_DIR [BATCH_SIZE SECONDS_PER_BATCH]
"""

import asyncio
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from app.stream.faust_patches.application import App
from app.stream.ownership.epoch import Epoch
from app.stream.processing.application import make_app, run
from app.stream.processing.batches import consume_batches
from app.stream.processing.sending import send_all
from app.stream.processing.table import durable_table
from app.stream.records import Entry, InRecord, Record
from app.stream.settings import StreamSettings
from app.stream.table_memory import entry_key

PARTITIONS = 4


def command_id(order: bytes) -> bytes:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, order.decode())).encode()


def dedupe(settings: StreamSettings, prefix: str, seconds_per_batch: float) -> App:
    app = make_app(settings)
    orders = durable_table(app, "orders", partitions=PARTITIONS)

    async def on_batch(epoch: Epoch, records: Sequence[InRecord]) -> None:
        if seconds_per_batch:
            await asyncio.sleep(seconds_per_batch)
        new = {
            (r.partition, r.key): command_id(r.key) for r in records if r.key and not orders.entry(r.partition, r.key)
        }
        await send_all(app, [Record(topic=f"{prefix}commands", key=key, value=cid) for (_, key), cid in new.items()])
        await orders.put_all(epoch, [Entry(partition=p, key=entry_key(k, b"1"), value=c) for (p, k), c in new.items()])

    consume_batches(app, f"{prefix}log", on_batch)
    return app


if __name__ == "__main__":
    bootstrap, prefix, data_dir, *pace = sys.argv[1:]
    batch_size, seconds_per_batch = pace or ("512", "0")
    settings = StreamSettings(
        bootstrap=bootstrap,
        app_id=f"{prefix}orders",
        data_dir=Path(data_dir),
        session_timeout=6,
        rebalance_timeout=15,
        batch_size=int(batch_size),
        log_level="INFO",
    )
    run(dedupe(settings, prefix, float(seconds_per_batch)))
