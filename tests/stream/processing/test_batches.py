from collections.abc import Callable

import pytest

from app.stream.errors import OwnershipLost
from app.stream.ownership.epoch import Epoch
from app.stream.ownership.exits import ABORTED, LOG_CHANGED, LOG_START_PASSED
from app.stream.ownership.ownership import Ownership
from app.stream.processing.batches import Consumption
from app.stream.records import InRecord
from tests.stream.fakes import Aborted, Message, Reader, Source, abort

LOG = [("log", 0), ("log", 1)]


def owning(generation: int = 1) -> Ownership:
    ownership = Ownership(abort=abort)
    ownership.rebalance_begins()
    ownership.assignment_taken()
    ownership.begin(generation, LOG)
    return ownership


class Stage:
    """A handler that notes its batches, and may do something to the worker in the middle of one."""

    def __init__(self, during: Callable[[], object] = lambda: None) -> None:
        self.batches: list[list[int]] = []
        self.records: list[InRecord] = []
        self._during = during

    async def handle(self, _epoch: Epoch, records: list[InRecord]) -> None:
        self.batches.append([record.offset for record in records])
        self.records += records
        self._during()


async def consume(
    source: Source,
    stage: Stage,
    ownership: Ownership,
    *,
    size: int = 512,
    foreign: bool = False,
    reader: Reader | None = None,
) -> Consumption:
    consumption = Consumption(ownership, stage.handle, reader or Reader(), size=size, foreign=foreign, abort=abort)
    await consumption.run(source)
    return consumption


def messages(*offsets: int, generation: int = 1) -> list[Message]:
    return [Message(offset, generation_id=generation) for offset in offsets]


async def test_what_lies_in_the_queue_is_one_batch_up_to_its_size() -> None:
    source, stage = Source([messages(0, 1, 2, 3, 4), messages(5)]), Stage()
    await consume(source, stage, owning(), size=3)
    assert stage.batches == [[0, 1, 2], [3, 4], [5]]
    assert source.acknowledged == [0, 1, 2, 3, 4, 5]
    assert not source.forgotten


async def test_a_batch_of_one_is_one_record() -> None:
    stage = Stage()
    await consume(Source([messages(0, 1)]), stage, owning(), size=1)
    assert stage.batches == [[0], [1]]


async def test_a_record_is_plain_values_with_every_header() -> None:
    stage = Stage()
    await consume(Source([messages(0)]), stage, owning())
    assert stage.records == [
        InRecord(
            topic="log",
            partition=0,
            offset=0,
            timestamp_ms=1500,
            key=b"k",
            value=b"v",
            headers=(("a", b"1"), ("a", b"2")),
        )
    ]


async def test_an_exception_in_the_handler_leaves_and_acknowledges_nothing() -> None:
    def fail() -> None:
        raise ValueError

    source = Source([messages(0, 1)])
    with pytest.raises(Aborted) as left:
        await consume(source, Stage(fail), owning())
    assert left.value.code == ABORTED
    assert isinstance(left.value.exc, ValueError)
    assert not source.acknowledged


async def test_a_lost_batch_is_forgotten_as_a_whole_so_that_no_revoke_waits_for_it() -> None:
    def lose() -> None:
        raise OwnershipLost

    source = Source([messages(0, 1)])
    await consume(source, Stage(lose), owning())
    assert not source.acknowledged
    assert source.forgotten == [0, 1]


async def test_a_batch_that_outlived_its_epoch_is_not_acknowledged() -> None:
    ownership = owning()

    def another_epoch() -> None:
        ownership.begin(2, LOG)

    source = Source([messages(0, 1)])
    await consume(source, Stage(another_epoch), ownership)
    assert not source.acknowledged
    assert source.forgotten == [0, 1]


async def test_a_rebalance_that_has_begun_still_lets_the_running_batch_be_acknowledged() -> None:
    ownership = owning()
    source = Source([messages(0, 1)])
    await consume(source, Stage(ownership.rebalance_begins), ownership)
    assert source.acknowledged == [0, 1]


