"""People, their logins, links and forms, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.settings import Settings
from app.store import Action, Role, Store, new_key
from app.store.database import open_database
from app.store.people import FIRST_BLOCK, FREE_FAILURES, LONGEST_BLOCK, name_of
from app.store.tables import login_links, screen_logins
from tests.store.configurations import NOW


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def people(request: pytest.FixtureRequest, settings: Settings, clock: Clock) -> Iterator[Store]:
    known = settings
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        known = Settings(database=url, secret_key=SecretStr(new_key()))
    with Store.open(known, clock=clock) as opened:
        opened.people().add("ayse", "Ayşe", Role.VIEWER, actor="test")
        opened.people().unlock("ayse")  # PostgreSQL's database is that of every test
        yield opened


def test_roles_include_those_below_them() -> None:
    assert [role for role in Role if Role.OPERATOR.includes(role)] == [Role.VIEWER, Role.OPERATOR]


def test_a_name_is_kept_as_every_keyboard_writes_it() -> None:
    assert name_of(" Ayse@Example.test ") == "ayse@example.test"
    assert name_of("İsim") is None


def test_each_wrong_phrase_after_the_free_ones_waits_twice_as_long(people: Store) -> None:
    waits = []
    for _ in range(FREE_FAILURES + 8):
        people.people().failed("ayse")
        person = people.people().find("ayse")
        assert person is not None
        waits.append(person.blocked_until and person.blocked_until - NOW)
    assert waits[: FREE_FAILURES - 1] == [None] * (FREE_FAILURES - 1)
    assert waits[FREE_FAILURES - 1 : FREE_FAILURES + 2] == [FIRST_BLOCK, 2 * FIRST_BLOCK, 4 * FIRST_BLOCK]
    assert waits[-1] == LONGEST_BLOCK


def test_no_table_holds_the_text_of_a_token_or_a_link(people: Store, settings: Settings) -> None:
    token = people.screen_logins().begin("ayse", address="127.0.0.1", browser="a browser")
    link = people.screen_logins().make_link("ayse", actor="test")
    engine = open_database(settings.database)
    with engine.connect() as connection:
        kept = [*connection.execute(select(screen_logins)), *connection.execute(select(login_links))]
    engine.dispose()
    assert token not in repr(kept)
    assert link not in repr(kept)


def test_a_form_is_taken_once(people: Store) -> None:
    first, second = new_key(), new_key()
    taken = [people.screen_logins().use_form(form) for form in (first, second, first)]
    assert taken == [True, True, False]


def test_a_person_ends_no_login_of_another(people: Store) -> None:
    token = people.screen_logins().begin("ayse", address="", browser="")
    found = people.screen_logins().find(token)
    assert found is not None
    login = found[0]
    assert people.screen_logins().end("fatma", login.key) is False
    assert people.screen_logins().find(token) is not None
    assert people.screen_logins().end("ayse", login.key) is True
    assert people.screen_logins().find(token) is None


def test_that_a_login_is_used_is_written_once_a_minute(people: Store, clock: Clock) -> None:
    token = people.screen_logins().begin("ayse", address="", browser="")
    seen = []
    for seconds in (30, 31):
        clock.now += timedelta(seconds=seconds)
        found = people.screen_logins().find(token)
        assert found is not None
        people.screen_logins().seen(found[0])
        seen.append(people.screen_logins().of("ayse")[0].seen_at)
    assert seen == [NOW, NOW + timedelta(seconds=61)]


def test_what_was_done_is_read_the_newest_first(people: Store) -> None:
    for what in ("FIRST", "SECOND"):
        people.actions().note(Action(actor="ayse", origin="screen", what=what, object="document 1"))
    assert [record.action.what for record in people.actions().latest(limit=2)] == ["SECOND", "FIRST"]
    assert people.actions().latest(limit=2, about="document 2") == ()
