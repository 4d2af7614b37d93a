from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.conftest import postgresql_url
from tests.tracking.read_model.installation import Installation, model_in

__all__ = ["postgresql_url"]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation with an empty read model in SQLite."""
    model = model_in(tmp_path)
    yield Installation(model)
    model.close()
