"""The numbers that we give to documents."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

HELD = sa.text("outcome IS NULL OR outcome IN ('USED', 'VOID')")
FREE = sa.text("outcome = 'FREE'")
NUMBER = ["taxpayer", "series", "year", "sequence"]


def upgrade() -> None:
    op.create_table(
        "allotments",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("taxpayer", sa.String(32), nullable=False),
        sa.Column("business", sa.String(32), nullable=False),
        sa.Column("series", sa.String(3), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("command_id", sa.String(36), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("document_id", sa.String(36), nullable=False),
        sa.Column("document_type", sa.String(16), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issue_date", sa.Date, nullable=False),
        sa.Column("outcome", sa.String(8)),
        sa.PrimaryKeyConstraint("id", name="pk_allotments"),
        sa.UniqueConstraint("command_id", "revision", name="uq_allotments_command_id"),
    )
    op.create_index("ix_allotments_series", "allotments", NUMBER)
    op.create_index("uq_allotments_held", "allotments", NUMBER, unique=True, sqlite_where=HELD, postgresql_where=HELD)
    op.create_index(
        "ix_allotments_free",
        "allotments",
        ["taxpayer", "series", "issue_date"],
        sqlite_where=FREE,
        postgresql_where=FREE,
    )


def downgrade() -> None:
    op.drop_table("allotments")
