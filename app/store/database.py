"""The database itself: reached by one URL, migrated when it is opened, and never half written.

A SQLite file by default, PostgreSQL by its URL. Both get one writer at a time, so that two people who apply at once,
or two processes that open an empty database at once, come one after the other.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

import stamina
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.store.errors import StoreError, StoreUnavailableError

MIGRATIONS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "alembic_version"
# Longer than any transaction of ours by far, and short enough for a person who waits.
BUSY_SECONDS: Final = 15
# SQLite's own: after so many pages in the log a commit moves them into the file.
CHECKPOINT_PAGES: Final = 1000
# Sellers, logins, the audit log: no other user of this machine reads them.
OWNER_S_FOLDER: Final = 0o700
OWNER_S_FILE: Final = 0o600
# Any number will do, as long as nothing else in the same PostgreSQL database takes it.
ADVISORY_LOCK: Final = 0x66617475
LOCK: Final = text("SELECT pg_advisory_xact_lock(:number)")
LOCK_ABOUT: Final = text("SELECT pg_advisory_xact_lock(:number, hashtext(:about))")
# Alembic keeps the migration that runs in a module variable.
_ALEMBIC: Final = Lock()


def open_database(database: str) -> Engine:
    """An engine whose database exists and has the newest schema.

    Raises StoreUnavailableError when it cannot be reached, StoreError for a URL that cannot be used and for a database
    that a newer version has migrated.
    """
    engine = connect(url_of(database))
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def connect(url: URL) -> Engine:
    """An engine whose database can be written, whatever is in it. Raises as `open_database` does."""
    engine = _engine(url)
    if engine.dialect.name == "sqlite":
        try:
            _prepare_file(engine)
        except BaseException:
            engine.dispose()
            raise
    return engine


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version; without a write when it is there already.

    Alembic, which is ten mebibytes, is loaded only where there is something to migrate.
    """
    known = versions()
    with reading(engine) as connection:
        current = _version(connection)
    if current == known[-1]:
        return
    if current is not None and current not in known:
        raise StoreError(f"{_named(engine)} has the schema {current} of a newer version: update this installation")
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    scripts = Config()
    scripts.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _ALEMBIC, writing(engine) as connection:
        scripts.attributes["connection"] = connection
        command.upgrade(scripts, "head")


def versions() -> list[str]:
    """The versions of the schema, the newest last: each file of a migration begins with r and its own."""
    return sorted(file.name[1:].partition("_")[0] for file in (MIGRATIONS / "versions").glob("r*.py"))


def _version(connection: Connection) -> str | None:
    """The one that the database has; None for an empty one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return found


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees one state. Raises StoreUnavailableError."""
    with _translated(engine), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, about: str | None = None, *, durable: bool = True) -> Iterator[Connection]:
    """The only writing transaction at this moment; others wait. Commits at the end, or leaves no trace.

    `about`: PostgreSQL lets those about something else write beside it. Without `durable` it is not waited for the
    disk: the transaction outlives its process, and a failure of the power may take the last ones.
    """
    with _translated(engine), engine.connect() as plain, _waiting_for_disk(plain, durable=durable):
        connection = plain.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(LOCK if about is None else LOCK_ABOUT, {"number": ADVISORY_LOCK, "about": about})
                if not durable:
                    connection.execute(text("SET LOCAL synchronous_commit TO OFF"))
            yield connection


@contextmanager
def _waiting_for_disk(plain: Connection, *, durable: bool) -> Iterator[None]:
    """SQLite has it for a connection, outside of transactions; the connection is another user's afterwards.

    Then no commit moves the log into the file either, which waits for the disk twice: see `checkpoint`.
    """
    raw: Any = plain.connection.dbapi_connection
    if durable or plain.dialect.name != "sqlite":
        yield
        return
    raw.execute("PRAGMA synchronous = NORMAL")
    raw.execute("PRAGMA wal_autocheckpoint = 0")
    try:
        yield
    finally:
        raw.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        raw.execute("PRAGMA synchronous = FULL")


