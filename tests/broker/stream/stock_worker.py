"""The same job on stock Faust: its own consumer, plain acknowledgement by `noack`, awaited sends. For comparison only.

python -m tests.broker.stream.stock_worker BOOTSTRAP PREFIX DATA_DIR BATCH_SIZE SECONDS_PER_BATCH
"""

import asyncio
import sys
from typing import Any

import faust

from tests.broker.stream.dedupe_worker import PARTITIONS, command_id

# Enough at once to fill the queue, which the race at the end of a recovery wants.
WINDOW = 32


def stock(bootstrap: str, prefix: str, data_dir: str, seconds_per_record: float) -> faust.App:
    app = faust.App(
        f"{prefix}orders",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        datadir=data_dir,
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_session_timeout=6,
        broker_heartbeat_interval=1.5,
        broker_rebalance_timeout=15,
        broker_commit_interval=1.0,
        table_standby_replicas=0,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    raw = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
    log, commands = app.topic(f"{prefix}log", **raw), app.topic(f"{prefix}commands", **raw)
    # Its changelog makes the recovery, at whose end the race is.
    entries = app.Table("orders", key_type=bytes, value_type=bytes, partitions=PARTITIONS).changelog_topic

    @app.agent(log, concurrency=1)
    async def agent(stream: Any) -> None:
        room = asyncio.Semaphore(WINDOW)
        running: dict[Any, asyncio.Queue[Any]] = {}

        async def one_partition(queue: asyncio.Queue[Any]) -> None:
            while True:
                event = await queue.get()
                await asyncio.sleep(seconds_per_record)
                await (await commands.send(key=event.key, value=command_id(event.key)))
                await (await entries.send(key=event.key, value=b"1", partition=event.message.partition))
                event.ack()
                room.release()

        async for event in stream.noack().events():
            await room.acquire()
            tp = event.message.tp
            if tp not in running:
                running[tp] = asyncio.Queue()
                app.add_future(one_partition(running[tp]))
            running[tp].put_nowait(event)

    return app


if __name__ == "__main__":
    bootstrap, prefix, data_dir, _, seconds = sys.argv[1:]
    app = stock(bootstrap, prefix, data_dir, float(seconds))
    faust.Worker(app, loglevel="WARN", quiet=True).execute_from_commandline()
