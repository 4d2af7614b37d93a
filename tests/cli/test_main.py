"""The command line as a person meets it: help everywhere, and one sentence where something is wrong."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import app, main
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


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Neither a setting of this machine nor a stack in the folder."""
    for name in os.environ:
        if name.startswith("FATURAFLOW_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output


@pytest.mark.usefixtures("nothing_set")
def test_a_setting_that_cannot_be_is_named_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["faturaflow", "topics", "list"])
    monkeypatch.setenv("FATURAFLOW_SESSION_TIMEOUT", "90")
    monkeypatch.setenv("FATURAFLOW_PROFILE", "huge")
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert {line.partition(":")[0] for line in capsys.readouterr().err.splitlines()} == {
        "FATURAFLOW_SESSION_TIMEOUT",
        "FATURAFLOW_PROFILE",
    }


@pytest.mark.usefixtures("nothing_set")
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
