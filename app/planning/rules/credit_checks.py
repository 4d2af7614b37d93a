"""Why a return or a goodwill is not credited, or not yet: its lines, their invoices, and what is left of them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from app.domain.documents import INVOICING, Attention, DocumentType, Intent
from app.domain.errors import FieldError
from app.domain.numbers import NUMBER
from app.domain.orders import LineKind, LoggedEvent
from app.domain.policy import Goodwill, Mode, Policy, Returns
from app.domain.record import record
from app.planning.answers import in_review, named_twice, unknown_line
from app.planning.events import policy_of
from app.planning.planned_document import PlannedDocument
from app.planning.rules.credits import Left, left
from app.planning.rules.external import is_external
from app.planning.rules.review_questions import was_returned
from app.planning.state import HeldFor, LineStatus, last_documents
from app.planning.working_order import WorkingOrder

LINES: Final = "$.body.lines"


@record
class CreditedPart:
    """What is to be credited of one line: pieces of it, or an amount. `index`: its place in the event."""

    index: int
    line_reference: str
    quantity: Decimal | None = None
    amount: Decimal = Decimal(0)

    @property
    def path(self) -> str:
        """Its place in the event."""
        return f"{LINES}[{self.index}]"


def is_issued_here(intent: Intent, original: PlannedDocument, policy: Policy) -> bool:
    """By the policy's choice for the type of the invoice; never of one that the merchant issued himself."""
    if is_external(original) or policy.mode is Mode.EXTERNAL:
        return False
    if intent is Intent.PRICE_DIFFERENCE:
        return policy.goodwill is Goodwill.PRICE_DIFFERENCE_DOCUMENT
    is_efatura = original.document_type is DocumentType.EFATURA
    chosen = policy.returns_efatura if is_efatura else policy.returns_earsiv
    return chosen is Returns.IADE_DOCUMENT


def by_original(order: WorkingOrder, lines: Iterable[CreditedPart]) -> list[tuple[PlannedDocument, list[CreditedPart]]]:
    """The lines by the invoice that has them."""
    found: dict[str, list[CreditedPart]] = {}
    for wanted in lines:
        found.setdefault(order.lines[wanted.line_reference].document_id or "", []).append(wanted)
    return [(document, found[key]) for key, document in order.documents.items() if key in found]


def line_errors(order: WorkingOrder, lines: Iterable[CreditedPart]) -> tuple[FieldError, ...]:
    """What no waiting could make right."""
    errors, known = [], set[str]()
    kinds = {line.line_reference: line.kind for line in order.content.lines}
    for wanted in lines:
        reference, path = wanted.line_reference, f"{wanted.path}.line_reference"
        if reference in known:
            errors.append(named_twice(path))
        elif reference not in order.lines:
            errors.append(unknown_line(path))
        elif kinds[reference] is LineKind.DISCOUNT:
            message = "a discount goes back with the lines that it lowers: name those alone"
            errors.append(FieldError(path=path, code="DISCOUNT_NOT_CREDITED", message=message))
        elif not (order.lines[reference].is_invoiced or is_to_be_invoiced(order, reference)):
            message = "the line is on no invoice: cancel it instead"
            errors.append(FieldError(path=path, code="LINE_NOT_INVOICED", message=message))
        known.add(reference)
    return tuple(errors)


def is_to_be_invoiced(order: WorkingOrder, reference: str) -> bool:
    """Whether its document is on its way, or was taken back and will be followed by another one."""
    line, document = order.lines[reference], last_documents(order.documents).get(reference)
    is_between = line.status is LineStatus.OPEN and document is not None and document.was_taken_back
    return line.status is LineStatus.CLAIMED or is_between


def awaited(order: WorkingOrder, event: LoggedEvent, intent: Intent, lines: Iterable[CreditedPart]) -> HeldFor | None:
    """What is to happen before it can be decided: an invoice is legal, and named; or its cancellation is answered."""
    originals = [order.documents.get(order.lines[wanted.line_reference].document_id or "") for wanted in lines]
    if any(original is None or is_awaited(event, intent, original) for original in originals):
        return HeldFor.INVOICE
    is_being_cancelled = any(original is not None and original.is_being_cancelled for original in originals)
    return HeldFor.CANCELLATION if is_being_cancelled else None


def is_awaited(event: LoggedEvent, intent: Intent, original: PlannedDocument) -> bool:
    """Whether it is on its way still, or a document has to name it and its number is to come."""
    if original.state not in INVOICING:
        return True
    return original.number is None and is_issued_here(intent, original, policy_of(event))


def original_errors(
    order: WorkingOrder, event: LoggedEvent, intent: Intent, lines: Iterable[CreditedPart]
) -> tuple[FieldError, ...]:
    """Invoices that a document cannot name, or of which it is not sure which one is legal."""
    errors = []
    for original, wanted in by_original(order, lines):
        if not is_issued_here(intent, original, policy_of(event)):
            continue
        path = f"{wanted[0].path}.line_reference"
        if original.issue_date is None or NUMBER.fullmatch(original.number or "") is None:
            message = f"document {original.document_id} has no number of GİB's form, or no known day of issue"
            errors.append(FieldError(path=path, code="ORIGINAL_NOT_NAMED", message=message))
        elif original.attention is Attention.NEEDS_REVIEW and not was_returned(original):
            errors.append(in_review(original, path))
    return tuple(errors)


def left_errors(order: WorkingOrder, lines: Iterable[CreditedPart]) -> tuple[FieldError, ...]:
    """More than is left of a line."""
    errors = []
    for original, wanted in by_original(order, lines):
        remains = left(order, original)
        errors += [error for each in wanted if (error := _left_error(remains[each.line_reference], each))]
    return tuple(errors)


def _left_error(remains: Left, wanted: CreditedPart) -> FieldError | None:
    if wanted.quantity is not None and wanted.quantity > remains.quantity:
        message = f"{remains.quantity.normalize():f} of the line can still come back"
        return FieldError(path=f"{wanted.path}.quantity", code="QUANTITY_EXCEEDS_LINE", message=message)
    if wanted.amount > remains.amount:
        message = f"{remains.amount} of the line can still be given back"
        return FieldError(path=f"{wanted.path}.amount", code="AMOUNT_EXCEEDS_LINE", message=message)
    return None
