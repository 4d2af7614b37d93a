from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.screen.running_screen import RunningScreen, running_screen


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[RunningScreen]:
    async with running_screen(tmp_path) as running:
        yield running
