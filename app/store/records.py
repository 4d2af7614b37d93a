"""What the store hands out and takes in, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.documents import DocumentType
from app.domain.parties import Carrier, Seller
from app.domain.policy import ConnectionName, Policy, ProviderName, SeriesName


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A number series of a business; without a year it counts in every year."""

    name: SeriesName
    document_type: DocumentType
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessProfile:
    """Who issues: the seller of a document, and the carriers it may name."""

    code: str
    seller: Seller
    carriers: tuple[Carrier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What the owner decides about one connection. `secrets` stay in memory.

    `provider`: where it is; None: at the provider that has the connection's name.
    `resend_after_absence`: the owner's written allowance to send again after a believed absence, at a provider that
    does not refuse a repeated reference.
    """

    base_url: str
    provider: ProviderName | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True
    resend_after_absence: bool = False

    def provider_of(self, connection: ConnectionName) -> ProviderName:
        """The provider of this login, whose connection has this name."""
        return self.provider or connection


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionListing:
    """One business's login at one provider as it is stored, without its secrets: it can be listed without the key.

    `name`: the business's own for it. `revision` rises with every change. `needs_owner`: a login failed at this
    revision, so nothing is to be sent until the owner has changed something. `trouble`: why a worker could not use
    it, and when that was; it is tried again all the while, for the reason may be the worker's own (another key, an
    older release). `login_since`: since when address, secrets and options are these; None where that is not known.
    """

    business: str
    name: str
    provider: str
    base_url: str
    secret_names: tuple[str, ...]
    options: dict[str, str]
    enabled: bool
    resend_after_absence: bool
    revision: int
    needs_owner: bool
    needs_owner_why: str | None
    trouble: str | None
    trouble_at: datetime | None
    login_since: datetime | None

    @property
    def why_not(self) -> str | None:
        """What keeps it from working, as far as it is known; None when nothing does."""
        return self.needs_owner_why if self.needs_owner else self.trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConnection(ConnectionListing):
    """The same with its secrets decrypted; they stay in memory."""

    secrets: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessConfiguration:
    """Everything that a configuration file has about one business. `connections` are by their names."""

    code: str
    seller: Seller
    policy: Policy
    series: tuple[Series, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    connections: Mapping[str, Login] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """Who changed what, and when. `differences` maps a field to [before, after]; secrets are only "set"."""

    at: datetime
    actor: str
    business: str
    part: str
    what: str
    differences: dict[str, list[str | None]]
