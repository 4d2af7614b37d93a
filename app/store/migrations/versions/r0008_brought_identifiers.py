"""The ETTNs and numbers that orders bring themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

HELD = sa.text("outcome IS NULL OR outcome IN ('USED', 'VOID')")


def upgrade() -> None:
    op.create_table(
        "brought_identifiers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("taxpayer", sa.String(32), nullable=False),
        sa.Column("identifier", sa.String(36), nullable=False),
        sa.Column("business", sa.String(32), nullable=False),
        sa.Column("command_id", sa.String(36), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("document_id", sa.String(36), nullable=False),
        sa.Column("outcome", sa.String(8)),
        sa.PrimaryKeyConstraint("id", name="pk_brought_identifiers"),
        sa.UniqueConstraint("command_id", "revision", "identifier", name="uq_brought_identifiers_command_id"),
    )
    op.create_index(
        "uq_brought_identifiers_held",
        "brought_identifiers",
        ["taxpayer", "identifier"],
        unique=True,
        sqlite_where=HELD,
        postgresql_where=HELD,
    )


def downgrade() -> None:
    op.drop_table("brought_identifiers")
