from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.cli.commands import stack as commands
from app.cli.commands.doctor import doctor, in_words
from app.local_kafka.jars import expected_jars, jars_folder
from app.operations.installation import machine
from app.operations.installation.machine import Check, examine, jars

NOBODY = "127.0.0.1:1"


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for that does not come."""
    monkeypatch.setattr(machine, "KAFKA_TIMEOUT_SECONDS", 0.1)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of jars that lies in this test's folder, and is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    jars_folder().mkdir(parents=True)
    return jars_folder()


@pytest.fixture
def doctor_app() -> typer.Typer:
    app = typer.Typer()
    app.command()(doctor)
    return app


def test_the_status_of_an_empty_folder_is_down(tmp_path: Path) -> None:
    spoken = CliRunner().invoke(commands.app, ["status", "--folder", str(tmp_path)])
    assert spoken.exit_code == 0
    assert "Kafka is down" in spoken.stdout
    listed = CliRunner().invoke(commands.app, ["status", "--folder", str(tmp_path), "--json"])
    assert json.loads(listed.stdout) == {
        "folder": str(tmp_path),
        "running": False,
        "answering": False,
        "bootstrap": None,
        "pid": None,
        "version": None,
    }


def test_down_of_an_empty_folder_says_so_and_is_no_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(commands.app, ["down", "--folder", str(tmp_path), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"folder": str(tmp_path), "stopped": False}


def test_changed_jars_are_one_sentence_and_exit_code_1(tmp_path: Path, cache: Path) -> None:
    for name in expected_jars():
        (cache / name).write_bytes(b"")
    folder = tmp_path / "stack"
    result = CliRunner().invoke(commands.app, ["up", "--folder", str(folder)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "remove it, and start again" in result.stderr
    assert not (folder / "stack.json").exists()


def test_doctor_fails_when_the_kafka_that_was_named_does_not_answer(
    doctor_app: typer.Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FATURAFLOW_BOOTSTRAP", NOBODY)
    result = CliRunner().invoke(doctor_app, ["--json"])
    verdicts = {check["name"]: check["verdict"] for check in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert verdicts["Kafka"] == "missing"
    assert verdicts["Python"] == "ok"


def test_doctor_prints_a_line_for_everything_it_looked_at(
    doctor_app: typer.Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FATURAFLOW_BOOTSTRAP", raising=False)
    lines = CliRunner().invoke(doctor_app, []).stdout.splitlines()
    names = [line[10:].split(":")[0] for line in lines]
    assert names == ["Python", "Java", "Kafka's jars", "Docker engine", "Disk", "Memory", "PDF"]


def test_doctor_announces_a_download_and_makes_none(cache: Path) -> None:
    found = jars(required=True)
    assert found.ok
    assert "will be downloaded" in found.found
    assert list(cache.iterdir()) == []


def test_doctor_refuses_changed_jars(cache: Path) -> None:
    for name in expected_jars():
        (cache / name).write_bytes(b"")
    assert not jars(required=True).ok


def test_with_a_kafka_of_ones_own_java_and_jars_are_not_required() -> None:
    required = {check.name for check in examine(NOBODY) if check.required}
    assert required == {"Python", "Disk", "Memory", "Kafka"}


def test_the_remedy_stands_only_where_something_is_missing() -> None:
    there = Check(name="Disk", ok=True, found="9 GiB free", remedy="make room")
    missing = Check(name="Disk", ok=False, found="0 GiB free", remedy="make room")
    unneeded = Check(name="Docker engine", ok=False, found="none", remedy="see docker", required=False)
    assert in_words(there) == "ok        Disk: 9 GiB free"
    assert in_words(missing) == "missing   Disk: 0 GiB free: make room"
    assert in_words(unneeded) == "optional  Docker engine: none: see docker"
