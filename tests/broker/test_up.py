"""`faturaflow up` as it is run: what is killed comes back, issuers come and go, and nothing is left at the end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from cryptography.fernet import Fernet

from app.local_kafka import free_ports
from app.local_kafka.state import read_state
from app.operations.installation.example import example_configuration

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
# Seven interpreters start on two cores.
PATIENCE_SECONDS = 90.0
ALWAYS = {"intake", "planner", "reconciliation", "tracking", "web"}


@dataclass
class RunningUp:
    """One `up` with a Kafka of its own, in a folder of its own."""

    place: Path
    environment: dict[str, str]
    process: subprocess.Popen[str]

    def type(self, *arguments: str) -> tuple[int, str]:
        """The exit code of `faturaflow` with these arguments, and what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "app.cli.main", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def status(self) -> dict[str, dict[str, Any]]:
        """Each process by its name; empty while nothing answers."""
        code, said = self.type("up", "status", "--folder", str(self.place / "up"), "--json")
        return {each["name"]: each for each in json.loads(said)["processes"]} if code in {0, 3} else {}

    def until(self, holds: Callable[[dict[str, dict[str, Any]]], bool]) -> dict[str, dict[str, Any]]:
        """The status, once it is so; bounded."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            if holds(found := self.status()):
                return found
            time.sleep(0.5)
        raise AssertionError(f"not within {PATIENCE_SECONDS:.0f} s: {found}\n{(self.place / 'up.log').read_text()}")

    def until_ready(self, names: set[str]) -> dict[str, dict[str, Any]]:
        return self.until(
            lambda found: set(found) == names and all(each["health"] == "ready" for each in found.values())
        )


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningUp]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FATURAFLOW_")} | {
        "FATURAFLOW_STACK_DIR": str(tmp_path / "stack"),
        "FATURAFLOW_DATABASE": f"sqlite:///{tmp_path}/faturaflow.db",
        "FATURAFLOW_DATA_DIR": str(tmp_path / "data"),
        "FATURAFLOW_SECRET_KEY": Fernet.generate_key().decode(),
        "FATURAFLOW_WEB_PORT": str(free_ports(1)[0]),
        "FATURAFLOW_SESSION_TIMEOUT": "6",
        "NILVERA_API_KEY": "sandbox-1234567890",
    }
    with (tmp_path / "up.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", "up", "--folder", str(tmp_path / "up"), "--port", "0"],
            env=environment,
            stdout=log,
            stderr=log,
            text=True,
        )
        try:
            yield RunningUp(tmp_path, environment, process)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS * 2)


@pytest.mark.usefixtures("bootstrap")  # where Kafka cannot be had, this is skipped, too
def test_what_is_killed_comes_back_issuers_follow_the_connections_and_nothing_is_left(running: RunningUp) -> None:
    # It is there, once.
    before = running.until_ready(ALWAYS)
    code, said = running.type("up", "--folder", str(running.place / "up"), "--port", "0")
    assert code == 1 and len(said.splitlines()) == 1 and "runs already" in said

    # A worker that is killed comes back.
    os.kill(before["planner"]["pid"], signal.SIGKILL)
    after = running.until(lambda found: found.get("planner", {}).get("restarts") == 1)["planner"]
    assert (after["last_exit"]["code"], after["phase"]) == (-signal.SIGKILL, "RUNNING")

    # Its issuer comes with a connection, and goes when that is switched off and no document is under way.
    file = running.place / "configuration.yaml"
    file.write_text(example_configuration("nilvera"), encoding="utf-8")
    assert running.type("config", "apply", str(file))[0] == 0
    everything = running.until_ready({*ALWAYS, "issuer-nilvera"})
    assert running.type("connections", "disable", "ORNEK", "nilvera", "--actor", "ayse")[0] == 0
    running.until(lambda found: set(found) == ALWAYS)

    # SIGTERM ends everything, Kafka too.
    stack = read_state(running.place / "stack")
    assert stack is not None and stack.process is not None
    pids = [stack.process.pid, *(each["pid"] for each in (everything | running.status()).values())]
    running.process.terminate()
    assert running.process.wait(PATIENCE_SECONDS) == 0
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert running.type("up", "status", "--folder", str(running.place / "up"))[0] == 1
