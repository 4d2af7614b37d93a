from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.settings import settings
from app.store import Store
from tests.store.configurations import SHOP, business

pytestmark = pytest.mark.usefixtures("a_store")


@pytest.fixture
def a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=")
    settings.cache_clear()
    with Store.open(settings()) as store:
        store.apply([business()], actor="test")


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["keys", *arguments, "--actor", "ayşe"])


def added(*more: str) -> Result:
    return typed("add", "shop", "--business", SHOP, *more)


def listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(CliRunner().invoke(app, ["keys", "list", "--json"]).stdout)
    return found


def test_a_key_is_printed_once() -> None:
    text = added().stdout.strip()
    assert text.startswith("ff_test_")
    assert text not in CliRunner().invoke(app, ["keys", "list"]).stdout


def test_a_key_may_be_for_some_acts_alone() -> None:
    added("--scope", "orders:write", "--days", "30")
    (key,) = listed()
    assert (key["scopes"], key["businesses"], key["created_by"]) == (["orders:write"], [SHOP], "ayşe")
    assert key["expires_at"] is not None


def test_a_client_with_a_key_gets_the_next_by_rotation() -> None:
    added()
    refused = added()
    assert (refused.exit_code, "keys rotate" in refused.stderr) == (1, True)
    assert typed("rotate", "shop").exit_code == 0
    assert len(listed()) == 2


def test_a_business_that_there_is_not_is_refused() -> None:
    refused = typed("add", "shop", "--business", "NONE")
    assert (refused.exit_code, listed()) == (1, [])


def test_a_client_without_a_key_has_nothing_to_rotate() -> None:
    assert typed("rotate", "shop").exit_code == 1


def test_a_revoked_key_says_so() -> None:
    key_id = added().stdout.strip()[8:16]
    assert typed("revoke", key_id).stdout == f"{key_id} is revoked.\n"
    assert typed("revoke", key_id).exit_code == 1
    assert "revoked" in CliRunner().invoke(app, ["keys", "list"]).stdout
