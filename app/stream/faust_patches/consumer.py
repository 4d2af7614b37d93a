"""The consumer: what stock Faust 0.15.3 loses in a plain rebalance is not lost here.

The order of things at the end of a recovery is Faust's: source partitions are resumed, then sought to their
committed offsets, while the flow is still on from reading changelogs. Records fetched in between are skipped, and
when they come again after the seek they are dropped as already read. The hole first blocks commits, and at the next
revoke the next acknowledgement commits over it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final, cast

import structlog
from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver

from app.stream.errors import OffsetWentBackError
from app.stream.faust_patches.agent_queue import milliseconds
from app.stream.faust_patches.conductor import PatchedConductor
from app.stream.faust_patches.producer import IdempotentProducer
from app.stream.faust_patches.thread import Fetched, FetchPosition, ReadCommittedThread
from app.stream.ownership.exits import LOG_CHANGED, Abort, abort

# Faust's own: how long a fetch waits for records, and how many are handed over before others have their turn.
_FETCH_SECONDS: Final = 1.0
_RECORDS_PER_TURN: Final = 100

log = structlog.get_logger(__name__)


class PatchedConsumer(driver.Consumer):  # type: ignore[misc]  # untyped library
    """Seeks first, gives back what would be dropped, drops what a seek overtook, never pauses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._held_back: frozenset[Any] = frozenset()
        self._log_starts: dict[Any, int] = {}
        self._positions: Mapping[Any, FetchPosition | None] = {}
        self._seeking = asyncio.Lock()
        self._abort: Abort = abort
        super().__init__(*args, **kwargs)

    def _new_consumer_thread(self) -> ReadCommittedThread:
        return ReadCommittedThread(self, loop=self.loop, beacon=self.beacon)

    # -- seek first ----------------------------------------------------------------------------------------------

    def pause_partitions(self, tps: Collection[Any]) -> None:
        """Forget what was held back: it belonged to a recovery that this pause ends."""
        self._held_back = frozenset()
        super().pause_partitions(tps)

    def resume_partitions(self, tps: Collection[Any]) -> None:
        """Resume changelogs at once and hold source partitions back until `resume_flow`, which follows the seek."""
        self._held_back = frozenset(tp for tp in tps if not self._is_changelog_tp(tp))
        super().resume_partitions(set(tps) - self._held_back)

    def resume_flow(self) -> None:
        """Let records through, unless a newer rebalance or a stop has overtaken the recovery that asks for it."""
        if self.app.ownership.overtaken or self.app.should_stop:
            log.info("stale resume refused")
            return
        if self._held_back:
            super().resume_partitions(set(self._held_back))
            self._held_back = frozenset()
        super().resume_flow()

    async def perform_seek(self) -> None:
        """Seek every partition, after any seek before this one has ended.

        The end of a recovery seeks, and so does a fetch that has found the flow stopped. Of two at once, one may move a
        partition last and the other say last up to where it was read. And what the caller has cancelled goes on in the
        consumer's thread: it is waited for, too.
        """
        await asyncio.shield(self._seek_alone())

    async def _seek_alone(self) -> None:
        async with self._seeking:
            await super().perform_seek()

    async def seek_to_committed(self) -> Mapping[Any, int | None]:
        """Seek every partition; one without a committed offset to the start of its log.

        Neither Faust nor aiokafka seeks such a partition at all: it remains wherever it was read to, and a hole in it
        would stay until the next assignment. Only the partitions that the call returned are moved: asking for the
        assignment again could name committed ones of a newer rebalance.
        """
        committed = cast("Mapping[Any, int | None]", await super().seek_to_committed())
        fresh = [tp for tp, offset in committed.items() if not offset and not self._is_changelog_tp(tp)]
        if fresh:
            starts = await self.earliest_offsets(*fresh)
            for tp in fresh:
                await self._seek(tp, starts[tp])
            self._log_starts = {**self._log_starts, **starts}
        return committed

    def first_offset(self, tp: Any) -> int:
        """Where an epoch must begin to read: the committed offset, or the log's start."""
        return self._committed_offset.get(tp) or self._log_starts[tp]

    # -- give back -----------------------------------------------------------------------------------------------

    async def _getmany(self, active_partitions: Collection[Any] | None, timeout: float) -> Fetched:  # noqa: ASYNC109 - Faust's signature
        """Fetch for a copy of the active partitions, and seek back what Faust would drop now.

        A fetch waits up to a second, across revoke, recovery and seek. The set it was given is Faust's live one; when
        the end of a recovery empties it, aiokafka takes the empty set for "all partitions". And records of partitions
        that are no longer active are skipped in silence although the position has moved past them.
        """
        fetched = cast("Fetched", await super()._getmany(frozenset(active_partitions or ()), timeout))
        self._positions = fetched.positions
        live = self._get_active_partitions()
        for tp in [tp for tp in fetched if tp not in live]:
            offset = fetched.pop(tp)[0].offset
            if self._is_where_fetched(tp):
                log.info("given back", partition=f"{tp.topic}-{tp.partition}", offset=offset)
                with suppress(IllegalStateError):  # it is not ours any more
                    await self._seek(tp, offset)
        return fetched

    # -- hand over -----------------------------------------------------------------------------------------------

    def _is_where_fetched(self, tp: Any) -> bool:
        """Whether the partition is where its last fetch has left it: it was not sought or assigned since."""
        fetch_position = self._positions.get(tp)
        return fetch_position is not None and fetch_position == self._thread.fetch_position(tp)

    async def _drain_messages(self, fetcher: Any) -> None:
        """Fetch and hand over, until Faust's fetcher stops."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                await asyncio.sleep(0)
                fetched, _ = await self._wait_next_records(_FETCH_SECONDS)
                if fetched and not self.should_stop:
                    await self._hand_over(fetched)
        except (asyncio.CancelledError, *self.consumer_stopped_errors):
            if not self.app.should_stop:
                raise

    async def _hand_over(self, fetched: Mapping[Any, list[Any]]) -> None:
        """Hand over what was fetched. Faust's loop, with one rule more: what a seek has overtaken is dropped.

        A record of before the seek counts as progress: a table's recovery jumps ahead to it, the position that was
        read is set past what the seek wanted, and what then comes from there is dropped as seen. What is dropped here
        comes again, because the seek, or a new assignment, has set the position anew.
        """
        generation = self.app.consumer_generation_id
        if not self.flow_active:
            return await self._seek_again()
        for number, (tp, record) in enumerate(self.scheduler.iterate(fetched), start=1):
            if number % _RECORDS_PER_TURN == 0:
                await asyncio.sleep(0)
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return None
            if self._is_where_fetched(tp):
                await self._deliver(tp, self._to_message(tp, record))
        return None

    async def _seek_again(self) -> None:
        """Set every position anew: the flow was stopped during the fetch, and its records have nowhere to go."""
        try:
            await self.perform_seek()
        except Exception as exc:  # noqa: BLE001 - a rebalance is under way, which seeks at its end
            log.info("not sought", error=type(exc).__name__)

    async def _deliver(self, tp: Any, message: Any) -> None:
        offset, read = message.offset, self._read_offset[tp]
        if read is not None and offset < read:
            # Faust drops it as known. But every seek sets what was read: this one was never asked for.
            back = OffsetWentBackError(tp.topic, tp.partition, offset=offset, read=read)
            self._abort(str(back), code=LOG_CHANGED)
        if read and offset - read > 1 and self.app.topics.acks_enabled_for(tp.topic):
            await self._add_gap(tp, read + 1, offset)  # offsets without a record hold up no commit
        # Faust makes four tasks for each record, to race this against a stop of the flow: ours ends by itself then.
        await self.callback(message)
        if self._is_where_fetched(tp):
            self._read_offset[tp] = offset

    # -- acknowledge ---------------------------------------------------------------------------------------------

    def track(self, message: Any) -> None:
        """Track a record: a revoke waits until it is acknowledged or forgotten."""
        message.tracked = True
        self._unacked_messages.add(message)

    async def on_partitions_revoked(self, revoked: set[Any]) -> None:
        """Commit before Faust forgets what is acknowledged, or each rebalance repeats a commit interval of work."""
        await self.commit()
        await super().on_partitions_revoked(revoked)

    async def verify_all_partitions_active(self) -> None:
        """Look at nothing: our watchdog does, and acts.

        Faust calls it an error when an idle partition was not fetched for minutes, or a rebalance moved it.
        """

    def ack(self, message: Any) -> bool:
        """Acknowledge only what was tracked: a stream acks what it skips while the flow is stopped."""
        if not message.tracked:
            return False
        self.app.notes.finished(message.topic, message.partition, message.offset, milliseconds(message))
        return bool(super().ack(message))

    def forget(self, message: Any) -> None:
        """Untrack a record without acknowledging it: it comes again.

        While it is tracked a revoke waits for it, for ever: the stream still holds the event, so the weak set never
        loses it.
        """
        self._unacked_messages.discard(message)


class PatchedTransport(driver.Transport):  # type: ignore[misc]  # untyped library
    """Faust's Kafka driver with our consumer, conductor and producer."""

    Conductor = PatchedConductor
    Consumer = PatchedConsumer
    Producer = IdempotentProducer
