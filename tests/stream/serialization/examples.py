"""One record of each type that we emit, without any hypothesis about it."""

from datetime import UTC, date, datetime

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DocumentState, DocumentStatus, Intent
from app.domain.orders import HoldExpired, LoggedEvent
from app.domain.outcomes import OrderOutcome, Verdict

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
EVENT, DOCUMENT, COMMAND = "7a1f-event", "7a1f-document", "7a1f-command"


def logged() -> LoggedEvent:
    return LoggedEvent(
        event_id=EVENT,
        received_at=NOON,
        rules_version=1,
        business="ORNEK",
        order_reference="S-1001",
        body=HoldExpired(event_ids=("e1",)),
    )


def outcome(verdict: Verdict = Verdict.OK) -> OrderOutcome:
    return OrderOutcome(
        event_id=EVENT,
        event_type="OrderPlaced",
        business="ORNEK",
        order_reference="S-1001",
        request_id=None,
        verdict=verdict,
        reason=None,
        errors=(),
        documents=(),
        occurred_at=NOON,
    )


def command() -> InvoiceCommand:
    return InvoiceCommand(
        command_id=COMMAND,
        action=Action.WITHDRAW,
        revision=1,
        document_id=DOCUMENT,
        business="ORNEK",
        order_reference="S-1001",
        provider="nilvera",
        connection="nilvera",
        occurred_at=NOON,
        caused_by=EVENT,
    )


def status(sequence: int = 1) -> DocumentStatus:
    return DocumentStatus(
        document_id=DOCUMENT,
        sequence=sequence,
        business="ORNEK",
        order_reference="S-1001",
        intent=Intent.INVOICE,
        attempt=0,
        state=DocumentState.ISSUED,
        attention=None,
        provider="nilvera",
        connection="nilvera",
        lines=("1", "2"),
        shipment_reference=None,
        invoice_reference=None,
        document_type=None,
        ettn=None,
        number=None,
        issue_date=date(2026, 11, 2),
        errors=(),
        evidence=(),
        review_revision=0,
        occurred_at=NOON,
        caused_by=EVENT,
    )
