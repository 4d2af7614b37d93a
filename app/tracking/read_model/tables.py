"""The read model's tables. Another form of them is another VERSION: it is built anew from the topics, not migrated.

What the topics say is kept as it is (`log_events`, `outcomes`, `statuses`, `notices`, `freezes`); orders, their lines
and documents are derived from that, by the same code that lists them without a database.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

from app.tracking.orders import Stuck

# Part of the database's name: a release with other tables builds its own beside the one that the old one reads.
VERSION: Final = 1

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

metadata: Final = MetaData()


def as_microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970: they sort as moments do, in every database."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The moment of `as_microseconds`."""
    return _EPOCH + timedelta(microseconds=microseconds)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        del dialect
        return None if value is None else as_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else from_microseconds(value)


# One row: which model this is, the last number of its change feed, and how far it was behind the topics when.
about: Final = Table(
    "about",
    metadata,
    Column("model_id", String, primary_key=True),
    Column("cluster_id", String, nullable=False),
    Column("cursor_key", LargeBinary, nullable=False),
    Column("row_seq", BigInteger, nullable=False),
    Column("checked_at", Moment),
    Column("current_at", Moment),
    Column("behind", BigInteger, nullable=False),
)

# `next`: the offset that is read next. `topic_id`: a topic that was made anew under its old name has another one.
offsets: Final = Table(
    "offsets",
    metadata,
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("topic_id", String, nullable=False),
    Column("next", BigInteger, nullable=False),
)

log_events: Final = Table(
    "log_events",
    metadata,
    Column("event_id", String, primary_key=True),
    Column("order_key", String, nullable=False, index=True),
    Column("place", BigInteger, nullable=False),
    # Of an order its buyer, and nothing else that is personal.
    Column("buyer_name", String),
    # The logged event in JSON, without its personal data.
    Column("content", LargeBinary, nullable=False),
)

outcomes: Final = Table(
    "outcomes",
    metadata,
    Column("partition", Integer, primary_key=True),
    Column("place", BigInteger, primary_key=True),
    Column("order_key", String, nullable=False, index=True),
    Column("request_id", String, index=True),
    Column("content", LargeBinary, nullable=False),
)

statuses: Final = Table(
    "statuses",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("order_key", String, nullable=False, index=True),
    Column("place", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

notices: Final = Table(
    "notices",
    metadata,
    Column("notice_id", String, primary_key=True),
    Column("order_key", String, nullable=False, index=True),
    Column("place", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# The planner's last dead letter of each order.
freezes: Final = Table(
    "freezes", metadata, Column("order_key", String, primary_key=True), Column("at", Moment, nullable=False)
)

# Of the buyer there is the name alone: lists show it, and it is searched for.
orders: Final = Table(
    "orders",
    metadata,
    Column("order_key", String, primary_key=True),
    Column("business", String, nullable=False),
    Column("order_reference", String, nullable=False),
    Column("state", String, nullable=False),
    Column("customer_number", String),
    Column("buyer_name", String),
    Column("order_date", String),
    Column("currency", String),
    Column("events", Integer, nullable=False),
    # With blanks between them.
    Column("document_ids", Text, nullable=False),
    Column("open_lines", Integer, nullable=False),
    # A document of it waits for a person.
    Column("attention", Boolean, nullable=False),
    *(Column(f"{why.lower()}_since", Moment) for why in Stuck),
    Column("changed_at", Moment, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("row_seq", BigInteger, nullable=False, index=True),
)

order_lines: Final = Table(
    "order_lines",
    metadata,
    Column("order_key", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("business", String, nullable=False),
    Column("line_reference", String, nullable=False),
    Column("state", String, nullable=False),
    Column("since", Moment, nullable=False),
    Column("document_id", String),
    Column("name", String),
    Column("quantity", String),
    Column("unit_price", String),
    Column("vat_rate", String),
)

documents: Final = Table(
    "documents",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("order_key", String, nullable=False, index=True),
    Column("business", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("attention", String),
    # `TrackedDocument.waits_for_person`.
    Column("waits", Boolean, nullable=False),
    Column("provider", String, nullable=False),
    Column("connection", String, nullable=False),
    Column("number", String),
    Column("ettn", String),
    Column("issue_date", String),
    Column("began_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("row_seq", BigInteger, nullable=False, index=True),
)

# What could not be projected; it stays in its topic. `order_key` where only that order's rows could not be made.
projection_errors: Final = Table(
    "projection_errors",
    metadata,
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("place", BigInteger, primary_key=True),
    Column("order_key", String),
    Column("code", String, nullable=False),
    Column("message", String, nullable=False),
)

Index("ix_orders_latest", orders.c.business, orders.c.changed_at.desc(), orders.c.order_key.desc())
Index("ix_orders_state", orders.c.business, orders.c.state, orders.c.changed_at.desc(), orders.c.order_key.desc())
Index("ix_orders_all", orders.c.changed_at.desc(), orders.c.order_key.desc())
Index("ix_orders_reference", orders.c.order_reference)
Index("ix_documents_latest", documents.c.business, documents.c.changed_at.desc(), documents.c.document_id.desc())
Index(
    "ix_documents_state",
    *(documents.c.business, documents.c.state, documents.c.changed_at.desc(), documents.c.document_id.desc()),
)
Index("ix_documents_all", documents.c.changed_at.desc(), documents.c.document_id.desc())
Index("ix_documents_number", documents.c.number)
Index("ix_documents_ettn", documents.c.ettn)
_waiting = documents.c.waits.is_(True)
Index(
    "ix_documents_waiting",
    *(documents.c.changed_at.desc(), documents.c.document_id.desc()),
    sqlite_where=_waiting,
    postgresql_where=_waiting,
)
_open = order_lines.c.state == "OPEN"
Index(
    "ix_order_lines_open",
    *(order_lines.c.business, order_lines.c.since, order_lines.c.order_key, order_lines.c.position),
    sqlite_where=_open,
    postgresql_where=_open,
)

# What a rebuild must come to again, and the columns of it that say when a row was written and not what it is.
CONTENT: Final = (log_events, outcomes, statuses, notices, freezes, orders, order_lines, documents, projection_errors)
NOT_CONTENT: Final = frozenset({"row_seq"})
