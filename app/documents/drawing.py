"""From an order's lines to an invoice."""

from app.documents.arithmetic import price_lines
from app.documents.invoice import Invoice
from app.documents.invoice_info.model import InvoiceInfo
from app.documents.parties import customer_of
from app.domain.commands import DocumentOrder
from app.domain.parties import Person, Seller


def draw_up(order: DocumentOrder, person: Person | None, seller: Seller) -> Invoice:
    """The invoice over these lines. The order must be free of `faults_of`."""
    return Invoice(
        info=InvoiceInfo(currency_code=order.currency, exchange_rate=order.exchange_rate),
        seller=seller,
        customer=customer_of(person, seller),
        lines=price_lines(order.lines, prices_include_vat=order.prices_include_vat),
    )
