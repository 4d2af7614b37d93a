"""People who use the screen: their roles, the digests of their pass phrases, and how often they were wrong."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Engine, Row, insert, select, update

from app.store.database import reading, writing
from app.store.tables import people, screen_logins

ABOUT: Final = "people"
# What is typed at a login, in the letters that every keyboard has: an address or a name.
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
LONGEST_FULL_NAME: Final = 120
# So many wrong pass phrases are a slip of the hand; each one more waits twice as long as the one before.
FREE_FAILURES: Final = 5
FIRST_BLOCK: Final = timedelta(minutes=1)
LONGEST_BLOCK: Final = timedelta(hours=1)


class Role(StrEnum):
    """What a person may do; each may do what those before it may."""

    VIEWER = "viewer"
    """Looks, and changes nothing."""
    OPERATOR = "operator"
    """Decides about orders and documents."""
    ADMIN = "admin"
    """Decides about businesses, connections and people."""

    def includes(self, least: "Role") -> bool:
        """Whether this role may do what `least` may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person. `digest`: of the pass phrase; None while none is set."""

    name: str
    full_name: str
    role: Role
    digest: str | None = field(repr=False)
    created_at: datetime
    created_by: str
    locked_at: datetime | None
    blocked_until: datetime | None

    def is_blocked(self, now: datetime) -> bool:
        """Too many wrong pass phrases a moment ago."""
        return self.blocked_until is not None and now < self.blocked_until


def name_of(typed: str) -> str | None:
    """The name as it is kept; None for what cannot be one."""
    name = typed.strip().lower()
    return name if NAME.fullmatch(name) else None


class PeopleStore:
    """The people in SQL. Each method is one transaction and blocks; raises StoreUnavailableError."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, name: str, full_name: str, role: Role, *, actor: str) -> bool:
        """A new person without a pass phrase. False, and nothing stored, where the name is taken."""
        with writing(self._engine, ABOUT) as transaction:
            if transaction.execute(select(people.c.name).where(people.c.name == name)).first() is not None:
                return False
            row = {"name": name, "full_name": full_name[:LONGEST_FULL_NAME], "role": role.value, "failures": 0}
            transaction.execute(insert(people).values(**row, created_at=self._clock(), created_by=actor))
            return True

    def all(self) -> tuple[Person, ...]:
        """Every person, by name."""
        with reading(self._engine) as transaction:
            return tuple(map(person_of, transaction.execute(select(people).order_by(people.c.name))))

    def find(self, name: str) -> Person | None:
        """The person of this name; None where there is none."""
        with reading(self._engine) as transaction:
            row = transaction.execute(select(people).where(people.c.name == name)).one_or_none()
        return None if row is None else person_of(row)

    def change_role(self, name: str, role: Role) -> bool:
        """Gives the person this role. False where there is none of the name."""
        return self._changed(name, role=role.value)

    def set_digest(self, name: str, digest: str) -> bool:
        """Keeps the digest of a new pass phrase. False where there is none of the name."""
        return self._changed(name, digest=digest, failures=0, blocked_until=None)

    def lock(self, name: str) -> bool:
        """The person may not log in, and every login ends. False where there is none of the name."""
        now = self._clock()
        open_ones = (screen_logins.c.person == name) & screen_logins.c.ended_at.is_(None)
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(update(screen_logins).where(open_ones).values(ended_at=now))
            return transaction.execute(_one(name).values(locked_at=now)).rowcount > 0

    def unlock(self, name: str) -> bool:
        """The person may log in again, at once. False where there is none of the name."""
        return self._changed(name, locked_at=None, failures=0, blocked_until=None)

    def failed(self, name: str) -> None:
        """Counts a wrong pass phrase; after FREE_FAILURES the next one has to wait."""
        with writing(self._engine, ABOUT) as transaction:
            failures = transaction.execute(select(people.c.failures).where(people.c.name == name)).scalar()
            if failures is None:
                return
            until = self._clock() + _block(failures + 1) if failures + 1 >= FREE_FAILURES else None
            transaction.execute(_one(name).values(failures=failures + 1, blocked_until=until))

    def succeeded(self, name: str) -> None:
        """The pass phrase was right: the wrong ones before it are forgotten."""
        self._changed(name, failures=0, blocked_until=None)

    def _changed(self, name: str, **values: Any) -> bool:
        with writing(self._engine, ABOUT) as transaction:
            return transaction.execute(_one(name).values(**values)).rowcount > 0


def _one(name: str) -> Any:
    return update(people).where(people.c.name == name)


def _block(failures: int) -> timedelta:
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_BLOCK * (1 << doublings), LONGEST_BLOCK)


def person_of(row: Row[Any]) -> Person:
    """From a row that has the columns of `people`."""
    return Person(
        name=row.name,
        full_name=row.full_name,
        role=Role(row.role),
        digest=row.digest,
        created_at=row.created_at,
        created_by=row.created_by,
        locked_at=row.locked_at,
        blocked_until=row.blocked_until,
    )
