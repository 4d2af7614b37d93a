import asyncio
from pathlib import Path

import pytest

from app.stream.errors import OwnershipLost
from app.stream.processing import background
from app.stream.processing.background import every, spawn
from tests.stream.fakes import Aborted, abort, take_ownership, worker_in


async def test_a_clock_runs_while_partitions_are_ours_and_a_revoke_waits_for_its_job(
    tmp_path: Path,
) -> None:
    worker = worker_in(tmp_path)
    at_work, may_end, ended = asyncio.Event(), asyncio.Event(), []

    async def job(epoch: object) -> None:
        at_work.set()
        await may_end.wait()
        ended.append(epoch)

    every(worker, 0.001, job)
    take_ownership(worker)
    epoch = worker.epoch
    await asyncio.wait_for(at_work.wait(), 5)
    revoke = asyncio.create_task(worker.ownership.end())
    await asyncio.sleep(0)
    assert not revoke.done()
    may_end.set()
    await asyncio.wait_for(revoke, 5)
    assert ended == [epoch]


async def test_an_error_in_a_task_leaves_and_lost_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "abort", abort)

    async def fail(error: Exception) -> None:
        raise error

    await spawn(fail(OwnershipLost()), name="lost")
    with pytest.raises(Aborted, match="task broken"):
        await background._guarded(fail(ValueError()), "broken")
