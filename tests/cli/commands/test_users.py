from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.settings import settings
from app.store import Store

pytestmark = pytest.mark.usefixtures("a_store")


@pytest.fixture
def a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/store.db")
    settings.cache_clear()


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["users", *arguments, "--actor", "test"])


def added(name: str = "ayse", *more: str) -> str:
    return typed("add", name, *more).stdout.strip()


def listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(CliRunner().invoke(app, ["users", "list", "--json"]).stdout)
    return found


def in_by(link: str) -> str | None:
    with Store.open(settings()) as store:
        return store.screen_logins().use_link(link.rpartition("/")[2])


def test_a_person_who_is_added_comes_in_by_the_link_that_is_printed_once() -> None:
    link = added("ayse", "--role", "admin", "--full-name", "Ayşe Deneme")
    assert link.startswith("http://127.0.0.1:8600/screen/link/")
    assert [in_by(link), in_by(link)] == ["ayse", None]
    (person,) = listed()
    assert (person["full_name"], person["role"], person["has_pass_phrase"]) == ("Ayşe Deneme", "admin", False)


def test_a_person_is_a_viewer_unless_it_is_said() -> None:
    added()
    assert [person["role"] for person in listed()] == ["viewer"]


def test_a_name_is_taken_once_however_it_is_written() -> None:
    added("Ayse")
    refused = typed("add", "ayse")
    assert (refused.exit_code, "ayse is there already" in refused.stderr) == (1, True)


@pytest.mark.parametrize("name", ["", "ayşe", "a b", "-a", "a" * 65])
def test_a_name_that_not_every_keyboard_has_is_refused(name: str) -> None:
    assert CliRunner().invoke(app, ["users", "add", "--", name]).exit_code == 1
    assert listed() == []


def test_a_role_and_a_lock_hold_for_the_person_who_is_named() -> None:
    added("ayse")
    added("fatma")
    assert typed("role", "ayse", "operator").exit_code == 0
    assert typed("lock", "fatma").exit_code == 0
    assert [(person["role"], person["locked_at"] is None) for person in listed()] == [
        ("operator", True),
        ("viewer", False),
    ]
    assert typed("unlock", "fatma").exit_code == 0
    assert all(person["locked_at"] is None for person in listed())


def test_the_next_link_ends_the_one_before() -> None:
    first, second = added(), typed("login-link", "ayse").stdout.strip()
    assert [in_by(first), in_by(second)] == [None, "ayse"]


@pytest.mark.parametrize("command", [("role", "nobody", "admin"), ("lock", "nobody"), ("login-link", "nobody")])
def test_a_person_who_is_not_there_is_named(command: tuple[str, ...]) -> None:
    refused = typed(*command)
    assert (refused.exit_code, "no person nobody" in refused.stderr) == (1, True)


def test_what_was_done_is_written_down_without_the_link() -> None:
    link = added()
    typed("role", "ayse", "admin")
    with Store.open(settings()) as store:
        kept = store.actions().latest(limit=10, about="person ayse")
    assert [record.action.what for record in kept] == ["ROLE_CHANGED", "LOGIN_LINK_MADE", "PERSON_ADDED"]
    assert {record.action.actor for record in kept} == {"test"}
    assert link.rpartition("/")[2] not in repr(kept)
