"""The tables of webhooks, beside the store's others."""

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.store.tables import AwareTime, metadata

# Who is called. `types`: of events, or ["*"]. `secret` and `previous_secret` are encrypted; the previous one signs too
# until `previous_until`. `failures` are those since the last success, `failing_since` the time of the first of them;
# nothing is sent before `retry_at`.
webhook_endpoints: Final = Table(
    "webhook_endpoints",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("business", String(32), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("types", JSON, nullable=False),
    Column("description", String(255)),
    Column("secret", Text, nullable=False),
    Column("previous_secret", Text),
    Column("previous_until", AwareTime),
    Column("state", String(8), nullable=False),
    Column("paused_at", AwareTime),
    Column("paused_why", Text),
    Column("created_at", AwareTime, nullable=False),
    Column("created_by", String(255), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", AwareTime),
    Column("retry_at", AwareTime),
    Column("succeeded_at", AwareTime),
)

# What is sent, byte for byte. `lane`: what keeps its order, a document or an order.
webhook_events: Final = Table(
    "webhook_events",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("type", String(64), nullable=False),
    Column("business", String(32), nullable=False, index=True),
    Column("lane", String(128), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# One event for one endpoint. Their ids grow in the order in which a lane is sent. Only the first that waits of a lane
# is ever due; the others have no `due`. `sending`: a call is under way, and lost where `due` has passed.
# `copy`: 0, or the number of a redelivery that a person has asked for.
webhook_deliveries: Final = Table(
    "webhook_deliveries",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("endpoint", String(36), ForeignKey("webhook_endpoints.id"), nullable=False),
    Column("event", String(36), ForeignKey("webhook_events.id"), nullable=False, index=True),
    Column("copy", Integer, nullable=False),
    Column("lane", String(128), nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sending", Boolean, nullable=False),
    Column("due", AwareTime),
    Column("first_at", AwareTime),
    Column("last_at", AwareTime),
    Column("last_status", Integer),
    Column("last_answer", Text),
    Column("created_at", AwareTime, nullable=False),
    Column("asked_by", String(255)),
    UniqueConstraint("endpoint", "event", "copy", name="uq_webhook_deliveries_endpoint"),
)
_WAITING: Final = text("state = 'WAITING'")
Index(
    "ix_webhook_deliveries_due",
    *(webhook_deliveries.c[name] for name in ("endpoint", "due")),
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)
Index(
    "ix_webhook_deliveries_lane",
    *(webhook_deliveries.c[name] for name in ("endpoint", "lane", "id")),
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)
Index("ix_webhook_deliveries_log", *(webhook_deliveries.c[name] for name in ("endpoint", "state", "id")))

# How far the topics were read: by all endpoints together, and by each one that could take no more.
webhook_offsets: Final = Table(
    "webhook_offsets",
    metadata,
    Column("reader", String(36), primary_key=True),
    Column("topic", String(255), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("topic_id", String(64), nullable=False),
    Column("next", BigInteger, nullable=False),
)
