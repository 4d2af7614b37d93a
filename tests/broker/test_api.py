"""The API on a real Kafka, as a process: what was answered 202 is on the topic, whatever happens, and counts once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from app import local_kafka
from app.domain.orders import OrderEvent
from app.stream.serialization.codec import Codec
from app.testbed.installation.processes import Processes
from tests.broker.intake_and_planner import (
    SHOP,
    IntakeAndPlanner,
    installed,
    running_stages,
    start_stages,
    until,
)
from tests.web.running_api import order_body

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
ORDERS = f"/accounting/v1/businesses/{SHOP}/customers/C-1/orders"
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"
SECONDS = 20.0


@dataclass(frozen=True)
class Api:
    """The process, its address and a key for it."""

    process: subprocess.Popen[str]
    url: str
    key: str

    def post(self, reference: str, request_id: str, **others: Any) -> tuple[int, dict[str, Any]]:
        body = json.dumps(order(reference, **others)).encode()
        headers = {"X-Subscription-Key": self.key, "Content-Type": "application/json"}
        headers |= {"X-Request-ID": request_id}
        asked = urllib.request.Request(f"{self.url}{ORDERS}", data=body, headers=headers)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310 - loopback
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())


def order(reference: str, **others: Any) -> dict[str, Any]:
    return order_body(orderReference=reference, orderDate=TODAY, **others)


@contextmanager
def serving(stages: IntakeAndPlanner, folder: Path) -> Iterator[Api]:
    """`faturaflow web` of the installation, ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**stages.environment, "FATURAFLOW_WEB_PORT": f"{port}"}
    with Processes(folder=folder, environment=environment) as processes:
        process = processes.start("web", ["web"]).popen
        url = f"http://127.0.0.1:{port}"
        until(lambda: is_ready(url) or None)
        yield Api(process, url, key(environment))
        if process.poll() is None:
            process.terminate()
        process.wait(SECONDS)
        processes.running.clear()


def is_ready(url: str) -> bool:
    with (
        suppress(urllib.error.URLError, ConnectionError),
        urllib.request.urlopen(f"{url}/ready", timeout=SECONDS) as answer,  # noqa: S310 - loopback
    ):
        return bool(answer.status == 200)
    return False


def key(environment: dict[str, str]) -> str:
    """A new key, as an operator makes one."""
    typed = ["keys", "add", f"shop-{time.time_ns()}", "--business", SHOP, "--actor", "test"]
    command = [sys.executable, "-m", "app.cli.main", *typed]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def sent(stages: IntakeAndPlanner) -> list[OrderEvent]:
    return [Codec().read(OrderEvent, record.value) for record in stages.read(stages.topics.orders)]


@pytest.fixture(scope="module")
def stages(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IntakeAndPlanner]:
    with running_stages(tmp_path_factory.mktemp("api"), bootstrap) as running:
        yield running


def test_an_order_over_http_gets_its_outcome_like_every_other_one(stages: IntakeAndPlanner, tmp_path: Path) -> None:
    with serving(stages, tmp_path) as api:
        status, answer = api.post("HTTP-1", "order-1")
        again = api.post("HTTP-1", "order-1")
        other = api.post("HTTP-1", "order-1", note="another")
        under_a_new_id = api.post("HTTP-1", "order-2", note="another")
    assert (status, again) == (202, (202, answer))
    assert other[0] == 409
    assert under_a_new_id[0] == 202
    assert stages.verdicts("HTTP-1", 2) == [("OK", None), ("REJECTED", "CONTENT_CONFLICT")]


def test_the_screen_is_served_beside_it_and_asks_for_a_login(stages: IntakeAndPlanner, tmp_path: Path) -> None:
    with serving(stages, tmp_path) as api, urllib.request.urlopen(api.url, timeout=SECONDS) as page:  # noqa: S310
        assert page.url.startswith(f"{api.url}/screen/login")
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_stop_in_the_middle_of_requests_loses_none_that_was_accepted(
    stages: IntakeAndPlanner, tmp_path: Path
) -> None:
    with serving(stages, tmp_path) as api:
        accepted = asyncio.run(stopped_in_the_middle(api))
        assert api.process.wait(SECONDS) == 0
    assert accepted
    counted = Counter(event.request_id for event in sent(stages) if event.order_reference.startswith("STOP-"))
    assert accepted <= counted.keys()
    assert set(counted.values()) == {1}


