"""What an event causes: outcomes, status events, commands, notices and what the dedupe table remembers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.domain import identity
from app.domain.commands import Action, Cancellation, DocumentOrder, InvoiceCommand, ReviewDecision
from app.domain.documents import Attention, DocumentProgressed, DocumentStatus
from app.domain.errors import FieldError
from app.domain.notices import NoticeBody, OrderNotice
from app.domain.orders import LoggedEvent
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.parties import Person
from app.domain.policy import RULES_VERSION
from app.domain.record import record
from app.planning.answers import listed
from app.planning.planned_document import PlannedDocument
from app.planning.state import Credit

# What an action needs beside the document: ISSUE an order, REVIEW and MARK a decision, CANCEL a cancellation; WITHDRAW
# and SIGN nothing.
CommandContent = DocumentOrder | ReviewDecision | Cancellation


@record
class DedupeEntry:
    """A write-once entry of the `documents` table: order key and `identity.dedupe_key` → document.

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
    notices: list[OrderNotice] = field(default_factory=list)
    dedupe_entries: list[DedupeEntry] = field(default_factory=list)


def outcome_of(
    event: LoggedEvent,
    at: datetime,
    *,
    verdict: Verdict,
    reason: str | None,
    errors: tuple[FieldError, ...],
    documents: Iterable[PlannedDocument],
) -> OrderOutcome:
    """The event's answer, given while another event may be folded: `at` is that one's time."""
    return OrderOutcome(
        event_id=event.event_id,
        event_type=event.body.type,
        business=event.business,
        order_reference=event.order_reference,
        request_id=event.request_id,
        verdict=verdict,
        reason=reason,
        errors=listed(errors),
        documents=tuple(document.reference() for document in documents),
        occurred_at=at,
        extensions=event.extensions,
    )


def status_of(
    event: LoggedEvent,
    document: PlannedDocument,
    attention: Attention | None,
    progress: DocumentProgressed | None,
    *,
    placed: LoggedEvent | None,
    credit: Credit | None,
) -> DocumentStatus:
    """The state of the document after the event, with what its issuer knew and what the order's producer added."""
    request = document.request
    return DocumentStatus(
        document_id=document.document_id,
        sequence=document.sequence,
        business=event.business,
        order_reference=event.order_reference,
        intent=document.intent,
        attempt=document.attempt,
        state=document.state,
        attention=attention,
        provider=document.policy.provider,
        connection=document.policy.connection_name,
        lines=document.lines,
        shipment_reference=request.shipment_reference if request else None,
        invoice_reference=request.invoice_reference if request else None,
        document_type=document.document_type,
        ettn=document.ettn,
        number=document.number,
        issue_date=document.issue_date,
        errors=listed(progress.errors) if progress else (),
        evidence=progress.evidence if progress else (),
        review_revision=document.review_revision,
        occurred_at=event.received_at,
        caused_by=event.event_id,
        extensions=placed.extensions if placed else None,
        credit_reference=credit.reference if credit else None,
        original=credit.original if credit else None,
        corrects=document.correction.document_id if document.correction else None,
        corrected_by=document.corrected_by,
    )


def notice_of(event: LoggedEvent, body: NoticeBody, placed: LoggedEvent | None, name: str) -> OrderNotice:
    """The notice; `name` tells it from others that the same event causes."""
    return OrderNotice(
        notice_id=identity.derived("notice", event.event_id, body.type, name),
        business=event.business,
        order_reference=event.order_reference,
        body=body,
        occurred_at=event.received_at,
        caused_by=event.event_id,
        extensions=placed.extensions if placed else None,
    )


def command_of(
    event: LoggedEvent,
    document: PlannedDocument,
    action: Action,
    revision: int,
    *,
    content: CommandContent | None,
    person: Person | None,
    moves: bool = False,
    moved_from: tuple[str, ...] = (),
) -> InvoiceCommand:
    """The command to the document's connection. `revision`: which of the document's commands of this action it is."""
    policy = document.policy
    return InvoiceCommand(
        command_id=identity.command_id(document.document_id, policy.connection_name, action, revision),
        action=action,
        revision=revision,
        document_id=document.document_id,
        business=event.business,
        order_reference=event.order_reference,
        provider=policy.provider,
        connection=policy.connection_name,
        occurred_at=event.received_at,
        caused_by=event.event_id,
        order=content if isinstance(content, DocumentOrder) else None,
        person=person,
        review=content if isinstance(content, ReviewDecision) else None,
        cancellation=content if isinstance(content, Cancellation) else None,
        moves=moves,
        moved_from=moved_from,
        draft_first=policy.draft_first and action is Action.ISSUE,
        rules_version=RULES_VERSION,
    )


def dedupe_entry_of(event: LoggedEvent, document: PlannedDocument) -> DedupeEntry:
    """The write-once entry of a document that the event releases."""
    connection = document.policy.connection_name
    return DedupeEntry(
        order_key=identity.order_key(event.business, event.order_reference),
        dedupe_key=identity.dedupe_key(connection, document.intent, document.scope, document.attempt),
        document_id=document.document_id,
        caused_by=event.event_id,
    )
