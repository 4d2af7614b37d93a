"""A recovery that jumped ahead is found out; compaction is not taken for it."""

from collections.abc import Iterable

import pytest

from app.stream.processing import recovery_check as module
from app.stream.processing.offset_gaps import OffsetRange
from app.stream.processing.recovery_check import RecoveryCheck
from tests.stream.fakes import Reader

LOG = "planner-orders-changelog"


def after(*offsets: int, partition: int = 0) -> RecoveryCheck:
    recovered = RecoveryCheck(LOG)
    take(recovered, offsets, partition)
    return recovered


def take(recovered: RecoveryCheck, offsets: Iterable[int], partition: int = 0) -> None:
    for offset in offsets:
        recovered.take(partition, offset)


def holding(*offsets: int, start: int = 0) -> Reader:
    return Reader(found=frozenset(offsets), start=start)


async def test_what_came_without_a_gap_is_not_read_again() -> None:
    reader = holding(*range(10))
    assert await after(*range(10)).overlooked(reader) is None
    assert reader.asked == []


async def test_a_record_that_was_jumped_over_is_found() -> None:
    # A record that was fetched before the rebalance, and then the recovery from the start, which counts as seen.
    jumped = after(60, 0, 1, 2, 61)
    stretch = await jumped.overlooked(holding(*range(62)))
    assert stretch == OffsetRange(topic=LOG, partition=0, start=0, end=60)


async def test_a_gap_in_the_middle_and_one_at_the_start_are_both_looked_at() -> None:
    assert await after(2, 3, 7).overlooked(holding(2, 3, 5, 7)) is not None
    assert await after(2, 3, 7).overlooked(holding(1, 2, 3, 7)) is not None
    assert await after(2, 3, 7).overlooked(holding(2, 3, 7)) is None


async def test_what_the_log_no_longer_holds_was_not_missed() -> None:
    assert await after(40, 41).overlooked(holding(40, 41, start=40)) is None


async def test_what_is_explained_is_not_read_again_after_the_next_rebalance() -> None:
    recovered, reader = after(0, 5), holding(0, 5, 6, 8)
    assert await recovered.overlooked(reader) is None
    take(recovered, [6, 8])
    assert await recovered.overlooked(reader) is None
    assert [(stretch.start, stretch.end) for stretch in reader.asked] == [(1, 5), (7, 8)]


async def test_what_was_not_explained_stays_in_question() -> None:
    recovered = after(0, 5)
    assert await recovered.overlooked(holding(0, 3, 5)) is not None
    assert await recovered.overlooked(holding(0, 3, 5)) is not None


async def test_a_partition_that_was_lost_is_expected_from_its_start_again() -> None:
    recovered = after(*range(5), partition=1)
    recovered.drop_all_but({0})
    take(recovered, [4, 5], partition=1)
    assert await recovered.overlooked(holding(*range(6))) is not None


async def test_a_partition_that_stayed_goes_on_where_it_stood() -> None:
    recovered = after(*range(5), partition=1)
    recovered.drop_all_but({1})
    take(recovered, [5, 6], partition=1)
    assert await recovered.overlooked(holding(*range(7))) is None


async def test_a_long_stretch_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OFFSETS_PER_READ", 10)
    reader = holding(0, 25)
    assert await after(0, 25).overlooked(reader) is None
    assert [(stretch.start, stretch.end) for stretch in reader.asked] == [(1, 11), (11, 21), (21, 25)]
    assert await after(0, 25).overlooked(holding(0, 24, 25)) is not None


async def test_partitions_are_judged_apart() -> None:
    recovered = after(0, 1, partition=0)
    take(recovered, [0, 2], partition=3)
    stretch = await recovered.overlooked(holding(0, 1, 2))
    assert stretch
    assert stretch.partition == 3
