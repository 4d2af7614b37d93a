"""The running supervisor with a real process: a web server of the standard library, which runs until SIGTERM."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
import pytest

from app.operations.supervision import page
from app.operations.supervision.report import UpReport
from app.operations.supervision.roles import Role
from app.operations.supervision.supervisor import Phase
from app.operations.supervision.up import Up, _heard_or_not, _heeded
from app.store import StoreError

SERVER = Role(name="server", module="http.server", arguments=("--bind", "127.0.0.1", "0"), grace=10)
PATIENCE_SECONDS = 30.0


def up_with(roles: Callable[[], Iterable[Role]], folder: Path, said: Callable[[str], None] = print) -> Up:
    return Up(folder, roles, None, bootstrap="127.0.0.1:9092", said=said)


async def until(up: Up, holds: Callable[[UpReport], bool]) -> UpReport:
    """The report, once it is so; bounded."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds(found := up.report()):  # noqa: ASYNC110 - it is a process that moves on
            await asyncio.sleep(0.05)
    return found


def runs(report: UpReport) -> bool:
    return [each.phase for each in report.processes] == [Phase.RUNNING]


async def test_a_signal_ends_everything(tmp_path: Path) -> None:
    up = up_with(lambda: (SERVER,), tmp_path)
    with page.listen(0) as listening:
        running = asyncio.create_task(up.run(listening))
        (process,) = (await until(up, runs)).processes
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, PATIENCE_SECONDS)
    assert process.pid is not None and not psutil.pid_exists(process.pid)


async def test_while_the_store_cannot_be_read_what_runs_goes_on_and_the_page_says_why(tmp_path: Path) -> None:
    readings = iter([(SERVER,)])

    def roles() -> tuple[Role, ...]:
        for found in readings:
            return found
        raise StoreError("the database cannot be reached")

    up = up_with(roles, tmp_path)
    with page.listen(0) as listening:
        running = asyncio.create_task(up.run(listening))
        report = await until(up, lambda found: found.problem is not None)
        assert (runs(report), report.problem) == (True, "the database cannot be reached")
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, PATIENCE_SECONDS)


async def test_a_defect_ends_everything_before_it_is_shown(tmp_path: Path) -> None:
    readings = {1: (SERVER,)}
    up = up_with(lambda: readings.pop(1), tmp_path)
    with page.listen(0) as listening:
        running = asyncio.create_task(up.run(listening))
        (process,) = (await until(up, runs)).processes
        with pytest.raises(KeyError):
            await asyncio.wait_for(running, PATIENCE_SECONDS)
    assert process.pid is not None and not psutil.pid_exists(process.pid)


def test_a_terminal_that_is_gone_is_no_reason_to_leave_the_processes_alone() -> None:
    def said(_: str) -> None:
        raise BrokenPipeError

    _heard_or_not(said)("planner has ended.")


def test_under_nohup_the_end_of_the_terminal_ends_nothing() -> None:
    before = {each: signal.signal(each, signal.SIG_DFL) for each in (signal.SIGINT, signal.SIGHUP)}
    try:
        assert signal.SIGHUP in _heeded()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        assert _heeded() == [signal.SIGTERM, signal.SIGINT]
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
