"""Subscription keys of the HTTP API: shown once, kept as a digest, two of a client valid at a time.

`ff_live_<key id>_<secret><check>`: the key id finds the row, the check tells a slip of the hand from a wrong key
without a look into the database, and scanners of source code know the form.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine, Row, insert, select, update

from app.store.database import reading, writing
from app.store.tables import api_keys

ABOUT: Final = "api_keys"
EVERY_BUSINESS: Final = "*"
# One in use and the one that replaces it.
MOST_VALID: Final = 2
Environment = Literal["live", "test"]

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LETTERS: Final = 8
_SECRET_LETTERS: Final = 43  # 256 bits
_CHECK_LETTERS: Final = 6
_FORM: Final = re.compile(
    rf"ff_(?:live|test)_([0-9A-Za-z]{{{_ID_LETTERS}}})_[0-9A-Za-z]{{{_SECRET_LETTERS}}}([0-9A-Za-z]{{{_CHECK_LETTERS}}})"
)
# What an unknown key is compared with, so that its answer takes as long.
_NO_DIGEST: Final = "0" * 64


class Scope(StrEnum):
    """What a key may do at the businesses that it is for."""

    ORDERS_WRITE = "orders:write"
    ORDERS_READ = "orders:read"
    DOCUMENTS_READ = "documents:read"
    OPERATE = "operate"
    WEBHOOKS = "webhooks:admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key without its secret. `businesses`: codes, or EVERY_BUSINESS."""

    key_id: str
    client: str
    businesses: frozenset[str]
    scopes: frozenset[Scope]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def may_see(self, business: str) -> bool:
        """It is for this business."""
        return bool({business, EVERY_BUSINESS} & self.businesses)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that has been made, with its text, which is kept nowhere."""

    key: ApiKey
    text: str


def key_id_of(text: str) -> str | None:
    """The id in a key's text; None for what is no key, by its form or its check."""
    found = _FORM.fullmatch(text)
    if found is None or not hmac.compare_digest(found[2], _check(text[:-_CHECK_LETTERS])):
        return None
    return found[1]


def _check(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECK_LETTERS)


def _base62(number: int, letters: int) -> str:
    found = ""
    for _ in range(letters):
        number, rest = divmod(number, len(_LETTERS))
        found = _LETTERS[rest] + found
    return found


def _digest(text: str) -> str:
    """A plain hash: 256 random bits cannot be tried out, as a password could."""
    return hashlib.sha256(text.encode()).hexdigest()


def _new_text(environment: Environment) -> str:
    key_id, secret = ("".join(secrets.choice(_LETTERS) for _ in range(n)) for n in (_ID_LETTERS, _SECRET_LETTERS))
    begun = f"ff_{environment}_{key_id}_{secret}"
    return begun + _check(begun)


class ApiKeyStore:
    """The keys in SQL. Each method is one transaction and blocks; raises StoreUnavailableError like the store's."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def add(
        self,
        client: str,
        *,
        businesses: Sequence[str],
        scopes: Sequence[Scope],
        environment: Environment,
        actor: str,
        expires_at: datetime | None = None,
    ) -> NewKey | None:
        """A client's first key; None, and nothing made, where it has a valid one."""
        with writing(self._engine, ABOUT) as transaction:
            if self._valid(transaction, client):
                return None
            row = {"client": client, "businesses": sorted(set(businesses)), "scopes": sorted(set(scopes))}
            return self._made(transaction, row, environment, actor, expires_at)

    def rotate(
        self, client: str, *, environment: Environment, actor: str, expires_at: datetime | None = None
    ) -> NewKey | None:
        """One more key like the client's newest, which stays valid; older ones are revoked. None: it has none."""
        with writing(self._engine, ABOUT) as transaction:
            valid = self._valid(transaction, client)
            if not valid:
                return None
            for older in valid[MOST_VALID - 1 :]:
                self._revoke(transaction, older.key_id, actor)
            row = {name: getattr(valid[0], name) for name in ("client", "businesses", "scopes")}
            return self._made(transaction, row, environment, actor, expires_at)

    def revoke(self, key_id: str, *, actor: str) -> bool:
        """Makes a key invalid. False where there is none, or it was revoked before."""
        with writing(self._engine, ABOUT) as transaction:
            return self._revoke(transaction, key_id, actor)

    def all(self) -> tuple[ApiKey, ...]:
        """Every key that there ever was, by client, the newest first."""
        query = select(api_keys).order_by(api_keys.c.client, api_keys.c.created_at.desc(), api_keys.c.key_id)
        with reading(self._engine) as transaction:
            return tuple(map(_key, transaction.execute(query)))

    def find(self, text: str) -> ApiKey | None:
        """The key of this text, valid or not; None where there is none. A text with a wrong check asks no database."""
        key_id = key_id_of(text)
        if key_id is None:
            return None
        with reading(self._engine) as transaction:
            row = transaction.execute(select(api_keys).where(api_keys.c.key_id == key_id)).one_or_none()
        is_it = hmac.compare_digest(_digest(text), row.digest if row else _NO_DIGEST)
        return _key(row) if row is not None and is_it else None

    def used(self, key_ids: Sequence[str]) -> None:
        """Notes that these keys were used now."""
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(
                update(api_keys).where(api_keys.c.key_id.in_(key_ids)).values(last_used_at=self._clock())
            )

    def _valid(self, transaction: Transaction, client: str) -> list[Row[Any]]:
        """The client's valid keys, the newest first."""
        query = select(api_keys).where(api_keys.c.client == client).order_by(api_keys.c.created_at.desc())
        now = self._clock()
        return [row for row in transaction.execute(query) if _key(row).is_valid(now)]

    def _made(
        self,
        transaction: Transaction,
        row: dict[str, Any],
        environment: Environment,
        actor: str,
        expires_at: datetime | None,
    ) -> NewKey:
        text = _new_text(environment)
        known = {"key_id": key_id_of(text), "created_at": self._clock(), "created_by": actor, "expires_at": expires_at}
        transaction.execute(insert(api_keys).values(**row, **known, digest=_digest(text)))
        made = transaction.execute(select(api_keys).where(api_keys.c.key_id == known["key_id"])).one()
        return NewKey(key=_key(made), text=text)

    def _revoke(self, transaction: Transaction, key_id: str, actor: str) -> bool:
        change = update(api_keys).where(api_keys.c.key_id == key_id, api_keys.c.revoked_at.is_(None))
        return transaction.execute(change.values(revoked_at=self._clock(), revoked_by=actor)).rowcount > 0


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        client=row.client,
        businesses=frozenset(row.businesses),
        scopes=frozenset(map(Scope, row.scopes)),
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
