"""A provider that names its documents itself: what it lists is enough to know which document is ours."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from providers.base import Done, ListsDocuments, LookUp, Prepared, Step, StepInput, Unclear, Unknown
from tests.contract.conftest import CASES, PATIENCE, Bench, Case, bench_of

SECONDS = 5.0


def is_asked_by_list(case: Case) -> bool:
    """Whether its adapter says so, which is all that the engine knows."""
    return case.connect("http://127.0.0.1:1").capabilities.look_up is LookUp.BY_LIST


@pytest.fixture(params=[case for case in CASES if is_asked_by_list(case)], ids=str)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench_of(request.param) as bench:
        yield bench


async def listed(bench: Bench, prepared: Prepared) -> list[str]:
    assert isinstance(bench.adapter, ListsDocuments)
    found = await bench.adapter.candidates(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(found, tuple)
    return [done.reference for done in found]


async def test_only_what_looks_like_it_is_listed(bench: Bench) -> None:
    first, other = bench.prepared(), bench.prepared("other")
    assert await listed(bench, first) == []
    made = await bench.create(first, SECONDS)
    assert isinstance(made, Done)
    assert await listed(bench, first) == [made.reference]
    assert await listed(bench, other) == []


async def test_a_second_of_the_same_look_is_the_one_that_was_not_there_before(bench: Bench) -> None:
    prepared = bench.prepared()
    first, second = [await bench.create(prepared, SECONDS) for _ in range(2)]
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert sorted(await listed(bench, prepared)) == sorted([first.reference, second.reference])
    assert first.reference != second.reference


async def test_two_that_are_made_at_once_leave_open_which_is_which(bench: Bench) -> None:
    prepared = bench.prepared()
    asked = StepInput(Step.INVOICE, prepared)
    await bench.adapter.create(asked, SECONDS)
    assert isinstance(await bench.adapter.create(asked, SECONDS), Unknown)  # nothing was known before it


async def test_a_list_that_cannot_be_had_is_unclear(bench: Bench) -> None:
    assert isinstance(bench.adapter, ListsDocuments)
    await bench.change(down=True)
    found = await bench.adapter.candidates(StepInput(Step.INVOICE, bench.prepared()), SECONDS)
    assert isinstance(found, Unclear)


async def test_what_is_booked_after_the_call_has_ended_is_new_in_the_list(bench: Bench) -> None:
    prepared = bench.prepared()
    await bench.next_faults("BOOKED_LATE")
    assert isinstance(await bench.create(prepared, PATIENCE), Unknown)
    assert await listed(bench, prepared) == []
    await bench.book_now()
    for _ in range(100):
        if await listed(bench, prepared):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the document never came into sight")
