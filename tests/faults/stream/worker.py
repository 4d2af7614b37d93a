"""The real planner with a failpoint, and perhaps without one of the stream room's cures.

python -m tests.faults.stream.worker '{"bootstrap": ..., "prefix": ..., "data_dir": ..., "name": ..., ...}'

`without`: the cures to leave out, of "seek first", "contiguity", "lease". `failpoint`: one of `FAILPOINTS`.

Nothing in the product can switch a cure off: it is replaced here, by what stock Faust has in its place.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faust.transport.drivers import aiokafka as driver

import app.planning.agent
import app.stream.faust_patches.application
import app.stream.processing.batches
from app.planning.agent import build
from app.stream.faust_patches.application import App
from app.stream.faust_patches.consumer import PatchedConsumer, PatchedTransport
from app.stream.ownership.epoch import Epoch
from app.stream.ownership.lease import Lease
from app.stream.processing.application import run
from app.stream.processing.offset_gaps import Contiguity, OffsetRange
from app.stream.processing.sending import send_all
from app.stream.records import InRecord, Record
from app.stream.serialization.codec import Codec
from app.stream.settings import StreamSettings
from app.stream.topics import identities
from app.stream.topics.names import Topics
from tests.planning.fakes import UpToDate

# Where the failpoints strike: after the first record of the log, well before its end.
STRUCK_OFFSET = 5
BATCH = 4
LOOK_SECONDS = 0.01
# A fetch that was begun before the partitions were resumed, and one after it.
ROUNDS = 2


def say(**fields: Any) -> None:
    print(json.dumps(fields), flush=True)  # noqa: T201 - the test reads it


# --- without a cure --------------------------------------------------------------------------------------------------


class DropsAsKnown(PatchedConsumer):
    """Stock Faust: what comes from below the offset that was read last is dropped, whyever it comes."""

    async def _deliver(self, tp: Any, message: Any) -> None:
        read = self._read_offset[tp]
        if read is None or message.offset >= read:
            await super()._deliver(tp, message)


class ResumesFirst(PatchedConsumer):
    """Source partitions are resumed when Faust says so: before the seek. What a seek has overtaken is handed over."""

    pause_partitions = driver.Consumer.pause_partitions
    resume_partitions = driver.Consumer.resume_partitions

    def _is_where_fetched(self, tp: Any) -> bool:
        """Whoever asks is told so: dropping what a seek has overtaken is a second cure for the same loss."""
        del tp
        return True


class Credulous(Contiguity):
    """Whatever comes next is what was to come."""

    def broken(self, batch: Sequence[Any]) -> Iterator[OffsetRange]:
        super().broken(batch)
        return iter(())


class Everlasting(Lease):
    """Ours is ours."""

    @property
    def overdue(self) -> bool:
        return False

    def check(self) -> None:
        return


# --- failpoints ------------------------------------------------------------------------------------------------------


@dataclass
class Failpoint:
    """Forces one interleaving, once, in this process."""

    log_topic: str
    folder: Path
    consumer: type[PatchedConsumer]
    half_delivered: asyncio.Event = field(default_factory=asyncio.Event)
    flow_resumed: asyncio.Event = field(default_factory=asyncio.Event)
    struck: bool = False

    def in_consumer(self) -> type[PatchedConsumer]:
        return self.consumer

    async def before_batch(self, app: App, records: Sequence[InRecord]) -> None:
        """Stand here while the batch is in hand and nothing of it is published."""


class SeekInsideADelivery(Failpoint):
    """The seek comes while a fetched batch is handed over; Faust yields there, every hundred records and at each wait.

    After it the first batch stays at work until the next rebalance has begun.
    """

    def in_consumer(self) -> type[PatchedConsumer]:
        point = self

        class Interleaved(self.consumer):  # type: ignore[misc,name-defined]  # the class is chosen at run time
            rounds = 0
            sought = False

            async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
                self.rounds += 1
                return await super()._wait_next_records(timeout)

            async def _deliver(self, tp: Any, message: Any) -> None:
                await super()._deliver(tp, message)
                if tp.topic == point.log_topic and message.offset == STRUCK_OFFSET and not self.sought:
                    point.half_delivered.set()
                    await point.flow_resumed.wait()

            async def seek_to_committed(self) -> Mapping[Any, int | None]:
                if not self.sought:
                    enough = self.rounds + ROUNDS
                    while not point.half_delivered.is_set() and self.rounds < enough:  # noqa: ASYNC110 - two ends
                        await asyncio.sleep(LOOK_SECONDS)
                    inside = point.half_delivered.is_set()
                    say(sought="inside a delivery" if inside else "while nothing was delivered")
                self.sought = True
                return await super().seek_to_committed()

            def resume_flow(self) -> None:
                super().resume_flow()
                if self.sought:
                    point.flow_resumed.set()

        return Interleaved

    async def before_batch(self, app: App, records: Sequence[InRecord]) -> None:
        """Hold the first batch that lies beyond the hole until a rebalance has begun."""
        if self.struck or records[0].offset <= STRUCK_OFFSET:
            return
        self.struck = True
        say(holding=[record.offset for record in records])
        while not app.ownership.overtaken:  # noqa: ASYNC110 - it is counted in another thread
            await asyncio.sleep(LOOK_SECONDS)


class SwallowedRecord(Failpoint):
    """One fetched record is skipped in silence, as Faust skips those of a partition that is not active just then."""

    def in_consumer(self) -> type[PatchedConsumer]:
        point = self

        class Swallowing(self.consumer):  # type: ignore[misc,name-defined]  # likewise
            async def _deliver(self, tp: Any, message: Any) -> None:
                if tp.topic == point.log_topic and message.offset == STRUCK_OFFSET and not point.struck:
                    point.struck = True
                    say(swallowed=message.offset)
                else:
                    await super()._deliver(tp, message)

        return Swallowing


class BatchInHand(Failpoint):
    """The first batch waits until the file `go` is there; a test freezes the process meanwhile."""

    async def before_batch(self, app: App, records: Sequence[InRecord]) -> None:
        del app
        if self.struck:
            return
        self.struck = True
        say(holding=[record.offset for record in records])
        while not (self.folder / "go").exists():  # noqa: ASYNC110 - the test is another process
            await asyncio.sleep(LOOK_SECONDS)


FAILPOINTS: dict[str | None, type[Failpoint]] = {
    None: Failpoint,
    "seek": SeekInsideADelivery,
    "swallow": SwallowedRecord,
    "hold": BatchInHand,
}


# --- the worker ------------------------------------------------------------------------------------------------------


def signed(name: str) -> Callable[..., Any]:
    """`send_all` which says in a header who wrote."""

    async def send(app: App, records: Iterable[Record], **how: Any) -> None:
        mark = ("writer", name.encode())
        marked = (
            Record(topic=r.topic, key=r.key, value=r.value, partition=r.partition, headers=(*r.headers, mark))
            for r in records
        )
        await send_all(app, marked, **how)

    return send


def worker(told: dict[str, Any]) -> App:
    topics, without = Topics(told["prefix"]), told.get("without", [])
    consumer = ResumesFirst if "seek first" in without else PatchedConsumer
    if "contiguity" in without:
        consumer = type("Dropping", (DropsAsKnown, consumer), {})
    failpoint = FAILPOINTS[told.get("failpoint")](topics.order_log, Path(told["data_dir"]), consumer)
    PatchedTransport.Consumer = failpoint.in_consumer()
    app.planning.agent.send_all = signed(told["name"])  # type: ignore[assignment]
    if "contiguity" in without:
        app.stream.processing.batches.Contiguity = Credulous  # type: ignore[misc]
    if "lease" in without:
        app.stream.faust_patches.application.Lease = Everlasting  # type: ignore[misc]
    settings = StreamSettings(
        bootstrap=told["bootstrap"],
        app_id=identities.app("planner", topics.prefix).app_id,
        data_dir=Path(told["data_dir"]),
        session_timeout=6,
        rebalance_timeout=15,
        commit_interval=0.2,
        batch_size=BATCH,
        log_level="INFO",
    )
    planner = build(settings, topics, Codec(), partitions=1, intake=UpToDate())
    (consumption,) = planner.consumptions
    handle = consumption._handle

    async def on_batch(epoch: Epoch, records: Sequence[InRecord]) -> None:
        await failpoint.before_batch(planner, records)
        await handle(epoch, records)

    consumption._handle = on_batch
    planner.on_owned(lambda epoch: say(owned=sorted(epoch.partitions(topics.order_log))))
    return planner


if __name__ == "__main__":
    run(worker(json.loads(sys.argv[1])))
