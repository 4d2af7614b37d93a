"""Invoices that the merchant issues himself: their numbers and lines are registered, and no provider is asked."""

from dataclasses import replace
from typing import Final

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.numbers import NUMBER
from app.domain.orders import InvoiceRequested, LoggedEvent
from app.domain.outcomes import Verdict
from app.domain.policy import EXTERNAL, NumberRule, Policy
from app.planning.events import policy_of
from app.planning.planned_document import CancellationProgress, PlannedDocument
from app.planning.rules.claims import plan
from app.planning.rules.notices import confirm_shipment
from app.planning.working_order import WorkingOrder

NUMBER_PATH: Final = "$.body.invoice_reference"
DATE_PATH: Final = "$.body.invoice_date"


def external_errors(body: InvoiceRequested, policy: Policy) -> tuple[FieldError, ...]:
    """What a registration lacks: its invoice's number, in the business's form, and its day of issue."""
    errors, number = [], body.invoice_reference
    if number is None:
        errors.append(_required(NUMBER_PATH, "its number"))
    elif policy.invoice_number_rule is NumberRule.TR and NUMBER.fullmatch(number) is None:
        message = "is no invoice number: three capitals or digits, the year, nine digits"
        errors.append(FieldError(path=NUMBER_PATH, code="INVOICE_NUMBER", message=message))
    if body.invoice_date is None:
        errors.append(_required(DATE_PATH, "its day of issue"))
    return tuple(errors)


def register_issued(order: WorkingOrder, event: LoggedEvent, body: InvoiceRequested) -> None:
    """The merchant has issued this invoice: its lines are invoiced on it."""
    document = plan(order, body.line_references, policy_of(event).as_external, body)
    document = order.emit_status(
        document,
        released=True,
        state=DocumentState.ISSUED,
        number=body.invoice_reference,
        issue_date=body.invoice_date,
    )
    order.remember(document)
    order.update_lines(document)
    confirm_shipment(order, document, body)
    order.answer(event, Verdict.OK, documents=(document.document_id,))


def is_external(document: PlannedDocument) -> bool:
    """Whether the merchant issued it himself."""
    return document.policy.provider == EXTERNAL


def cancel_external(order: WorkingOrder, event: LoggedEvent, document: PlannedDocument) -> None:
    """The merchant says that he has cancelled his invoice: its lines are open."""
    cancelling = replace(document.cancelling or CancellationProgress(), is_open=False)
    document = order.emit_status(document, state=DocumentState.CANCELLED, cancelling=cancelling)
    order.update_lines(document)
    order.answer(event, Verdict.OK, documents=(document.document_id,))


def _required(path: str, what: str) -> FieldError:
    message = f"the merchant issues his invoices himself, and this one is registered with {what}"
    return FieldError(path=path, code="REQUIRED", message=message)
