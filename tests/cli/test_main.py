"""The command line as a person meets it: help everywhere, and one sentence where something is wrong."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from app.settings import settings

COMMANDS = [
    [],
    ["demo"],
    ["doctor"],
    ["sandbox"],
    ["stack", "up"],
    ["topics", "apply"],
    ["config", "apply"],
    ["worker", "intake"],
    ["worker", "planner"],
    ["worker", "issuer"],
    ["orders", "import"],
    ["orders", "produce"],
    ["documents", "list"],
    ["documents", "approve"],
    ["documents", "cancel"],
    ["documents", "reroute"],
    ["invoice-info", "check"],
    ["invoice-info", "show"],
    ["review", "confirm-issued"],
]


def typed(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FATURAFLOW_")}
    return subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        cwd=tmp_path,
        env={**ours, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output


def test_a_setting_that_cannot_be_is_named_with_its_reason(tmp_path: Path) -> None:
    done = typed(tmp_path, "topics", "list", FATURAFLOW_SESSION_TIMEOUT="90", FATURAFLOW_PROFILE="huge")
    assert done.returncode == 1
    assert {line.partition(":")[0] for line in done.stderr.splitlines()} == {
        "FATURAFLOW_SESSION_TIMEOUT",
        "FATURAFLOW_PROFILE",
    }


@pytest.fixture
def no_kafka(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.delenv("FATURAFLOW_BOOTSTRAP", raising=False)
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("no_kafka")
@pytest.mark.parametrize(
    "command", [["documents", "list"], ["worker", "planner"], ["review", "reject", "x", "--actor", "a"]], ids=" ".join
)
def test_without_kafka_every_command_says_so_in_one_sentence(command: list[str]) -> None:
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 1
    assert done.stderr == "No Kafka is known: set FATURAFLOW_BOOTSTRAP, or start one with `faturaflow stack up`.\n"


def test_a_provider_that_does_not_exist_is_named_with_those_that_do() -> None:
    done = CliRunner().invoke(app, ["sandbox", "nowhere"])
    assert done.exit_code == 1
    assert "there are nilvera, testbook" in done.stderr
