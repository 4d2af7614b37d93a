from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.store import Store, new_key
from tests.store.configurations import NOW
from tests.store.postgresql import PostgresqlUnavailable, postgresql


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A database of this test alone, in a folder that is not there yet."""
    return Settings(database=f"sqlite:///{tmp_path}/new/folder/test.db", secret_key=SecretStr(new_key()))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.open(settings, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """One PostgreSQL for the whole run."""
    try:
        with postgresql() as url:
            yield url
    except PostgresqlUnavailable as unavailable:
        pytest.skip(str(unavailable))
