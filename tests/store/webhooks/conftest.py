from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.webhooks.queued import Queued, queued_in


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Queued]:
    with queued_in(tmp_path) as found:
        yield found
