"""The folder of a running `faturaflow up`: its lock, its logs, and which processes are its own."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from pydantic import TypeAdapter, ValidationError

from app import local_kafka
from app.operations.errors import NotPossibleError
from app.stream.settings import STOP_GRACE_SECONDS

FOLDER: Final = Path(".faturaflow/up")
_STATE_FILE: Final = "up.json"
# psutil derives a start time from the clock at boot, which may be corrected meanwhile.
_TOLERANCE_SECONDS: Final = 2.0
# Some days of warnings of a provider that is away; with the one before it a person reads far enough back.
_LONGEST_LOG_BYTES: Final = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProcess:
    """A process that is distinguished from any other that was given its pid. `created`: seconds since the epoch."""

    name: str
    pid: int
    created: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UpState:
    """What other commands need to know. `page`: the URL of the health page.

    `own_kafka`: the folder of the Kafka that ends with it; None where none does.
    """

    supervisor: OwnProcess
    page: str
    own_kafka: Path | None
    processes: tuple[OwnProcess, ...] = ()


_STATE: Final = TypeAdapter(UpState)


@contextmanager
def holding(folder: Path) -> Iterator[None]:
    """The folder is this process's alone; the system takes that back when it dies. Raises NotPossibleError."""
    with ExitStack() as held:
        try:
            held.enter_context(local_kafka.exclusive(folder, timeout=0.0))
        except local_kafka.StackError:
            raise NotPossibleError(
                f"`faturaflow up` runs already in {folder}: see `faturaflow up status`, or give another --folder."
            ) from None
        yield


def own_process(name: str, pid: int) -> OwnProcess:
    """Raises psutil.NoSuchProcess where it has ended and was waited for."""
    return OwnProcess(name=name, pid=pid, created=psutil.Process(pid).create_time())


def is_alive(process: OwnProcess) -> bool:
    """Whether it runs still."""
    return _found(process) is not None


def read_state(folder: Path) -> UpState | None:
    """What the last `up` of this folder has written; None where there was none, or another release's."""
    try:
        return _STATE.validate_json((folder / _STATE_FILE).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def running_state(folder: Path) -> UpState:
    """That of the `up` that runs in this folder. Raises NotPossibleError where none does."""
    state = read_state(folder)
    if state is None or not is_alive(state.supervisor):
        raise NotPossibleError(f"Nothing runs in {folder}: start it with `faturaflow up`.")
    return state


def write_state(folder: Path, state: UpState) -> None:
    """Replaces it as a whole: a reader sees the old one or the new one."""
    partial = folder / f"{_STATE_FILE}.partial"
    partial.write_bytes(_STATE.dump_json(state, indent=2) + b"\n")
    partial.replace(folder / _STATE_FILE)


def forget_state(folder: Path) -> None:
    """Everything has ended."""
    (folder / _STATE_FILE).unlink(missing_ok=True)


def end_left_over(left: Sequence[OwnProcess], *, grace: float = STOP_GRACE_SECONDS) -> int:
    """Ends what an `up` that was killed has left running, and returns how many those were."""
    found = [process for process in map(_found, left) if process is not None]
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(found, timeout=grace)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=grace)
    return len(found)


def log_of(folder: Path, name: str) -> Path:
    """The log of one of its processes."""
    return folder / "logs" / f"{name}.log"


def begin_log(log: Path) -> Path:
    """The same log for a process that starts: a long one is put aside, and the one before it is dropped."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > _LONGEST_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
    return log


def _found(known: OwnProcess) -> psutil.Process | None:
    try:
        process = psutil.Process(known.pid)
        is_ours = abs(process.create_time() - known.created) <= _TOLERANCE_SECONDS
        return process if is_ours and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None


def this_process() -> OwnProcess:
    """The supervisor itself."""
    return own_process("up", os.getpid())
