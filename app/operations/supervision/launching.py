"""A process of ours: started with its log in a session of its own, and ended."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

COMMAND_LINE: Final = "app.cli.main"
NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})
# A log holds whole sentences about orders: no other user of this machine reads it.
_OWNER_S_FOLDER: Final = 0o700


def launch(
    arguments: Sequence[str],
    *,
    log: Path,
    module: str = COMMAND_LINE,
    settings: Mapping[str, str] = NO_SETTINGS,
    pipe: bool = False,
) -> subprocess.Popen[str]:
    """Starts `faturaflow`, or another `module`, with these arguments; `settings` are added to our own environment.

    What it prints is added to its log; with `pipe` its standard output can be read from the process instead. Raises
    OSError.
    """
    log.parent.mkdir(mode=_OWNER_S_FOLDER, parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as output:  # one name, one log of all its starts
        return subprocess.Popen(
            # -P: a folder `app` in the current directory is another project's.
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if pipe else output,
            stderr=output,
            env={**os.environ, **settings},
            text=True,
            start_new_session=True,  # a Ctrl-C at the terminal is ours to pass on, once and in order
        )


def wait_or_kill(process: subprocess.Popen[str], seconds: float) -> int:
    """The exit code of a process that was asked to end; SIGKILL where it has not after so many seconds."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(seconds)


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log, for a person; empty where there is none."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
