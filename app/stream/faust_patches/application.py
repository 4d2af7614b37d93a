"""Faust's application, which here only forwards what happens to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import faust

from app.stream.faust_patches.consumer import PatchedTransport
from app.stream.faust_patches.queue import BoundedQueue
from app.stream.ownership.broker_time import BrokerTime
from app.stream.ownership.commit_metadata import Notes
from app.stream.ownership.epoch import Epoch
from app.stream.ownership.exits import abort
from app.stream.ownership.lease import Lease
from app.stream.ownership.ownership import OnLost, OnOwned, Ownership
from app.stream.settings import StreamSettings


class App(faust.App):  # type: ignore[misc]  # untyped library
    """One worker's application; made by `make_app`."""

    def __init__(self, settings: StreamSettings, **options: Any) -> None:
        self.settings = settings
        self.lease = Lease(settings.session_timeout)
        self.ownership = Ownership()
        self.broker_time = BrokerTime()
        self.notes = Notes()
        self.consumptions: list[Any] = []
        self.consumed_topics: list[str] = []
        self.durable_tables: list[Any] = []
        self._at_start: list[Callable[[], Awaitable[None]]] = []
        super().__init__(settings.app_id, **options)

    # -- what a stage uses ---------------------------------------------------------------------------------------

    @property
    def epoch(self) -> Epoch | None:
        """The current time of ownership; None during a rebalance, a recovery, the start and the stop."""
        return self.ownership.epoch

    @property
    def owns_its_partitions(self) -> bool:
        """Whether an epoch runs and no rebalance has begun: what `/ready` answers."""
        return self.epoch is not None and not self.ownership.overtaken

    def on_owned(self, hook: OnOwned) -> None:
        """Call `hook(epoch)` when an epoch begins, before its first record. It must not block."""
        self.ownership.on_owned(hook)

    def on_lost(self, hook: OnLost) -> None:
        """Await `hook(epoch)` when an epoch has ended; the group waits for it."""
        self.ownership.on_lost(hook)

    def at_start(self, companion: Callable[[], Awaitable[None]]) -> None:
        """Await `companion()` when the application has started."""
        self._at_start.append(companion)

    # -- what Faust calls ----------------------------------------------------------------------------------------

    def _new_transport(self) -> PatchedTransport:
        return PatchedTransport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> PatchedTransport:
        return PatchedTransport(self.conf.broker_producer, self)

    def FlowControlQueue(self, maxsize: int | None = None, *, clear_on_resume: bool = False) -> BoundedQueue:  # noqa: N802 - Faust's name
        """Make each queue that Faust makes: one for an agent's records, one for what a recovery reads."""
        return BoundedQueue(
            maxsize,
            flow_control=self.flow_control,
            clear_on_resume=clear_on_resume,
            most_bytes=self.settings.buffer_bytes,
        )

    async def on_start(self) -> None:
        await super().on_start()
        for companion in self._at_start:
            await companion()

    def on_rebalance_start(self) -> None:
        """Come first of all in a rebalance, in the consumer's thread."""
        self.ownership.rebalance_begins()
        super().on_rebalance_start()

    async def _on_partitions_revoked(self, revoked: set[Any]) -> None:
        """Drain and commit what is being handled, then end our running work; JoinGroup is sent after this returns.

        While the application stops, `on_stop` has stopped the flow already. Faust would then close aiokafka's consumer
        out of this thread, and what is still drained could not be committed any more.
        """
        self.ownership.revoke()
        if self.should_stop:
            await self.consumer.wait_empty()
        else:
            await super()._on_partitions_revoked(revoked)
        await self.ownership.end()

    async def _on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        self.ownership.assignment_taken()
        if not self.should_stop:  # else nothing is recovered for it, and the group is left in a moment
            await super()._on_partitions_assigned(assigned, generation_id)

    def on_rebalance_end(self) -> None:
        """Come after recovery, purge and seek; also for a recovery that a newer rebalance has overtaken."""
        if self.ownership.overtaken:
            return
        super().on_rebalance_end()
        self.ownership.begin(self.consumer_generation_id, self.consumer.assignment())
        if self.should_stop:  # which began a moment before
            self.ownership.revoke()

    def _crash(self, reason: BaseException) -> None:
        """Leave: Faust would stop in good order, commit once more on its way, and exit with 1."""
        abort("a service of Faust crashed", reason)

    async def on_stop(self) -> None:
        self.ownership.revoke()
        await super().on_stop()  # SIGTERM: the flow has stopped, all is drained, the group still counts us in
        await self.ownership.end()
