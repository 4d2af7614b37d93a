"""Whether a stage may start on what the store knows, by values: the refusal, its code, and what it says to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from app.domain.numbers import KnownNumbers
from app.operations import numbers
from app.operations.workers import stages
from app.settings import settings
from app.store import Store, new_key
from app.stream.errors import StartRefusedError
from app.stream.ownership.exits import NUMBERS_BEHIND, STORE_EMPTY

SERIES = ("1234567890", "ORN", 2026)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store with nothing in it yet, and a broker that is asked nothing."""
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/f.db")
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", new_key())
    monkeypatch.setenv("FATURAFLOW_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("FATURAFLOW_DATA_DIR", f"{tmp_path}/data")
    settings.cache_clear()
    with Store.open(settings()) as opened:
        yield opened
    settings.cache_clear()
    structlog.reset_defaults()


@pytest.mark.usefixtures("store")
def test_an_intake_beside_an_empty_store_is_refused_with_a_code_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "has_begun", lambda _stream, _topic: True)
    with pytest.raises(StartRefusedError, match=r"f\.db holds no business") as refused:
        stages.intake()
    assert refused.value.code == STORE_EMPTY
    assert STORE_EMPTY.remedy[1:] in str(refused.value)


@pytest.mark.usefixtures("store")
def test_the_first_line_of_a_worker_has_the_form_of_every_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def has_begun(_stream: object, _topic: str) -> bool:
        structlog.get_logger().warning("asking again")
        return True

    monkeypatch.setattr(stages, "has_begun", has_begun)
    with pytest.raises(StartRefusedError):
        stages.intake()
    written = capsys.readouterr()
    assert (written.out, written.err.startswith("timestamp=")) == ("", True)


def test_a_store_that_is_behind_the_journals_is_refused_series_by_series(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "known_numbers", lambda: KnownNumbers(highest={SERIES: 3}))
    with pytest.raises(StartRefusedError) as refused:
        stages.refuse_behind(store)
    assert refused.value.code == NUMBERS_BEHIND
    first, last = str(refused.value).splitlines()
    assert first == "1234567890: series ORN of 2026 has come to 3, the store knows 0."
    assert "faturaflow rebuild numbers" in last


def test_a_store_that_knows_all_that_the_journals_know_is_not_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "known_numbers", KnownNumbers)
    assert stages.refuse_behind(store) == KnownNumbers()
