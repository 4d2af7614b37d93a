"""Worker processes of a test: started, watched, killed by their own pid, and ended whatever happens."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).parents[3]


class Worker:
    def __init__(self, module: str, *arguments: object, log: Path) -> None:
        self._log = log
        with log.open("wb") as sink:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *map(str, arguments)],
                cwd=PROJECT,
                stdout=sink,
                stderr=sink,
                env={**os.environ, "PYTHONWARNINGS": "ignore"},
            )

    @property
    def code(self) -> int | None:
        return self._process.poll()

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = 60) -> int:
        return self._process.wait(seconds)

    def end(self, seconds: float = 60) -> int:
        """SIGTERM, as an orchestrator does it."""
        if self.code is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
        try:
            return self.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait on a condition, with a bound."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.1)
