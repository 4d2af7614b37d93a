from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner, Result

from app.cli.commands.config import app
from app.operations.errors import NotPossibleError
from app.operations.installation import configuration
from app.operations.installation.enabling import Waiting
from app.settings import settings
from app.store import Store, new_key

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "faturaflow.yaml"
SECRET = "a-secret-that-nobody-may-see"
VARIABLE = "ORNEK_MAGAZA_nilvera_api_key"


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of one installation that lies in this test's folder."""
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/test.db")
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", new_key())
    monkeypatch.setenv("NILVERA_API_KEY", SECRET)
    settings.cache_clear()
    yield
    settings.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def listed(*arguments: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(run(*arguments, "--json").stdout)
    return value


def test_applying_twice_changes_nothing_and_says_so() -> None:
    first, second = run("apply", str(EXAMPLE)), run("apply", str(EXAMPLE))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout.endswith("5 created.\n")
    assert second.stdout.endswith("Nothing changed.\n")


def test_a_dry_run_says_what_would_be_written_and_writes_nothing() -> None:
    assert run("apply", str(EXAMPLE), "--dry-run").stdout.endswith("5 created; nothing was written (dry run).\n")
    assert listed("show") == {"businesses": {}}


def test_a_change_is_shown_with_before_and_after_and_audited_with_its_actor(tmp_path: Path) -> None:
    run("apply", str(EXAMPLE))
    changed = tmp_path / "changed.yaml"
    changed.write_text(EXAMPLE.read_text().replace("trigger: SHIPMENT", "trigger: MANUAL"))
    assert "trigger: SHIPMENT → MANUAL" in run("apply", str(changed), "--actor", "ayşe").stdout
    with Store.open(settings()) as store:
        assert (store.audit_records()[-1].actor, store.audit_records()[-1].part) == ("ayşe", "policy")


def test_the_history_of_a_business_names_who_changed_what_without_its_secrets(tmp_path: Path) -> None:
    run("apply", str(EXAMPLE), "--actor", "fatma")
    changed = tmp_path / "changed.yaml"
    changed.write_text(EXAMPLE.read_text().replace("trigger: SHIPMENT", "trigger: MANUAL"))
    run("apply", str(changed), "--actor", "ayşe")
    shown = run("history", "ORNEK-MAGAZA", "--limit", "1").stdout.splitlines()
    assert shown[1].split("  ")[1:] == ["ayşe", "ORNEK-MAGAZA", "policy", "changed", "trigger: SHIPMENT → MANUAL"]
    first, *_, last = json.loads(run("history", "--json").stdout)
    assert (first["actor"], last["actor"]) == ("fatma", "ayşe")
    assert last["differences"] == {"trigger": ["SHIPMENT", "MANUAL"]}
    assert SECRET not in run("history", "--json").stdout


def test_the_history_of_a_business_that_there_is_not_is_one_sentence() -> None:
    done = run("history", "NOBODY")
    assert (done.exit_code, done.stderr) == (1, "there is no business NOBODY: known are none\n")


def test_every_error_is_a_line_with_file_and_number_and_nothing_is_applied(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(EXAMPLE.read_text().replace("1234567890", "1234567891").replace("{env: NILVERA_API_KEY}", SECRET))
    told = run("apply", str(wrong))
    assert told.exit_code == 1
    assert told.stdout == ""
    assert [line.split(": ")[0] for line in told.stderr.splitlines()] == [f"{wrong}:7", f"{wrong}:38"]
    assert SECRET not in told.stderr
    assert [error["line"] for error in listed("apply", str(wrong))["errors"]] == [7, 38]
    assert listed("show") == {"businesses": {}}


def test_a_login_that_its_provider_cannot_work_with_is_refused_in_its_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(EXAMPLE.read_text().replace("api_key:", "apikey:"))
    told = run("apply", str(wrong))
    assert told.exit_code == 1
    assert told.stderr.endswith("connections.nilvera: unknown secrets apikey; known are api_key\n")
    assert listed("show") == {"businesses": {}}


def test_a_series_in_which_we_number_and_that_is_not_there_is_said_when_a_file_is_applied(tmp_path: Path) -> None:
    file, quota = tmp_path / "own.yaml", "quota_requests: 60\n          quota_seconds: 60"
    ours = EXAMPLE.read_text().replace(quota, "numbers: ours")
    file.write_text(ours)
    assert listed("apply", str(file))["expected_refusals"] == []
    named, declared = "      earsiv_series: ORN\n", "      - name: ORN\n        document_type: EARSIV\n"
    file.write_text(ours.replace(named, "").replace(declared, ""))
    (said,) = listed("apply", str(file))["expected_refusals"]
    assert said.startswith("ORNEK-MAGAZA has no series for EARSIV, which we number at nilvera")


def test_a_policy_that_its_provider_cannot_follow_is_said_when_a_file_is_applied(tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    other = EXAMPLE.read_text().replace("nilvera", "testbook")
    file.write_text(other.replace("document_type: AUTO", "document_type: EFATURA"))
    said = run("apply", str(file)).stdout.splitlines()[-1]
    assert said.startswith("ORNEK-MAGAZA's policy asks for EFATURA, and testbook makes SALES_INVOICE alone")


def test_r10_a_business_that_has_its_invoices_issued_never_issues_them_itself_and_the_other_way_it_may(
    tmp_path: Path,
) -> None:
    managed = EXAMPLE.read_text()
    external = managed.replace("      trigger: SHIPMENT\n", "      mode: EXTERNAL\n")
    file = tmp_path / "shop.yaml"
    for text, code in ((external, 0), (managed, 0), (external, 1)):
        file.write_text(text)
        for words in (("--dry-run",), ()):
            assert run("apply", str(file), *words).exit_code == code
    assert "(mode MANAGED), and goes on so" in run("apply", str(file)).stderr


def test_a_missing_key_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FATURAFLOW_SECRET_KEY")
    settings.cache_clear()
    told = run("apply", str(EXAMPLE))
    assert told.exit_code == 1
    assert told.stderr == (
        "neither FATURAFLOW_SECRET_KEY nor FATURAFLOW_SECRET_KEY_FILE is set: set it to the key that the secrets were "
        "stored with; make a first one with `faturaflow config key --keep FILE`\n"
    )


def test_show_names_secrets_and_never_shows_them() -> None:
    run("apply", str(EXAMPLE))
    known = listed("show", "ORNEK-MAGAZA")
    connection = known["businesses"]["ORNEK-MAGAZA"]["connections"]["nilvera"]
    assert connection["secrets"] == {"api_key": {"env": VARIABLE}}
    assert known["state"] == [{"business": "ORNEK-MAGAZA", "connection": "nilvera", "revision": 1, "why_not": None}]
    assert "Örnek Mağazacılık" in run("show").stdout
    assert SECRET not in run("show").stdout


def test_what_is_shown_can_be_applied_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("apply", str(EXAMPLE))
    with Store.open(settings()) as store:
        store.mark_needs_owner("ORNEK-MAGAZA", "nilvera", 1, "the login\nwas refused")
    shown = run("show").stdout
    assert shown.startswith("# ORNEK-MAGAZA, nilvera: revision 1, cannot be used: the login was refused\n")
    again = tmp_path / "again.yaml"
    again.write_text(shown)
    monkeypatch.setenv(VARIABLE, SECRET)
    done = run("apply", str(again))
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "Nothing changed.")
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/another.db")
    settings.cache_clear()
    assert run("apply", str(again)).exit_code == 0
    assert [line for line in run("show").stdout.splitlines() if not line.startswith("#")] == [
        line for line in shown.splitlines() if not line.startswith("#")
    ]


def test_show_of_an_unknown_business_names_the_known_ones() -> None:
    run("apply", str(EXAMPLE))
    told = run("show", "NOBODY")
    assert (told.exit_code, told.stderr) == (1, "there is no business NOBODY: known are ORNEK-MAGAZA\n")


def test_a_fresh_key_is_another_one_each_time_and_usable() -> None:
    first, second = run("key").stdout.strip(), run("key").stdout.strip()
    assert first != second
    Fernet(first)


def test_a_business_without_a_connection_is_applied_and_told_that_its_documents_wait(tmp_path: Path) -> None:
    alone = tmp_path / "alone.yaml"
    alone.write_text(EXAMPLE.read_text().split("    connections:")[0])
    done = run("apply", str(alone))
    assert done.exit_code == 0
    assert "has no connection nilvera that is on: its documents are planned and wait for one" in done.stdout
    assert listed("apply", str(alone))["unconnected"] == [["ORNEK-MAGAZA", "nilvera"]]


@pytest.mark.parametrize("before", ["enabled: false", None])
def test_applying_asks_what_becomes_of_documents_that_wait_for_a_connection_that_is_new_or_off(
    before: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def settle(business: str, provider: str, *, waiting: Waiting | None, **_: object) -> None:
        asked.append((business, provider))
        if waiting is None:
            raise NotPossibleError("3 documents wait")

    monkeypatch.setattr(configuration, "decide_waiting", settle)
    without = tmp_path / "without.yaml"
    text = EXAMPLE.read_text()
    start, login = text.split("    connections:")
    without.write_text(start if before is None else text.replace("enabled: true", before))
    assert login
    assert run("apply", str(without)).exit_code == 0
    assert asked == []
    refused = run("apply", str(EXAMPLE))
    assert (refused.exit_code, refused.stderr) == (1, "3 documents wait\n")
    assert (
        listed("show")["state"] == []
        or listed("show")["businesses"]["ORNEK-MAGAZA"]["connections"]["nilvera"]["enabled"] is False
    )
    assert run("apply", str(EXAMPLE), "--waiting", "issue").exit_code == 0
    assert asked == [("ORNEK-MAGAZA", "nilvera")] * 2
    assert run("apply", str(EXAMPLE)).exit_code == 0
    assert len(asked) == 2
