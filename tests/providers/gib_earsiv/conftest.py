"""The desk of most tests: a connection without options."""

from collections.abc import AsyncIterator

import pytest

from tests.providers.gib_earsiv.bench import Desk, opened


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield desk
