"""Which invoice is meant where a person or a client names one, and the lines of an order as they are now."""

from collections.abc import Iterable, Sequence
from typing import Final

from app.domain.documents import DEAD, DocumentStatus, Intent
from app.domain.orders import OrderLine
from app.operations.errors import NotFoundError, NotPossibleError
from app.tracking.orders import TrackedOrder
from app.tracking.versions import versions

# Of an id as lists show it; a shorter beginning may be a reference of the merchant's.
SHORTEST_ID: Final = 8


def named_invoice(documents: Iterable[DocumentStatus], name: str) -> DocumentStatus:
    """The one invoice of an order that is called so: the merchant's reference, its number, or its id's beginning.

    Of several that one counts which has not ended. Raises NotFoundError for none, and NotPossibleError for several.
    """
    found = [each for each in documents if each.intent is Intent.INVOICE and _is_called(each, name)]
    living = [each for each in found if each.state not in DEAD]
    meant = living or found
    if not meant:
        raise NotFoundError(f"The order has no invoice {name}.")
    if len(meant) > 1:
        ids = ", ".join(each.document_id for each in meant)
        raise NotPossibleError(f"Several invoices of the order are called {name}: name one by its id ({ids}).")
    return meant[0]


def _is_called(latest: DocumentStatus, name: str) -> bool:
    is_id = len(name) >= SHORTEST_ID and latest.document_id.startswith(name)
    return is_id or name in {latest.number, latest.invoice_reference}


def present_lines(order: TrackedOrder) -> Sequence[OrderLine]:
    """The order's lines after every amendment and correction that was taken. Raises NotFoundError without an order."""
    known = versions(order)
    if not known:
        raise NotFoundError(f"Order {order.order_reference} has not been taken in.")
    return known[-1].content.lines
