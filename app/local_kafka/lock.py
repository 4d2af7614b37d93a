"""One command at a time per folder."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.local_kafka.errors import StackError

LOCK_FILE = ".lock"
# Short enough that a person who waits for another `up` does not notice it.
RETRY_SECONDS = 0.05


@contextmanager
def exclusive(folder: Path, *, timeout: float) -> Iterator[None]:
    """Hold `folder` (made where missing) for one command; another one waits up to `timeout` seconds.

    The system lets go of the lock when its process dies, so there is nothing to clean up after a crash.

    Raises:
        StackError: the other command took longer.

    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # a broker's logs hold whole orders
    deadline = time.monotonic() + timeout
    with (folder / LOCK_FILE).open("w") as handle:
        while not _try(handle.fileno()):
            if time.monotonic() > deadline:
                raise StackError(
                    f"Another command has held {folder} for {timeout:.0f} seconds: "
                    "wait for it or end it, then try again."
                )
            time.sleep(RETRY_SECONDS)
        yield


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
