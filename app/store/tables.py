"""The store's tables. They are what the migrations make; a test compares the two."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

# Named constraints, so that a later migration can change them on every database.
metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class AwareTime(TypeDecorator[datetime]):
    """An aware time in and out; SQLite keeps no zone, so every time is stored as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


businesses: Final = Table(
    "businesses",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("seller", JSON, nullable=False),
    Column("policy", JSON, nullable=False),
)

# `name` is the business's own for its login at `provider`. `secrets` maps a name to an encrypted token. `revision`
# rises with every change of the row, so `needs_owner_revision` stops counting by itself as soon as the owner has
# changed anything. `login_since`: when the address, the secrets or the options were last written; whatever was sent
# later was sent with these. `trouble`: why a worker could not use it.
connections: Final = Table(
    "connections",
    metadata,
    Column("business", String(32), ForeignKey("businesses.code"), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("provider", String(32), nullable=False),
    Column("base_url", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("secrets", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("resend_after_absence", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("needs_owner_revision", Integer),
    Column("needs_owner_why", Text),
    Column("login_since", AwareTime),
    Column("trouble", Text),
    Column("trouble_at", AwareTime),
)

series: Final = Table(
    "series",
    metadata,
    Column("business", String(32), ForeignKey("businesses.code"), primary_key=True),
    Column("document_type", String(16), primary_key=True),
    Column("name", String(3), primary_key=True),
    Column("year", Integer),
)

carriers: Final = Table(
    "carriers",
    metadata,
    Column("business", String(32), ForeignKey("businesses.code"), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("tax_number", String(11), nullable=False),
)

# Written with the change itself, in one transaction; never changed, never without its actor; holds no secret.
audit_log: Final = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", AwareTime, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("business", String(32), nullable=False, index=True),
    Column("part", String(64), nullable=False),
    Column("what", String(32), nullable=False),
    Column("differences", JSON, nullable=False),
)

# Every number that we have given, and to which command. The law counts per taxpayer: a series that two businesses of
# one tax number use is one series. A number that came back (outcome FREE) has a second row
# when it is given again (then REUSED). Without an outcome its command has not ended. No foreign key: `rebuild numbers`
# fills it before anything is configured.
allotments: Final = Table(
    "allotments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("taxpayer", String(32), nullable=False),
    Column("business", String(32), nullable=False),
    Column("series", String(3), nullable=False),
    Column("year", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("command_id", String(36), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("document_id", String(36), nullable=False),
    Column("document_type", String(16), nullable=False),
    Column("issued_at", AwareTime, nullable=False),
    Column("issue_date", Date, nullable=False),
    Column("outcome", String(8)),
    UniqueConstraint("command_id", "revision", name="uq_allotments_command_id"),
)
_HELD: Final = text("outcome IS NULL OR outcome IN ('USED', 'VOID')")
_FREE: Final = text("outcome = 'FREE'")
Index("ix_allotments_series", *(allotments.c[name] for name in ("taxpayer", "series", "year", "sequence")))
# The last line of defence: the database itself refuses a second holder of a number.
Index(
    "uq_allotments_held",
    *(allotments.c[name] for name in ("taxpayer", "series", "year", "sequence")),
    unique=True,
    sqlite_where=_HELD,
    postgresql_where=_HELD,
)
Index(
    "ix_allotments_free",
    *(allotments.c[name] for name in ("taxpayer", "series", "issue_date")),
    sqlite_where=_FREE,
    postgresql_where=_FREE,
)

# The ETTNs and numbers that orders bring, as allotments are kept; what is held is one document's of a taxpayer.
brought_identifiers: Final = Table(
    "brought_identifiers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("taxpayer", String(32), nullable=False),
    Column("identifier", String(36), nullable=False),
    Column("business", String(32), nullable=False),
    Column("command_id", String(36), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("document_id", String(36), nullable=False),
    Column("outcome", String(8)),
    UniqueConstraint("command_id", "revision", "identifier", name="uq_brought_identifiers_command_id"),
)
Index(
    "uq_brought_identifiers_held",
    *(brought_identifiers.c[name] for name in ("taxpayer", "identifier")),
    unique=True,
    sqlite_where=_HELD,
    postgresql_where=_HELD,
)

# Providers that allow a user one session: the one that is open, encrypted, and who may use it until when. `user` is a
# keyed hash of provider, address and account. A holder that has died loses it by time; the next one finds the session.
sessions: Final = Table(
    "sessions",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("token", Text),
    Column("holder", String(36)),
    Column("held_until", AwareTime),
)

# Addresses of documents that only the answer to their create named, encrypted: each opens without a login.
document_links: Final = Table(
    "document_links",
    metadata,
    Column("document_id", String(36), primary_key=True),
    Column("url", Text, nullable=False),
)

# Each mail about a document that was asked for, written before it leaves. Without an outcome its process has ended
# before the answer came. `recipient` is masked; `via`: the provider's name, or SMTP.
mails: Final = Table(
    "mails",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", String(36), nullable=False, index=True),
    Column("at", AwareTime, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("why", Text),
    Column("via", String(32), nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("outcome", String(8)),
    Column("detail", Text),
)

# Designs of invoices. A row never changes: a document looks tomorrow as it does today.
templates: Final = Table(
    "templates",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("added_at", AwareTime, nullable=False),
    Column("added_by", String(255), nullable=False),
)

# Keys of the HTTP API: of each only a digest. Businesses and scopes are lists; ["*"] is every business.
api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("key_id", String(8), primary_key=True),
    Column("client", String(64), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("businesses", JSON, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", AwareTime, nullable=False),
    Column("created_by", String(255), nullable=False),
    Column("expires_at", AwareTime),
    Column("revoked_at", AwareTime),
    Column("revoked_by", String(255)),
    Column("last_used_at", AwareTime),
)

# Each request of the HTTP API, written before its record leaves: a repeat with the same key finds what became of it.
# The scope of a key is the business, so that another subscription key opens no second door. Of the body a digest.
api_requests: Final = Table(
    "api_requests",
    metadata,
    Column("business", String(32), primary_key=True),
    Column("request_key", String(80), primary_key=True),
    Column("try_no", Integer, nullable=False),
    Column("internal_request_id", String(36), nullable=False),
    Column("operation", String(32), nullable=False),
    Column("order_reference", String(64), nullable=False),
    Column("customer_number", String(64)),
    Column("digest", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("partition", Integer),
    Column("offset", BigInteger),
    Column("client", String(64), nullable=False),
    Column("created_at", AwareTime, nullable=False),
    Column("updated_at", AwareTime, nullable=False),
    UniqueConstraint("internal_request_id", name="uq_api_requests_internal_request_id"),
)
Index("ix_api_requests_order_reference", api_requests.c.business, api_requests.c.order_reference)
Index("ix_api_requests_created_at", api_requests.c.created_at)

# People who use the screen. `digest`: of the pass phrase, by argon2; without one only a login link lets them in.
# `failures`: wrong pass phrases since the last right one.
people: Final = Table(
    "people",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("full_name", String(120), nullable=False),
    Column("role", String(16), nullable=False),
    Column("digest", Text),
    Column("created_at", AwareTime, nullable=False),
    Column("created_by", String(255), nullable=False),
    Column("locked_at", AwareTime),
    Column("failures", Integer, nullable=False),
    Column("blocked_until", AwareTime),
)

# Logins of the screen; of each token a digest.
screen_logins: Final = Table(
    "screen_logins",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("began_at", AwareTime, nullable=False),
    Column("seen_at", AwareTime, nullable=False),
    Column("ended_at", AwareTime),
    Column("address", String(64), nullable=False),
    Column("browser", String(200), nullable=False),
)

# Links that let a person in once.
login_links: Final = Table(
    "login_links",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("created_by", String(255), nullable=False),
    Column("expires_at", AwareTime, nullable=False),
    Column("used_at", AwareTime),
)

# Forms that were sent: each is taken once.
used_forms: Final = Table(
    "used_forms",
    metadata,
    Column("form", String(64), primary_key=True),
    Column("at", AwareTime, nullable=False),
)

# What people did, beside what orders and configurations keep of it themselves. `origin`: the screen or a command.
actions: Final = Table(
    "actions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", AwareTime, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("address", String(64)),
    Column("what", String(32), nullable=False),
    Column("object", String(255), nullable=False, index=True),
    Column("reason", Text),
    Column("details", JSON, nullable=False),
)
