"""From requests to documents: a request for one shipment, a person's approval, and what every document begins with."""

from collections.abc import Iterable
from dataclasses import replace

from app.domain import identity
from app.domain.commands import Action, DocumentOrder
from app.domain.documents import Intent
from app.domain.errors import FieldError
from app.domain.order_checks import discount_errors
from app.domain.orders import DocumentApproved, InvoiceRequested, LoggedEvent, OrderLine
from app.domain.outcomes import Verdict
from app.domain.policy import Policy
from app.planning.rules.invoice_info import contradictions, reason_of, with_info
from app.planning.rules.order_content import worth_of
from app.planning.rules.withdrawing import documents_holding, withdraw_all
from app.planning.state import HeldFor, LineStatus, PlannedDocument
from app.planning.working_order import WorkingOrder


def invoice_requested(order: WorkingOrder, event: LoggedEvent, body: InvoiceRequested) -> None:
    """One shipment: the document that exists for it, a new one, or every reason why not."""
    references = body.line_references
    if faults := shape_faults(order, body) or reference_conflicts(order, body) or too_old(order, event):
        order.reject(event, faults)
    elif any(document.withdrawing for document in documents_holding(order, references)):
        order.hold(event, HeldFor.WITHDRAWAL)
    elif (existing := document_over(order, references)) and (existing.released or existing.request):
        repeat_or_release(order, event, existing)
    elif body.invoice_info is not None and (faults := order.size_faults(body.invoice_info)):
        order.reject(event, faults)
    elif existing:
        repeat_or_release(order, event, replace(existing, request=body))
    else:
        claim(order, event, body)


def claim(order: WorkingOrder, event: LoggedEvent, body: InvoiceRequested) -> None:
    """A new document over these lines. A planned one over others of them that never went out makes way for it."""
    in_the_way = [d for d in documents_holding(order, body.line_references) if not d.released]
    if faults := claim_faults(order, body.line_references, in_the_way):
        order.reject(event, faults)
        return
    withdraw_all(order, in_the_way)
    document = release(order, plan(order, body.line_references, policy_of(event), body))
    order.answer(event, Verdict.OK, documents=(document.document_id,))


def too_old(order: WorkingOrder, event: LoggedEvent) -> tuple[FieldError, ...]:
    """Orders from before the business came to us are registered and not issued, whoever asks."""
    active_from = policy_of(event).active_from
    if active_from is None or order.content.order_date >= active_from:
        return ()
    message = f"the order is from before {active_from}, when this business began to issue here"
    return (FieldError(path="$.order_reference", code="BEFORE_ACTIVE_FROM", message=message),)


def document_approved(order: WorkingOrder, event: LoggedEvent, body: DocumentApproved) -> None:
    """A person lets a planned document go; one that has gone out needs no approval, or no second one."""
    document = order.documents.get(body.document_id)
    if document is None:
        order.reject(event, (unknown_document(),))
    elif document.dead:
        order.reject(event, (ended_document(document),))
    elif document.released:
        order.answer(event, Verdict.DUPLICATE, "NOT_AWAITING_APPROVAL", documents=(document.document_id,))
    else:
        repeat_or_release(order, event, document)


def repeat_or_release(order: WorkingOrder, event: LoggedEvent, existing: PlannedDocument) -> None:
    """An explicit request counts under each policy, so it also lets a document go that waits for approval."""
    if existing.released:
        order.answer(event, Verdict.DUPLICATE, documents=(existing.document_id,))
    elif fault := review_fault(order, existing.lines, "$.body"):
        order.reject(event, (fault,))
    else:
        release(order, existing)
        order.answer(event, Verdict.OK, documents=(existing.document_id,))


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


def release(order: WorkingOrder, document: PlannedDocument) -> PlannedDocument:
    """Lets a planned document go: status, ISSUE command, dedupe entry."""
    document = order.emit_status(document, released=True, attention=None)
    order.command(document, Action.ISSUE, 0, order=document_order(order, document))
    order.remember(document)
    return document


def document_order(order: WorkingOrder, document: PlannedDocument) -> DocumentOrder:
    """The command's content: the order's facts, the shipment's, and the business's choices."""
    placed, request, policy = order.content, document.request, document.policy
    info = (request.invoice_info if request else None) or placed.invoice_info
    content = DocumentOrder(
        intent=document.intent,
        order_date=placed.order_date,
        order_type=placed.order_type,
        currency=placed.currency,
        exchange_rate=placed.exchange_rate,
        prices_include_vat=placed.prices_include_vat,
        lines=order.ordered_lines(document.lines),
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
    )
    return content if info is None else with_info(content, info, reason_of(info) or reason_of(placed.invoice_info))


def document_over(order: WorkingOrder, references: tuple[str, ...]) -> PlannedDocument | None:
    """The living document that covers exactly these lines."""
    wanted = set(references)
    return next((d for d in order.documents.values() if not d.dead and set(d.lines) == wanted), None)