async def stopped_in_the_middle(api: Api) -> set[str]:
    """The requests that were accepted of two hundred, in the middle of which the process is told to end."""
    accepted: set[str] = set()

    async def one(session: ClientSession, number: int) -> None:
        with suppress(ClientError):
            async with session.post(f"{api.url}{ORDERS}", json=order(f"STOP-{number}")) as answer:
                if answer.status == 202:
                    accepted.add((await answer.json())["internalRequestId"])
        if len(accepted) == 50:
            api.process.send_signal(signal.SIGTERM)

    async with ClientSession(headers={"X-Subscription-Key": api.key}) as session:
        await asyncio.gather(*(one(session, number) for number in range(200)))
    return accepted


def test_a_process_that_is_killed_leaves_requests_that_a_repeat_finishes_once(
    stages: IntakeAndPlanner, tmp_path: Path
) -> None:
    with serving(stages, tmp_path / "first") as api:
        asyncio.run(killed_in_the_middle(api))
    with serving(stages, tmp_path / "second") as api:
        repeated = [until(lambda number=number: finished(api, number)) for number in range(100)]
    counted = Counter(event.request_id for event in sent(stages) if event.order_reference.startswith("KILL-"))
    assert counted.keys() == set(repeated)
    for number in (0, 50, 99):
        verdicts = [verdict for verdict, _ in stages.verdicts(f"KILL-{number}", 1)]
        assert verdicts.count("OK") == 1


async def killed_in_the_middle(api: Api) -> None:
    async def one(session: ClientSession, number: int) -> None:
        headers = {"X-Request-ID": f"kill-{number}"}
        with suppress(ClientError):
            async with session.post(f"{api.url}{ORDERS}", json=order(f"KILL-{number}"), headers=headers) as answer:
                await answer.read()
        if number == 40:
            api.process.kill()

    async with ClientSession(headers={"X-Subscription-Key": api.key}) as session:
        await asyncio.gather(*(one(session, number) for number in range(100)))


def finished(api: Api, number: int) -> str | None:
    """The id of a request that is accepted; None while another process may still be sending it."""
    status, answer = api.post(f"KILL-{number}", f"kill-{number}")
    return str(answer["internalRequestId"]) if status == 202 else None


def test_a_broker_that_falls_silent_is_unknown_and_the_repeat_is_one_order(tmp_path: Path) -> None:
    """Frozen after it was reached: the record is on its way, and is written after the thaw.

    The stages are started after it: where their broker is long silent they end, and a supervisor starts them again.
    """
    try:
        broker = local_kafka.up(tmp_path / "kafka")
    except local_kafka.JarsUnavailableError as error:
        pytest.skip(str(error))
    try:
        (tmp_path / "frozen").mkdir()
        with (
            installed(tmp_path / "frozen", broker.bootstrap) as (own, processes),
            serving(own, tmp_path / "web") as api,
        ):
            frozen_and_thawed(api, broker.pid)
            start_stages(processes)
            verdicts = [verdict for verdict, _ in own.verdicts("FROZEN-1", 3)]
            assert verdicts.count("OK") == 1
            assert set(verdicts) == {"OK", "DUPLICATE", "REJECTED"}
    finally:
        local_kafka.down(tmp_path / "kafka")


def frozen_and_thawed(api: Api, broker: int | None) -> None:
    assert broker is not None
    os.kill(broker, signal.SIGSTOP)
    try:
        status, unknown = api.post("FROZEN-1", "frozen-1")
        assert (status, unknown["stored"]) == (504, "unknown")
        assert until(lambda: api.post("FROZEN-2", "frozen-2") if not is_ready(api.url) else None)[0] in {503, 504}
    finally:
        os.kill(broker, signal.SIGCONT)
    until(lambda: is_ready(api.url) or None)
    again = until(lambda: accepted_as(api.post("FROZEN-1", "frozen-1")))
    assert again == unknown["internalRequestId"]
    assert api.post("FROZEN-1", "frozen-another")[0] == 202
    assert api.post("FROZEN-1", "frozen-changed", note="another")[0] == 202


def accepted_as(answer: tuple[int, dict[str, Any]]) -> str | None:
    status, body = answer
    return str(body["internalRequestId"]) if status == 202 else None
