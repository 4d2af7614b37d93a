"""The session of each user at providers that allow one, and who may use it now."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("user", sa.String(64), primary_key=True),
        sa.Column("token", sa.Text),
        sa.Column("holder", sa.String(36)),
        sa.Column("held_until", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    op.drop_table("sessions")
