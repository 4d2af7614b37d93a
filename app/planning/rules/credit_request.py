"""A request to credit invoiced lines, a return or a goodwill: registered, and on documents by the policy."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.domain.documents import Intent
from app.domain.errors import FieldError
from app.domain.notices import CreditedLine, LinesCredited
from app.domain.orders import GoodwillGranted, LoggedEvent, OrderReturned
from app.domain.outcomes import Verdict
from app.domain.policy import Policy
from app.domain.record import record
from app.planning.content_digest import content_digest
from app.planning.events import policy_of
from app.planning.planned_document import PlannedDocument
from app.planning.rules.claims import release
from app.planning.rules.credit_checks import (
    CreditedPart,
    awaited,
    by_original,
    is_issued_here,
    left_errors,
    line_errors,
    original_errors,
)
from app.planning.rules.credits import Left, add, counts, left, plan_credit
from app.planning.state import Credit
from app.planning.working_order import WorkingOrder


@record
class CreditRequest:
    """A return or a goodwill, in one form."""

    intent: Intent
    reference: str
    day: date
    digest: str
    lines: tuple[CreditedPart, ...]

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
        CreditedPart(index=index, line_reference=line.line_reference, quantity=line.quantity)
        for index, line in enumerate(body.lines)
    )
    asked = CreditRequest(
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
        CreditedPart(index=index, line_reference=line.line_reference, amount=line.amount)
        for index, line in enumerate(body.lines)
    )
    asked = CreditRequest(
        intent=Intent.PRICE_DIFFERENCE,
        reference=body.goodwill_reference,
        day=body.goodwill_date,
        digest=digest_of(event),
        lines=lines,
    )
    decide_credit(order, event, asked)


def decide_credit(order: WorkingOrder, event: LoggedEvent, asked: CreditRequest) -> None:
    """Held while an invoice of these lines is on its way, or is being cancelled: it may be none in the end."""
    known = [each for each in order.credits if (each.intent, each.reference) == (asked.intent, asked.reference)]
    counted = [each for each in known if counts(order, each)]
    if any(each.digest != asked.digest for each in counted):
        message = "is known with other content"
        order.reject(event, (FieldError(path=asked.reference_path, code="CONTENT_CONFLICT", message=message),))
        return
    done = {line.line_reference for credit in counted for line in credit.lines}
    missing = tuple(line for line in asked.lines if line.line_reference not in done)
    if not missing:
        order.answer(event, Verdict.DUPLICATE, documents=(c.document_id for c in counted if c.document_id))
    elif errors := line_errors(order, missing):
        order.reject(event, errors)
    elif waits_for := awaited(order, event, asked.intent, missing):
        order.hold(event, waits_for)
    elif errors := original_errors(order, event, asked.intent, missing) or left_errors(order, missing):
        order.reject(event, errors)
    else:
        credit_lines(order, event, asked, missing)


def credit_lines(order: WorkingOrder, event: LoggedEvent, asked: CreditRequest, lines: Iterable[CreditedPart]) -> None:
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
        notice_credit(order, asked, credit, document)
    if planned:
        order.answer(event, Verdict.OK, documents=planned)
    else:
        order.answer(event, Verdict.OK, "REGISTERED_ONLY")


def credited(remains: Left, wanted: CreditedPart) -> CreditedLine:
    """The pieces with their part of what is left of the line's amount; or the amount alone."""
    if wanted.quantity is None:
        return CreditedLine(line_reference=wanted.line_reference, quantity=Decimal(0), amount=wanted.amount)
    amount = remains.of_pieces(wanted.quantity)
    return CreditedLine(line_reference=wanted.line_reference, quantity=wanted.quantity, amount=amount)


def notice_credit(order: WorkingOrder, asked: CreditRequest, credit: Credit, document: PlannedDocument | None) -> None:
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
