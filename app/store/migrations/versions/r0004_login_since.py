"""Since when a connection's login is the one of now."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("connections", sa.Column("login_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("connections", "login_since")
