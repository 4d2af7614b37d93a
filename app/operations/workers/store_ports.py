"""What an issuer asks for (connections, numbers), out of the store: neither room knows the other."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog

from app.domain.errors import FieldError
from app.domain.numbers import Allotted, Claim, KnownNumbers, NumberFate, NumberWanted
from app.domain.parties import BusinessFacts
from app.issuing.decisions.type_choice import needs_other_register
from app.issuing.journal.facts import ProviderAccount
from app.issuing.ports import ConnectionId, NoConnection, NumbersUnavailableError, ProviderConnection, RegisterAt
from app.operations.logins.adapters import UnusableLoginError, adapter_of
from app.operations.logins.links import keep_links
from app.operations.logins.sessions import keep_session
from app.store.errors import OtherReleaseError, SecretsUnreadableError, StoreError
from app.store.numbers import NumberStore
from app.store.records import BusinessProfile, ConnectionListing, StoredConnection
from app.store.store import Store
from providers.base import Adapter, Capabilities, LookUp
from providers.registry import PROVIDERS
from providers.registry import provider as provider_named

SWITCHED_OFF: Final = "its owner has switched the connection off (enabled: false)"

log = structlog.get_logger(__name__)


class StoreConnections:
    """The connections at an issuer's provider, out of the store; an adapter lives as long as a connection's revision.

    One that cannot be used is its own business's alone: it is logged once, shown in the listings, and tried again.
    """

    def __init__(self, store: Store, provider: str, *, has_others: bool = True) -> None:
        """Raises ValueError for a provider that there is not.

        `has_others`: whether its documents may need another provider's register. Those of the other provider do not:
        of two without a register each would else look for the other's.
        """
        provider_named(provider)
        self._store = store
        self._provider = provider
        self._has_others = has_others
        self._known: dict[ConnectionId, ProviderConnection] = {}
        self._troubles: dict[ConnectionId, str] = {}
        self._others: dict[str, StoreConnections] = {}
        self._retiring: set[asyncio.Task[None]] = set()

    def usable(self) -> list[Capabilities]:
        """What those can do that can be used now: the worker's time budget must hold the longest of their calls.

        Raises StoreUnavailableError, and SecretsUnreadableError when the key fits none of them: then the worker has a
        wrong key.
        """
        found: list[Capabilities] = []
        unread: list[SecretsUnreadableError] = []
        all_ = self._store.connections()
        listed = [ConnectionId(each.business, each.name) for each in all_ if each.provider == self._provider]
        for which in listed:
            try:
                stored = self._store.connection(*which)
                found += [adapter_of(self._provider, stored).capabilities] if stored else []
            except SecretsUnreadableError as error:
                unread.append(error)
                self._in_trouble(which, str(error))
            except UnusableLoginError as error:
                self._in_trouble(which, str(error))
        if listed and len(unread) == len(listed):
            raise unread[0]
        return found

    async def get(self, which: ConnectionId) -> ProviderConnection | NoConnection:
        """The connection as the store has it now; where the store cannot be read, that is a reason to wait."""
        try:
            return await self._get(which)
        except (SecretsUnreadableError, OtherReleaseError, UnusableLoginError) as error:
            await asyncio.to_thread(self._in_trouble, which, str(error))
            return NoConnection(why=str(error))
        except StoreError as error:
            return NoConnection(why=str(error))

    async def _get(self, which: ConnectionId) -> ProviderConnection | NoConnection:
        stored, profile = await asyncio.to_thread(self._read, which)
        if stored is None or profile is None:
            return NoConnection(why=f"{which.business} has no connection {which.name} at {self._provider}")
        known = self._known.get(which)
        if known is not None and known.revision == stored.revision:
            adapter = known.adapter
        else:
            adapter = adapter_of(self._provider, stored)
            keep_session(adapter, self._provider, stored.base_url, self._store)
            keep_links(adapter, self._store)
            if known is not None:
                self._retire(known.adapter)
        account = self._account(adapter, stored)
        if adapter.capabilities.look_up is LookUp.BY_LIST:
            await self._refuse_second_name(which, account)
        if which in self._troubles or (known is None and stored.trouble):
            await asyncio.to_thread(self._out_of_trouble, which)
        connection = self._known[which] = ProviderConnection(
            adapter=adapter,
            facts=BusinessFacts(seller=profile.seller, carriers=profile.carriers),
            revision=stored.revision,
            enabled=stored.enabled and not stored.needs_owner,
            why_not=(stored.needs_owner_why or "") if stored.needs_owner else SWITCHED_OFF,
            resend_after_absence=stored.resend_after_absence,
            address=stored.base_url,
            account=account,
            account_since=stored.login_since,
            registers=await self._registers(which, adapter.capabilities),
        )
        return connection

    def at(self, provider: str) -> "StoreConnections":
        """Those to another provider, for its register alone. Raises ValueError for a provider that there is not."""
        if provider not in self._others:
            self._others[provider] = StoreConnections(self._store, provider, has_others=False)
        return self._others[provider]

    async def _registers(self, which: ConnectionId, capabilities: Capabilities) -> tuple[RegisterAt, ...]:
        """In the order of their names.

        One whose login was refused is among them: documents wait until its owner has put it right.
        """
        if not self._has_others or not needs_other_register(capabilities):
            return ()
        listed = await asyncio.to_thread(self._store.connections, which.business)
        registers = [
            RegisterAt(each.provider, each.name)
            for each in listed
            if each.enabled and each.provider in PROVIDERS and each.provider != self._provider
        ]
        found = [await self.at(each.provider).get(ConnectionId(which.business, each.connection)) for each in registers]
        return tuple(
            register
            for register, other in zip(registers, found, strict=True)
            if isinstance(other, ProviderConnection) and other.adapter.capabilities.taxpayer_lookup
        )

    async def _refuse_second_name(self, which: ConnectionId, account: ProviderAccount) -> None:
        """Where what is new in an account is taken for ours, two connections to it would take each other's documents.

        Of all businesses' that are switched on, the one that has been there for longest may be used. Raises
        UnusableLoginError for another.
        """
        listed = await asyncio.to_thread(self._store.connections)
        here = [each for each in listed if each.provider == self._provider and each.enabled]
        for each in sorted(here, key=_seniority):
            other = ConnectionId(each.business, each.name)
            if other == which:
                return
            known = self._known.get(other)
            first = known if known is not None and known.revision == each.revision else await self.get(other)
            if isinstance(first, ProviderConnection) and first.account == account:
                whose = f"{other.name} of {other.business}"
                raise UnusableLoginError(f"it is the same account as the connection {whose}: use that one alone")

    async def mark_needs_owner(self, which: ConnectionId, revision: int, why: str) -> None:
        """Raises StoreError."""
        await asyncio.to_thread(self._store.mark_needs_owner, *which, revision, why)

    def _retire(self, adapter: Adapter) -> None:
        """Closes a replaced adapter once no call of it can be running: cut off, its outcome would be unknown."""

        async def close_later() -> None:
            await asyncio.sleep(adapter.capabilities.max_call_seconds)
            await adapter.close()

        task = asyncio.create_task(close_later())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    def _read(self, which: ConnectionId) -> tuple[StoredConnection | None, BusinessProfile | None]:
        """None where it is at another provider."""
        stored = self._store.connection(*which)
        is_here = stored is not None and stored.provider == self._provider
        return stored if is_here else None, self._store.business_facts(which.business)

    def _account(self, adapter: Adapter, stored: StoredConnection) -> ProviderAccount:
        named = f"{self._provider}\n{adapter.account}"
        return ProviderAccount(address=stored.base_url.rstrip("/"), fingerprint=self._store.fingerprint(named))

    def _in_trouble(self, which: ConnectionId, why: str) -> None:
        """Logged once by each process: others may be able to use it."""
        if self._troubles.get(which) == why:
            return
        log.warning("a connection cannot be used", **which._asdict(), why=why)
        self._troubles[which] = why
        self._show(which, why)

    def _out_of_trouble(self, which: ConnectionId) -> None:
        self._troubles.pop(which, None)
        self._show(which, None)

    def _show(self, which: ConnectionId, why: str | None) -> None:
        try:
            self._store.note_trouble(*which, why)
        except StoreError as error:
            log.warning("a connection's trouble cannot be shown", business=which.business, why=str(error))


def _seniority(listed: ConnectionListing) -> tuple[datetime, str, str]:
    """Since when its login is what it is; where that is not known it is from before that was written down."""
    return listed.login_since or datetime.min.replace(tzinfo=UTC), listed.business, listed.name


class StoreNumbers:
    """The issuer's numbers, out of the store; none before it was held against the journals, which know all of them."""

    def __init__(self, store: NumberStore, journals: Callable[[], KnownNumbers]) -> None:
        """`journals` returns what they know; it may take seconds, and may raise."""
        self._store = store
        self._journals = journals
        self._compared = False
        self._comparing = asyncio.Lock()

    def remember(self, known: KnownNumbers) -> None:
        """What the journals have, where they have been read already."""
        self._store.remember(known)
        self._compared = True

    async def allot(self, wanted: NumberWanted) -> Allotted | FieldError:
        """Whatever keeps the store from giving a number is a reason to wait."""
        await self._compare()
        try:
            return await asyncio.to_thread(self._store.allot, wanted)
        except StoreError as error:
            raise NumbersUnavailableError(str(error)) from error

    async def claim(self, claim: Claim) -> FieldError | None:
        """Whatever keeps the store from answering is a reason to wait."""
        await self._compare()
        try:
            return await asyncio.to_thread(self._store.claim, claim)
        except StoreError as error:
            raise NumbersUnavailableError(str(error)) from error

    async def close_number(self, command_id: str, number: str | None, fate: NumberFate) -> None:
        """Raises NumbersUnavailableError for whatever keeps the store from it."""
        try:
            await asyncio.to_thread(self._store.close_number, command_id, number, fate)
        except StoreError as error:
            raise NumbersUnavailableError(str(error)) from error

    async def _compare(self) -> None:
        """A store that knows less than the journals refuses from then on: it is empty, or an older one was put back."""
        async with self._comparing:
            if self._compared:
                return
            try:
                self.remember(await asyncio.to_thread(self._journals))
            except Exception as error:
                raise NumbersUnavailableError(f"the journals cannot be read: {type(error).__name__}") from error