def shape_faults(order: WorkingOrder, body: InvoiceRequested) -> tuple[FieldError, ...]:
    """What no state of the lines could make right."""
    faults = reference_faults(order, body.line_references)
    if body.invoice_info is None:
        return faults
    lines = order.ordered_lines(body.line_references)
    return (*faults, *contradictions(body.invoice_info, order.content, lines))


def reference_faults(order: WorkingOrder, references: tuple[str, ...]) -> tuple[FieldError, ...]:
    """Lines that the order does not have, and lines named twice."""
    faults, known = [], set[str]()
    for index, reference in enumerate(references):
        path = f"$.body.line_references[{index}]"
        if reference in known:
            faults.append(FieldError(path=path, code="DUPLICATE_LINE_REFERENCE", message="stands here twice"))
        elif reference not in order.lines:
            faults.append(FieldError(path=path, code="UNKNOWN_LINE", message="the order has no such line"))
        known.add(reference)
    return tuple(faults)


def reference_conflicts(order: WorkingOrder, body: InvoiceRequested) -> tuple[FieldError, ...]:
    """A shipment's or an invoice's reference may not come back with other content."""
    faults = []
    requests = [d.request for d in order.documents.values() if d.request and not d.dead]
    for name in ("shipment_reference", "invoice_reference"):
        given = getattr(body, name)
        same = [known for known in requests if given is not None and getattr(known, name) == given]
        if any(in_line_order(known) != in_line_order(body) for known in same):
            message = "is known with other content"
            faults.append(FieldError(path=f"$.body.{name}", code="CONTENT_CONFLICT", message=message))
    return tuple(faults)


def claim_faults(
    order: WorkingOrder, references: tuple[str, ...], in_the_way: Iterable[PlannedDocument] = ()
) -> tuple[FieldError, ...]:
    """Why these lines cannot be claimed: cancelled, on another document, or no document by themselves.

    `in_the_way`: documents that will have made way by then.
    """
    making_way = {document.document_id for document in in_the_way}
    faults = (line_fault(order, index, reference, making_way) for index, reference in enumerate(references))
    return tuple(fault for fault in faults if fault) or content_faults(order.ordered_lines(references))


def content_faults(lines: tuple[OrderLine, ...]) -> tuple[FieldError, ...]:
    """Why these lines make no document by themselves: worth nothing, or a discount without what it lowers."""
    path = "$.body.line_references"
    if worth_of(lines) <= 0:
        message = "these lines come to nothing or less"
        return (FieldError(path=path, code="NOTHING_TO_INVOICE", message=message),)
    return tuple(replace(error, path=path) for error in discount_errors(lines, path))


def line_fault(order: WorkingOrder, index: int, reference: str, in_the_way: set[str]) -> FieldError | None:
    """Why this line cannot be claimed; None when it can."""
    path, line = f"$.body.line_references[{index}]", order.lines[reference]
    if fault := review_fault(order, (reference,), path):
        return fault
    if line.status is LineStatus.CANCELLED:
        message = "the line was cancelled and can never be invoiced"
        return FieldError(path=path, code="LINE_CANCELLED", message=message)
    if line.document_id is not None and line.document_id not in in_the_way:
        message = f"the line stands on document {line.document_id}"
        return FieldError(path=path, code=f"LINE_{line.status}", message=message)
    return None


def review_fault(order: WorkingOrder, references: Iterable[str], path: str) -> FieldError | None:
    """Why no document over these lines may go out now: one that was thought dead may live, and would be a double."""
    wanted = set(references)
    doubtful = next((d for d in order.documents.values() if d.may_live_after_all and wanted & set(d.lines)), None)
    if doubtful is None:
        return None
    message = f"document {doubtful.document_id} ended, and seems to live at its provider; decide its review"
    return FieldError(path=path, code="DOCUMENT_IN_REVIEW", message=message)


def may_be_claimed(order: WorkingOrder, references: tuple[str, ...]) -> bool:
    """Whether a document over these lines could be planned now."""
    return not claim_faults(order, references)


def in_line_order(request: InvoiceRequested) -> InvoiceRequested:
    """The same request with its lines sorted: their sequence says nothing."""
    return replace(request, line_references=tuple(sorted(request.line_references)))


def policy_of(event: LoggedEvent) -> Policy:
    """The policy that intake stamped; its absence is a fault of ours, not of the record."""
    if event.policy is None:
        raise LookupError(f"{event.body.type} without a policy")
    return event.policy


def unknown_document() -> FieldError:
    """For events that name a document of another order, or none."""
    return FieldError(path="$.body.document_id", code="UNKNOWN_DOCUMENT", message="the order has no such document")


def ended_document(document: PlannedDocument) -> FieldError:
    """For events that ask something of a document that is no more."""
    return FieldError(path="$.body.document_id", code="DOCUMENT_ENDED", message=f"the document is {document.state}")
