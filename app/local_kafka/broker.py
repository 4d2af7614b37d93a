"""Up, down and status of a stack: one real Kafka node that lives in a folder."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from app.local_kafka.configuration import server_properties
from app.local_kafka.errors import BrokerFailedError
from app.local_kafka.jars import (
    DOWNLOAD_TIMEOUT_SECONDS,
    KAFKA_VERSION,
    JarSource,
    Progress,
    class_path,
    expected_jars,
    jars_folder,
)
from app.local_kafka.java import (
    LOG_FILE,
    PROPERTIES_FILE,
    find,
    format_data_folder,
    log_tail,
    start_broker,
    stop_broker,
)
from app.local_kafka.lock import exclusive
from app.local_kafka.maven import MavenSource
from app.local_kafka.ports import LOOPBACK, choose_ports
from app.local_kafka.readiness import Metadata, names_a_broker
from app.local_kafka.state import BrokerProcess, StackState, read_state, write_state

# A start takes 3 to 6 seconds on two idle cores; ten times that is a machine in trouble.
UP_TIMEOUT_SECONDS = 60.0
# `down` may meet an `up` that is still waiting for its broker.
DOWN_TIMEOUT_SECONDS = UP_TIMEOUT_SECONDS
# `status` answers at once or says that nothing answers.
STATUS_TIMEOUT_SECONDS = 2.0
RETRY_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningStack:
    """A broker that answers at `bootstrap` (host:port); `started` says whether this call started it."""

    bootstrap: str
    pid: int
    folder: Path
    started: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StackStatus:
    """What is known of a folder: `running` is about the process, `answering` about Kafka inside it."""

    folder: Path
    running: bool
    answering: bool
    bootstrap: str | None
    pid: int | None
    version: str | None


def up(
    folder: Path,
    *,
    timeout: float = UP_TIMEOUT_SECONDS,
    source: JarSource | None = None,
    progress: Progress = lambda _at_hand, _in_all: None,
) -> RunningStack:
    """Promise a Kafka that answers: the one of `folder` that runs already, else a new one over the data that is there.

    Two calls at the same moment start one broker. `timeout` (seconds) bounds the wait for the broker; a first download
    is not part of it. `progress` is called during that download.

    Raises:
        StackError: see app.local_kafka.errors; nothing is left running then.

    """
    folder = folder.absolute()
    # The process that holds the folder may be in the middle of the first download.
    with exclusive(folder, timeout=timeout + DOWNLOAD_TIMEOUT_SECONDS):
        state = read_state(folder)
        if state and state.process and find(state.process):
            started = False
        else:
            # Checked first, so that nothing changes in the folder when a jar is refused.
            jars = class_path(jars_folder(), expected_jars(), source or MavenSource(), progress)
            state = _start(folder, state, jars)
            started = True
        assert state.process
        _wait_until_ready(folder, state.bootstrap, state.process, timeout=timeout, ours=started)
        return RunningStack(bootstrap=state.bootstrap, pid=state.process.pid, folder=folder, started=started)


def down(folder: Path) -> bool:
    """Stop the broker of `folder` and return whether one ran; its data and its ports are kept.

    Raises:
        BrokerFailedError: it could not be stopped.

    """
    folder = folder.absolute()
    if read_state(folder) is None:
        return False
    with exclusive(folder, timeout=DOWN_TIMEOUT_SECONDS):
        state = read_state(folder)
        if state is None or state.process is None:
            return False
        ran = stop_broker(state.process)
        write_state(folder, replace(state, process=None))
        return ran


def status(folder: Path) -> StackStatus:
    """Say how the stack of `folder` is, without changing or waiting for anything.

    Raises:
        StackError: the state file cannot be understood.

    """
    folder = folder.absolute()
    state = read_state(folder)
    running = bool(state and state.process and find(state.process))
    return StackStatus(
        folder=folder,
        running=running,
        answering=bool(running and state and names_a_broker(state.bootstrap, timeout=STATUS_TIMEOUT_SECONDS)),
        bootstrap=state.bootstrap if state else None,
        pid=state.process.pid if running and state and state.process else None,
        version=state.version if state else None,
    )


def _start(folder: Path, before: StackState | None, jars: list[Path]) -> StackState:
    ports = choose_ports(before.ports if before else None)
    (folder / PROPERTIES_FILE).write_text(server_properties(ports), encoding="ascii")
    # One start, one log: the end of it is what an error shows.
    (folder / LOG_FILE).write_bytes(b"")
    format_data_folder(folder, jars)
    state = StackState(
        bootstrap=f"{LOOPBACK}:{ports.broker}",
        ports=ports,
        version=KAFKA_VERSION,
        process=start_broker(folder, jars),
    )
    # Before the wait: the next command finds the broker after a crash of this one, and can stop it.
    write_state(folder, state)
    return state


def _wait_until_ready(folder: Path, bootstrap: str, process: BrokerProcess, *, timeout: float, ours: bool) -> None:
    try:
        _poll(folder, bootstrap, process, timeout=timeout)
    except BaseException:
        # Also for Ctrl-C: a broker for which no process waits any more would only hold its ports.
        if ours:
            stop_broker(process)
        raise


def _poll(folder: Path, bootstrap: str, process: BrokerProcess, *, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    metadata = Metadata(bootstrap)
    while not metadata.names_a_broker(timeout=1.0):
        if find(process) is None:
            raise BrokerFailedError(
                f"Kafka ended while it was starting: the whole log is {folder / LOG_FILE}.", log_tail=log_tail(folder)
            )
        if time.monotonic() > deadline:
            raise BrokerFailedError(
                f"Kafka did not answer at {bootstrap} within {timeout:.0f} seconds: give it more time "
                f"(--timeout) or more memory, or read {folder / LOG_FILE}.",
                log_tail=log_tail(folder),
            )
        time.sleep(RETRY_SECONDS)
