"""Looking at a running worker from outside: its processor time, its memory, its readiness; and at a topic's times."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.operations.supervision.launching import tail
from app.stream.clients.clients import committed_offsets, partitions_of, plain_consumer, watermarks
from app.testbed.installation.processes import Process, ProcessFailedError

_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
_KIBIBYTE: Final = 1024
# Processor time is counted in hundredths of a second; and on two cores the looking itself must not disturb.
LOOK_SECONDS: Final = 0.1
ANSWER_SECONDS: Final = 30.0


def processor_seconds(process: Process) -> float:
    """What all threads of a process have used so far, in user and system mode."""
    after_name = Path(f"/proc/{process.popen.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    user, system = int(after_name[11]), int(after_name[12])
    return (user + system) / _TICKS_PER_SECOND


def resident_bytes(pid: int) -> int:
    """The memory that a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * _KIBIBYTE


def until(holds: Callable[[], bool], process: Process, *, seconds: float, what: str) -> float:
    """Waits and returns how long. Raises ProcessFailedError when the process has ended, or the time is up."""
    began = time.monotonic()
    while not holds():
        if process.popen.poll() is not None:
            raise ProcessFailedError(f"{process.name} has ended:\n{tail(process.log)}")
        if time.monotonic() - began > seconds:
            raise ProcessFailedError(f"{process.name}: {what} not within {seconds:.0f} s\n{tail(process.log)}")
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - began


class Ends:
    """Where a topic ends and how far a group has come with it, asked from outside the group."""

    def __init__(self, bootstrap: str, topic: str, group: str = "benchmarks") -> None:
        self._topic = topic
        self._client = plain_consumer(bootstrap, group)
        self._places = partitions_of(self._client, topic, timeout=ANSWER_SECONDS)

    def end(self) -> int:
        """How many records were ever written to it; of ours, none in a transaction."""
        return sum(end for _, end in watermarks(self._client, self._topic, timeout=ANSWER_SECONDS).values())

    def committed(self) -> int:
        """How many of them the group has finished."""
        found = committed_offsets(self._client, self._places, timeout=ANSWER_SECONDS)
        return sum(max(place.offset, 0) for place in found)


def is_ready(port: int) -> bool:
    """Whether the worker that has this health port owns its partitions."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:  # loopback
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own number
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
