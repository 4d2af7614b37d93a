"""The run's store is what it was when it was copied, and its registry gives back what it was given."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.local_kafka import StackError
from app.stream.serialization.schema_registry import LEVEL, ConfluentRegistry
from app.testbed.chaos.installation.schema_registry import registry
from app.testbed.chaos.installation.stores import PostgresqlStore, SqliteStore, postgresql

SCHEMA = '{"type": "record", "name": "Order", "fields": [{"name": "reference", "type": "string"}]}'


def test_a_store_that_is_put_back_has_forgotten_what_came_after_its_copy(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as connection:
        connection.execute("CREATE TABLE given (number TEXT)")
        connection.execute("INSERT INTO given VALUES ('1')")
        connection.commit()
        store.copy()
        connection.execute("INSERT INTO given VALUES ('2')")
        connection.commit()
        store.put_back()
        assert connection.execute("SELECT number FROM given").fetchall() == [("1",)]


@pytest.fixture
def server() -> Iterator[PostgresqlStore]:
    try:
        with postgresql() as store:
            yield store
    except StackError as missing:
        pytest.skip(str(missing))


@pytest.mark.postgresql
def test_so_has_a_server(server: PostgresqlStore) -> None:
    def given(statement: str) -> list[str]:
        engine = create_engine(server.url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            found = connection.execute(text(statement))
            rows = [row[0] for row in found] if found.returns_rows else []
        engine.dispose()
        return rows

    given("CREATE TABLE given (number TEXT)")
    given("INSERT INTO given VALUES ('1')")
    server.copy()
    given("INSERT INTO given VALUES ('2')")
    server.put_back()
    assert given("SELECT number FROM given") == ["1"]


def test_a_registry_knows_what_it_was_given_and_nothing_else() -> None:
    with registry() as url:
        client = ConfluentRegistry(url)
        schema_id = client.register("orders.v1-value", SCHEMA)
        assert client.register("orders.v1-value", SCHEMA) == schema_id
        assert client.schema(schema_id) == SCHEMA
        assert client.schema(schema_id + 1) is None
        assert client.level("orders.v1-value") is None
        assert client.set_level("orders.v1-value", LEVEL)
        assert client.level("orders.v1-value") == LEVEL
        assert client.register("order-log.v1-value", SCHEMA.replace("Order", "Logged")) != schema_id
