"""Each fault is forced, not hoped for: once in every run of the broker's tests, five times in the long ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.stream.scene import Scene, played

TIMES = [1, *(pytest.param(time, marks=pytest.mark.long) for time in range(2, 6))]


@pytest.fixture(params=TIMES)
def scene(bootstrap: str, tmp_path: Path) -> Iterator[Scene]:
    with played(bootstrap, tmp_path) as scene:
        yield scene
