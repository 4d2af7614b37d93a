"""Whether intake may start on the store that it finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.operations.workers import stages
from app.settings import Settings, settings
from app.store import Store, new_key
from app.stream.ownership.exits import STORE_EMPTY
from tests.store.configurations import business


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """What was started in a folder of its own, where nothing is yet."""
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/elsewhere/f.db")
    monkeypatch.setenv("FATURAFLOW_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("FATURAFLOW_DATA_DIR", f"{tmp_path}/data")
    settings.cache_clear()
    begun: list[object] = []
    monkeypatch.setattr(stages, "start", begun.append)
    yield begun
    settings.cache_clear()
    structlog.reset_defaults()  # a worker's log goes to the standard error of its command, which is closed by now


def intake(monkeypatch: pytest.MonkeyPatch, *, has_begun: bool) -> Result:
    monkeypatch.setattr(stages, "has_begun", lambda _stream, _topic: has_begun)
    return CliRunner().invoke(app, ["worker", "intake"])


def test_an_empty_store_beside_a_group_that_has_begun_is_refused_and_the_sentence_says_where_it_is(
    started: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = intake(monkeypatch, has_begun=True)
    assert (refused.exit_code, started) == (STORE_EMPTY, [])
    assert refused.stderr.startswith(f"{tmp_path}/elsewhere/f.db holds no business, and intake has taken orders in")


def test_an_empty_store_on_the_first_day_is_waited_for(started: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    assert intake(monkeypatch, has_begun=False).exit_code == 0
    assert len(started) == 1


def test_a_store_with_a_business_asks_no_broker(
    started: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Settings(database=f"sqlite:///{tmp_path}/elsewhere/f.db", secret_key=SecretStr(new_key()))
    with Store.open(known) as store:
        store.apply([business()], actor="test")
    assert intake(monkeypatch, has_begun=True).exit_code == 0
    assert len(started) == 1
