"""Connections can be listed without a key, and an owner can say that one is right again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from app.cli.main import app
from app.settings import Settings, settings
from app.store import Store, new_key
from tests.store.configurations import PROVIDER, SHOP, business


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    database, key = f"sqlite:///{tmp_path}/f.db", new_key()
    monkeypatch.setenv("FATURAFLOW_DATABASE", database)
    monkeypatch.delenv("FATURAFLOW_SECRET_KEY", raising=False)
    settings.cache_clear()
    with Store.open(Settings(database=database, secret_key=SecretStr(key))) as opened:
        opened.apply([business()], actor="test")
        yield opened
    settings.cache_clear()


def listed() -> dict[str, object]:
    (found,) = json.loads(CliRunner().invoke(app, ["connections", "list", "--json"]).stdout)
    return found


def test_a_connection_that_needs_its_owner_says_why_and_is_tried_again_on_the_owner_s_word(store: Store) -> None:
    revision = listed()["revision"]
    store.mark_needs_owner(SHOP, PROVIDER, revision, "out of credits")
    assert (listed()["needs_owner"], listed()["needs_owner_why"]) == (True, "out of credits")
    done = CliRunner().invoke(app, ["connections", "retry", SHOP, PROVIDER, "--actor", "ayse"])
    assert done.exit_code == 0
    assert listed()["needs_owner"] is False
    assert store.audit_records(SHOP)[-1].actor == "ayse"


def test_a_connection_that_does_not_exist_cannot_be_tried_again(store: Store) -> None:
    assert store.businesses() == (SHOP,)
    done = CliRunner().invoke(app, ["connections", "retry", SHOP, "sovos", "--actor", "ayse"])
    assert (done.exit_code, done.stderr) == (1, f"{SHOP} has no connection to sovos.\n")