async def test_records_of_another_generation_or_an_overtaken_assignment_are_forgotten() -> None:
    ownership, stage = owning(), Stage()
    source = Source([messages(0, generation=7)])
    await consume(source, stage, ownership)
    ownership.rebalance_begins()
    await consume(Source([messages(0)]), stage, ownership)
    assert source.forgotten == [0]
    assert not stage.batches


async def test_a_record_handed_over_twice_in_one_epoch_is_handled_once() -> None:
    source, stage = Source([messages(0, 1), messages(1, 2)]), Stage()
    await consume(source, stage, owning())
    assert stage.batches == [[0, 1], [2]]
    assert source.forgotten == [1]


async def test_a_record_from_below_the_committed_offset_is_no_repeat_and_leaves() -> None:
    source, stage = Source([messages(5, 3, 6)], first=5), Stage()
    with pytest.raises(Aborted, match="log-0 gives offset 3 after the group has read up to 5") as left:
        await consume(source, stage, owning())
    assert left.value.code == LOG_CHANGED
    assert not source.acknowledged


async def test_a_gap_on_our_own_topic_leaves_before_anything_is_handled() -> None:
    source, stage = Source([messages(0, 2)]), Stage()
    with pytest.raises(Aborted) as left:
        await consume(source, stage, owning())
    assert left.value.code == ABORTED
    assert "log-0 1..2" in left.value.why
    assert not stage.batches
    assert not source.acknowledged


async def test_the_first_record_of_an_epoch_must_follow_the_committed_offset() -> None:
    with pytest.raises(Aborted):
        await consume(Source([messages(5)], first=4), Stage(), owning())


async def test_an_honest_gap_on_a_foreign_topic_is_believed_after_one_look_for_the_whole_batch() -> None:
    source, stage, reader = Source([messages(0, 2, 5, 6)]), Stage(), Reader(found=frozenset({0, 2, 5, 6}))
    await consume(source, stage, owning(), foreign=True, reader=reader)
    assert stage.batches == [[0, 2, 5, 6]]
    assert [(stretch.start, stretch.end) for stretch in reader.asked] == [(1, 5)]


async def test_a_record_found_inside_a_foreign_gap_leaves() -> None:
    reader = Reader(found=frozenset({0, 1, 2}))
    with pytest.raises(Aborted) as left:
        await consume(Source([messages(0, 2)]), Stage(), owning(), foreign=True, reader=reader)
    assert left.value.code == ABORTED


@pytest.mark.parametrize("foreign", [True, False])
async def test_a_gap_that_ends_at_the_logs_start_has_an_exit_code_of_its_own(*, foreign: bool) -> None:
    with pytest.raises(Aborted) as left:
        await consume(Source([messages(9)], first=4), Stage(), owning(), foreign=foreign, reader=Reader(start=9))
    assert left.value.code == LOG_START_PASSED


async def test_what_a_batch_waits_for_is_said_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.stream.ownership.epoch.WAIT_SECONDS", 0.0)
    ownership, said = owning(), []

    async def wait_twice(epoch: Epoch, _records: object) -> None:
        for _ in range(2):
            await epoch.wait_for(OSError("the registry is away"))
            said.append(epoch.waits_for)

    consumption = Consumption(ownership, wait_twice, Reader(), size=10, foreign=False, abort=abort)
    source = Source([messages(0)])
    await consumption.run(source)
    assert said == ["the registry is away"] * 2
    assert source.acknowledged == [0]
    assert ownership.epoch is not None and ownership.epoch.waits_for is None


async def test_a_batch_that_waits_when_its_epoch_ends_is_given_up() -> None:
    ownership = owning()

    async def wait(epoch: Epoch, _records: object) -> None:
        epoch.end()
        await epoch.wait_for(OSError("the registry is away"))

    source = Source([messages(0)])
    await Consumption(ownership, wait, Reader(), size=10, foreign=False, abort=abort).run(source)
    assert source.forgotten == [0] and not source.acknowledged


async def test_the_watchdog_sees_a_batch_only_while_it_is_at_work() -> None:
    seen: list[float | None] = []
    stage = Stage(lambda: seen.append(consumption.oldest))
    consumption = Consumption(owning(), stage.handle, Reader(), size=10, foreign=False, abort=abort)
    await consumption.run(Source([messages(0)]))
    assert seen[0] is not None
    assert consumption.oldest is None
