"""Where the read model is: a SQLite file beside the store's, or a schema of the store's PostgreSQL.

There may be several at a time: the live one, one that a rebuild fills beside it, and the one that was live before. In
SQLite each is a file with a number, and a small file beside them has the number of the live one: a database that is
open cannot be renamed away from its log. In PostgreSQL the live one is the schema that has its name.
"""

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, event, insert, inspect, select, text

from app.store.database import OWNER_S_FILE, connect, reading, url_of, writing
from app.tracking.read_model.errors import NoReadModelError
from app.tracking.read_model.tables import VERSION, about, metadata

# What is beside the store's tables in one PostgreSQL database; writers of the store do not wait for ours.
_LOCK: Final = "read model"
_SCHEMA: Final = f"faturaflow_read_model_v{VERSION}"
_NEXT: Final = f"{_SCHEMA}_next"
_PREVIOUS: Final = f"{_SCHEMA}_previous"


class Generation:
    """One read model. Raises StoreUnavailableError while its database cannot be reached."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.name = name
        self._engine = engine

    def reading(self) -> AbstractContextManager[Connection]:
        """One transaction that sees one state."""
        return reading(self._engine)

    def writing(self) -> AbstractContextManager[Connection]:
        """The only writing transaction at this moment; commits at the end, or leaves no trace."""
        return writing(self._engine, _LOCK)

    def prepare(self, cluster_id: str) -> None:
        """Make its tables, where they are not there yet; twice is the same as once."""
        with self.writing() as transaction:
            metadata.create_all(transaction)
            if transaction.execute(select(about.c.model_id)).first() is None:
                first = {
                    "model_id": secrets.token_hex(8),
                    "cluster_id": cluster_id,
                    "cursor_key": secrets.token_bytes(32),
                }
                transaction.execute(insert(about).values(**first, row_seq=0, behind=0))

    def is_prepared(self) -> bool:
        """Whether it has its tables."""
        return bool(inspect(self._engine).has_table(about.name))

    def close(self) -> None:
        self._engine.dispose()


class ReadModel(ABC):
    """The read models of one installation. Safe for threads; every call blocks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._generation: Generation | None = None

    @classmethod
    def of(cls, database: str) -> "ReadModel":
        """Beside the store at this URL (FATURAFLOW_DATABASE). Nothing is made yet; raises StoreError as the store."""
        url = url_of(database)
        return _Files(url) if url.get_backend_name() == "sqlite" else _Schemas(url)

    def live(self) -> Generation:
        """The one that is read now. Raises NoReadModelError, StoreUnavailableError."""
        name = self._live_name()
        with self._lock:
            if self._generation is None or self._generation.name != name:
                opened = self._opened(name)
                if self._generation is not None:
                    self._generation.close()
                self._generation = opened
            return self._generation

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction on the live one that sees one state. Raises as `live`."""
        with self.live().reading() as transaction:
            yield transaction

    @abstractmethod
    def ensure(self, cluster_id: str) -> Generation:
        """The live one, made where there is none."""

    @abstractmethod
    def beside(self, cluster_id: str) -> Generation:
        """A new, empty one; what an interrupted rebuild has left is deleted."""

    @abstractmethod
    def promote(self, generation: Generation) -> None:
        """It is closed, and the live one from now on; the one before it is kept until the next rebuild."""

    @abstractmethod
    def _live_name(self) -> str: ...

    @abstractmethod
    def _opened(self, name: str) -> Generation: ...

    def close(self) -> None:
        """Close what is open; it may be used again."""
        with self._lock:
            if self._generation is not None:
                self._generation.close()
            self._generation = None


class _Files(ReadModel):
    def __init__(self, url: URL) -> None:
        super().__init__()
        store = Path(str(url.database)).absolute()
        self._stem = f"{store.stem}.read-model.v{VERSION}"
        self._pointer = store.with_name(self._stem)

    def ensure(self, cluster_id: str) -> Generation:
        with suppress(NoReadModelError):
            return self.live()
        self._made(1, cluster_id).close()
        self._point(1)
        return self.live()

    def beside(self, cluster_id: str) -> Generation:
        live = 0
        with suppress(NoReadModelError):
            live = int(self._live_name())
        for number in self._numbers() - {live}:
            self._delete(number)
        return self._made(live + 1, cluster_id)

    def promote(self, generation: Generation) -> None:
        generation.close()
        self._point(int(generation.name))

    def _live_name(self) -> str:
        try:
            return self._pointer.read_text("ascii")
        except FileNotFoundError:
            raise NoReadModelError(f"There is no read model {self._pointer} yet.") from None

    def _opened(self, name: str) -> Generation:
        file = self._file(int(name))
        if not file.exists():
            raise NoReadModelError(f"The read model {file} is not there any more.")
        engine = connect(URL.create("sqlite", database=str(file)))
        event.listen(engine, "connect", _relax)
        return Generation(name, engine)

    def _made(self, number: int, cluster_id: str) -> Generation:
        engine = connect(URL.create("sqlite", database=str(self._file(number))))
        event.listen(engine, "connect", _relax)
        made = Generation(str(number), engine)
        made.prepare(cluster_id)
        return made

    def _point(self, number: int) -> None:
        new = self._pointer.with_name(f"{self._pointer.name}.new")
        new.write_text(str(number), "ascii")
        new.chmod(OWNER_S_FILE)
        new.replace(self._pointer)

    def _file(self, number: int) -> Path:
        return self._pointer.with_name(f"{self._stem}.{number}.db")

    def _numbers(self) -> set[int]:
        if not self._pointer.parent.exists():
            return set()
        form = re.compile(re.escape(self._stem) + r"\.([0-9]+)\.db")
        found = (form.fullmatch(file.name) for file in self._pointer.parent.iterdir())
        return {int(match[1]) for match in found if match}

    def _delete(self, number: int) -> None:
        file = self._file(number)
        for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
            each.unlink(missing_ok=True)


class _Schemas(ReadModel):
    def __init__(self, url: URL) -> None:
        super().__init__()
        self._url = url
        self._store = connect(url)

    def ensure(self, cluster_id: str) -> Generation:
        with suppress(NoReadModelError):
            return self.live()
        self._made(_SCHEMA, cluster_id).close()
        return self.live()

    def beside(self, cluster_id: str) -> Generation:
        with writing(self._store, _LOCK) as transaction:
            transaction.execute(text(f"DROP SCHEMA IF EXISTS {_NEXT} CASCADE"))
        return self._made(_NEXT, cluster_id)

    def promote(self, generation: Generation) -> None:
        generation.close()
        with writing(self._store, _LOCK) as transaction:
            transaction.execute(text(f"DROP SCHEMA IF EXISTS {_PREVIOUS} CASCADE"))
            if transaction.execute(text("SELECT to_regnamespace(:name)"), {"name": _SCHEMA}).scalar() is not None:
                transaction.execute(text(f"ALTER SCHEMA {_SCHEMA} RENAME TO {_PREVIOUS}"))
            transaction.execute(text(f"ALTER SCHEMA {_NEXT} RENAME TO {_SCHEMA}"))

    def close(self) -> None:
        super().close()
        self._store.dispose()

    def _live_name(self) -> str:
        return _SCHEMA

    def _opened(self, name: str) -> Generation:
        found = self._in_schema(name)
        if not found.is_prepared():
            found.close()
            raise NoReadModelError(f"There is no read model {name} in the database yet.")
        return found

    def _made(self, name: str, cluster_id: str) -> Generation:
        with writing(self._store, _LOCK) as transaction:
            transaction.execute(text(f"CREATE SCHEMA IF NOT EXISTS {name}"))
        made = self._in_schema(name)
        made.prepare(cluster_id)
        return made

    def _in_schema(self, name: str) -> Generation:
        engine = connect(self._url)

        def enter(connection: Any, _record: object) -> None:
            connection.autocommit = True
            connection.execute(f"SET search_path = {name}")
            connection.autocommit = False

        event.listen(engine, "connect", enter)
        return Generation(name, engine)


def _relax(connection: Any, _record: object) -> None:
    """A power cut may take the last transactions, rows and offsets together: they are projected again."""
    connection.execute("PRAGMA synchronous = NORMAL")
