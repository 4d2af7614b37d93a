"""A login that the provider ends between two calls: it is renewed once, and each document made once."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import pytest

from providers.base import Absent, Done, StepInput, Unknown
from tests.contract.bench import SECONDS, Bench
from tests.contract.case import Case
from tests.contract.cases import CASES

# How each simulator ends every login that is open: a switch, and what it is sent. The logins of the others have no end:
# each request shows a key, or a user's name and password.
ENDS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "dia": ("dia", {"end_sessions": True}),
    "gib-earsiv": ("portal", {"deaths": ["envelope"]}),
    "kolaybi": ("kolaybi", {"tokens": "expired"}),
    "parasut": ("parasut", {"expire": True}),
    "trendyol-efaturam": ("trendyol", {"expire_tokens": True}),
}
ENDING: Final = [case for case in CASES if case.name in ENDS]
# The request that finds the login ended, and the one that opens another.
RENEWAL: Final = 2


# Where the adapter itself repeats a write whose login had ended; of a session of one user nothing is sure.
REPEATED: Final = [case for case in ENDING if not case.capabilities.one_session]

of_ending = pytest.mark.parametrize("bench", ENDING, ids=str, indirect=True)
of_repeated = pytest.mark.parametrize("bench", REPEATED, ids=str, indirect=True)
of_endless = pytest.mark.parametrize("bench", [case for case in CASES if case not in ENDING], ids=str, indirect=True)


async def end_login(bench: Bench) -> None:
    switch, to = ENDS[bench.case.name]
    async with bench.http.put(f"{bench.url}/_simulator/{switch}", json=to) as response:
        assert response.status == 200, await response.text()


async def steps(bench: Bench, *names: str) -> list[StepInput]:
    """The legal step of each of these documents; what is before it is made."""
    return [await bench.asked(bench.prepared(name)) for name in names]


async def create(bench: Bench, asked: StepInput) -> None:
    """Makes it as the engine does: what is unknown is looked up, and what is absent asked for again."""
    outcome = await bench.adapter.create(asked, SECONDS)
    if isinstance(outcome, Unknown):
        assert bench.case not in REPEATED
        assert await bench.find(asked.prepared, SECONDS) == Absent()
        outcome = await bench.adapter.create(asked, SECONDS)
    assert isinstance(outcome, Done)


async def requests_of(bench: Bench, *asked: StepInput) -> int:
    """How many it takes to make these documents together."""
    before = await bench.arrivals()
    await asyncio.gather(*(create(bench, each) for each in asked))
    return await bench.arrivals() - before


async def made(bench: Bench) -> list[str]:
    record = await bench.record()
    assert record["doubles"] == 0
    return sorted(each["reference"] for each in record["documents"])


@of_ending
async def test_what_finds_the_login_ended_is_made_once(bench: Bench) -> None:
    first, *others = asked = await steps(bench, "first", "second", "third", "fourth")
    await create(bench, first)
    await end_login(bench)
    await requests_of(bench, *others)
    assert await made(bench) == sorted(each.prepared.reference for each in asked)


@of_repeated
async def test_a_login_that_has_ended_is_renewed_once(bench: Bench) -> None:
    first, second, third, *others = await steps(bench, "first", "second", "third", "fourth", "fifth", "sixth")
    await create(bench, first)
    usual = await requests_of(bench, second)
    await end_login(bench)
    assert await requests_of(bench, third) == usual + RENEWAL
    await end_login(bench)
    # Each of them may find it ended; one opens another.
    assert await requests_of(bench, *others) <= len(others) * (usual + 1) + 1


@of_ending
async def test_a_look_up_that_finds_the_login_ended_finds_the_document(bench: Bench) -> None:
    (asked,) = await steps(bench, "first")
    await create(bench, asked)
    await end_login(bench)
    assert isinstance(await bench.find(asked.prepared, SECONDS), Done)


@of_repeated
async def test_an_answer_that_is_lost_behind_a_renewed_login_is_not_asked_for_again(bench: Bench) -> None:
    first, second = asked = await steps(bench, "first", "second")
    await create(bench, first)
    await end_login(bench)
    await bench.change(next=["LOST_ANSWER"])
    assert isinstance(await bench.adapter.create(second, SECONDS), Unknown)
    assert await made(bench) == sorted(each.prepared.reference for each in asked)


@of_endless
async def test_a_login_without_an_end_is_in_every_request(bench: Bench) -> None:
    first, second = await steps(bench, "first", "second")
    assert await requests_of(bench, first) == await requests_of(bench, second)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_login_that_can_end_is_ended_here(case: Case) -> None:
    what = case.capabilities
    assert (case.name in ENDS) == bool(case.sign_in or what.one_session or what.rotating_login)
