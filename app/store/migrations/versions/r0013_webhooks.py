"""Webhooks: who is called, what with, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'WAITING'")


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("business", sa.String(32), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("types", sa.JSON, nullable=False),
        sa.Column("description", sa.String(255)),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("previous_secret", sa.Text),
        sa.Column("previous_until", MOMENT),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("paused_at", MOMENT),
        sa.Column("paused_why", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(255), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.Column("retry_at", MOMENT),
        sa.Column("succeeded_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
    )
    op.create_index("ix_webhook_endpoints_business", "webhook_endpoints", ["business"])
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("business", sa.String(32), nullable=False),
        sa.Column("lane", sa.String(128), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_events"),
    )
    op.create_index("ix_webhook_events_business", "webhook_events", ["business"])
    _create_deliveries()
    op.create_table(
        "webhook_offsets",
        sa.Column("reader", sa.String(36), nullable=False),
        sa.Column("topic", sa.String(255), nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("topic_id", sa.String(64), nullable=False),
        sa.Column("next", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("reader", "topic", "partition", name="pk_webhook_offsets"),
    )


def _create_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("endpoint", sa.String(36), nullable=False),
        sa.Column("event", sa.String(36), nullable=False),
        sa.Column("copy", sa.Integer, nullable=False),
        sa.Column("lane", sa.String(128), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sending", sa.Boolean, nullable=False),
        sa.Column("due", MOMENT),
        sa.Column("first_at", MOMENT),
        sa.Column("last_at", MOMENT),
        sa.Column("last_status", sa.Integer),
        sa.Column("last_answer", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.String(255)),
        sa.ForeignKeyConstraint(
            ["endpoint"], ["webhook_endpoints.id"], name="fk_webhook_deliveries_endpoint_webhook_endpoints"
        ),
        sa.ForeignKeyConstraint(["event"], ["webhook_events.id"], name="fk_webhook_deliveries_event_webhook_events"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint("endpoint", "event", "copy", name="uq_webhook_deliveries_endpoint"),
    )
    op.create_index("ix_webhook_deliveries_event", "webhook_deliveries", ["event"])
    for name, columns in (("due", ["endpoint", "due"]), ("lane", ["endpoint", "lane", "id"])):
        op.create_index(
            f"ix_webhook_deliveries_{name}",
            "webhook_deliveries",
            columns,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )
    op.create_index("ix_webhook_deliveries_log", "webhook_deliveries", ["endpoint", "state", "id"])


def downgrade() -> None:
    for name in ("offsets", "deliveries", "events", "endpoints"):
        op.drop_table(f"webhook_{name}")
