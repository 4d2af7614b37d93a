"""A provider that names its documents itself: what it lists is enough to know which document is ours."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from providers.base import Done, ListsDocuments, LookUp, Outcome, Prepared, Step, StepInput, Unclear, Unknown
from tests.contract.bench import PATIENCE, Bench, bench_of
from tests.contract.cases import CASES

SECONDS = 5.0


@pytest.fixture(params=[case for case in CASES if case.capabilities.look_up is LookUp.BY_LIST], ids=str)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench_of(request.param) as bench:
        yield bench


async def asked(bench: Bench, prepared: Prepared, known: frozenset[str] = frozenset()) -> StepInput:
    """The step that is looked for in a list."""
    return StepInput(Step.INVOICE, prepared, await bench.up_to(Step.INVOICE, prepared), known)


async def create(bench: Bench, prepared: Prepared, seconds: float = SECONDS) -> Outcome:
    return await bench.adapter.create(await asked(bench, prepared, await bench.known(prepared)), seconds)


async def listed(bench: Bench, prepared: Prepared) -> list[str]:
    assert isinstance(bench.adapter, ListsDocuments)
    found = await bench.adapter.candidates(await asked(bench, prepared), SECONDS)
    assert isinstance(found, tuple)
    return [done.reference for done in found]


async def test_only_what_looks_like_it_is_listed(bench: Bench) -> None:
    first, other = bench.prepared(), bench.prepared("other")
    assert await listed(bench, first) == []
    made = await create(bench, first)
    assert isinstance(made, Done)
    assert await listed(bench, first) == [made.reference]
    assert await listed(bench, other) == []


async def test_a_second_of_the_same_look_is_the_one_that_was_not_there_before(bench: Bench) -> None:
    prepared = bench.prepared()
    first, second = [await create(bench, prepared) for _ in range(2)]
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert sorted(await listed(bench, prepared)) == sorted([first.reference, second.reference])
    assert first.reference != second.reference


async def test_two_that_are_made_at_once_leave_open_which_is_which(bench: Bench) -> None:
    """Nothing was known before the second one; where its answer names it, that is not needed."""
    invoice = await asked(bench, bench.prepared())
    first, second = [await bench.adapter.create(invoice, SECONDS) for _ in range(2)]
    assert isinstance(first, Done)
    assert not isinstance(second, Done) or second.reference != first.reference


async def test_a_list_that_cannot_be_had_is_unclear(bench: Bench) -> None:
    assert isinstance(bench.adapter, ListsDocuments)
    invoice = await asked(bench, bench.prepared())
    await bench.change(down=True)
    found = await bench.adapter.candidates(invoice, SECONDS)
    assert isinstance(found, Unclear)


async def test_what_is_booked_after_the_call_has_ended_is_new_in_the_list(bench: Bench) -> None:
    prepared = bench.prepared()
    await asked(bench, prepared)
    await bench.next_faults("BOOKED_LATE", now=True)
    assert isinstance(await create(bench, prepared, PATIENCE), Unknown)
    assert await listed(bench, prepared) == []
    await bench.book_now()
    for _ in range(100):
        if await listed(bench, prepared):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the document never came into sight")
