"""What keeps a worker from using a connection, and since when."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("connections", sa.Column("trouble", sa.Text))
    op.add_column("connections", sa.Column("trouble_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("connections", "trouble_at")
    op.drop_column("connections", "trouble")
