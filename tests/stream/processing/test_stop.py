"""What a revoke and a stop do to each other: on the real application, over a hand-written consumer."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.stream.errors import OwnershipLost
from app.stream.faust_patches.application import App
from app.stream.ownership.epoch import Epoch
from tests.stream.fakes import TP, leased

OWNED = TP("log", 0)


class Draining:
    """A consumer whose drain waits for a batch, as Faust's does; it has no `close`, which Faust would call."""

    def __init__(self, app: App, batch: asyncio.Task[None]) -> None:
        self._app = app
        self._batch = batch
        self.drained = False
        self.revoked_before_the_drain = False

    def assignment(self) -> set[Any]:
        """What a stop asks before it drains. Nothing is assigned: Faust's own services are not part of this test."""
        self.revoked_before_the_drain = self._app.epoch is not None and self._app.epoch.revoked
        return set()

    async def wait_empty(self) -> None:
        with pytest.raises(OwnershipLost):
            await self._batch
        self.drained = True


def waiting(app: App) -> Draining:
    """An epoch has begun, and its batch waits for a database that does not come back."""
    app.ownership.rebalance_begins()
    app.ownership.assignment_taken()
    app.ownership.begin(1, [("log", 0)])

    async def batch(epoch: Epoch | None) -> None:
        while epoch is not None:
            await epoch.wait_for(ConnectionError("the database is away"))

    app.consumer = consumer = Draining(app, asyncio.create_task(batch(app.epoch)))
    return consumer


async def test_a_stop_gives_up_a_batch_that_waits_for_others(tmp_path: Path) -> None:
    app = leased(tmp_path)
    consumer = waiting(app)
    async with asyncio.timeout(5):
        await app.on_stop()
        await consumer.wait_empty()
    assert consumer.revoked_before_the_drain
    assert app.epoch is None


async def test_a_revoke_while_the_worker_stops_waits_for_the_drain_and_closes_nothing(tmp_path: Path) -> None:
    app = leased(tmp_path)
    consumer = waiting(app)
    app._stopped.set()
    async with asyncio.timeout(5):
        await app._on_partitions_revoked({OWNED})
    assert consumer.drained
    assert app.epoch is None


async def test_an_assignment_while_the_worker_stops_is_not_taken_up(tmp_path: Path) -> None:
    app = leased(tmp_path)
    consumer = waiting(app)
    app._stopped.set()
    await app._on_partitions_assigned({OWNED}, 2)
    app.ownership.revoke()
    await consumer.wait_empty()
