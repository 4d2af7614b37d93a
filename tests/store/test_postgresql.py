"""The same store on PostgreSQL; runs where FATURAFLOW_TEST_POSTGRESQL names an empty database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.store import ChangeKind, Store, StoreUnavailable, new_key
from app.store.database import open_database, writing
from app.store.tables import metadata
from tests.store.configurations import NOW, POLICY, PROVIDER, SECRET, SHOP, business

URL = os.environ.get("FATURAFLOW_TEST_POSTGRESQL")
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(URL is None, reason="FATURAFLOW_TEST_POSTGRESQL names no database"),
]
THREADS = 4
ROUNDS = 5


@pytest.fixture
def settings() -> Iterator[Settings]:
    chosen = Settings(database=str(URL), secret_key=SecretStr(new_key()))
    yield chosen
    engine = open_database(chosen.database)
    with writing(engine) as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
    engine.dispose()


def test_what_was_applied_is_what_the_workers_are_told_and_twice_is_once(settings: Settings) -> None:
    with Store.open(settings, clock=lambda: NOW) as store:
        store.apply([business()], actor="ayşe")
        again = store.apply([business()], actor="ayşe")
        connection = store.connection(SHOP, PROVIDER)
        assert {change.kind for change in again} == {ChangeKind.UNCHANGED}
        assert store.policy(SHOP) == POLICY
        assert connection is not None and connection.secrets == {"api_key": SECRET}
        assert store.mark_needs_owner(SHOP, PROVIDER, 1, "401")
        assert store.connections(SHOP)[0].needs_owner
        assert store.audit_entries()[0].at == NOW


def test_those_who_open_and_apply_at_once_come_one_after_the_other(settings: Settings) -> None:
    def apply_in_turn(own: int) -> None:
        with Store.open(settings) as store:
            for number in range(ROUNDS):
                policy = replace(POLICY, hold_minutes=1 + own * ROUNDS + number)
                store.apply([business(policy=policy)], actor=f"thread {own}")

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(apply_in_turn, range(THREADS)))
    with Store.open(settings) as store:
        holds = [entry.differences["hold_minutes"] for entry in store.audit_entries() if entry.part == "policy"]
    assert len(holds) == THREADS * ROUNDS
    assert all(earlier[1] == later[0] for earlier, later in pairwise(holds))


def test_a_server_that_does_not_answer_is_waited_for(settings: Settings) -> None:
    del settings
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        Store.open(Settings(database="postgresql://nobody:hidden@127.0.0.1:1/nothing"))
