"""The PostgreSQL that a test session has for itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

NAME: Final = "FATURAFLOW_TEST_POSTGRESQL"
# Debian keeps a server's programs out of PATH, a folder per version.
DEBIAN: Final = Path("/usr/lib/postgresql")
# PostgreSQL refuses to run as root; nobody else's rights are needed.
UNPRIVILEGED: Final = "nobody"
CLUSTER: Final = ("--username=faturaflow", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
# Nothing of it outlives the session, so nothing needs to reach a disk; and no port is opened.
OPTIONS: Final = "-c listen_addresses='' -c fsync=off -c unix_socket_directories={folder}"


class PostgresqlUnavailable(Exception):  # noqa: N818 - it is a reason to skip, not something that went wrong
    """No PostgreSQL is named and its programs are not installed; the message is the sentence to skip with."""


@contextmanager
def postgresql() -> Iterator[str]:
    """Give the URL of an empty database: the one that FATURAFLOW_TEST_POSTGRESQL names, or one of our own.

    Ours is a server in a temporary folder, which is reached by a socket there and ends with the session.

    Raises PostgresqlUnavailable, and CalledProcessError when its programs are there and do not run.
    """
    if named := os.environ.get(NAME):
        yield named
        return
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="faturaflow-postgresql-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
        data = f"{folder}/data"
        _run(programs / "initdb", "--pgdata", data, *CLUSTER)
        options = OPTIONS.format(folder=folder)
        _run(programs / "pg_ctl", "start", "--wait", "--pgdata", data, "--log", f"{folder}/log", "--options", options)
        try:
            yield f"postgresql://faturaflow@/postgres?host={folder}"
        finally:
            _run(programs / "pg_ctl", "stop", "--wait", "--pgdata", data, "--mode=immediate")


def _programs() -> Path:
    """The folder with the newest server's programs."""
    installed = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    for folder in (*installed, *map(Path, os.get_exec_path())):
        if (folder / "initdb").is_file() and (folder / "pg_ctl").is_file():
            return folder
    raise PostgresqlUnavailable(f"PostgreSQL's programs are not installed, and {NAME} names no database.")


def _run(*command: str | Path) -> None:
    """pg_ctl goes by the process id in the data folder, so it never meets another server."""
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    subprocess.run(command, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)
