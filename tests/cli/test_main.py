"""The command line as a person meets it: help everywhere, and one sentence where something is wrong."""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import COMMANDS as LISTED
from app.cli.main import app, load, main
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


@pytest.mark.parametrize("name", LISTED)
def test_the_sentence_that_help_lists_is_the_commands_own(name: str) -> None:
    own = load(name).help
    assert own is not None
    assert own.partition("\n")[0] == LISTED[name]


def test_help_imports_no_command() -> None:
    """A person waits for it at the prompt: the modules behind the commands take over a second."""
    program = (
        "import sys; from app.cli.main import main; sys.argv[1:] = ['--help']\n"
        "try: main()\nexcept SystemExit: print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert not {"sqlalchemy", "pydantic", "aiohttp", "app.cli.documents"} & set(loaded.splitlines()[-1].split())


def test_the_version_is_the_installed_one() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.output) == (0, f"faturaflow {metadata.version('faturaflow')}\n")


def test_a_command_that_does_not_exist_is_answered_with_the_nearest() -> None:
    done = CliRunner().invoke(app, ["documnts"])
    assert (done.exit_code, "Did you mean 'documents'" in done.stderr) == (2, True)


def test_a_terminal_without_turkish_letters_gets_the_help_all_the_same() -> None:
    """With its letters replaced."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", "--help"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert b"e-Ar?iv" in done.stdout


def test_ctrl_c_during_the_imports_ends_the_command_without_a_traceback() -> None:
    program = (
        "import signal, app.cli.entry, app.cli.main\n"
        "app.cli.main.main = lambda: print(signal.getsignal(signal.SIGINT) is signal.SIG_DFL)\napp.cli.entry.main()"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"True\n"


def test_a_folder_that_may_not_be_written_to_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".faturaflow").write_text("a file where the folder should be")
    monkeypatch.setattr(sys, "argv", ["faturaflow", "bench", "document-10"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith(".faturaflow")


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
