"""What an event causes: outcomes, status events, commands and entries of the dedupe table."""

from dataclasses import dataclass, field

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.outcomes import OrderOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupeEntry:
    """A write-once entry of the `documents` table: order key, and provider, document type and scope → document."""

    order_key: str
    dedupe_key: str
    document_id: str


@dataclass(slots=True, kw_only=True)
class Effects:
    """In the order in which they were caused."""

    commands: list[InvoiceCommand] = field(default_factory=list)
    outcomes: list[OrderOutcome] = field(default_factory=list)
    statuses: list[DocumentStatus] = field(default_factory=list)
    entries: list[DedupeEntry] = field(default_factory=list)
