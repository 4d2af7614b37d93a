"""Addresses of documents that only the answer to their create named."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "document_links",
        sa.Column("document_id", sa.String(36), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_document_links"),
    )


def downgrade() -> None:
    op.drop_table("document_links")
