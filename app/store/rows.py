"""Rows to values. Each function reads inside the caller's transaction."""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, select

from app.domain.parties import Carrier, Seller
from app.domain.policy import Policy
from app.store.errors import OtherReleaseError
from app.store.records import BusinessConfiguration, ConnectionListing, Login, Series, StoredConnection
from app.store.tables import businesses, carriers, connections, series

POLICY: Final = TypeAdapter(Policy)
SELLER: Final = TypeAdapter(Seller)
SERIES: Final = TypeAdapter(Series)

T = TypeVar("T")
Decrypt = Callable[[str], str]


def policies_of(transaction: Transaction, codes: Iterable[str]) -> dict[str, Policy]:
    rows = transaction.execute(
        select(businesses.c.code, businesses.c.policy).where(businesses.c.code.in_(sorted(set(codes))))
    )
    return {row.code: _read(POLICY, row.policy, f"the policy of {row.code}") for row in rows}


def seller_of(transaction: Transaction, business: str) -> Seller | None:
    stored = transaction.execute(select(businesses.c.seller).where(businesses.c.code == business)).scalar_one_or_none()
    return stored and _read(SELLER, stored, f"the seller of {business}")


def _read(adapter: TypeAdapter[T], stored: object, what: str) -> T:
    try:
        return adapter.validate_python(stored)
    except ValidationError as error:
        names = ", ".join(".".join(map(str, e["loc"])) for e in error.errors(include_url=False, include_input=False))
    raise OtherReleaseError(f"{what} was stored by another release: this one does not know {names}")


def carriers_of(transaction: Transaction, business: str) -> tuple[Carrier, ...]:
    rows = transaction.execute(select(carriers).where(carriers.c.business == business).order_by(carriers.c.name))
    return tuple(Carrier(name=row.name, tax_number=row.tax_number) for row in rows)


def series_of(transaction: Transaction, business: str) -> tuple[Series, ...]:
    rows = transaction.execute(
        select(series.c.name, series.c.document_type, series.c.year)
        .where(series.c.business == business)
        .order_by(series.c.document_type, series.c.name)
    )
    return tuple(SERIES.validate_python(dict(row._mapping)) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name


def listing_of(row: Row[Any]) -> ConnectionListing:
    return ConnectionListing(**_known_of(row))


def connection_of(row: Row[Any], decrypt: Decrypt) -> StoredConnection:
    return StoredConnection(**_known_of(row), secrets=_decrypted(row, decrypt))


def _known_of(row: Row[Any]) -> dict[str, Any]:
    needs_owner = row.needs_owner_revision == row.revision
    return {
        "business": row.business,
        "name": row.name,
        "provider": row.provider,
        "base_url": row.base_url,
        "secret_names": tuple(sorted(row.secrets)),
        "options": row.options,
        "enabled": row.enabled,
        "resend_after_absence": row.resend_after_absence,
        "revision": row.revision,
        "login_since": row.login_since,
        "needs_owner": needs_owner,
        "needs_owner_why": row.needs_owner_why if needs_owner else None,
        "trouble": row.trouble,
        "trouble_at": row.trouble_at,
    }


def _decrypted(row: Row[Any], decrypt: Decrypt) -> dict[str, str]:
    return {name: decrypt(token) for name, token in row.secrets.items()}


def configuration_of(transaction: Transaction, business: str, decrypt: Decrypt) -> BusinessConfiguration | None:
    """What a file would have to have to change nothing; None for a business that is not stored."""
    seller = seller_of(transaction, business)
    if seller is None:
        return None
    return BusinessConfiguration(
        code=business,
        seller=seller,
        policy=policies_of(transaction, [business])[business],
        series=series_of(transaction, business),
        carriers=carriers_of(transaction, business),
        connections=_logins_of(transaction, business, decrypt),
    )


def _logins_of(transaction: Transaction, business: str, decrypt: Decrypt) -> dict[str, Login]:
    rows = transaction.execute(select(connections).where(connections.c.business == business))
    return {
        row.name: Login(
            base_url=row.base_url,
            provider=None if row.provider == row.name else row.provider,
            secrets=_decrypted(row, decrypt),
            options=row.options,
            enabled=row.enabled,
            resend_after_absence=row.resend_after_absence,
        )
        for row in rows
    }
