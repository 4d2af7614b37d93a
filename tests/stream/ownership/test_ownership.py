import asyncio

import pytest

from app.stream.errors import OwnershipLost
from app.stream.ownership.epoch import Epoch
from app.stream.ownership.ownership import Ownership
from tests.stream.fakes import Aborted, abort


def taken() -> Ownership:
    ownership = Ownership(abort=abort)
    ownership.rebalance_begins()
    ownership.assignment_taken()
    return ownership


def test_an_epoch_knows_its_partitions_by_topic() -> None:
    epoch = Epoch(3, [("log", 0), ("log", 2), ("changelog", 2)])
    assert epoch.partitions("log") == {0, 2}
    assert epoch.partitions("other") == frozenset()
    assert sorted(epoch) == [("changelog", 2), ("log", 0), ("log", 2)]


async def test_sleeping_ends_with_the_epoch() -> None:
    epoch = Epoch(1, [])
    async with asyncio.timeout(5):
        asyncio.get_running_loop().call_soon(epoch.end)
        await epoch.sleep(3600)
        await epoch.sleep(3600)
    assert epoch.ended


async def test_sleeping_ends_after_its_time_in_an_epoch_that_goes_on() -> None:
    epoch = Epoch(1, [])
    await epoch.sleep(-1)
    await epoch.sleep(0.001)
    assert not epoch.ended


async def test_what_waits_for_others_is_given_up_with_the_revoke_before_the_epoch_ends() -> None:
    # A drain waits for it, and only then the epoch ends.
    ownership = taken()
    ownership.revoke()
    ownership.begin(1, [])
    epoch = ownership.epoch
    assert epoch is not None
    waiting = asyncio.create_task(epoch.wait_for(ConnectionError("the database is away")))
    await asyncio.sleep(0)
    ownership.revoke()
    with pytest.raises(OwnershipLost):
        await waiting
    assert not epoch.ended


def test_a_recovery_is_overtaken_once_a_newer_rebalance_has_begun() -> None:
    ownership = taken()
    assert not ownership.overtaken
    ownership.rebalance_begins()
    assert ownership.overtaken
    ownership.assignment_taken()
    assert not ownership.overtaken


async def test_the_end_of_an_epoch_is_seen_by_sleepers_before_the_hooks_wait() -> None:
    ownership, told = taken(), []

    async def lost(epoch: Epoch) -> None:
        told.append(("lost", epoch.ended, ownership.epoch))

    ownership.on_owned(lambda epoch: told.append(("owned", epoch.ended, ownership.epoch is epoch)))
    ownership.on_lost(lost)
    ownership.begin(1, [])
    await ownership.end()
    await ownership.end()
    assert told == [("owned", False, True), ("lost", True, None)]


async def test_a_stop_waits_for_the_work_that_a_revoke_is_ending_already() -> None:
    ownership, drained = taken(), asyncio.Event()

    async def lost(_epoch: Epoch) -> None:
        await drained.wait()

    ownership.on_lost(lost)
    ownership.begin(1, [])
    both = [asyncio.create_task(ownership.end()) for _ in range(2)]
    await asyncio.sleep(0)
    assert ownership.epoch is None
    done, _ = await asyncio.wait(both, timeout=0)
    assert not done
    drained.set()
    await asyncio.gather(*both)


async def test_an_error_in_a_hook_leaves() -> None:
    def fail(_epoch: Epoch) -> None:
        raise ValueError

    async def fail_later(_epoch: Epoch) -> None:
        raise ValueError

    ownership = taken()
    ownership.on_lost(fail_later)
    ownership.begin(1, [])
    with pytest.raises(Aborted, match="on_lost"):
        await ownership.end()
    ownership.on_owned(fail)
    with pytest.raises(Aborted, match="on_owned"):
        ownership.begin(2, [])


async def test_a_record_that_is_early_waits_for_its_epoch() -> None:
    ownership = taken()
    waiting = asyncio.create_task(ownership.current())
    await asyncio.sleep(0)
    assert not waiting.done()
    ownership.begin(1, [])
    assert await waiting is ownership.epoch


async def test_a_record_of_an_overtaken_rebalance_waits_for_nothing() -> None:
    ownership = taken()
    ownership.rebalance_begins()
    assert await ownership.current() is None
