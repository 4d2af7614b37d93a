"""Keys of the HTTP API, and its requests."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("businesses", sa.JSON, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(255), nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by", sa.String(255)),
        sa.Column("last_used_at", MOMENT),
        sa.PrimaryKeyConstraint("key_id", name="pk_api_keys"),
    )
    op.create_index("ix_api_keys_client", "api_keys", ["client"])
    op.create_table(
        "api_requests",
        sa.Column("business", sa.String(32), nullable=False),
        sa.Column("request_key", sa.String(80), nullable=False),
        sa.Column("try_no", sa.Integer, nullable=False),
        sa.Column("internal_request_id", sa.String(36), nullable=False),
        sa.Column("operation", sa.String(32), nullable=False),
        sa.Column("order_reference", sa.String(64), nullable=False),
        sa.Column("customer_number", sa.String(64)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("partition", sa.Integer),
        sa.Column("offset", sa.BigInteger),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("business", "request_key", name="pk_api_requests"),
        sa.UniqueConstraint("internal_request_id", name="uq_api_requests_internal_request_id"),
    )
    op.create_index("ix_api_requests_order_reference", "api_requests", ["business", "order_reference"])
    op.create_index("ix_api_requests_created_at", "api_requests", ["created_at"])


def downgrade() -> None:
    op.drop_table("api_requests")
    op.drop_table("api_keys")
