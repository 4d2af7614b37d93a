"""Logins of the screen: random tokens of which a digest is kept, so that one can be listed and ended.

A login ends when it was not used for IDLE, and LONGEST after it began whatever was done with it.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, Row, delete, insert, select, update

from app.store.database import reading, writing
from app.store.people import Person, person_of
from app.store.tables import login_links, people, screen_logins, used_forms

ABOUT: Final = "screen_logins"
# A working day with its breaks, and a working week.
IDLE: Final = timedelta(hours=12)
LONGEST: Final = timedelta(days=7)
# How exactly it is known when a login was used last: a row need not be written for each request.
SEEN_EVERY: Final = timedelta(minutes=1)
LINK_VALID: Final = timedelta(hours=24)
# Forms are refused by their age before this.
FORMS_KEPT: Final = timedelta(days=2)
_BYTES: Final = 32
_LONGEST_ADDRESS: Final = 64
_LONGEST_BROWSER: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenLogin:
    """One login without its token. `key`: the digest, which finds it."""

    key: str
    person: str
    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    address: str
    browser: str

    def is_open(self, now: datetime) -> bool:
        """It has not ended, and was used a while ago at most."""
        return self.ended_at is None and now < min(self.seen_at + IDLE, self.began_at + LONGEST)


def digest_of(token: str) -> str:
    """A plain hash: 256 random bits cannot be tried out, as a pass phrase could."""
    return hashlib.sha256(token.encode()).hexdigest()


class ScreenLoginStore:
    """Logins, login links and used forms in SQL. Each method is one transaction and blocks."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self, person: str, *, address: str, browser: str) -> str:
        """A new login; returns its token, which is kept nowhere."""
        token, now = secrets.token_urlsafe(_BYTES), self._clock()
        row = {"digest": digest_of(token), "person": person, "began_at": now, "seen_at": now}
        about = {"address": address[:_LONGEST_ADDRESS], "browser": browser[:_LONGEST_BROWSER]}
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(insert(screen_logins).values(**row, **about))
        return token

    def find(self, token: str) -> tuple[ScreenLogin, Person] | None:
        """The open login of this token and its person, who is not locked; None where there is none."""
        with reading(self._engine) as transaction:
            kept = transaction.execute(select(screen_logins).where(screen_logins.c.digest == digest_of(token))).first()
            if kept is None:
                return None
            row = transaction.execute(select(people).where(people.c.name == kept.person)).first()
        login, person = _login(kept), None if row is None else person_of(row)
        if person is None or person.locked_at is not None or not login.is_open(self._clock()):
            return None
        return login, person

    def seen(self, login: ScreenLogin) -> None:
        """Notes that it was used now, once in SEEN_EVERY."""
        now = self._clock()
        if now - login.seen_at < SEEN_EVERY:
            return
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(update(screen_logins).where(screen_logins.c.digest == login.key).values(seen_at=now))

    def of(self, person: str) -> tuple[ScreenLogin, ...]:
        """The person's open logins, the one that was used last first."""
        query = select(screen_logins).where(screen_logins.c.person == person, screen_logins.c.ended_at.is_(None))
        with reading(self._engine) as transaction:
            found = [_login(row) for row in transaction.execute(query.order_by(screen_logins.c.seen_at.desc()))]
        return tuple(login for login in found if login.is_open(self._clock()))

    def end(self, person: str, key: str) -> bool:
        """Ends one login of the person. False where it is none of theirs, or has ended."""
        its = (screen_logins.c.digest == key) & (screen_logins.c.person == person) & screen_logins.c.ended_at.is_(None)
        with writing(self._engine, ABOUT) as transaction:
            return transaction.execute(update(screen_logins).where(its).values(ended_at=self._clock())).rowcount > 0

    def make_link(self, person: str, *, actor: str) -> str:
        """A link's token, which lets the person in once within LINK_VALID. The person's older links end."""
        token = secrets.token_urlsafe(_BYTES)
        row = {"digest": digest_of(token), "person": person, "created_by": actor}
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(delete(login_links).where(login_links.c.person == person))
            transaction.execute(insert(login_links).values(**row, expires_at=self._clock() + LINK_VALID))
        return token

    def use_link(self, token: str) -> str | None:
        """The person whom the link lets in, this once; None for one that was used, has expired, or never was."""
        now = self._clock()
        its = login_links.c.digest == digest_of(token)
        valid = its & login_links.c.used_at.is_(None) & (login_links.c.expires_at > now)
        with writing(self._engine, ABOUT) as transaction:
            if transaction.execute(update(login_links).where(valid).values(used_at=now)).rowcount == 0:
                return None
            person: str = transaction.execute(select(login_links.c.person).where(its)).scalar_one()
            return person

    def use_form(self, form: str) -> bool:
        """Takes a form, once. False where it was taken before."""
        now = self._clock()
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(delete(used_forms).where(used_forms.c.at < now - FORMS_KEPT))
            if transaction.execute(select(used_forms.c.form).where(used_forms.c.form == form)).first():
                return False
            transaction.execute(insert(used_forms).values(form=form, at=now))
            return True


def _login(row: Row[Any]) -> ScreenLogin:
    return ScreenLogin(
        key=row.digest,
        person=row.person,
        began_at=row.began_at,
        seen_at=row.seen_at,
        ended_at=row.ended_at,
        address=row.address,
        browser=row.browser,
    )
