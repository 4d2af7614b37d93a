"""Invoiced goods that came back, and prices that are lowered after the fact: registered, and on documents by policy."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from app.domain.documents import INVOICING, Attention, DocumentType, Intent
from app.domain.errors import FieldError
from app.domain.notices import CreditedLine, LinesCredited
from app.domain.numbers import NUMBER
from app.domain.orders import GoodwillGranted, LineKind, LoggedEvent, OrderReturned
from app.domain.outcomes import Verdict
from app.domain.policy import Goodwill, Mode, Policy, Returns
from app.domain.record import record
from app.planning.answers import in_review, named_twice, unknown_line
from app.planning.content_digest import content_digest
from app.planning.events import policy_of
from app.planning.rules.claims import release
from app.planning.rules.credits import Left, add, left, plan_credit, stands
from app.planning.rules.external import is_external
from app.planning.rules.review_questions import was_returned
from app.planning.state import Credit, HeldFor, LineStatus, PlannedDocument, last_documents
from app.planning.working_order import WorkingOrder

LINES: Final = "$.body.lines"


@record
class Wanted:
    """What is to be credited of one line: pieces of it, or an amount. `index`: its place in the event."""

    index: int
    line_reference: str
    quantity: Decimal | None = None
    amount: Decimal = Decimal(0)

    @property
    def path(self) -> str:
        """Its place in the event."""
        return f"{LINES}[{self.index}]"


@record
class Request:
    """A return or a goodwill, in one form."""

    intent: Intent
    reference: str
    day: date
    digest: str
    lines: tuple[Wanted, ...]

    @property
    def reference_path(self) -> str:
        """Where the event has its reference."""
        return "$.body.return_reference" if self.intent is Intent.RETURN else "$.body.goodwill_reference"


def digest_of(event: LoggedEvent) -> str:
    """What tells another content under the same reference; whom it is for is the invoice's."""
    return content_digest(replace(event, person=None))


def order_returned(order: WorkingOrder, event: LoggedEvent, body: OrderReturned) -> None:
    """What came back is credited, on a document for each invoice where the policy says so; or every reason why not."""
    lines = tuple(
        Wanted(index=index, line_reference=line.line_reference, quantity=line.quantity)
        for index, line in enumerate(body.lines)
    )
    asked = Request(
        intent=Intent.RETURN,
        reference=body.return_reference,
        day=body.return_date,
        digest=digest_of(event),
        lines=lines,
    )
    decide_credit(order, event, asked)


def goodwill_granted(order: WorkingOrder, event: LoggedEvent, body: GoodwillGranted) -> None:
    """What the buyer gets back is credited, like a return without pieces."""
    lines = tuple(
        Wanted(index=index, line_reference=line.line_reference, amount=line.amount)
        for index, line in enumerate(body.lines)
    )
    asked = Request(
        intent=Intent.PRICE_DIFFERENCE,
        reference=body.goodwill_reference,
        day=body.goodwill_date,
        digest=digest_of(event),
        lines=lines,
    )
    decide_credit(order, event, asked)


def decide_credit(order: WorkingOrder, event: LoggedEvent, asked: Request) -> None:
    """Held while an invoice of these lines is on its way, or is being cancelled: it may be none in the end."""
    known = [each for each in order.credits if (each.intent, each.reference) == (asked.intent, asked.reference)]
    standing = [each for each in known if stands(order, each)]
    if any(each.digest != asked.digest for each in standing):
        message = "is known with other content"
        order.reject(event, (FieldError(path=asked.reference_path, code="CONTENT_CONFLICT", message=message),))
        return
    done = {line.line_reference for credit in standing for line in credit.lines}
    missing = tuple(line for line in asked.lines if line.line_reference not in done)
    if not missing:
        order.answer(event, Verdict.DUPLICATE, documents=(c.document_id for c in standing if c.document_id))
    elif errors := line_errors(order, missing):
        order.reject(event, errors)
    elif waits_for := awaited(order, event, asked.intent, missing):
        order.hold(event, waits_for)
    elif errors := original_errors(order, event, asked.intent, missing) or left_errors(order, missing):
        order.reject(event, errors)
    else:
        credit_lines(order, event, asked, missing)


