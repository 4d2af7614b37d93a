"""What an event causes: outcomes, status events, commands and entries of the dedupe table."""

from dataclasses import dataclass, field

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.outcomes import OrderOutcome
from app.domain.record import record


@record
class DedupeEntry:
    """A write-once entry of the `documents` table: order key, and provider, document type and scope → document.

    `caused_by` is the event that released the document: a replay of the log comes with the same one.
    """

    order_key: str
    dedupe_key: str
    document_id: str
    caused_by: str


@dataclass(slots=True, kw_only=True)
class Effects:
    """In the order in which they were caused."""

    commands: list[InvoiceCommand] = field(default_factory=list)
    outcomes: list[OrderOutcome] = field(default_factory=list)
    statuses: list[DocumentStatus] = field(default_factory=list)
    entries: list[DedupeEntry] = field(default_factory=list)
