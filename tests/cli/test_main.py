"""The command line as a person meets it: help everywhere, and one sentence where something is wrong."""

import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from app import local_kafka
from app.cli.main import COMMANDS as LISTED
from app.cli.main import app, load, main
from app.settings import SettingsInvalidError, settings
from providers.registry import PROVIDERS

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
    structlog.reset_defaults()  # a worker's log goes to the standard error of its command, which is closed by now


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
    heavy = {"sqlalchemy", "pydantic", "aiohttp", "app.cli.commands.documents"}
    assert not heavy & set(loaded.splitlines()[-1].split())


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


@pytest.mark.usefixtures("nothing_set")
def test_a_kafka_that_runs_and_is_silent_is_not_taken_for_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    frozen = local_kafka.StackStatus(
        folder=tmp_path, running=True, answering=False, bootstrap="127.0.0.1:1", pid=17, version="4.1.1"
    )
    monkeypatch.setattr(local_kafka, "status", lambda _folder: frozen)
    done = CliRunner().invoke(app, ["documents", "list"])
    assert (done.exit_code, done.stderr) == (
        1,
        f"Kafka runs (pid 17) and does not answer: see {tmp_path}/broker.log.\n",
    )


@pytest.mark.usefixtures("nothing_set")
def test_the_key_is_made_once_and_kept_for_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "key"
    first = CliRunner().invoke(app, ["config", "key", "--keep", str(file)])
    made = file.read_text()
    second = CliRunner().invoke(app, ["config", "key", "--keep", str(file)])
    assert (first.exit_code, second.exit_code, file.read_text()) == (0, 0, made)
    assert "a key already" in second.output
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY_FILE", str(file))
    key = settings().secret_key
    assert key is not None and key.get_secret_value() == made.strip()


@pytest.mark.usefixtures("nothing_set")
def test_what_is_in_the_place_of_the_key_and_is_none_is_named_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    for written in ("", "no key"):
        file.write_text(written)
        done = CliRunner().invoke(app, ["config", "key", "--keep", str(file)])
        assert (done.exit_code, file.read_text()) == (1, written)
        assert done.stderr == f"{file} is there and holds no key: remove it, or name another file.\n"
    done = CliRunner().invoke(app, ["config", "key", "--keep", str(tmp_path)])
    assert (done.exit_code, done.stderr) == (1, f"{tmp_path}: is a directory.\n")


@pytest.mark.usefixtures("nothing_set")
def test_the_mail_servers_password_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("doğru at\n", encoding="utf-8")
    monkeypatch.setenv("FATURAFLOW_SMTP_PASSWORD_FILE", str(tmp_path / "password"))
    settings.cache_clear()
    found = settings()
    settings.cache_clear()
    assert found.smtp_password is not None
    assert found.smtp_password.get_secret_value() == "doğru at"
    assert "doğru at" not in repr(found)


@pytest.mark.usefixtures("nothing_set")
def test_an_empty_key_file_is_not_taken_for_no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(SettingsInvalidError, match=r"^FATURAFLOW_SECRET_KEY_FILE: .*/key cannot be read \(it is empty"):
        settings()


@pytest.mark.usefixtures("nothing_set")
@pytest.mark.parametrize("variable", [None, "FATURAFLOW_ACTOR"])
def test_what_is_not_in_the_terminal_s_encoding_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str | None
) -> None:
    if variable:
        monkeypatch.setenv(variable, "Ay\udcfee")
    actor = [] if variable else ["--actor", "Ay\udcfee"]
    monkeypatch.setattr(sys, "argv", ["faturaflow", "connections", "retry", "ORNEK", "nilvera", *actor])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "Ay\\udcfee is not in the encoding of this terminal, utf-8.\n"


@pytest.mark.usefixtures("nothing_set")
def test_a_file_may_have_a_name_that_is_not_in_the_terminal_s_encoding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("m\udcfe.xml").write_text("<a/>")
    monkeypatch.setattr(sys, "argv", ["faturaflow", "ubl", "check", "m\udcfe.xml"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "NOT_AN_INVOICE" in capsys.readouterr().out


@pytest.mark.usefixtures("nothing_set")
def test_no_setting_with_a_password_is_in_what_shows_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FATURAFLOW_DATABASE", "postgresql://me:artificial-1@db/f")
    monkeypatch.setenv("FATURAFLOW_SCHEMA_REGISTRY", "https://me:artificial-2@registry")
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", "artificial-3")
    assert "artificial" not in repr(settings())


@pytest.mark.usefixtures("nothing_set")
def test_a_key_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["faturaflow", "config", "show"])
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith(f"FATURAFLOW_SECRET_KEY_FILE: {tmp_path}/none cannot be read")


@pytest.mark.usefixtures("nothing_set")
@pytest.mark.parametrize("name", PROVIDERS)
def test_the_example_of_every_provider_can_be_applied_as_it_is_printed(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printed = CliRunner().invoke(app, ["config", "example", name, "--sandbox", "http://127.0.0.1:9999"]).output
    assert f"faturaflow sandbox --only {name} --port 9999" in printed
    (tmp_path / "sandbox.yaml").write_text(printed, encoding="utf-8")
    for variable, value in re.findall(r"^#   export (\w+)=(.+)$", printed, re.MULTILINE):
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", CliRunner().invoke(app, ["config", "key"]).output.strip())
    assert CliRunner().invoke(app, ["config", "apply", "sandbox.yaml"]).exit_code == 0
    assert "http://127.0.0.1:9999" in CliRunner().invoke(app, ["connections", "list"]).output


def test_a_simulator_on_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner().invoke(app, ["sandbox", "--only", "nilvera", "--port", str(port)])
    assert (done.exit_code, done.stderr) == (1, f"Port {port} is in use: choose another with --port.\n")


def test_a_sandbox_of_no_taxpayer_is_refused() -> None:
    done = CliRunner().invoke(app, ["sandbox", "--only", "nilvera", "--company", "1234567891"])
    assert (done.exit_code, "'1234567891' is neither a VKN" in done.stderr) == (2, True)


def test_a_provider_that_does_not_exist_is_named_with_those_that_do() -> None:
    done = CliRunner().invoke(app, ["sandbox", "--only", "nowhere"])
    assert done.exit_code == 1
    assert f"there are {', '.join(sorted(PROVIDERS))}" in done.stderr
