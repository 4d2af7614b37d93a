"""Logins at providers: which there are, whether each works, and one that its owner has put right."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from app.domain.documents import DocumentType
from app.operations.errors import NotFoundError, NotPossibleError
from app.operations.installation.logins import UnusableLoginError, adapter_of
from app.settings import settings
from app.store import ConnectionListing, Store
from providers.base import Adapter, ChecksConnection
from providers.reads import CheckAsked, Checked, CheckState

# A person waits for the answer; a PDF is made within seconds.
SECONDS: Final = 30.0
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionChecks:
    """What one provider answered about a business's login, subject by subject."""

    provider: str
    checks: tuple[Checked, ...]

    @property
    def is_fine(self) -> bool:
        """Nothing is wrong, and nothing could not be found out."""
        return not any(each.state in {CheckState.WRONG, CheckState.UNCLEAR} for each in self.checks)


def list_connections() -> tuple[ConnectionListing, ...]:
    """Every login without its secrets, and what keeps it from working. Raises StoreError."""
    with Store.open(settings()) as store:
        return store.connections()


def check_connections(business: str, provider: str | None = None) -> tuple[ConnectionChecks, ...]:
    """Asks one provider, or each that the business is connected to, whether its login works.

    Makes nothing there; the requests count against the provider's quota. Raises NotFoundError, NotPossibleError and
    StoreError.
    """
    with Store.open(settings()) as store:
        known = [listing.provider for listing in store.connections(business)]
        wanted = [provider] if provider else known
        if not wanted:
            raise NotFoundError(f"{business} has no connection.")
        return tuple(ConnectionChecks(provider=name, checks=_checked(store, business, name)) for name in wanted)


def retry_connection(business: str, provider: str, *, actor: str) -> None:
    """Lets workers try a login again that was put right at the provider and needs no change here.

    Raises NotFoundError, and StoreError.
    """
    with Store.open(settings()) as store:
        if not store.owner_acted(business, provider, actor=actor):
            raise NotFoundError(f"{business} has no connection to {provider}.")


def ask_provider(store: Store, business: str, provider: str, question: Callable[[Adapter], Awaitable[R]]) -> R:
    """What `question` returns when it is called with the adapter of a business's login, which is closed afterwards.

    Raises NotFoundError without a connection, NotPossibleError where the adapter cannot work with the login,
    StoreError, and what `question` raises.
    """
    connection = store.connection(business, provider)
    if connection is None:
        raise NotFoundError(f"{business} has no connection to {provider}.")

    async def run() -> R:
        try:
            adapter = adapter_of(provider, connection)
        except UnusableLoginError as error:
            raise NotPossibleError(f"{business}'s connection to {provider} cannot be used: {error}.") from error
        try:
            return await question(adapter)
        finally:
            await adapter.close()

    return asyncio.run(run())


def _checked(store: Store, business: str, provider: str) -> tuple[Checked, ...]:
    profile, policy = store.business_facts(business), store.policy(business)
    if profile is None:
        raise NotFoundError(f"There is no business {business}.")
    wanted = (
        (DocumentType.EARSIV, policy.earsiv_series if policy else None),
        (DocumentType.EFATURA, policy.efatura_series if policy else None),
    )
    series = tuple((document_type, name) for document_type, name in wanted if name is not None)
    asked = CheckAsked(tax_number=profile.seller.tax_number, series=series)

    async def check(adapter: Adapter) -> tuple[Checked, ...]:
        if not adapter.capabilities.checks or not isinstance(adapter, ChecksConnection):
            raise NotPossibleError(f"{provider} cannot be asked whether a connection works.")
        return await adapter.check(asked, SECONDS)

    return ask_provider(store, business, provider, check)
