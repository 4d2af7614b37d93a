"""`faturaflow worker health`: a probe as a command, for an image without a client."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from typer.testing import CliRunner, Result

from app.cli.commands.worker import app
from app.settings import settings
from tests.harness.brokers import free_port


class Worker(BaseHTTPRequestHandler):
    """A worker that lives and waits."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/live" else 503)
        self.end_headers()
        self.wfile.write(b'{"ready": false, "why": "waiting: the registry"}' if self.path == "/ready" else b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Worker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("FATURAFLOW_HEALTH_PORT", str(server.server_port))
        monkeypatch.setenv("FATURAFLOW_HEALTH_HOST", "0.0.0.0")
        yield server.server_port
        server.shutdown()


def health(*words: str) -> Result:
    return CliRunner().invoke(app, ["health", *words])


@pytest.mark.usefixtures("port")
def test_a_worker_that_is_not_ready_fails_the_probe_with_its_reason() -> None:
    result = health()
    assert (result.exit_code, "waiting: the registry" in result.stderr) == (1, True)


@pytest.mark.usefixtures("port")
def test_a_worker_that_lives_passes_the_other_probe() -> None:
    assert health("--live").exit_code == 0


def test_where_nobody_listens_the_probe_fails_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FATURAFLOW_HEALTH_PORT", str(free_port()))
    result = health()
    assert (result.exit_code, "refused" in result.stderr) == (1, True)


def test_without_a_port_the_probe_says_what_to_set() -> None:
    result = health()
    assert (result.exit_code, "FATURAFLOW_HEALTH_PORT is not set" in result.stderr) == (1, True)