def credit_lines(order: WorkingOrder, event: LoggedEvent, asked: Request, lines: Iterable[Wanted]) -> None:
    """One credit for each invoice, in the sequence of the order's documents."""
    planned = []
    for original, wanted in by_original(order, lines):
        remains = left(order, original)
        credit = Credit(
            intent=asked.intent,
            reference=asked.reference,
            digest=asked.digest,
            original=original.document_id,
            lines=tuple(credited(remains[each.line_reference], each) for each in wanted),
        )
        document = None
        if makes_document(credit, original, policy_of(event)):
            document = release(order, plan_credit(order, credit, policy_of(event)))
            planned.append(document.document_id)
        else:
            add(order, credit)
        tell(order, asked, credit, document)
    if planned:
        order.answer(event, Verdict.OK, documents=planned)
    else:
        order.answer(event, Verdict.OK, "REGISTERED_ONLY")


def credited(remains: Left, wanted: Wanted) -> CreditedLine:
    """The pieces with their part of what is left of the line's amount; or the amount alone."""
    if wanted.quantity is None:
        return CreditedLine(line_reference=wanted.line_reference, quantity=Decimal(0), amount=wanted.amount)
    amount = remains.of_pieces(wanted.quantity)
    return CreditedLine(line_reference=wanted.line_reference, quantity=wanted.quantity, amount=amount)


def tell(order: WorkingOrder, asked: Request, credit: Credit, document: PlannedDocument | None) -> None:
    """A notice of what was credited, for the books and for who pays it back."""
    body = LinesCredited(
        intent=credit.intent,
        reference=credit.reference,
        day=asked.day,
        lines=credit.lines,
        original=credit.original,
        document_id=document.document_id if document else None,
    )
    order.notice(body, f"{credit.reference}/{credit.original}")


def makes_document(credit: Credit, original: PlannedDocument, policy: Policy) -> bool:
    """Whether the policy has it issued here, and there is anything to issue."""
    if not any(line.amount for line in credit.lines):
        return False
    return is_issued_here(credit.intent, original, policy)


def is_issued_here(intent: Intent, original: PlannedDocument, policy: Policy) -> bool:
    """By the policy's choice for the type of the invoice; never of one that the merchant issued himself."""
    if is_external(original) or policy.mode is Mode.EXTERNAL:
        return False
    if intent is Intent.PRICE_DIFFERENCE:
        return policy.goodwill is Goodwill.PRICE_DIFFERENCE_DOCUMENT
    is_efatura = original.document_type is DocumentType.EFATURA
    chosen = policy.returns_efatura if is_efatura else policy.returns_earsiv
    return chosen is Returns.IADE_DOCUMENT


def by_original(order: WorkingOrder, lines: Iterable[Wanted]) -> list[tuple[PlannedDocument, list[Wanted]]]:
    """The lines by the invoice that has them."""
    found: dict[str, list[Wanted]] = {}
    for wanted in lines:
        found.setdefault(order.lines[wanted.line_reference].document_id or "", []).append(wanted)
    return [(document, found[key]) for key, document in order.documents.items() if key in found]


# --- why not, or not yet ---------------------------------------------------------------------------------------------


def line_errors(order: WorkingOrder, lines: Iterable[Wanted]) -> tuple[FieldError, ...]:
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


def awaited(order: WorkingOrder, event: LoggedEvent, intent: Intent, lines: Iterable[Wanted]) -> HeldFor | None:
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
    order: WorkingOrder, event: LoggedEvent, intent: Intent, lines: Iterable[Wanted]
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


def left_errors(order: WorkingOrder, lines: Iterable[Wanted]) -> tuple[FieldError, ...]:
    """More than is left of a line."""
    errors = []
    for original, wanted in by_original(order, lines):
        remains = left(order, original)
        errors += [error for each in wanted if (error := _left_error(remains[each.line_reference], each))]
    return tuple(errors)


def _left_error(remains: Left, wanted: Wanted) -> FieldError | None:
    if wanted.quantity is not None and wanted.quantity > remains.quantity:
        message = f"{remains.quantity.normalize():f} of the line can still come back"
        return FieldError(path=f"{wanted.path}.quantity", code="QUANTITY_EXCEEDS_LINE", message=message)
    if wanted.amount > remains.amount:
        message = f"{remains.amount} of the line can still be given back"
        return FieldError(path=f"{wanted.path}.amount", code="AMOUNT_EXCEEDS_LINE", message=message)
    return None
