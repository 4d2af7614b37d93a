"""A user's session: kept for the next holder, encrypted, and used by one at a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.settings import Settings
from app.store import SessionHold, SessionLostError, SessionStore, Store
from app.store.database import open_database
from app.store.tables import sessions
from tests.store.configurations import NOW

USER = "f" * 64
SECONDS = 20.0


class Clock:
    """A time of day that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(settings: Settings, clock: Clock) -> Iterator[SessionStore]:
    with Store.open(settings, clock=clock) as opened:
        yield opened.sessions()


def taken(store: SessionStore) -> SessionHold:
    hold = store.take(USER, SECONDS)
    assert hold is not None
    return hold


def test_a_session_that_was_opened_is_there_for_the_next_holder(store: SessionStore) -> None:
    first = taken(store)
    assert first.token is None
    store.keep(first, "the token")
    store.give_back(first)
    assert taken(store).token == "the token"


def test_one_holder_has_it_at_a_time(store: SessionStore) -> None:
    first = taken(store)
    assert store.take(USER, SECONDS) is None
    assert store.take("e" * 64, SECONDS) is not None
    store.give_back(first)
    assert store.take(USER, SECONDS) is not None


def test_a_holder_that_has_died_loses_it_by_time_and_leaves_its_session(store: SessionStore, clock: Clock) -> None:
    store.keep(taken(store), "the token")
    clock.seconds = SECONDS - 1
    assert store.take(USER, SECONDS) is None
    clock.seconds = SECONDS
    assert taken(store).token == "the token"


def test_a_holder_that_died_under_a_clock_that_was_ahead_loses_it_when_that_is_set_back(
    store: SessionStore, clock: Clock
) -> None:
    clock.seconds = 86_400.0
    store.keep(taken(store), "the token")
    clock.seconds = 0.0
    assert taken(store).token == "the token"
    assert store.take(USER, SECONDS) is None


def test_what_a_holder_writes_after_it_has_lost_it_is_refused(store: SessionStore, clock: Clock) -> None:
    late = taken(store)
    clock.seconds = SECONDS
    second = taken(store)
    with pytest.raises(SessionLostError):
        store.keep(late, "an old token")
    store.give_back(late)
    assert store.take(USER, SECONDS) is None
    store.keep(second, "the token")


def test_a_session_that_has_ended_is_forgotten(store: SessionStore) -> None:
    hold = taken(store)
    store.keep(hold, "the token")
    store.keep(hold, None)
    store.give_back(hold)
    assert taken(store).token is None


def test_the_token_is_encrypted_and_no_hold_shows_it(store: SessionStore, settings: Settings) -> None:
    store.keep(taken(store), "the token")
    with open_database(settings.database).begin() as transaction:
        assert "the token" not in str(transaction.execute(select(sessions)).all())
    assert "the token" not in repr(SessionHold(user=USER, holder="h", token="the token"))
