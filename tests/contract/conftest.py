"""What every test of the contract runs on: a bench for each of its cases."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.bench import Bench, bench_of
from tests.contract.cases import CASES


@pytest.fixture(params=CASES, ids=str)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench_of(request.param) as bench:
        yield bench
