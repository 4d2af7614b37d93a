"""Logins at providers: which there are, whether each works, and one that its owner has put right."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.documents import DocumentType
from app.domain.policy import CONNECTION_PATTERN
from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError
from app.operations.logins.adapters import login_error
from app.operations.logins.asking import SECONDS, ask_provider
from app.settings import settings
from app.store import BusinessProfile, ConnectionListing, RefusedLoginError, Store, read_login
from providers.base import Adapter, ChecksConnection
from providers.base.reads import CheckAsked, Checked, CheckState
from providers.registry import PROVIDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionChecks:
    """What the provider of one connection answered about its login, subject by subject."""

    connection: str
    checks: tuple[Checked, ...]

    @property
    def is_fine(self) -> bool:
        """Nothing is wrong, and nothing could not be found out."""
        return not any(each.state in {CheckState.WRONG, CheckState.UNCLEAR} for each in self.checks)


def list_connections() -> tuple[ConnectionListing, ...]:
    """Every login without its secrets, and what keeps it from working. Raises StoreError."""
    with Store.open(settings()) as store:
        return store.connections()


def check_connections(business: str, name: str | None = None) -> tuple[ConnectionChecks, ...]:
    """Asks the provider of one connection, or of each of the business's, whether its login works.

    Makes nothing there; the requests count against the provider's quota. Raises NotFoundError, NotPossibleError and
    StoreError.
    """
    with Store.open(settings()) as store:
        known = [listing.name for listing in store.connections(business)]
        wanted = [name] if name else known
        if not wanted:
            _facts_of(store, business)
            raise NotFoundError(f"{business} has no connection.")
        return tuple(ConnectionChecks(connection=each, checks=_checked(store, business, each)) for each in wanted)


def add_connection(
    business: str,
    provider: str,
    *,
    name: str | None = None,
    base_url: str,
    secrets: Mapping[str, str],
    options: Mapping[str, str],
    resend_after_absence: bool = False,
    actor: str,
) -> None:
    """Stores a login at a provider, switched off: enabling it is an act of its own.

    `name`: of the connection; without one it has its provider's. `secrets` maps a name to where its value is:
    `env:VARIABLE` or `file:PATH`. Raises NotFoundError without such a business or provider, NotPossibleError where it
    has a connection of that name, RefusedInputError with every reason why the login cannot be used, and StoreError.
    """
    values = {
        "provider": None if name in {None, provider} else provider,
        "base_url": base_url,
        "secrets": {name: _source(name, where) for name, where in secrets.items()},
        "options": dict(options),
        "enabled": False,
        "resend_after_absence": resend_after_absence,
    }
    if provider not in PROVIDERS:
        raise NotFoundError(f"There is no provider {provider}: choose one of {', '.join(sorted(PROVIDERS))}.")
    name = provider if name is None else name
    if re.fullmatch(CONNECTION_PATTERN, name) is None or (name in PROVIDERS and name != provider):
        raise RefusedInputError(f"{name!r} is no name for a connection to {provider}: lower-case letters and digits.")
    try:
        login = read_login(values, Path.cwd())
    except RefusedLoginError as refused:
        raise RefusedInputError(str(refused)) from refused
    if why := login_error(provider, login):
        raise RefusedInputError(f"{provider} cannot be used with this login: {why}.")
    with Store.open(settings()) as store:
        if business not in store.businesses():
            raise NotFoundError(f"There is no business {business}: describe it with `faturaflow config apply`.")
        if not store.add_connection(business, name, login, actor=actor):
            raise NotPossibleError(f"{business} has a connection {name}: change it with `faturaflow config apply`.")


def _source(name: str, where: str) -> dict[str, str]:
    kind, _, place = where.partition(":")
    if kind not in {"env", "file"} or not place:
        raise RefusedInputError(f"The secret {name} is not given itself: say env:VARIABLE or file:PATH.")
    return {kind: place}


def retry_connection(business: str, name: str, *, actor: str) -> None:
    """Lets workers try a login again that was put right at the provider and needs no change here.

    Raises NotFoundError, and StoreError.
    """
    with Store.open(settings()) as store:
        if not store.owner_acted(business, name, actor=actor):
            raise NotFoundError(f"{business} has no connection {name}.")


def _checked(store: Store, business: str, name: str) -> tuple[Checked, ...]:
    profile, policy = _facts_of(store, business), store.policy(business)
    wanted = (
        (DocumentType.EARSIV, policy.earsiv_series if policy else None),
        (DocumentType.EFATURA, policy.efatura_series if policy else None),
    )
    series = tuple((document_type, name) for document_type, name in wanted if name is not None)
    asked = CheckAsked(tax_number=profile.seller.tax_number, series=series)

    async def check(adapter: Adapter) -> tuple[Checked, ...]:
        if not adapter.capabilities.checks or not isinstance(adapter, ChecksConnection):
            raise NotPossibleError(f"{adapter.capabilities.provider} cannot be asked whether a connection works.")
        return await adapter.check(asked, SECONDS)

    return ask_provider(store, business, name, check)


def _facts_of(store: Store, business: str) -> BusinessProfile:
    facts = store.business_facts(business)
    if facts is None:
        raise NotFoundError(f"There is no business {business}.")
    return facts
