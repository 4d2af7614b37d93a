"""The read model's tables. Another form of them is another VERSION: it is built anew from the topics, not migrated.

What the topics say is kept as it is (`log_events`, `outcomes`, `statuses`, `notices`, `freezes`); orders, their lines
and documents are derived from that, by the same code that lists them without a database.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from app.tracking.orders import Stuck
from app.tracking.read_model.columns import Day, Kurus, Moment

# Part of the database's name: a release with other tables builds its own beside the one that the old one reads.
VERSION: Final = 2

metadata: Final = MetaData()

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
    # Of whom it names, and nothing else that is personal.
    Column("buyer_name", String),
    Column("buyer_tax_number", String),
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

# Of the buyer there are the name and the tax number: lists show them, and they are searched for.
orders: Final = Table(
    "orders",
    metadata,
    Column("order_key", String, primary_key=True),
    Column("business", String, nullable=False),
    Column("order_reference", String, nullable=False),
    Column("state", String, nullable=False),
    Column("customer_number", String),
    Column("buyer_name", String),
    Column("buyer_tax_number", String),
    Column("order_date", Day),
    Column("currency", String),
    # What all of its lines come to.
    Column("payable", Kurus),
    # Since when it is otherwise than it was placed.
    Column("amended_at", Moment),
    Column("events", Integer, nullable=False),
    # With blanks between them.
    Column("document_ids", Text, nullable=False),
    Column("lines", Integer, nullable=False),
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
    # Of what is on an invoice: the pieces that came back, and what was credited for them or off their price.
    Column("returned", String, nullable=False),
    Column("credited", String, nullable=False),
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
    Column("issue_date", Day),
    Column("intent", String, nullable=False),
    Column("credit_reference", String),
    Column("original", String),
    # With blanks between them.
    Column("credited_by", Text, nullable=False),
    Column("buyer_name", String),
    Column("buyer_tax_number", String),
    Column("kind", String),
    Column("profile", String),
    Column("currency", String),
    Column("taxable", Kurus),
    Column("vat", Kurus),
    Column("payable", Kurus),
    Column("dispatch_date", Day),
    Column("due_date", Day),
    # The last days, while they matter: to issue it, and to object to it.
    Column("issue_until", Day),
    Column("object_until", Day),
    Column("said", String),
    Column("began_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("row_seq", BigInteger, nullable=False, index=True),
)

document_vat: Final = Table(
    "document_vat",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("rate", String, primary_key=True),
    Column("taxable", Kurus, nullable=False),
    Column("vat", Kurus, nullable=False),
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
Index("ix_orders_buyer", orders.c.buyer_tax_number)
Index("ix_documents_latest", documents.c.business, documents.c.changed_at.desc(), documents.c.document_id.desc())
Index(
    "ix_documents_state",
    *(documents.c.business, documents.c.state, documents.c.changed_at.desc(), documents.c.document_id.desc()),
)
Index("ix_documents_all", documents.c.changed_at.desc(), documents.c.document_id.desc())
Index("ix_documents_number", documents.c.number)
Index("ix_documents_ettn", documents.c.ettn)
Index("ix_documents_counts", documents.c.business, documents.c.state, documents.c.attention)
Index("ix_documents_issued", documents.c.business, documents.c.issue_date)
Index("ix_documents_intent", documents.c.intent, documents.c.changed_at.desc(), documents.c.document_id.desc())
Index("ix_documents_buyer", documents.c.buyer_tax_number)
Index("ix_documents_due", documents.c.issue_until)
_waiting = documents.c.waits.is_(True)
Index(
    "ix_documents_waiting_of_business",
    *(documents.c.business, documents.c.changed_at.desc(), documents.c.document_id.desc()),
    sqlite_where=_waiting,
    postgresql_where=_waiting,
)
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
CONTENT: Final = (
    *(log_events, outcomes, statuses, notices, freezes),
    *(orders, order_lines, documents, document_vat, projection_errors),
)
NOT_CONTENT: Final = frozenset({"row_seq"})
