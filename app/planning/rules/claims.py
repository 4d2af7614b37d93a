"""A document's claim on its order's lines: why there can be none, planned, released, and taken back."""

from collections.abc import Iterable
from dataclasses import replace

from app.domain import identity
from app.domain.commands import Action, DocumentOrder
from app.domain.document_info import of_part
from app.domain.documents import DocumentState, Intent
from app.domain.errors import FieldError
from app.domain.invoice_types import reason_of
from app.domain.order_checks import total_errors
from app.domain.orders import InvoiceRequested, LoggedEvent
from app.domain.policy import Policy
from app.domain.time import legal_date
from app.planning.answers import cancelled_line, named_twice, unknown_line
from app.planning.events import policy_of
from app.planning.planned_document import PlannedDocument
from app.planning.rules.credit_content import credit_order
from app.planning.rules.credits import plan_credit
from app.planning.rules.invoice_info import with_info, with_request
from app.planning.state import LineStatus
from app.planning.working_order import WorkingOrder

# --- whether lines can be claimed ------------------------------------------------------------------------------------


def reference_errors(order: WorkingOrder, references: tuple[str, ...]) -> tuple[FieldError, ...]:
    """Lines that the order does not have, and lines named twice."""
    errors, known = [], set[str]()
    for index, reference in enumerate(references):
        path = f"$.body.line_references[{index}]"
        if reference in known:
            errors.append(named_twice(path))
        elif reference not in order.lines:
            errors.append(unknown_line(path))
        known.add(reference)
    return tuple(errors)


def active_from_errors(order: WorkingOrder, event: LoggedEvent) -> tuple[FieldError, ...]:
    """Orders from before the business came to us are registered and not issued, by whatever request."""
    policy = policy_of(event)
    if not policy.registers_only(order.content.order_date):
        return ()
    message = f"the order is from before {policy.active_from}, when this business began to issue here"
    return (FieldError(path="$.order_reference", code="BEFORE_ACTIVE_FROM", message=message),)


def claim_errors(
    order: WorkingOrder, references: tuple[str, ...], in_the_way: Iterable[PlannedDocument] = ()
) -> tuple[FieldError, ...]:
    """Why these lines cannot be claimed: cancelled, on another document, or no document by themselves.

    `in_the_way`: documents that will have made way by then.
    """
    making_way = {document.document_id for document in in_the_way}
    errors = (line_error(order, index, reference, making_way) for index, reference in enumerate(references))
    return tuple(error for error in errors if error) or part_errors(order, references)


def part_errors(order: WorkingOrder, references: Iterable[str]) -> tuple[FieldError, ...]:
    """Why these lines make no document by themselves: worth nothing, or a discount without what it lowers."""
    path = "$.body.line_references"
    found = total_errors(order.content, order.ordered_lines(references), path)
    return tuple(replace(error, path=path) for error in found)


def line_error(order: WorkingOrder, index: int, reference: str, in_the_way: set[str]) -> FieldError | None:
    """Why this line cannot be claimed; None when it can."""
    path, line = f"$.body.line_references[{index}]", order.lines[reference]
    if error := review_error(order, (reference,), path):
        return error
    if line.status is LineStatus.CANCELLED:
        return cancelled_line(path)
    if line.document_id is not None and line.document_id not in in_the_way:
        message = f"the line is on document {line.document_id}"
        if line.is_invoiced:
            return FieldError(path=path, code="LINE_INVOICED", message=message)
        return FieldError(path=path, code="LINE_CLAIMED", message=message)
    return None


def review_error(order: WorkingOrder, references: Iterable[str], path: str) -> FieldError | None:
    """Why no document over these lines may go out now: one that ended may exist all the same; two would be a double."""
    wanted = set(references)
    doubtful = next((d for d in order.documents.values() if d.may_live_after_all and wanted & set(d.claims)), None)
    if doubtful is None:
        return None
    message = f"document {doubtful.document_id} ended, and seems to be at its provider all the same; decide its review"
    return FieldError(path=path, code="DOCUMENT_IN_REVIEW", message=message)


def may_be_claimed(order: WorkingOrder, references: tuple[str, ...]) -> bool:
    """Whether a document over these lines could be planned now."""
    return not claim_errors(order, references)


# --- planned, released, taken back -----------------------------------------------------------------------------------


