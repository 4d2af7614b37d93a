"""The worker that compares days: it looks again after whatever was away, and ends when it is asked to."""

import threading
from datetime import UTC, datetime

import pytest

from app.operations.errors import UnavailableError
from app.operations.workers import reconciliation
from app.operations.workers.reconciliation import look_until
from app.store.errors import StoreUnavailableError

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("away", [UnavailableError("no broker"), StoreUnavailableError("no database"), None])
def test_it_looks_again_whatever_was_away_until_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch, away: Exception | None
) -> None:
    monkeypatch.setattr(reconciliation, "LOOK_SECONDS", 0.0)
    stop, looks = threading.Event(), list[datetime]()

    def look(now: datetime) -> None:
        looks.append(now)
        if len(looks) == 3:
            stop.set()
        if away is not None:
            raise away

    look_until(stop, look, now=lambda: NOW)
    assert looks == [NOW] * 3


def test_a_defect_of_ours_ends_it() -> None:
    def look(_now: datetime) -> None:
        raise KeyError("no such field")

    with pytest.raises(KeyError):
        look_until(threading.Event(), look)
