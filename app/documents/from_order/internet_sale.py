"""The internet sale of an order, for the e-Arşiv report: what its InvoiceInfo has of it, and the rest filled in.

An order with a website is an internet sale; so is one whose InvoiceInfo says so. The payment is the order's, carrier
and day of dispatch are the shipment's, and the carrier's tax number comes from the business's own registry. What a sale
must have is in `invoice_info.rules.internet`; here is only what keeps it from being made at all.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from app.domain.commands import DocumentOrder
from app.domain.errors import FieldError
from app.domain.invoice_info.model import InternetSale
from app.domain.orders import LineKind, OrderType
from app.domain.parties import Carrier
from app.domain.payment import Payment, PaymentMethod
from app.domain.text import folded

# In place of a payment that is not known, so that what else is missing is found too.
_UNKNOWN: Final = Payment(method=PaymentMethod.OTHER, name="-")


def sale_of(order: DocumentOrder, carriers: tuple[Carrier, ...]) -> InternetSale | None:
    """The sale, or None where there is none. Without `sale_errors` it is the order's own."""
    payment = order.payment or _UNKNOWN
    given = order.invoice_info.internet_info if order.invoice_info else None
    if given is None:
        if order.website is None:
            return None
        given = InternetSale(web_site=order.website, payment_method=payment.method)
    if given.payment_method is payment.method:
        given = replace(
            given,
            payment_method_name=given.payment_method_name or payment.name,
            payment_date=given.payment_date or payment.paid_on,
        )
    return _shipped(given, order, carriers) if is_shipped(order) else given


def sale_errors(order: DocumentOrder, sale: InternetSale | None) -> Iterator[FieldError]:
    """What is missing in the order or the business's registry for its `sale_of`; nothing where there is no sale."""
    if sale is None:
        return
    given = order.invoice_info.internet_info if order.invoice_info else None
    if given is None and order.payment is None:
        message = "an internet sale says how it was paid"
        yield FieldError(path="$.order.payment", code="PAYMENT_REQUIRED", message=message)
    if is_shipped(order) and order.carrier is not None and sale.transporter_name is None:
        message = f"the business has no carrier named {order.carrier!r}; add it with its tax number"
        yield FieldError(path="$.order.carrier", code="CARRIER_UNKNOWN", message=message)


def _shipped(sale: InternetSale, order: DocumentOrder, carriers: tuple[Carrier, ...]) -> InternetSale:
    """With the carrier, whole from one side, and the day of dispatch."""
    carrier = _carrier(order, carriers)
    if carrier is not None and sale.transporter_name is None and sale.transporter_register_number is None:
        sale = replace(sale, transporter_name=carrier.name, transporter_register_number=carrier.tax_number)
    return replace(sale, transport_date=sale.transport_date or order.dispatch_date)


def is_shipped(order: DocumentOrder) -> bool:
    """Something of it travels: then a carrier brings it."""
    goods = any(line.kind is LineKind.GOODS for line in order.lines)
    return goods and order.order_type is OrderType.PHYSICAL_GOODS


def _carrier(order: DocumentOrder, carriers: tuple[Carrier, ...]) -> Carrier | None:
    wanted = folded(order.carrier or "")
    return next((carrier for carrier in carriers if folded(carrier.name) == wanted), None)
