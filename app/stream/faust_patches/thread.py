# ruff: noqa: SLF001 - private names are touched in this folder, and only here; `privates` lists them
"""The thread that aiokafka's consumer runs in: read-committed, its heartbeats renew the lease, and every stop ends it.

Three ends are lost in mode 0.7.1 and aiokafka 0.14.0, each where a stop comes in the middle of a start or a join, and
the process goes on:

1. A stop between the thread's start and its first line finds nothing to stop. The thread then waits for a stop that
   has been, and a thread that is no daemon keeps the process alive.
2. A fetch that failed waits a moment before the next. aiokafka cancels it then, and its `stop` raises that
   CancelledError, which is no Exception: mode does not report the thread's end, and the main thread waits a minute.
3. A JoinGroup or SyncGroup that is under way is waited for: as long as the slowest member, or a broker that is away,
   takes for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog
from aiokafka.structs import OffsetAndMetadata
from faust.transport.drivers import aiokafka as driver

from app.stream.faust_patches.coordinator import assign_all_topics, raise_group_errors, renew_by_answers
from app.stream.faust_patches.progress import state_of
from app.stream.ownership.commit_metadata import Notes

Commit = Callable[[Mapping[Any, Any]], Awaitable[None]]
FetchPosition = tuple[Any, int | None]
"""aiokafka's state of a partition, which belongs to one assignment, and the position in it."""

# From the start of a thread to its first line.
_STARTING_STEP_SECONDS: Final = 0.01
# Most joins are over by then. The group notices a member that has gone without leaving it by the session timeout.
LEAVING_SECONDS: Final = 20.0

log = structlog.get_logger(__name__)


class ReadCommittedThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]  # untyped library
    """aiokafka's consumer in its own thread: it sees no aborted records, and its heartbeats renew the lease."""

    leaving_seconds = LEAVING_SECONDS

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Faust offers this only with its transactions. The consumer's start() reads it, when it makes the fetcher.
        consumer._isolation_level = "read_committed"
        consumer.commit = with_notes(consumer.commit, self.app.notes)
        return consumer

    async def on_start(self) -> None:
        await super().on_start()
        renew_by_answers(self._consumer._coordinator, self.app.lease)
        raise_group_errors(self._consumer._coordinator)
        assign_all_topics(self._consumer._coordinator)

    async def stop(self) -> None:
        """Stop it as soon as it runs: before its first line, mode's stop does nothing."""
        while self._is_starting():  # noqa: ASYNC110 - it begins in another thread
            await asyncio.sleep(_STARTING_STEP_SECONDS)
        await super().stop()

    def _is_starting(self) -> bool:
        return self._thread is not None and self._thread.is_alive() and not self._started.is_set()

    async def on_thread_stop(self) -> None:
        """Leave the group and close; return in bounded time, and raise nothing: mode could not report the end then."""
        leaving = asyncio.ensure_future(super().on_thread_stop())
        await asyncio.wait([leaving], timeout=self.leaving_seconds)
        if not leaving.done():
            log.warning("group not left", seconds=self.leaving_seconds)
        elif not leaving.cancelled() and (fault := leaving.exception()):
            log.warning("group not left", error=type(fault).__name__)

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: Any,
        timeout: float | None = None,  # noqa: ASYNC109 - Faust's signature
        max_records: int | None = None,
    ) -> Fetched:
        """Note, before anything else runs in this thread, where the fetch has left its partitions."""
        records = await super()._fetch_records(consumer, active_partitions, timeout, max_records)
        return Fetched(records, {tp: self.fetch_position(tp) for tp in records})

    def fetch_position(self, tp: Any) -> FetchPosition | None:
        """Return where a partition is now. A new assignment makes new states, a seek another position."""
        state = state_of(self._consumer, tp)
        return (state, state._position) if state else None


class Fetched(dict[Any, list[Any]]):
    """Records by partition, and where the fetch has left each of these."""

    def __init__(self, records: Mapping[Any, list[Any]], positions: Mapping[Any, FetchPosition | None]) -> None:
        super().__init__(records)
        self.positions = positions


def with_notes(commit: Commit, notes: Notes) -> Commit:
    """Have each offset committed with its note; Faust gives them an empty one."""

    async def commit_with_notes(offsets: Mapping[Any, Any]) -> None:
        await commit({tp: OffsetAndMetadata(at.offset, notes.of(tp.topic, tp.partition)) for tp, at in offsets.items()})

    return commit_with_notes
