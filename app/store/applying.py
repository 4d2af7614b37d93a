"""Writing a configuration file into the store: the parts that differ, each with its line in the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection as Transaction
from sqlalchemy import Table, delete, insert, update

from app.domain.parties import Carrier
from app.store.differences import (
    CARRIERS_PART,
    POLICY_PART,
    SELLER_PART,
    SERIES_PART,
    WRITTEN,
    PartChange,
    changes,
    connection_part,
)
from app.store.encryption import SecretCipher
from app.store.errors import OtherProviderError
from app.store.records import BusinessConfiguration, Login, Series
from app.store.rows import POLICY, SELLER, Decrypt, configuration_of
from app.store.tables import audit_log, businesses, carriers, connections, series


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationWriter:
    """Writes one file into the store, inside one writing transaction, by one actor at one time."""

    transaction: Transaction
    cipher: SecretCipher
    actor: str
    at: datetime

    def apply(self, wanted: BusinessConfiguration, decrypt: Decrypt) -> tuple[PartChange, ...]:
        """Write the parts that differ from what is stored, and return what became of each."""
        stored = configuration_of(self.transaction, wanted.code, decrypt)
        _refuse_other_provider(stored, wanted)
        made = changes(stored, wanted)
        written = {change.part for change in made if change.kind in WRITTEN}
        if written & {SELLER_PART, POLICY_PART}:
            self._write_business(wanted, new=stored is None)
        if SERIES_PART in written:
            self._replace(series, wanted.code, map(_series_row, wanted.series))
        if CARRIERS_PART in written:
            self._replace(carriers, wanted.code, map(_carrier_row, wanted.carriers))
        for name, login in wanted.connections.items():
            if connection_part(name) in written:
                known = stored.connections.get(name) if stored else None
                self._write_connection(wanted.code, name, login, known)
        self._audit(change for change in made if change.kind in WRITTEN)
        return made

    def _write_business(self, wanted: BusinessConfiguration, *, new: bool) -> None:
        values = {
            "seller": SELLER.dump_python(wanted.seller, mode="json"),
            "policy": POLICY.dump_python(wanted.policy, mode="json"),
        }
        if new:
            self.transaction.execute(insert(businesses).values(code=wanted.code, **values))
        else:
            self.transaction.execute(update(businesses).where(businesses.c.code == wanted.code).values(**values))

    def _replace(self, table: Table, business: str, rows: Iterable[dict[str, object]]) -> None:
        self.transaction.execute(delete(table).where(table.c.business == business))
        for row in rows:
            self.transaction.execute(insert(table).values(business=business, **row))

    def _write_connection(self, business: str, name: str, login: Login, known: Login | None) -> None:
        values: dict[str, object] = {
            "base_url": login.base_url,
            "options": dict(login.options),
            "secrets": {name: self.cipher.encrypt(secret) for name, secret in login.secrets.items()},
            "enabled": login.enabled,
            "resend_after_absence": login.resend_after_absence,
            # What a worker has recorded of the one before.
            "trouble": None,
            "trouble_at": None,
        }
        if known is None or not _is_same_login(known, login):
            values["login_since"] = self.at
        if known is None:
            key = {"business": business, "name": name, "provider": login.provider_of(name), "revision": 1}
            self.transaction.execute(insert(connections).values(**key, **values))
        else:
            self.transaction.execute(
                update(connections)
                .where(connections.c.business == business, connections.c.name == name)
                .values(**values, revision=connections.c.revision + 1)
            )

    def _audit(self, written: Iterable[PartChange]) -> None:
        for change in written:
            self.transaction.execute(
                insert(audit_log).values(
                    at=self.at,
                    actor=self.actor,
                    business=change.business,
                    part=change.part,
                    what=change.kind.value,
                    differences=change.differences,
                )
            )


def _refuse_other_provider(stored: BusinessConfiguration | None, wanted: BusinessConfiguration) -> None:
    """A connection keeps its provider, and a policy names it with that."""
    known = dict(stored.connections) if stored else {}
    for name, login in wanted.connections.items():
        if name in known and known[name].provider_of(name) != login.provider_of(name):
            raise OtherProviderError(
                f"{wanted.code}'s connection {name} is at {known[name].provider_of(name)}, as its documents are: "
                f"give the one at {login.provider_of(name)} another name"
            )
    policy, known = wanted.policy, known | dict(wanted.connections)
    for named, provider in (
        (policy.connection_name, policy.provider),
        (policy.sign_through, policy.signing_provider),
    ):
        if named in known and known[named].provider_of(named) != provider:
            raise OtherProviderError(
                f"{wanted.code}'s connection {named} is at {known[named].provider_of(named)}, and its policy says "
                f"{provider}: name the provider that it is at"
            )


def _is_same_login(known: Login, wanted: Login) -> bool:
    return (known.base_url, known.secrets, known.options) == (wanted.base_url, wanted.secrets, wanted.options)


def _series_row(each: Series) -> dict[str, object]:
    return {"name": each.name, "document_type": each.document_type.value, "year": each.year}


def _carrier_row(each: Carrier) -> dict[str, object]:
    return {"name": each.name, "tax_number": each.tax_number}
