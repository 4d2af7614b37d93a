"""What each business has decided: applied from a file, shown without its secrets, and who changed what."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from app.domain.policy import Mode
from app.operations.errors import NotFoundError, NotPossibleError
from app.operations.installation.enabling import Waiting, decide_waiting
from app.operations.installation.expected_refusals import expected_refusals
from app.operations.json_values import json_value
from app.operations.logins.adapters import login_error
from app.operations.submit import OUTCOME_SECONDS
from app.settings import settings
from app.store import (
    AuditRecord,
    BusinessConfiguration,
    ChangeKind,
    ConnectionListing,
    PartChange,
    Store,
    is_key,
    new_key,
    read_configuration,
)
from app.store.differences import POLICY_PART, SELLER_PART, connection_part
from providers.registry import PROVIDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownConfiguration:
    """What the store has of some businesses. `businesses` maps a code to the business as a file has it."""

    businesses: dict[str, dict[str, Any]]
    connections: tuple[ConnectionListing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedConfiguration:
    """What became of each part; `unconnected` are business and connection where documents wait for a connection.

    `expected_refusals`: sentences about documents that will be refused under it.
    """

    changes: tuple[PartChange, ...]
    unconnected: tuple[tuple[str, str], ...]
    expected_refusals: tuple[str, ...]


def apply_configuration(
    file: Path,
    *,
    actor: str,
    dry_run: bool = False,
    replace_secrets: bool = False,
    waiting: Waiting | None = None,
    wait: float = OUTCOME_SECONDS,
) -> AppliedConfiguration:
    """Makes the store equal to the file: all of it or nothing, and nothing anew where it is equal already.

    Businesses that the file does not name are left alone. `dry_run` changes nothing; `replace_secrets` encrypts every
    secret anew without reading the stored ones. Where it switches a connection on for which documents wait, `waiting`
    says what becomes of them, as `enabling.enable_connection` has it. Raises ConfigurationRefusedError with every error
    of the file, NotPossibleError where a business that has its invoices issued would issue them itself, StoreError,
    and as `enable_connection` does.
    """
    configurations = read_configuration(file, providers=PROVIDERS, check=login_error)
    with Store.open(settings()) as store:
        would = store.apply(configurations, actor=actor, dry_run=True, replace_secrets=replace_secrets)
        _refuse_another_issuer(would)
        if not dry_run:
            for business, name in _switched_on(would, configurations):
                decide_waiting(business, name, waiting=waiting, actor=actor, wait=wait)
        made = store.apply(configurations, actor=actor, dry_run=dry_run, replace_secrets=replace_secrets)
        stored = {(each.business, each.name): each.enabled for each in store.connections()}
    wanted = {(each.code, name): login.enabled for each in configurations for name, login in each.connections.items()}
    usable = stored | wanted
    without = tuple(each for each in configurations if not usable.get((each.code, each.policy.connection_name)))
    return AppliedConfiguration(
        changes=made,
        unconnected=tuple((each.code, each.policy.connection_name) for each in without),
        expected_refusals=tuple(chain.from_iterable(map(expected_refusals, configurations))),
    )


def _refuse_another_issuer(changes: Sequence[PartChange]) -> None:
    """Who issues a business's invoices is decided once: a series that we have begun goes on here."""
    for change in changes:
        if change.part == POLICY_PART and change.differences.get("mode") == [Mode.MANAGED, Mode.EXTERNAL]:
            raise NotPossibleError(
                f"{change.business} has its invoices issued here (mode MANAGED), and goes on so: "
                "what the merchant issues himself is a business of its own, with a code of its own."
            )


def _switched_on(
    changes: Sequence[PartChange], configurations: Sequence[BusinessConfiguration]
) -> Iterator[tuple[str, str]]:
    """Each connection that is used from now on and was not before, at a business that may have documents."""
    made = {(change.business, change.part): change for change in changes}
    for each in configurations:
        if made[each.code, SELLER_PART].kind is ChangeKind.CREATED:
            continue
        for name, login in each.connections.items():
            change = made[each.code, connection_part(name)]
            if login.enabled and (change.kind is ChangeKind.CREATED or "enabled" in change.differences):
                yield each.code, name


def show_configuration(business: str | None = None) -> ShownConfiguration:
    """What the store has of one business, or of all; of a secret only the variable that it would come from.

    Raises NotFoundError, and StoreError.
    """
    with Store.open(settings()) as store:
        chosen = _chosen(store, business)
        return ShownConfiguration(
            businesses={code: _as_in_a_file(store, code) for code in chosen},
            connections=tuple(chain.from_iterable(map(store.connections, chosen))),
        )


def list_changes(business: str | None = None, *, limit: int) -> tuple[AuditRecord, ...]:
    """The latest `limit` changes of one business, or of all: who changed what, and when; the oldest first.

    Raises NotFoundError, and StoreError.
    """
    with Store.open(settings()) as store:
        _chosen(store, business)
        return store.audit_records(business, limit=limit)


def keep_key(file: Path) -> bool:
    """Writes a fresh key into a file that only its owner reads. A key that is there stays, and False is returned.

    Raises OSError, and NotPossibleError where something else is there: with it no worker would start.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        _refuse_no_key(file)
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(f"{new_key()}\n")
    return True


def _refuse_no_key(file: Path) -> None:
    if not is_key(file.read_text(encoding="ascii", errors="replace").strip()):
        raise NotPossibleError(f"{file} is there and holds no key: remove it, or name another file.")


def _chosen(store: Store, business: str | None) -> list[str]:
    codes = store.businesses()
    if business is not None and business not in codes:
        raise NotFoundError(f"there is no business {business}: known are {', '.join(codes) or 'none'}")
    return [code for code in codes if business in {None, code}]


def _as_in_a_file(store: Store, code: str) -> dict[str, Any]:
    profile, policy = store.business_facts(code), store.policy(code)
    return {
        "seller": json_value(profile.seller, exclude_none=True) if profile else {},
        "policy": json_value(policy, exclude_none=True),
        "series": [json_value(each, exclude_none=True) for each in store.series(code)],
        "carriers": [json_value(each, exclude_none=True) for each in profile.carriers] if profile else [],
        "connections": {each.name: _connection(each) for each in store.connections(code)},
    }


def _connection(listing: ConnectionListing) -> dict[str, Any]:
    """A connection as a file has it; the variables of the secrets are the reader's to set."""
    return {
        **({} if listing.provider == listing.name else {"provider": listing.provider}),
        "base_url": listing.base_url,
        "options": dict(listing.options),
        "secrets": {name: {"env": _variable(listing, name)} for name in listing.secret_names},
        "enabled": listing.enabled,
        "resend_after_absence": listing.resend_after_absence,
    }


def _variable(listing: ConnectionListing, name: str) -> str:
    """Another one for each secret of each business: the code stays as it is, and a hyphen is no underscore."""
    return "_".join((*(each.replace("_", "__").replace("-", "_") for each in (listing.business, listing.name)), name))
