import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from aiokafka.errors import GroupAuthorizationFailedError
from faust.types import TP

import app.stream.processing.background
from app.stream.errors import OwnershipLost, UnusableSettingError
from app.stream.faust_patches.application import App
from app.stream.ownership import exits
from app.stream.ownership.exits import ABORTED, EXIT_CODES, ExitCode
from app.stream.processing.application import make_app, why_unready
from app.stream.processing.background import every, spawn
from app.stream.processing.health import HealthServer
from app.stream.settings import StreamSettings
from tests.stream.fakes import Aborted, abort


@pytest.fixture
def worker(tmp_path: Path) -> App:
    return make_app(StreamSettings(bootstrap="127.0.0.1:1", app_id="planner", data_dir=tmp_path / "a" / "b"))


class Watchdog:
    gave_up = False


def owned(worker: App) -> None:
    worker.ownership.rebalance_begins()
    worker.ownership.assignment_taken()
    worker.ownership.begin(1, [("log", 0)])


def test_a_worker_is_ready_only_in_an_epoch_and_not_after_the_watchdog_gave_up(worker: App) -> None:
    watchdog = Watchdog()
    assert why_unready(worker, watchdog) == "starting, rebalancing or recovering"
    owned(worker)
    assert why_unready(worker, watchdog) is None
    watchdog.gave_up = True
    assert "gave up" in str(why_unready(worker, watchdog))
    watchdog.gave_up = False
    worker.ownership.rebalance_begins()
    assert why_unready(worker, watchdog)


async def test_a_worker_whose_batch_waits_for_others_is_unready_and_says_for_what(
    worker: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.stream.ownership.epoch.WAIT_SECONDS", 0.0)
    owned(worker)
    assert worker.epoch
    await worker.epoch.wait_for(OSError("The schema registry does not answer."))
    assert why_unready(worker, Watchdog()) == "waiting: The schema registry does not answer."


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnusableSettingError, match=r"cannot be made \(Not a directory\): set FATURAFLOW_DATA_DIR"):
        make_app(StreamSettings(bootstrap="127.0.0.1:1", app_id="planner", data_dir=tmp_path / "file" / "a"))


def test_a_health_port_that_is_taken_is_one_sentence_before_anything_is_begun(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            UnusableSettingError, match=rf"port {port} cannot be listened on \(Address already in use\): give"
        ):
            make_app(StreamSettings(bootstrap="127.0.0.1:1", app_id="planner", data_dir=tmp_path, health_port=port))


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


async def test_the_health_server_says_why_it_is_not_ready() -> None:
    why: list[str | None] = ["recovering"]
    port = free_port()
    server = HealthServer(port, lambda: why[0])
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            async with client.get("/live") as live:
                assert live.status == 200
            async with client.get("/ready") as ready:
                assert (ready.status, await ready.json()) == (503, {"ready": False, "why": "recovering"})
            why[0] = None
            async with client.get("/ready") as ready:
                assert (ready.status, await ready.json()) == (200, {"ready": True, "why": None})
    finally:
        await server.stop()


async def test_a_clock_runs_while_partitions_are_ours_and_a_revoke_waits_for_its_job(worker: App) -> None:
    at_work, may_end, ended = asyncio.Event(), asyncio.Event(), []

    async def job(epoch: object) -> None:
        at_work.set()
        await may_end.wait()
        ended.append(epoch)

    every(worker, 0.001, job)
    owned(worker)
    epoch = worker.epoch
    await asyncio.wait_for(at_work.wait(), 5)
    revoke = asyncio.create_task(worker.ownership.end())
    await asyncio.sleep(0)
    assert not revoke.done()
    may_end.set()
    await asyncio.wait_for(revoke, 5)
    assert ended == [epoch]


async def test_an_error_in_a_task_leaves_and_lost_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.stream.processing.background.abort", abort)

    async def fail(error: Exception) -> None:
        raise error

    await spawn(fail(OwnershipLost()), name="lost")
    with pytest.raises(Aborted, match="task broken"):
        await app.stream.processing.background._guarded(fail(ValueError()), "broken")


class Refusing:
    """aiokafka's consumer, whose group no longer takes its offsets."""

    def assignment(self) -> set[TP]:
        return {TP("log", 0)}

    async def commit(self, _offsets: object) -> None:
        raise GroupAuthorizationFailedError


async def test_a_failed_commit_leaves_before_faust_stops_and_commits_again(
    worker: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.stream.faust_patches.application.abort", abort)
    thread = worker.consumer._thread
    thread._consumer = Refusing()
    with pytest.raises(Aborted) as left:
        await thread._commit({TP("log", 0): 1})
    thread.thread_loop.close()
    assert left.value.code == ABORTED
    assert isinstance(left.value.exc, GroupAuthorizationFailedError)


ABORTS = """
import atexit, sys
from app.stream.ownership.exits import abort
atexit.register(print, "an exit handler ran")
try:
    try:
        raise ValueError("personal data")
    except ValueError as error:
        abort("batch", error)
finally:
    print("a finally ran")
"""


def test_leaving_runs_nothing_more_and_names_the_error_but_not_its_message() -> None:
    left = subprocess.run([sys.executable, "-c", ABORTS], capture_output=True, text=True, check=False)
    said = left.stdout + left.stderr
    assert left.returncode == 70
    assert " ran" not in said
    assert "ValueError" in said
    assert "personal data" not in said


def test_every_exit_code_is_another_and_says_what_it_means_and_what_to_do() -> None:
    assert list(EXIT_CODES) == sorted(set(EXIT_CODES))
    assert all(code.meaning and code.remedy for code in EXIT_CODES)
    named = {value for value in vars(exits).values() if isinstance(value, ExitCode)}
    assert named == set(EXIT_CODES)


def test_the_line_at_leaving_says_who_starts_the_worker_again() -> None:
    left = subprocess.run([sys.executable, "-c", ABORTS], capture_output=True, text=True, check=False)
    assert "start it again, as a supervisor does" in left.stdout + left.stderr


WITHOUT_FAUST = """
import pkgutil, sys
from importlib import import_module
import app.stream
for found in pkgutil.walk_packages(app.stream.__path__, "app.stream."):
    if not found.name.startswith(("app.stream.processing", "app.stream.faust_patches")):
        import_module(found.name)
sys.exit("faust" in sys.modules)
"""


def test_only_processing_and_the_patches_import_faust() -> None:
    # walk_packages imports each package; those two are imported without their modules.
    assert subprocess.run([sys.executable, "-c", WITHOUT_FAUST], check=False, env=os.environ).returncode == 0


LOGS = """
import logging
from app.stream.processing import logs
from app.stream.startup.retrying import with_retries
from app.stream.serialization.errors import RegistryUnavailableError
logs.configure("WARNING")
import structlog
structlog.get_logger().warning("ours", why="so it is")
logging.getLogger("aiokafka.conn").error("theirs: %s", "no broker")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("asyncio").exception("a traceback")
answers = iter([RegistryUnavailableError("The schema registry does not answer."), None])
def ask():
    if fault := next(answers):
        raise fault
with_retries(ask)
"""


def test_whoever_logs_there_is_one_format_and_a_line_each() -> None:
    said = subprocess.run([sys.executable, "-c", LOGS], capture_output=True, text=True, check=True).stderr
    lines = said.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("timestamp=2") and " level=" in line and " event=" in line for line in lines)
    assert 'event="theirs: no broker" logger=aiokafka.conn' in lines[1]
    assert "ZeroDivisionError" in lines[2]
    assert 'event="asking again"' in lines[3] and "The schema registry does not answer." in lines[3]
    assert "<function" not in said
