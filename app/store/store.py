"""The front of the store: what the workers ask it, and what a person's file does to it."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine, Update, insert, or_, select, update

from app.domain.policy import Policy
from app.domain.time import utc_now
from app.settings import Settings
from app.store import rows
from app.store.actions import ActionStore
from app.store.alerts import AlertStore
from app.store.api_keys import ApiKeyStore
from app.store.api_requests import ApiRequestStore
from app.store.applying import ConfigurationWriter
from app.store.database import open_database, place_of, reading, writing
from app.store.differences import ChangeKind, PartChange, connection_part
from app.store.encryption import SecretCipher
from app.store.links import LinkKeeper
from app.store.mails import MailStore
from app.store.number_audit import NumberAudit
from app.store.numbers import NumberStore
from app.store.people import PeopleStore
from app.store.records import (
    AuditRecord,
    BusinessConfiguration,
    BusinessProfile,
    ConnectionListing,
    Login,
    Series,
    StoredConnection,
)
from app.store.screen_logins import ScreenLoginStore
from app.store.sessions import SessionStore
from app.store.tables import audit_log, businesses, connections
from app.store.templates import Templates
from app.store.webhooks.endpoints import EndpointStore
from app.store.webhooks.log import DeliveryLog
from app.store.webhooks.queue import WebhookQueue

NEEDS_OWNER: Final = "NEEDS_OWNER"
OWNER_ACTED: Final = "OWNER_ACTED"
# A provider's sentence, not its page.
LONGEST_WHY: Final = 500


class Store:
    """Configuration in SQL. Safe for threads; every call blocks, so coroutines use `asyncio.to_thread`.

    Each method is one transaction. Raises StoreUnavailableError while the database cannot be reached,
    SecretsUnreadableError where a secret is needed and the key does not fit.
    """

    def __init__(self, engine: Engine, cipher: SecretCipher, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._cipher = cipher
        self._clock = clock

    @classmethod
    def open(cls, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Self:
        """The store that the settings name; its folder is made and its schema migrated where that is needed."""
        cipher = SecretCipher(settings.secret_key)
        return cls(open_database(settings.database), cipher, clock=clock)

    @property
    def place(self) -> str:
        """Where it is, for a person: a file's whole path, or a server's URL without its password."""
        return place_of(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def businesses(self) -> tuple[str, ...]:
        """Every business's code."""
        with self._reading() as transaction:
            return tuple(transaction.execute(select(businesses.c.code).order_by(businesses.c.code)).scalars())

    def policy(self, business: str) -> Policy | None:
        """What the business has decided; None when it is not known."""
        return self.policies([business]).get(business)

    def policies(self, codes: Iterable[str]) -> dict[str, Policy]:
        """The policies of those businesses that are known, in one query."""
        with self._reading() as transaction:
            return rows.policies_of(transaction, codes)

    def business_facts(self, business: str) -> BusinessProfile | None:
        """Who issues; None when the business is not known."""
        with self._reading() as transaction:
            seller = rows.seller_of(transaction, business)
            if seller is None:
                return None
            return BusinessProfile(code=business, seller=seller, carriers=rows.carriers_of(transaction, business))

    def series(self, business: str) -> tuple[Series, ...]:
        """The number series that the business has declared."""
        with self._reading() as transaction:
            return rows.series_of(transaction, business)

    def connection(self, business: str, name: str) -> StoredConnection | None:
        """One login with its secrets decrypted; None when there is none."""
        with self._reading() as transaction:
            row = transaction.execute(
                select(connections).where(connections.c.business == business, connections.c.name == name)
            ).one_or_none()
        return None if row is None else rows.connection_of(row, self._cipher.decrypt)

    def fingerprint(self, secret: str) -> str:
        """A keyed hash: equal for equal secrets under one key, and neither can be found out from it."""
        return self._cipher.fingerprint(secret)

    def connections(self, business: str | None = None) -> tuple[ConnectionListing, ...]:
        """Every login, or one business's, without secrets: it needs no key."""
        query = select(connections).order_by(connections.c.business, connections.c.name)
        if business is not None:
            query = query.where(connections.c.business == business)
        with self._reading() as transaction:
            return tuple(map(rows.listing_of, transaction.execute(query)))

    def mark_needs_owner(self, business: str, name: str, revision: int, why: str) -> bool:
        """Record that a login failed at this revision; `why` is one sentence without a secret.

        False, and nothing recorded, when it is recorded already or the connection has changed since.
        """
        new = or_(connections.c.needs_owner_revision.is_(None), connections.c.needs_owner_revision != revision)
        change = (
            self._one(business, name)
            .where(connections.c.revision == revision, new)
            .values(needs_owner_revision=revision, needs_owner_why=why[:LONGEST_WHY])
        )
        return self._changed(
            change,
            business,
            name,
            actor="issuer",
            what=NEEDS_OWNER,
            differences={"needs_owner": [None, why[:LONGEST_WHY]]},
        )

    def note_trouble(self, business: str, name: str, why: str | None) -> None:
        """Show in the listings why a worker cannot use a connection, in one sentence without a secret; None: it can."""
        values = {"trouble": why and why[:LONGEST_WHY], "trouble_at": self._clock() if why else None}
        with writing(self._engine) as transaction:
            transaction.execute(self._one(business, name).values(**values))

    def owner_acted(self, business: str, name: str, *, actor: str) -> bool:
        """Try a login again that was put right at the provider and needs no change here. False: there is none."""
        change = self._one(business, name).values(revision=connections.c.revision + 1)
        return self._changed(change, business, name, actor=actor, what=OWNER_ACTED, differences={})

    def switch(self, business: str, name: str, *, on: bool, actor: str) -> None:
        """Switch a connection on or off; where it is so already, nothing changes. Nothing happens without one."""
        change = (
            self._one(business, name)
            .where(connections.c.enabled != on)
            .values(enabled=on, revision=connections.c.revision + 1, trouble=None, trouble_at=None)
        )
        differences = {"enabled": [str(not on).lower(), str(on).lower()]}
        self._changed(change, business, name, actor=actor, what=ChangeKind.CHANGED, differences=differences)

    def add_connection(self, business: str, name: str, login: Login, *, actor: str) -> bool:
        """Store a login under a name that the business has not used. False, and nothing stored, where it has.

        The business must be known.
        """
        with writing(self._engine) as transaction:
            configuration = rows.configuration_of(transaction, business, _never_equal)
            if configuration is None or name in configuration.connections:
                return False
            wanted = replace(configuration, connections={name: login})
            writer = ConfigurationWriter(transaction=transaction, cipher=self._cipher, actor=actor, at=self._clock())
            writer.apply(wanted, _never_equal)
            return True

    def change_policy(
        self, business: str, change: Callable[[Policy], Policy], *, actor: str, dry_run: bool = False
    ) -> tuple[Policy, Policy]:
        """Store what `change` makes of the policy as it is at this moment; returns it before and after.

        The business must be known. What `change` raises leaves the policy as it is, and so does `dry_run`.
        """
        with writing(self._engine) as transaction:
            configuration = rows.configuration_of(transaction, business, _never_equal)
            if configuration is None:
                raise LookupError(f"there is no business {business}")
            before, after = configuration.policy, change(configuration.policy)
            writer = ConfigurationWriter(transaction=transaction, cipher=self._cipher, actor=actor, at=self._clock())
            writer.apply(replace(configuration, policy=after, connections={}), _never_equal)
            if dry_run:
                transaction.rollback()
        return before, after

    def numbers(self) -> NumberStore:
        """Where workers get the numbers that we give ourselves."""
        return NumberStore(self._engine)

    def number_audit(self) -> NumberAudit:
        """What became of those numbers."""
        return NumberAudit(self._engine)

    def sessions(self) -> SessionStore:
        """The sessions at providers that allow a user one."""
        return SessionStore(self._engine, self._cipher, self._clock)

    def links(self) -> LinkKeeper:
        """The addresses of documents that only the answer to their create named."""
        return LinkKeeper(self._engine, self._cipher)

    def mails(self) -> MailStore:
        """The mails about documents that a person has asked for."""
        return MailStore(self._engine, self._clock)

    def api_keys(self) -> ApiKeyStore:
        """The subscription keys of the HTTP API."""
        return ApiKeyStore(self._engine, self._clock)

    def api_requests(self) -> ApiRequestStore:
        """The requests of the HTTP API."""
        return ApiRequestStore(self._engine, self._clock)

    def people(self) -> PeopleStore:
        """The people who use the screen."""
        return PeopleStore(self._engine, self._clock)

    def screen_logins(self) -> ScreenLoginStore:
        """Their logins, and the links that let them in."""
        return ScreenLoginStore(self._engine, self._clock)

    def actions(self) -> ActionStore:
        """What they did."""
        return ActionStore(self._engine, self._clock)

    def alerts(self) -> AlertStore:
        """What people are told of by mail."""
        return AlertStore(self._engine, self._clock)

    def webhook_endpoints(self) -> EndpointStore:
        """Who is called when something happens."""
        return EndpointStore(self._engine, self._cipher, self._clock)

    def webhook_queue(self, *, drawn: Callable[[], float] = random.random) -> WebhookQueue:
        """The calls that are to be made. `drawn`: from 0 to 1, by chance."""
        return WebhookQueue(self._engine, self._cipher, self._clock, drawn=drawn)

    def webhook_log(self) -> DeliveryLog:
        """The calls that were made."""
        return DeliveryLog(self._engine, self._clock)

    def templates(self) -> Templates:
        """The templates that invoices are shown with."""
        return Templates(self._engine, self._clock)

    def apply(
        self,
        configurations: Iterable[BusinessConfiguration],
        *,
        actor: str,
        dry_run: bool = False,
        replace_secrets: bool = False,
    ) -> tuple[PartChange, ...]:
        """Make the store equal to the configurations, all of it or nothing; twice is the same as once.

        `dry_run` does everything and takes it back. `replace_secrets` encrypts every secret anew without reading the
        stored ones: for a new key, and for one that is lost.
        """
        decrypt = _never_equal if replace_secrets else self._cipher.decrypt
        with writing(self._engine) as transaction:
            writer = ConfigurationWriter(transaction=transaction, cipher=self._cipher, actor=actor, at=self._clock())
            made = tuple(change for each in configurations for change in writer.apply(each, decrypt))
            if dry_run:
                transaction.rollback()
        return made

    def audit_records(self, business: str | None = None, *, limit: int | None = None) -> tuple[AuditRecord, ...]:
        """The latest `limit` recorded changes, or all, of one business or of every one; the oldest first."""
        table = audit_log.c
        columns = (table.at, table.actor, table.business, table.part, table.what, table.differences)
        query = select(*columns).order_by(table.id.desc()).limit(limit)
        if business is not None:
            query = query.where(table.business == business)
        with self._reading() as transaction:
            latest = [AuditRecord(**row) for row in transaction.execute(query).mappings()]
        return tuple(reversed(latest))

    def _reading(self) -> AbstractContextManager[Transaction]:
        return reading(self._engine)

    def _one(self, business: str, name: str) -> Update:
        return update(connections).where(connections.c.business == business, connections.c.name == name)

    def _changed(
        self,
        change: Update,
        business: str,
        name: str,
        *,
        actor: str,
        what: str,
        differences: Mapping[str, Sequence[str | None]],
    ) -> bool:
        with writing(self._engine) as transaction:
            if transaction.execute(change).rowcount == 0:
                return False
            transaction.execute(
                insert(audit_log).values(
                    at=self._clock(),
                    actor=actor,
                    business=business,
                    part=connection_part(name),
                    what=what,
                    differences=differences,
                )
            )
            return True


def _never_equal(token: str) -> str:
    """A token is not the secret it holds, so every stored secret counts as another one."""
    return token
