"""What a buyer is credited for invoiced lines: how much is left of them, what counts, and the documents over it.

A return takes pieces back and a goodwill an amount. Both together never come to more than the line did on its invoice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from app.domain import identity
from app.domain.discounts import amount_of, goods_among, shares_of
from app.domain.documents import Intent
from app.domain.money import to_kurus
from app.domain.notices import CreditedLine
from app.domain.policy import Policy
from app.domain.record import record
from app.planning.planned_document import PlannedDocument
from app.planning.state import Credit, LineStatus
from app.planning.working_order import WorkingOrder


@record
class Left:
    """What of a line on its invoice can still be credited: pieces, and an amount in the price's own terms."""

    quantity: Decimal
    amount: Decimal

    def minus(self, credited: CreditedLine) -> "Left":
        """What is left after that, too."""
        return Left(quantity=self.quantity - credited.quantity, amount=self.amount - credited.amount)

    def of_pieces(self, quantity: Decimal) -> Decimal:
        """The amount of so many of the pieces that are left: for the last of them all that is left of the amount."""
        return min(self.amount, to_kurus(self.amount * quantity / self.quantity))


def sold(order: WorkingOrder, original: PlannedDocument) -> dict[str, Left]:
    """What each line of an invoice came to, after its share of the discounts; no DISCOUNT lines."""
    lines = order.ordered_lines(original.lines)
    return {
        line.line_reference: Left(quantity=line.quantity, amount=amount_of(line) - share)
        for line, share in zip(goods_among(lines), shares_of(lines), strict=True)
    }


def left(order: WorkingOrder, original: PlannedDocument, besides: Credit | None = None) -> dict[str, Left]:
    """What of each line of an invoice can still be credited. `besides`: a credit that is not looked at."""
    found = sold(order, original)
    for credit in order.credits:
        if credit is not besides and credit.original == original.document_id and counts(order, credit):
            for credited in credit.lines:
                found[credited.line_reference] = found[credited.line_reference].minus(credited)
    return found


def counts(order: WorkingOrder, credit: Credit) -> bool:
    """Whether it counts: its document has not ended, or may live all the same; registered only, its invoice has not."""
    document = order.documents[credit.document_id or credit.original]
    return not document.is_dead or document.may_live_after_all


def fits(order: WorkingOrder, credit: Credit) -> bool:
    """Whether its invoice still has the lines, and all that it takes back of them is left."""
    original = order.documents[credit.original]
    if any(order.lines[each.line_reference].document_id != credit.original for each in credit.lines):
        return False
    remains = left(order, original, besides=credit)
    after = (remains[each.line_reference].minus(each) for each in credit.lines)
    return all(each.quantity >= 0 and each.amount >= 0 for each in after)


def is_free(order: WorkingOrder, document: PlannedDocument) -> bool:
    """Whether a document that ended could live: another one has not taken its place, and what it takes back is left."""
    credit = order.credit_of(document)
    return credit is not None and fits(order, credit)


def add(order: WorkingOrder, credit: Credit) -> None:
    """The credit, instead of one under the same reference that counts no more."""
    same = (credit.intent, credit.reference, credit.original)
    others = (each for each in order.credits if (each.intent, each.reference, each.original) != same)
    order.credits = (*others, credit)


def plan_credit(order: WorkingOrder, credit: Credit, policy: Policy) -> PlannedDocument:
    """A document over it, which is its document from now on. Nothing goes out yet."""
    event, scope = order.event, identity.scope_of((credit.reference, credit.original))
    attempt = sum(d.intent is credit.intent and d.scope == scope for d in order.documents.values())
    document = PlannedDocument(
        document_id=identity.document_id(event.business, event.order_reference, credit.intent, scope, attempt),
        intent=credit.intent,
        scope=scope,
        attempt=attempt,
        lines=tuple(sorted(each.line_reference for each in credit.lines)),
        moved_at=event.received_at,
        policy=policy,
        person=order.documents[credit.original].person,
    )
    order.documents[document.document_id] = document
    add(order, replace(credit, document_id=document.document_id))
    return document


def credits_of(order: WorkingOrder, original: PlannedDocument) -> Iterator[Credit]:
    """What counts against this invoice."""
    return (each for each in order.credits if each.original == original.document_id and counts(order, each))


def count_returned(order: WorkingOrder) -> None:
    """Gives each invoiced line the status that its returns give it."""
    if not order.credits and not order.before.credits:
        return
    for reference, line in list(order.lines.items()):
        if line.is_invoiced and (status := _returned_status(order, reference)) is not line.status:
            order.move_lines((reference,), status, line.document_id)


def _returned_status(order: WorkingOrder, reference: str) -> LineStatus:
    original = order.documents[order.lines[reference].document_id or ""]
    returned = sum(_pieces_of(reference, credits_of(order, original)), Decimal(0))
    if not returned:
        return LineStatus.INVOICED
    (line,) = order.ordered_lines((reference,))
    return LineStatus.RETURNED if returned >= line.quantity else LineStatus.PART_RETURNED


def _pieces_of(reference: str, credits_: Iterable[Credit]) -> Iterator[Decimal]:
    for credit in credits_:
        if credit.intent is Intent.RETURN:
            yield from (each.quantity for each in credit.lines if each.line_reference == reference)
