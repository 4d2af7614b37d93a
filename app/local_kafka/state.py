"""What a stack's folder remembers between commands: `stack.json`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from app.local_kafka.errors import StackError

STATE_FILE = "stack.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The two loopback ports of a node: `broker` for clients, `controller` for its own quorum."""

    broker: int
    controller: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerProcess:
    """A broker that we started, distinguished from every other process.

    A pid alone is reused by the system. `created` (seconds since the epoch, as psutil gives it) and `mark`, a random
    word on the command line, are what make it ours.
    """

    pid: int
    created: float
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackState:
    """The content of `stack.json`; `process` is absent while the stack is down."""

    bootstrap: str
    ports: Ports
    version: str
    process: BrokerProcess | None = None


_STATE = TypeAdapter(StackState)


def read_state(folder: Path) -> StackState | None:
    """Return what `folder` remembers, or None where there has never been a stack.

    Raises:
        StackError: the file is there and cannot be understood.

    """
    path = folder / STATE_FILE
    try:
        return _STATE.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise StackError(
            f"{path} is not a state file of ours ({error.error_count()} errors): "
            "see with `ps` that no broker of this folder runs, then remove the file."
        ) from error


def write_state(folder: Path, state: StackState) -> None:
    """Replace the state file as a whole: a reader sees the old one or the new one."""
    partial = folder / f"{STATE_FILE}.partial"
    partial.write_bytes(_STATE.dump_json(state, indent=2) + b"\n")
    partial.replace(folder / STATE_FILE)


def default_folder() -> Path:
    """The stack where none is named: FATURAFLOW_STACK_DIR, or `.faturaflow/stack` under this directory."""
    return Path(os.environ.get("FATURAFLOW_STACK_DIR") or ".faturaflow/stack").absolute()
