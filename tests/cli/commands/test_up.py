"""`faturaflow up status` and `up retry`, beside an `up` that runs."""

import json
import signal
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.operations.supervision.folder import UpState, this_process, write_state
from app.operations.supervision.report import REPORT, UpReport
from app.stream.ownership.exits import NUMBERS_BEHIND
from tests.operations.supervision.fake_processes import INTAKE, PLANNER, Machine
from tests.operations.supervision.test_page import ALL_READY, report_of


@pytest.fixture
def machine() -> Machine:
    return Machine().running(INTAKE, PLANNER)


def status(folder: Path, report: UpReport, *options: str) -> Result:
    """What is printed where a page answers with this report."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(REPORT.dump_json(report))

        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        answering = Thread(target=server.handle_request)
        answering.start()
        url = f"http://127.0.0.1:{server.server_port}"
        write_state(folder, UpState(supervisor=this_process(), page=url, own_kafka=None))
        result = CliRunner().invoke(app, ["up", "status", "--folder", str(folder), *options])
        answering.join()
    return result


def test_each_process_is_a_line(machine: Machine, tmp_path: Path) -> None:
    shown = status(tmp_path, report_of(machine, ALL_READY))
    kafka, head, *lines = shown.stdout.splitlines()
    assert (shown.exit_code, kafka) == (0, "Kafka 127.0.0.1:9092: ready")
    assert head.split()[:3] == ["PROCESS", "PHASE", "HEALTH"]
    assert [line.split()[:3] for line in lines] == [["intake", "RUNNING", "ready"], ["planner", "RUNNING", "ready"]]


def test_one_that_needs_a_person_is_an_exit_code_for_a_monitor(machine: Machine, tmp_path: Path) -> None:
    machine.ends("planner", NUMBERS_BEHIND)
    shown = status(tmp_path, report_of(machine, ALL_READY))
    assert shown.exit_code == 3
    assert "NEEDS_PERSON" in shown.stdout and NUMBERS_BEHIND.remedy in shown.stdout


def test_a_program_gets_the_same_as_json(machine: Machine, tmp_path: Path) -> None:
    shown = status(tmp_path, report_of(machine, {}), "--json")
    assert [each["health"] for each in json.loads(shown.stdout)["processes"]] == ["does not answer yet"] * 2


@pytest.mark.parametrize("command", ["status", "retry"])
def test_where_nothing_runs_one_sentence_says_so(command: str, tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["up", command, "--folder", str(tmp_path)])
    assert (said.exit_code, said.stderr) == (1, f"Nothing runs in {tmp_path}: start it with `faturaflow up`.\n")


@pytest.fixture
def signals() -> Iterator[list[int]]:
    """What this process was sent, in the place of an `up`."""
    got: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _frame: got.append(number))
    yield got
    signal.signal(signal.SIGUSR1, before)


def test_a_retry_is_a_signal_to_the_one_that_runs(signals: list[int], tmp_path: Path) -> None:
    write_state(tmp_path, UpState(supervisor=this_process(), page="http://127.0.0.1:1", own_kafka=None))
    assert CliRunner().invoke(app, ["up", "retry", "--folder", str(tmp_path)]).exit_code == 0
    assert signals == [signal.SIGUSR1]
