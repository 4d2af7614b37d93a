"""What connects the store to the stages: neither knows the other."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Final

from app.domain.errors import FieldError
from app.domain.numbers import Allotted, NumberFate, NumberWanted
from app.domain.policy import Policy
from app.intake.agent import PoliciesAway
from app.issuing.facts import Account
from app.issuing.ports import Connection, NoConnection, NumbersAway
from app.settings import settings
from app.store.errors import StoreError, StoreUnavailable
from app.store.numbers import NumberStore
from app.store.policy_book import PolicyBook
from app.store.records import BusinessProfile
from app.store.records import Connection as StoredConnection
from app.store.store import Store
from providers.base import Adapter, BusinessFacts, Capabilities, ConnectionSettings, Numbering
from providers.registry import provider as provider_named

# A changed policy holds within seconds, and a batch of orders costs one read at the most.
POLICY_SECONDS: Final = 5.0


def open_store() -> Store:
    """The configured store. Raises StoreError."""
    return Store.open(settings())


class StorePolicies:
    """The intake's policies, out of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._book = PolicyBook(store, ttl_seconds=POLICY_SECONDS)

    def peek(self, business: str) -> Policy | None:
        return self._book.peek(business)

    async def read(self, businesses: Iterable[str]) -> dict[str, Policy]:
        try:
            return await asyncio.to_thread(self._book.refresh, businesses)
        except StoreUnavailable as unavailable:
            raise PoliciesAway(str(unavailable)) from unavailable

    async def providers(self, business: str) -> frozenset[str]:
        try:
            found = await asyncio.to_thread(self._store.connections, business)
        except StoreUnavailable as unavailable:
            raise PoliciesAway(str(unavailable)) from unavailable
        return frozenset(connection.provider for connection in found if connection.enabled)


class StoreConnections:
    """The issuer's connections, out of the store; an adapter lives as long as its connection's revision."""

    def __init__(self, store: Store, provider: str) -> None:
        self._store = store
        self._provider = provider
        self._connect = provider_named(provider).connect
        self._known: dict[str, Connection] = {}
        self._retiring: set[asyncio.Task[None]] = set()

    def max_call_seconds(self) -> float:
        """The longest call that a connection of this provider allows now: the worker's time budget must hold it.

        Raises StoreError, and ValueError for a connection's option that makes no sense.
        """
        return max((known.max_call_seconds for known in self._capabilities()), default=0.0)

    def are_numbered_by_us(self) -> bool:
        """Whether any connection of this provider takes our numbers now. Raises as `max_call_seconds` does."""
        return any(known.numbering is Numbering.OURS for known in self._capabilities())

    def _capabilities(self) -> Iterator[Capabilities]:
        businesses = [found.business for found in self._store.connections() if found.provider == self._provider]
        for stored in [self._store.connection(business, self._provider) for business in businesses]:
            if stored is not None:
                yield self._adapter(stored).capabilities

    async def get(self, business: str) -> Connection | NoConnection:
        """What the store says now; what keeps it from saying is a reason to wait."""
        try:
            stored, profile = await asyncio.to_thread(self._read, business)
        except StoreError as error:
            return NoConnection(why=str(error))
        if stored is None or profile is None:
            return NoConnection(why=f"{business} has no connection to {self._provider}")
        known = self._known.get(business)
        if known is None or known.revision != stored.revision:
            try:
                adapter = self._adapter(stored)
            except (ValueError, KeyError) as error:
                return NoConnection(why=f"{business}'s connection to {self._provider}: {error}")
            if known is not None:
                self._retire(known.adapter)
        else:
            adapter = known.adapter
        connection = self._known[business] = Connection(
            adapter=adapter,
            facts=BusinessFacts(seller=profile.seller, carriers=profile.carriers),
            revision=stored.revision,
            enabled=stored.enabled and not stored.needs_owner,
            resend_after_absence=stored.resend_after_absence,
            address=stored.base_url,
            account=self._account(adapter, stored),
            account_since=stored.login_since,
        )
        return connection

    async def mark_needs_owner(self, business: str, revision: int, why: str) -> None:
        """Raises StoreError."""
        await asyncio.to_thread(self._store.mark_needs_owner, business, self._provider, revision, why)

    def _retire(self, adapter: Adapter) -> None:
        """Closes a replaced adapter once no call of it can be running: cut off, its outcome would be unknown."""

        async def close_later() -> None:
            await asyncio.sleep(adapter.capabilities.max_call_seconds)
            await adapter.close()

        task = asyncio.create_task(close_later())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    def _read(self, business: str) -> tuple[StoredConnection | None, BusinessProfile | None]:
        return self._store.connection(business, self._provider), self._store.business_facts(business)

    def _account(self, adapter: Adapter, stored: StoredConnection) -> Account:
        named = f"{self._provider}\n{adapter.account}"
        return Account(address=stored.base_url.rstrip("/"), fingerprint=self._store.fingerprint(named))

    def _adapter(self, stored: StoredConnection) -> Adapter:
        return self._connect(
            ConnectionSettings(base_url=stored.base_url, secrets=stored.secrets, options=stored.options)
        )


class StoreNumbers:
    """The issuer's numbers, out of the store."""

    def __init__(self, store: NumberStore) -> None:
        self._store = store

    async def allot(self, wanted: NumberWanted) -> Allotted | FieldError:
        """Whatever keeps the store from giving a number is a reason to wait."""
        try:
            return await asyncio.to_thread(self._store.allot, wanted)
        except StoreError as error:
            raise NumbersAway(str(error)) from error

    async def settle(self, business: str, command_id: str, number: str | None, fate: NumberFate) -> None:
        """The same when one is settled."""
        try:
            await asyncio.to_thread(self._store.settle, business, command_id, number, fate)
        except StoreError as error:
            raise NumbersAway(str(error)) from error
