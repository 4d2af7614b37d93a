"""A worker that does what its records say and prints what it gets, one JSON object a line.

python -m tests.broker.stream.probe_worker '{"bootstrap": ..., "prefix": ..., "data_dir": ..., ...}'

Values: `boom` raises, `hang` never returns, `die` ends the process right after the entry is written.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.stream.ownership.epoch import Epoch
from app.stream.processing.application import make_app, run
from app.stream.processing.background import every
from app.stream.processing.batches import consume_batches
from app.stream.processing.sending import send_all
from app.stream.processing.table import durable_table
from app.stream.records import Entry, InRecord, Record
from app.stream.settings import StreamSettings
from app.stream.table_memory import entry_key

DIED = 9


def say(**fields: Any) -> None:
    print(json.dumps(fields), flush=True)  # noqa: T201 - the test reads it


def probe(*, prefix: str, partitions: int = 1, foreign: bool = False, obeys: bool = True, **settings: Any) -> Any:
    settings = {"session_timeout": 6, "rebalance_timeout": 15, "log_level": "INFO", **settings}
    app = make_app(StreamSettings(app_id=f"{prefix}probe", **settings))
    seen = durable_table(app, "seen", partitions=partitions)

    async def on_batch(epoch: Epoch, records: Sequence[InRecord]) -> None:
        values = [r.value for r in records]
        say(got=[[r.partition, r.offset, repr(r.key), repr(r.value)] for r in records])
        if obeys and b"boom" in values:
            raise RuntimeError("a secret of the record")
        if obeys and b"hang" in values:
            await asyncio.Event().wait()
        await send_all(app, [Record(topic=f"{prefix}out", key=r.key, value=r.value or b"-") for r in records])
        await seen.put_all(
            epoch,
            [Entry(partition=r.partition, key=entry_key(b"%d" % r.offset, b"value"), value=b"-") for r in records],
        )
        if obeys and b"die" in values:
            os._exit(DIED)

    def owned(epoch: Epoch) -> None:
        say(
            owned=sorted(epoch.partitions(f"{prefix}in")),
            kept={p: sorted(int(e) for e in seen.entities(p)) for p in range(partitions)},
        )

    async def lost(_epoch: Epoch) -> None:
        say(lost=True)

    async def tick(_epoch: Epoch) -> None:
        say(tick=True)

    consume_batches(app, f"{prefix}in", on_batch, foreign=foreign)
    app.on_owned(owned)
    app.on_lost(lost)
    every(app, 0.5, tick)
    return app


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    run(probe(**{**told, "data_dir": Path(told["data_dir"])}))
