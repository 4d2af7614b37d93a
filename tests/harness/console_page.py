"""A page's console blocks, run in one shell as a reader types them, and compared with what the page shows.

A command begins with `$ ` and goes on while its quotes are open or its line ends in a backslash or a pipe; what comes
after it is what it prints. `…` stands for any text, and alone on a line for any lines. White space, times of day, the
year of a legal number, and the days since the page was written do not matter.
"""

import re
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Self

BLOCK: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DAY: Final = re.compile(r"\b20\d\d-\d\d-\d\d\b")
_CLOCK: Final = re.compile(r"\b\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?\b")
_LEGAL_NUMBER: Final = re.compile(r"\b([A-Z0-9]{3})20\d\d(\d{9})\b")
# What a command asks for may still be on its way; it is asked again, if asking changes nothing.
PATIENCE_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.5
_END: Final = "-- end of a command --"


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the page, and the lines that the page shows after it."""

    command: str
    shown: str


def steps_of(page: str) -> Iterator[Step]:
    """Every command of the page's console blocks."""
    for block in BLOCK.findall(page):
        yield from _steps(block.splitlines())


def _steps(lines: list[str]) -> Iterator[Step]:
    command: list[str] = []
    shown: list[str] = []
    for line in lines:
        if command and not _is_whole("\n".join(command)):
            command.append(line)
        elif line.startswith("$ "):
            if command:
                yield Step("\n".join(command), "\n".join(shown))
            command, shown = [line.removeprefix("$ ")], []
        else:
            shown.append(line)
    yield Step("\n".join(command), "\n".join(shown))


def _is_whole(command: str) -> bool:
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return not command.endswith(("\\", "|"))


def later(text: str, written: date, today: date) -> str:
    """The text with its days as many days later as today is after the day on which it was written."""
    return _DAY.sub(lambda found: f"{date.fromisoformat(found[0]) + (today - written)}", text)


def says(printed: str, shown: str) -> bool:
    """Whether what was printed is what the page shows."""
    parts = [re.escape(part) for part in re.split(r"\s*…\s*", _alike(shown))]
    return re.fullmatch(".*?".join(parts), _alike(printed), re.DOTALL) is not None


def _alike(text: str) -> str:
    without_times = _CLOCK.sub("12:00", re.sub(r"(\d{4}-\d\d-\d\d)T", r"\1 ", text))
    return " ".join(_LEGAL_NUMBER.sub(r"\1 \2", without_times).split())


class Shell:
    """One bash, which keeps its variables, functions and background processes from command to command."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--norc"],  # noqa: S607 - as the reader has it
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.run("kill $(jobs -p) 2>/dev/null; wait")
        self._bash.communicate("exit\n")

    def run(self, command: str) -> str:
        """What the command prints."""
        assert self._bash.stdin is not None and self._bash.stdout is not None
        self._bash.stdin.write(f"{command}\necho; echo '{_END}'\n")
        self._bash.stdin.flush()
        printed: list[str] = []
        for line in self._bash.stdout:
            if line.strip() == _END:
                return "".join(printed)
            printed.append(line)
        raise AssertionError(f"the shell ended in {command!r}:\n{''.join(printed)}")

    def walk(self, step: Step) -> str | None:
        """Runs a step; what it printed instead of what the page shows, None where that is the same.

        A command that only shows something is repeated until it is so, for a minute.
        """
        end = time.monotonic() + PATIENCE_SECONDS
        while not says(printed := self.run(step.command), step.shown):
            if not _only_shows(step.command) or time.monotonic() > end:
                return printed
            time.sleep(_PAUSE_SECONDS)
        return None


def _only_shows(command: str) -> bool:
    is_a_get = command.startswith("api ") and " -d " not in command
    return is_a_get or re.match(r"faturaflow (\w+ (show|list|open-lines)|up status)\b", command) is not None
