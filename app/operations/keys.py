"""Subscription keys of the HTTP API: made, listed, replaced and revoked by an operator."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError
from app.settings import settings
from app.store import ApiKey, NewKey, Scope, Store
from app.store.api_keys import EVERY_BUSINESS, Environment


def add_key(client: str, *, businesses: Sequence[str], scopes: Sequence[Scope], days: int | None, actor: str) -> NewKey:
    """A client's first key; its text is shown once. `days`: how long it is valid, None without an end.

    Raises NotPossibleError where the client has a valid one, RefusedInputError for a business that there is not, and
    StoreError.
    """
    if not client.strip():
        raise RefusedInputError("A client needs a name.")
    with Store.open(settings()) as store:
        _refuse_unknown(store, businesses)
        made = store.api_keys().add(
            client,
            businesses=businesses,
            scopes=scopes,
            environment=_environment(),
            actor=actor,
            expires_at=_end(days),
        )
    if made is None:
        raise NotPossibleError(f"{client} has a valid key: `faturaflow keys rotate` makes the next one.")
    return made


def rotate_key(client: str, *, days: int | None, actor: str) -> NewKey:
    """One more key like the client's newest, which stays valid until it is revoked; an older one is revoked.

    Raises NotFoundError where it has no valid one, and StoreError.
    """
    with Store.open(settings()) as store:
        made = store.api_keys().rotate(client, environment=_environment(), actor=actor, expires_at=_end(days))
    if made is None:
        raise NotFoundError(f"{client} has no valid key: `faturaflow keys add` makes one.")
    return made


def revoke_key(key_id: str, *, actor: str) -> None:
    """Makes a key invalid, within seconds. Raises NotFoundError and StoreError."""
    with Store.open(settings()) as store:
        if not store.api_keys().revoke(key_id, actor=actor):
            raise NotFoundError(f"There is no key {key_id} that is not revoked.")


def list_keys() -> tuple[ApiKey, ...]:
    """Every key that there ever was. Raises StoreError."""
    with Store.open(settings()) as store:
        return store.api_keys().all()


def _refuse_unknown(store: Store, businesses: Sequence[str]) -> None:
    unknown = sorted(set(businesses) - {EVERY_BUSINESS, *store.businesses()})
    if unknown:
        raise RefusedInputError(f"There is no business {', '.join(unknown)}: see `faturaflow config show`.")


def _environment() -> Environment:
    return "live" if settings().profile == "production" else "test"


def _end(days: int | None) -> datetime | None:
    return None if days is None else datetime.now(UTC) + timedelta(days=days)
