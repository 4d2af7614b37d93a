from __future__ import annotations

import multiprocessing
import os
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.domain.policy import Trigger
from app.settings import Settings
from app.store import Store, StoreError, StoreUnavailableError
from app.store.database import MIGRATIONS, migrate, open_database, reading, versions, writing
from app.store.tables import metadata
from tests.store.configurations import POLICY, SHOP, business

PROCESSES = 2
ROUNDS = 5


def apply_in_turn(settings: Settings, start: Barrier, own: int) -> None:
    start.wait()
    with Store.open(settings) as store:
        for hold in range(ROUNDS):
            policy = replace(POLICY, trigger=(Trigger.SHIPMENT, Trigger.MANUAL)[own], hold_minutes=1 + hold)
            store.apply([business(policy=policy)], actor=f"process {own}")


def test_the_migrations_make_exactly_the_tables_of_the_code(settings: Settings) -> None:
    engine = open_database(settings.database)
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    migrate(engine)
    engine.dispose()


def test_the_names_of_the_migrations_are_their_versions_in_their_order() -> None:
    """So that a database which has the newest is known without loading Alembic."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert versions() == [script.revision for script in scripts.walk_revisions()][::-1]


def test_only_its_owner_reads_the_database_and_what_stands_beside_it(settings: Settings) -> None:
    file = Path(settings.database.removeprefix("sqlite:///"))
    before = os.umask(0o022)
    try:
        with Store.open(settings) as store:
            store.apply([business()], actor="ayşe")
            made = [file.parent, *file.parent.iterdir()]
            assert [path.name for path in made if path.stat().st_mode & 0o077] == []
            assert len(made) > 2
    finally:
        os.umask(before)


def test_foreign_keys_are_on(settings: Settings) -> None:
    engine = open_database(settings.database)
    with pytest.raises(StoreError, match="FOREIGN KEY"), writing(engine) as connection:
        connection.execute(text("INSERT INTO carriers VALUES ('NOBODY', 'Kargo', '1111111114')"))
    engine.dispose()


def test_a_database_of_a_newer_version_is_not_opened(settings: Settings) -> None:
    engine = open_database(settings.database)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="9999 of a newer version"):
        Store.open(settings)


@pytest.mark.sweep
def test_two_processes_that_open_and_apply_at_once_come_one_after_the_other(settings: Settings) -> None:
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(PROCESSES)
    processes = [context.Process(target=apply_in_turn, args=(settings, start, own)) for own in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    with Store.open(settings) as store:
        created, *later = (entry for entry in store.audit_records(SHOP) if entry.part == "policy")
    known = {name: after for name, (_, after) in created.differences.items()}
    for entry in later:
        for name, (before, after) in entry.differences.items():
            assert known[name] == before, "each change was made on top of the one before it"
            known[name] = after
    assert {entry.actor for entry in later} == {"process 0", "process 1"}


def test_a_database_that_cannot_be_reached_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailableError, match="folder cannot be made"):
        Store.open(Settings(database=f"sqlite:///{tmp_path}/file/below/test.db"))
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreUnavailableError, match="cannot be reached"):
        Store.open(Settings(database=f"sqlite:///{tmp_path}/folder"))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("these are notes and no database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store.open(Settings(database=f"sqlite:///{tmp_path}/notes.txt"))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "is not a database URL"),
        ("mysql://localhost/x", "mysql is not supported"),
        ("sqlite://", "needs a file"),
    ],
)
def test_a_url_that_cannot_be_used_is_told(url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        Store.open(Settings(database=url))
