"""Businesses, their connections, series and carriers, and who changed them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "businesses",
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("seller", sa.JSON, nullable=False),
        sa.Column("policy", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_businesses"),
    )
    _create_connections()
    op.create_table(
        "series",
        sa.Column("business", sa.String(32), nullable=False),
        sa.Column("document_type", sa.String(16), nullable=False),
        sa.Column("name", sa.String(3), nullable=False),
        sa.Column("year", sa.Integer),
        sa.PrimaryKeyConstraint("business", "document_type", "name", name="pk_series"),
        sa.ForeignKeyConstraint(["business"], ["businesses.code"], name="fk_series_business_businesses"),
    )
    op.create_table(
        "carriers",
        sa.Column("business", sa.String(32), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("tax_number", sa.String(11), nullable=False),
        sa.PrimaryKeyConstraint("business", "name", name="pk_carriers"),
        sa.ForeignKeyConstraint(["business"], ["businesses.code"], name="fk_carriers_business_businesses"),
    )
    _create_audit_log()


def downgrade() -> None:
    for table in ("audit_log", "carriers", "series", "connections", "businesses"):
        op.drop_table(table)


def _create_connections() -> None:
    op.create_table(
        "connections",
        sa.Column("business", sa.String(32), nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("base_url", sa.Text, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("secrets", sa.JSON, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("resend_after_absence", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("needs_owner_revision", sa.Integer),
        sa.Column("needs_owner_why", sa.Text),
        sa.PrimaryKeyConstraint("business", "provider", name="pk_connections"),
        sa.ForeignKeyConstraint(["business"], ["businesses.code"], name="fk_connections_business_businesses"),
    )


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("business", sa.String(32), nullable=False),
        sa.Column("part", sa.String(64), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("differences", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_business", "audit_log", ["business"])
