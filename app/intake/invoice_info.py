"""What is wrong with an event's InvoiceInfo by itself, and with a document that is more than a plain sale.

Whether an InvoiceInfo agrees with its order, the planner checks.

Here and not in the fold, because GİB's lists change: what a log holds must be decided alike whenever it is folded.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from app.documents.invoice_info.order_info import order_info_errors, under
from app.documents.order_document import document_errors
from app.domain.errors import FieldError
from app.domain.orders import InvoiceRequested, OrderEvent, OrderPlaced

PLACE: Final = "$.body.invoice_info"


def invoice_info_errors(event: OrderEvent) -> Iterator[FieldError]:
    """Nothing for an event without one."""
    body = event.body
    if isinstance(body, OrderPlaced | InvoiceRequested) and body.invoice_info is not None:
        for found in order_info_errors(body.invoice_info):
            yield under(PLACE, found)


def order_document_errors(event: OrderEvent, at: datetime) -> Iterator[FieldError]:
    """What GİB would refuse of an order with withholding, further taxes or a type of its own."""
    if isinstance(event.body, OrderPlaced):
        yield from document_errors(event.body, event.person, at)
