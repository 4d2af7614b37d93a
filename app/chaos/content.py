"""What must stand on an order's document, computed from the order alone and not by our invoice arithmetic."""

from collections.abc import Iterator
from decimal import Decimal

from app.chaos.account import Account
from app.chaos.evidence import MadeDocument, Submitted
from app.domain.documents import DocumentStatus
from app.domain.money import to_kurus
from app.domain.orders import LineKind, OrderLine, OrderPlaced
from app.domain.parties import ANONYMOUS_TCKN


def differences(account: Account, status: DocumentStatus, made: MadeDocument) -> Iterator[str]:
    """Each field in which a made document is not that of its order, as a sentence."""
    taken = account.taken.get((status.business, status.order_reference))
    if taken is None:
        yield f"document {status.document_id} was made for an order that was never taken"
        return
    lines = lines_of(taken, status.lines)
    fields: dict[str, tuple[object, object]] = {
        "provider": (made.provider, status.provider),
        "order reference": (made.order_reference, status.order_reference),
        "company": (made.company, account.evidence.companies[status.business]),
        "receiver": (made.receiver_tax_number, _receiver(taken)),
        "payable amount": (made.payable, payable(lines)),
        "lines": (made.names, _names(lines)),
    }
    if status.number is not None:
        fields["number"] = (made.number, status.number)
    for name, (found, due) in fields.items():
        if found != due:
            yield f"document {status.document_id}: the {name} at {made.provider} is {found}, not {due}"


def payable(lines: list[OrderLine]) -> Decimal:
    """What the buyer pays: each line's price with VAT, rounded to kuruş, a discount with its minus sign."""
    amounts = (line.quantity * line.unit_price - line.discount for line in lines)
    return sum(map(to_kurus, amounts), Decimal(0))


def lines_of(taken: Submitted, references: tuple[str, ...]) -> list[OrderLine]:
    """These lines as they were ordered. Raises ValueError for an order with net prices."""
    body = taken.event.body
    if not isinstance(body, OrderPlaced) or not body.prices_include_vat:
        raise ValueError("the check knows orders with gross prices only, which is what the generator makes")
    return [line for line in body.lines if line.line_reference in references]


def _names(lines: list[OrderLine]) -> tuple[str, ...]:
    """A discount is no line of the document: it lowers the others."""
    return tuple(sorted(line.name for line in lines if line.kind is not LineKind.DISCOUNT))


def _receiver(taken: Submitted) -> str:
    person = taken.event.person
    return (person.buyer.tax_number if person else None) or ANONYMOUS_TCKN
