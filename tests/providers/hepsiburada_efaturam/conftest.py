from collections.abc import AsyncIterator

import pytest

from tests.providers.hepsiburada_efaturam.service import Service, served


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """What it takes is approved at once."""
    async with served() as service:
        yield service