def plan(
    order: WorkingOrder, references: tuple[str, ...], policy: Policy, request: InvoiceRequested | None
) -> PlannedDocument:
    """Claims the lines for a new document. Nothing goes out yet."""
    event, scope = order.event, identity.scope_of(references)
    attempt = sum(1 for d in order.documents.values() if d.scope == scope)
    document = PlannedDocument(
        document_id=identity.document_id(event.business, event.order_reference, Intent.INVOICE, scope, attempt),
        intent=Intent.INVOICE,
        scope=scope,
        attempt=attempt,
        lines=tuple(sorted(references)),
        moved_at=event.received_at,
        policy=policy,
        request=request,
    )
    order.move_lines(document.lines, LineStatus.CLAIMED, document.document_id)
    order.documents[document.document_id] = document
    return document


def plan_again(
    order: WorkingOrder, document: PlannedDocument, lines: tuple[str, ...], policy: Policy
) -> PlannedDocument:
    """A new document in the place of one that ended: over these of its lines, or taking back all that it did."""
    credit = order.credit_of(document)
    if credit is not None:
        return plan_credit(order, credit, policy)
    request = document.request and replace(document.request, line_references=lines)
    return plan(order, lines, policy, request)


def release(order: WorkingOrder, document: PlannedDocument) -> PlannedDocument:
    """Lets a planned document go: status, ISSUE command, dedupe entry. Draft first: as far as its draft."""
    document = order.emit_status(document, released=True, attention=None, asked_at=order.event.received_at)
    order.command(document, Action.ISSUE, 0, document_order(order, document))
    order.remember(document)
    return document


def document_order(order: WorkingOrder, document: PlannedDocument) -> DocumentOrder:
    """The command's content: of an invoice, or of what takes one back."""
    credit = order.credit_of(document)
    if credit is None:
        return invoice_order(order, document)
    original = order.documents[credit.original]
    return credit_order(invoice_order(order, original), credit, original, document)


def invoice_order(order: WorkingOrder, document: PlannedDocument) -> DocumentOrder:
    """The order's facts, the shipment's, and the business's choices."""
    placed, request, policy = order.content, document.request, document.policy
    lines = order.ordered_lines(document.lines)
    info = (request.invoice_info if request else None) or (
        of_part(placed.invoice_info, placed, lines) if placed.invoice_info else None
    )
    info = with_request(info, request) if request else info
    content = DocumentOrder(
        intent=document.intent,
        order_date=placed.order_date,
        order_type=placed.order_type,
        currency=placed.currency,
        exchange_rate=placed.exchange_rate,
        prices_include_vat=placed.prices_include_vat,
        lines=lines,
        payment=placed.payment,
        website=placed.website,
        note=placed.note,
        carrier=(request.carrier if request else None) or placed.carrier,
        shipment_reference=request.shipment_reference if request else None,
        invoice_reference=request.invoice_reference if request else None,
        dispatch_date=request.dispatch_date if request else None,
        due_date=request.due_date if request else None,
        tracking_code=request.tracking_code if request else None,
        document_type=policy.document_type,
        earsiv_series=policy.earsiv_series,
        efatura_series=policy.efatura_series,
        efatura_profile=policy.efatura_profile,
        details=placed.details,
        issue_date_days_back=policy.issue_date_days_back + days_since_first(order, document),
    )
    return content if info is None else with_info(content, info, reason_of(info) or reason_of(placed.invoice_info))


def days_since_first(order: WorkingOrder, document: PlannedDocument) -> int:
    """How many days in Turkey after the first of the documents whose place it takes; a move refuses no order's date."""
    *_, first = (document.document_id, *order.places_taken_by(document))
    asked_at, now = order.documents[first].asked_at, order.event.received_at
    return (legal_date(now) - legal_date(asked_at)).days if asked_at else 0


def documents_holding(order: WorkingOrder, references: Iterable[str]) -> list[PlannedDocument]:
    """The documents that have a claim on one of these lines, each once."""
    holders = {order.lines[ref].document_id for ref in references if order.lines[ref].status is LineStatus.CLAIMED}
    return [document for document in order.documents.values() if document.document_id in holders]


def withdraw_all(order: WorkingOrder, documents: Iterable[PlannedDocument]) -> None:
    """Takes back each of them, those that went out first: ending one that did not may end the waits for all."""
    for document in sorted(documents, key=lambda each: not each.released):
        withdraw(order, document)


def withdraw(order: WorkingOrder, document: PlannedDocument, *, moves: bool = False) -> None:
    """Takes back a document that has not become legal: at once while it has not gone out, else by its issuer.

    `moves`: for another connection, which could not notice that it was made here all the same. Only the issuer knows
    whether something was sent; its answer, or the document's final state, goes on from here.
    """
    if not document.released:
        document = order.emit_status(document, state=DocumentState.CANCELLED, attention=None)
        order.update_lines(document)
    elif not document.withdrawing:
        order.documents[document.document_id] = replace(document, withdrawing=True)
        order.command(document, Action.WITHDRAW, 0, moves=moves)