def checkpoint(engine: Engine) -> None:
    """Move what SQLite's log has into the file, beside readers and writers; PostgreSQL does it by itself. Blocks."""
    if engine.dialect.name != "sqlite":
        return
    with _translated(engine), engine.connect() as plain:
        raw: Any = plain.connection.dbapi_connection
        raw.execute("PRAGMA wal_checkpoint(PASSIVE)")


def insert_into(table: Table, transaction: Connection) -> Any:
    """An insert that can say what happens on a conflict, in this database's words."""
    return (sqlite if transaction.dialect.name == "sqlite" else postgresql).insert(table)


def place_of(engine: Engine) -> str:
    """Where the database is, without a password: a file's whole path, a server's URL."""
    if engine.dialect.name == "sqlite":
        return f"{Path(str(engine.url.database)).absolute()}"
    return engine.url.render_as_string(hide_password=True)


def url_of(database: str) -> URL:
    """The address with the driver that we use. Raises StoreError for one that cannot be used."""
    try:
        url = make_url(database)
    except ArgumentError as error:
        raise StoreError("FATURAFLOW_DATABASE is not a database URL: write sqlite:///FILE or postgresql://…") from error
    if url.get_backend_name() in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        raise StoreError(f"{url.get_backend_name()} is not supported: write sqlite:///FILE or postgresql://…")
    if url.database in {None, "", ":memory:"}:
        raise StoreError("a SQLite database needs a file, because several processes read it: write sqlite:///FILE")
    return url


def _engine(url: URL) -> Engine:
    try:
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StoreError(f"the driver {error.name} is not installed: install psycopg to use PostgreSQL") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _bound)
    return engine


def _configure(connection: Any, _record: object) -> None:
    # Python's own begin comes too late for a consistent read, and never before DDL.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _bound(connection: Any, _record: object) -> None:
    """A process that is frozen within its transaction keeps no other one from writing for longer than this."""
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{BUSY_SECONDS}s'")
    connection.autocommit = False


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


def _prepare_file(engine: Engine) -> None:
    file = Path(str(engine.url.database)).absolute()
    try:
        file.parent.mkdir(mode=OWNER_S_FOLDER, parents=True, exist_ok=True)
        _make_private(file)
        _switch_to_wal(file)
    except OSError as error:
        raise StoreUnavailableError(f"the database's folder cannot be made: {error}") from error
    except sqlite3.OperationalError as error:
        raise StoreUnavailableError(f"{_named(engine)} cannot be reached: {_sentence(error)}") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{_named(engine)} cannot be used: {_sentence(error)}") from error


def _make_private(file: Path) -> None:
    """Before SQLite makes it, so that those beside it get the same rights. Where it cannot be made, SQLite raises."""
    with suppress(OSError):
        os.close(os.open(file, os.O_RDONLY | os.O_CREAT, OWNER_S_FILE))


def _is_locked(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


@stamina.retry(on=_is_locked, attempts=None, timeout=BUSY_SECONDS, wait_max=0.5)
def _switch_to_wal(file: Path) -> None:
    """Readers and the writer do not wait for each other in WAL; the file remembers it.

    Processes that switch a new file at once get "locked" whatever the busy timeout, so they try again.
    """
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreUnavailableError(f"{_named(engine)} cannot be reached: {_sentence(error.orig)}") from error
    except PoolTimeoutError as error:
        raise StoreUnavailableError(f"{_named(engine)} has no free connection for this process") from error
    except DBAPIError as error:
        if error.connection_invalidated:  # the server has ended the session
            raise StoreUnavailableError(f"{_named(engine)} has ended the session: {_sentence(error.orig)}") from error
        raise StoreError(f"{_named(engine)} refused a statement: {_sentence(error.orig)}") from error


def _named(engine: Engine) -> str:
    return f"the database {engine.url.render_as_string(hide_password=True)}"


def _sentence(error: BaseException | None) -> str:
    return " ".join(str(error).split())
