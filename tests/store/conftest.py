from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.store import Store, new_key
from tests.store.configurations import NOW


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A database of this test alone, in a folder that is not there yet."""
    return Settings(database=f"sqlite:///{tmp_path}/new/folder/test.db", secret_key=SecretStr(new_key()))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.open(settings, clock=lambda: NOW) as opened:
        yield opened
