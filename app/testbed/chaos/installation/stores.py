"""The run's store, which can be copied and put back while the workers run: SQLite, or a PostgreSQL of the run's own."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Protocol

from app.local_kafka import StackError

# Debian keeps a server's programs out of PATH, a folder per version.
DEBIAN: Final = Path("/usr/lib/postgresql")
# PostgreSQL refuses to run as root.
UNPRIVILEGED: Final = "nobody"
CLUSTER: Final = ("--username=faturaflow", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
# Nothing of it outlives the run, so nothing needs to reach a disk; and no port is opened.
OPTIONS: Final = "-c listen_addresses='' -c fsync=off -c max_connections=200 -c unix_socket_directories={folder}"


class StoreOfRun(Protocol):
    """One store."""

    @property
    def url(self) -> str:
        """How the workers reach it."""

    def copy(self) -> None:
        """Keeps it as it is now."""

    def put_back(self) -> None:
        """Makes it what it was when it was copied; a process that uses it meanwhile may meet an error."""


class SqliteStore:
    """One file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder.absolute() / "faturaflow.db"
        self._kept = folder.absolute() / "kept.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self._file}"

    def copy(self) -> None:
        _copied(self._file, self._kept)

    def put_back(self) -> None:
        _copied(self._kept, self._file)


class PostgresqlStore:
    """A server in a folder of its own, reached by a socket there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._programs = programs()
        _run(self._programs / "initdb", "--pgdata", str(self._data), *CLUSTER)
        self._start()

    @property
    def url(self) -> str:
        return f"postgresql://faturaflow@/postgres?host={self._folder}"

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _kept(self) -> Path:
        return self._folder / "kept"

    def copy(self) -> None:
        self.stop()
        shutil.copytree(self._data, self._kept)
        self._start()

    def put_back(self) -> None:
        self.stop()
        shutil.rmtree(self._data)
        shutil.copytree(self._kept, self._data)
        self._start()

    def stop(self) -> None:
        """Ends the server; its sessions end with it."""
        _run(self._programs / "pg_ctl", "stop", "--wait", "--pgdata", str(self._data), "--mode=fast")

    def _start(self) -> None:
        if os.geteuid() == 0:
            _run("/bin/chown", "-R", UNPRIVILEGED, str(self._folder), user=None)
        log, options = str(self._folder / "log"), OPTIONS.format(folder=self._folder)
        arguments = ("start", "--wait", "--pgdata", str(self._data), "--log", log, "--options", options)
        _run(self._programs / "pg_ctl", *arguments)


@contextmanager
def postgresql() -> Iterator[PostgresqlStore]:
    """A server that ends with the block. Raises StackError where its programs are not installed.

    Its folder is a temporary one: a socket's path must be short, and an unprivileged user must reach it.
    """
    with tempfile.TemporaryDirectory(prefix="faturaflow-chaos-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
        store = PostgresqlStore(Path(folder))
        try:
            yield store
        finally:
            store.stop()


def programs() -> Path:
    """The folder with the newest server's programs. Raises StackError."""
    installed = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    for folder in (*installed, *map(Path, os.get_exec_path())):
        if (folder / "initdb").is_file() and (folder / "pg_ctl").is_file():
            return folder
    raise StackError("PostgreSQL's programs are not installed: install them, or run without the variant POSTGRESQL.")


def _copied(source: Path, target: Path) -> None:
    """Whole or not at all, also while others read and write; takes its turn among them."""
    with closing(sqlite3.connect(source, timeout=60)) as there, closing(sqlite3.connect(target, timeout=60)) as here:
        there.backup(here)


def _run(*command: str | Path, user: str | None = UNPRIVILEGED) -> None:
    """pg_ctl goes by the process id in the data folder, so it never meets another server. Raises StackError."""
    as_user = user if os.geteuid() == 0 else None
    try:
        subprocess.run(command, check=True, user=as_user, cwd="/", stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as failure:
        raise StackError(f"{command[0]} did not do its work: {failure}") from failure
