"""What the engine relies on where a document takes several calls: each is made and found by what was made before it."""

from collections.abc import AsyncIterator

import pytest

from app.domain.documents import LEGAL, DocumentType
from providers.base import Absent, Done, StepInput, Unknown
from providers.registry import provider
from tests.contract.bench import Bench, bench_of, find
from tests.contract.case import Case
from tests.contract.cases import CASES as ALL
from tests.contract.cases import TESTBOOK
from tests.providers.examples import CONSUMER

SECONDS = 5.0
# A provider of several calls is added here beside its case in `cases`, of which a test has the last, legal call.
CASES = [
    Case(
        name="testbook",
        document_type=DocumentType.SALES_INVOICE,
        person=CONSUMER,
        simulator=TESTBOOK,
        options={"steps": "three"},
    ),
]
CASES += [case for case in ALL if len(provider(case.name).capabilities().steps) > 1]
STEPS = [(case, step) for case in CASES for step in case.connect("http://127.0.0.1:1").capabilities.steps]


@pytest.fixture(params=STEPS, ids=lambda param: f"{param[0]}-{param[1]}")
async def at_step(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Bench, StepInput]]:
    """A bench where everything before one step is made."""
    case, step = request.param
    async with bench_of(case) as bench:
        prepared = bench.prepared()
        yield bench, StepInput(step, prepared, await bench.up_to(step, prepared))


async def test_a_step_is_absent_until_it_is_made_and_then_found(at_step: tuple[Bench, StepInput]) -> None:
    bench, asked = at_step
    assert await find(bench.adapter, asked, SECONDS) == Absent()
    made = await bench.adapter.create(asked, SECONDS)
    found = await find(bench.adapter, asked, SECONDS)
    assert isinstance(made, Done)
    assert isinstance(found, Done)
    assert found.reference == made.reference


async def test_a_lost_answer_of_a_step_is_found(at_step: tuple[Bench, StepInput]) -> None:
    bench, asked = at_step
    await bench.next_faults("LOST_ANSWER", now=True)
    assert isinstance(await bench.adapter.create(asked, SECONDS), Unknown)
    assert isinstance(await find(bench.adapter, asked, SECONDS), Done)


@pytest.mark.parametrize("fault", ["LOST_BEFORE", "ERROR_IN_200", "GATEWAY_BEFORE"])
async def test_a_step_that_did_not_arrive_is_unknown_and_absent(at_step: tuple[Bench, StepInput], fault: str) -> None:
    bench, asked = at_step
    await bench.next_faults(fault, now=True)
    assert isinstance(await bench.adapter.create(asked, SECONDS), Unknown)
    assert await find(bench.adapter, asked, SECONDS) == Absent()


async def test_only_the_last_step_makes_a_legal_document(at_step: tuple[Bench, StepInput]) -> None:
    bench, asked = at_step
    done = await bench.adapter.create(asked, SECONDS)
    assert isinstance(done, Done)
    is_last = asked.step is bench.adapter.capabilities.steps[-1]
    assert (done.state in LEGAL) == is_last
    assert list(await bench.numbers()) == ([asked.prepared.reference] if is_last else [])
