"""The health page, and the same from another process."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from app.operations.errors import NotPossibleError, UnavailableError
from app.operations.supervision.folder import UpState, this_process, write_state
from app.operations.supervision.page import application, listen, url_of
from app.operations.supervision.report import UpReport, cells, process_reports
from app.operations.supervision.status import status_of
from app.stream.ownership.exits import NUMBERS_BEHIND
from tests.operations.supervision.fake_processes import BEGAN, INTAKE, PLANNER, Machine

URLS = {"intake": "http://127.0.0.1:21000/ready", "planner": "http://127.0.0.1:21001/ready"}
ALL_READY = dict.fromkeys(URLS.values(), "ready")


def report_of(machine: Machine, healths: dict[str, str]) -> UpReport:
    processes = machine.supervisor.processes
    logs = {each.role.name: Path(f"logs/{each.role.name}.log") for each in processes}
    return UpReport(
        since=BEGAN,
        kafka="127.0.0.1:9092",
        kafka_health="ready",
        problem=None,
        processes=process_reports(processes, healths, logs),
    )


@dataclass
class Shown:
    """A page whose report is set by the test."""

    url: str = ""
    report: UpReport = field(default_factory=lambda: report_of(Machine().running(INTAKE, PLANNER), ALL_READY))

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}{path}") as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def shown() -> AsyncIterator[Shown]:
    made = Shown()
    async with TestServer(application(lambda: made.report)) as server:
        made.url = str(server.make_url("")).rstrip("/")
        yield made


def test_everything_is_ready_only_where_each_says_so() -> None:
    machine = Machine().running(INTAKE, PLANNER)
    assert report_of(machine, ALL_READY).is_ready
    assert not report_of(machine, {}).is_ready
    assert not report_of(machine, {**ALL_READY, URLS["planner"]: "starting, rebalancing or recovering"}).is_ready
    assert not replace(report_of(machine, ALL_READY), problem="The store cannot be reached.").is_ready


def test_one_that_has_ended_is_not_ready_and_one_that_needs_a_person_says_so() -> None:
    machine = Machine().running(INTAKE, PLANNER)
    machine.ends("planner", 70)
    found = report_of(machine, ALL_READY)
    assert (found.is_ready, found.needs_person) == (False, False)
    machine.passes(1)
    machine.ends("planner", NUMBERS_BEHIND)
    assert report_of(machine, ALL_READY).needs_person


async def test_the_page_has_a_row_for_each_process_and_says_what_a_person_is_to_do(shown: Shown) -> None:
    machine = Machine().running(INTAKE, PLANNER)
    machine.ends("planner", NUMBERS_BEHIND)
    shown.report = report_of(machine, ALL_READY)
    status, page = await shown.get("/")
    assert (status, page.count("<tr>")) == (200, 3)
    assert "not everything is ready" in page
    assert "76 at 2026-11-02 12:00:00" in page and "rebuild numbers" in page


def test_the_end_of_its_log_says_why_one_has_ended_and_is_not_shown_while_it_runs(tmp_path: Path) -> None:
    machine, log = Machine().running(INTAKE), tmp_path / "intake.log"
    log.write_text("Traceback\nThe key fits no secret.\n")
    (running,) = process_reports(machine.supervisor.processes, {}, {"intake": log})
    machine.ends("intake", 1)
    (ended,) = process_reports(machine.supervisor.processes, {}, {"intake": log})
    assert (running.log_ends, ended.log_ends) == (None, "The key fits no secret.")
    assert "The key fits no secret." in cells(ended)[6]


async def test_what_a_process_says_of_itself_is_no_markup(shown: Shown) -> None:
    machine = Machine().running(INTAKE)
    shown.report = report_of(machine, {URLS["intake"]: "<script>"})
    _, page = await shown.get("/")
    assert "<script>" not in page and "&lt;script&gt;" in page


async def test_a_probe_is_answered_by_a_status_code(shown: Shown) -> None:
    assert (await shown.get("/ready"))[0] == 200
    shown.report = replace(shown.report, problem="The store cannot be reached.")
    assert (await shown.get("/ready"))[0] == 503


async def test_another_process_gets_the_same_report(shown: Shown, tmp_path: Path) -> None:
    write_state(tmp_path, UpState(supervisor=this_process(), page=shown.url, own_kafka=None))
    assert await asyncio.to_thread(status_of, tmp_path) == shown.report


def test_a_page_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    with listen(0) as taken:
        url = url_of(taken)
    write_state(tmp_path, UpState(supervisor=this_process(), page=url, own_kafka=None))
    with pytest.raises(UnavailableError, match="does not answer as expected"):
        status_of(tmp_path)


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with listen(0) as taken, pytest.raises(NotPossibleError, match="give another --port"):
        listen(taken.getsockname()[1])
