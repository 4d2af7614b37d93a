"""The session of a user at a provider that allows one: kept for the next holder, and used by one holder at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import Engine, insert, select, update

from app.store.database import writing
from app.store.encryption import SecretCipher
from app.store.errors import SessionLostError
from app.store.tables import sessions

ABOUT: Final = "sessions"
# No call takes so long: who has a session for longer has it by a clock that was wrong.
LONGEST_HOLD: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHold:
    """A user's session, for one holder. `token`: the one that was open last; None when none is known to be open."""

    user: str
    holder: str
    token: str | None = field(repr=False)


class SessionStore:
    """The sessions in SQL, their tokens encrypted. Each method is one transaction and blocks.

    Raises StoreUnavailableError, and SecretsUnreadableError where the key is missing.
    """

    def __init__(self, engine: Engine, cipher: SecretCipher, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._cipher = cipher
        self._clock = clock

    def take(self, user: str, seconds: float) -> SessionHold | None:
        """The user's session, for so long at the most; None while another holder has it.

        A holder that was given it ahead of time, by a clock that has been set back since, has it no longer.
        """
        now, holder = self._clock(), str(uuid4())
        held = {"holder": holder, "held_until": now + timedelta(seconds=seconds)}
        with writing(self._engine, ABOUT) as transaction:
            row = transaction.execute(select(sessions).where(sessions.c.user == user)).one_or_none()
            if row is None:
                transaction.execute(insert(sessions).values(user=user, **held))
            elif row.held_until is not None and now < row.held_until <= now + LONGEST_HOLD:
                return None
            else:
                transaction.execute(update(sessions).where(sessions.c.user == user).values(**held))
        token = self._cipher.decrypt(row.token) if row is not None and row.token is not None else None
        return SessionHold(user=user, holder=holder, token=token)

    def keep(self, hold: SessionHold, token: str | None) -> None:
        """Write down the session that is open now, before it is used; None: none. Raises SessionLostError."""
        written = None if token is None else self._cipher.encrypt(token)
        if not self._written(hold, token=written):
            raise SessionLostError("another process uses the session by now")

    def give_back(self, hold: SessionHold) -> None:
        """Another holder may have it. Nothing changes where one has it already."""
        self._written(hold, holder=None, held_until=None)

    def _written(self, hold: SessionHold, **values: object) -> bool:
        ours = (sessions.c.user == hold.user) & (sessions.c.holder == hold.holder)
        with writing(self._engine, ABOUT) as transaction:
            return transaction.execute(update(sessions).where(ours).values(**values)).rowcount > 0
