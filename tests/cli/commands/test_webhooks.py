"""`faturaflow webhooks`: every command, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.settings import settings
from app.store import Store
from tests.store.configurations import SHOP, business


@pytest.fixture(autouse=True)
def a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=")
    monkeypatch.setenv("FATURAFLOW_WEBHOOK_LOOPBACK", "true")
    settings.cache_clear()
    with Store.open(settings()) as store:
        store.apply([business()], actor="test")
    yield
    settings.cache_clear()


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["webhooks", *arguments])


def added() -> tuple[str, str]:
    """The id and the secret."""
    found = typed("add", SHOP, "http://127.0.0.1:8080/hooks", "--event", "document.issued", "--actor", "ayşe")
    endpoint, secret = found.stdout.split()
    return endpoint, secret


def test_a_secret_is_printed_once() -> None:
    endpoint, secret = added()
    assert secret.startswith("whsec_")
    listed = typed("list")
    assert (endpoint in listed.stdout, secret in listed.stdout) == (True, False)


def test_what_is_listed_is_there_as_json() -> None:
    endpoint, _ = added()
    (found,) = json.loads(typed("list", "--json").stdout)
    assert (found["endpoint_id"], found["types"], found["state"]) == (endpoint, ["document.issued"], "ACTIVE")


def test_an_address_is_paused_resumed_rotated_tried_and_removed() -> None:
    endpoint, secret = added()
    assert typed("pause", endpoint, "--reason", "bakım").exit_code == 0
    assert "PAUSED: bakım" in typed("list").stdout
    assert typed("resume", endpoint).exit_code == 0
    assert typed("rotate", endpoint).stdout.split()[1] != secret
    assert "waits to be sent" in typed("test", endpoint).stdout
    (delivery,) = json.loads(typed("deliveries", endpoint, "--json").stdout)
    assert (delivery["type"], delivery["state"]) == ("webhook.test", "WAITING")
    assert "webhook.test" in typed("deliveries", endpoint).stdout
    assert typed("redeliver", endpoint, f"{delivery['delivery_id']}").exit_code == 0
    assert typed("remove", endpoint).exit_code == 0
    assert typed("list", "--json").stdout.strip() == "[]"


def test_what_cannot_be_done_is_one_sentence() -> None:
    refused = typed("add", SHOP, "ftp://shop.example/")
    assert (refused.exit_code, "https://" in refused.stderr) == (1, True)
    missing = typed("pause", "nothing")
    assert (missing.exit_code, "webhooks list" in missing.stderr) == (1, True)
