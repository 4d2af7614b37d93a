"""A connection has a name of its own, so that a business may have several at one provider."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("connections", sa.Column("name", sa.String(32)))
    op.execute("UPDATE connections SET name = provider")
    _key_by("name")


def downgrade() -> None:
    _key_by("provider")
    op.drop_column("connections", "name")


def _key_by(column: str) -> None:
    with op.batch_alter_table("connections") as batch:
        batch.alter_column(column, existing_type=sa.String(32), nullable=False)
        batch.drop_constraint("pk_connections", type_="primary")
        batch.create_primary_key("pk_connections", ["business", column])
