"""The internet sale that the e-Arşiv report asks for, out of an order: and what may be missing for it.

An order with a website is an internet sale. Then the payment is told, and the carrier and the day of dispatch of
shipped goods; the carrier's tax number comes from the business's own registry.
"""

from collections.abc import Iterator
from typing import Final

from app.documents.invoice_info.model import InternetSale
from app.domain.commands import DocumentOrder
from app.domain.errors import FieldError
from app.domain.orders import LineKind, OrderType, Payment, PaymentMethod
from app.domain.parties import Carrier

NAMED_METHODS: Final = frozenset({PaymentMethod.INTERMEDIARY, PaymentMethod.OTHER})


def sale_of(order: DocumentOrder, carriers: tuple[Carrier, ...]) -> InternetSale | None:
    """The sale, or None for an order from no website. The order must be free of `sale_faults`."""
    if order.website is None or order.payment is None:
        return None
    payment, carrier = order.payment, _carrier(order, carriers) if is_shipped(order) else None
    return InternetSale(
        web_site=order.website,
        payment_method=payment.method,
        payment_method_name=payment.name,
        payment_date=payment.paid_on,
        transporter_name=carrier.name if carrier else None,
        transporter_register_number=carrier.tax_number if carrier else None,
        transport_date=order.dispatch_date if carrier else None,
    )


def sale_faults(order: DocumentOrder, carriers: tuple[Carrier, ...]) -> Iterator[FieldError]:
    """What would be missing in this internet sale; nothing for an order from no website."""
    if order.website is None:
        return
    yield from _payment_faults(order.payment)
    if is_shipped(order):
        yield from _transport_faults(order, carriers)


def _payment_faults(payment: Payment | None) -> Iterator[FieldError]:
    if payment is None:
        yield FieldError(
            path="$.order.payment", code="PAYMENT_REQUIRED", message="an internet sale says how it was paid"
        )
        return
    if payment.name is None and payment.method in NAMED_METHODS:
        yield FieldError(
            path="$.order.payment.name",
            code="PAYMENT_NAME_REQUIRED",
            message=f"{payment.method} needs the name of the intermediary or of the method",
        )
    if payment.paid_on is None and payment.method is not PaymentMethod.OTHER:
        yield FieldError(
            path="$.order.payment.paid_on",
            code="PAYMENT_DATE_REQUIRED",
            message=f"{payment.method} needs the day of payment",
        )


def _transport_faults(order: DocumentOrder, carriers: tuple[Carrier, ...]) -> Iterator[FieldError]:
    if order.carrier is None:
        yield FieldError(
            path="$.order.carrier", code="CARRIER_REQUIRED", message="goods sold on the internet name their carrier"
        )
    elif _carrier(order, carriers) is None:
        yield FieldError(
            path="$.order.carrier",
            code="CARRIER_UNKNOWN",
            message=f"the business has no carrier named {order.carrier!r}; add it with its tax number",
        )
    if order.dispatch_date is None:
        yield FieldError(
            path="$.order.dispatch_date",
            code="DISPATCH_DATE_REQUIRED",
            message="goods sold on the internet say when they were dispatched",
        )


def is_shipped(order: DocumentOrder) -> bool:
    """Something of it travels: then a carrier brings it."""
    goods = any(line.kind is LineKind.GOODS for line in order.lines)
    return goods and order.order_type is OrderType.PHYSICAL_GOODS


def _carrier(order: DocumentOrder, carriers: tuple[Carrier, ...]) -> Carrier | None:
    wanted = (order.carrier or "").casefold()
    return next((carrier for carrier in carriers if carrier.name.casefold() == wanted), None)
