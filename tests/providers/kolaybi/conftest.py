"""KolayBi's books for one test."""

from collections.abc import AsyncIterator

import pytest

from tests.providers.kolaybi.bench import Books, opened


@pytest.fixture
async def books() -> AsyncIterator[Books]:
    async with opened() as books:
        yield books
