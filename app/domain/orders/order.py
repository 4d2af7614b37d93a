"""An order as it was placed: its lines, and what all documents of it have in common. Every amount comes from here."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.domain.invoice_details import InvoiceDetails, LineDetails
from app.domain.invoice_info import InvoiceInfo
from app.domain.lexical import Day, Flag
from app.domain.money import Amount, Currency, Discount, ExchangeRate, Quantity, Rate
from app.domain.orders.fields import MOST_LINES
from app.domain.payment import Payment
from app.domain.record import record
from app.domain.text import STRICT, Code, Extensions, Name, Note, Reference, Website


class LineKind(StrEnum):
    """A discount is a line of its own with a negative price; shipping and fees are lines like any other."""

    GOODS = "GOODS"
    SERVICE = "SERVICE"
    SHIPPING = "SHIPPING"
    FEE = "FEE"
    DISCOUNT = "DISCOUNT"


class OrderType(StrEnum):
    """Digital goods need no carrier."""

    PHYSICAL_GOODS = "PHYSICAL_GOODS"
    DIGITAL_GOODS = "DIGITAL_GOODS"


@record
class OrderLine:
    """One line, invoiced whole or not at all. `discount` is an amount off the whole line, in the price's terms.

    `extensions`: the producer's own data, kept and shown, and never part of a document.
    """

    __pydantic_config__ = STRICT

    line_reference: Reference
    name: Name
    quantity: Quantity
    unit_price: Amount
    vat_rate: Rate
    kind: LineKind = LineKind.GOODS
    unit: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")] = "C62"
    discount: Discount = Decimal(0)
    sku: Code | None = None
    vat_exemption_code: Annotated[str, Field(pattern=r"^[0-9]{3}$")] | None = None
    extensions: Extensions | None = None
    details: LineDetails | None = None


@record
class OrderPlaced:
    """The order, and the only source of prices.

    `invoice_info`: what its documents have beside what follows from it; `details`: what neither has a field for;
    `customer_number`: the shop's own for the buyer.
    """

    __pydantic_config__ = STRICT

    type: Literal["OrderPlaced"] = "OrderPlaced"
    order_date: Day
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    currency: Currency = "TRY"
    exchange_rate: ExchangeRate | None = None
    prices_include_vat: Flag = True
    order_type: OrderType = OrderType.PHYSICAL_GOODS
    payment: Payment | None = None
    website: Website | None = None
    carrier: Name | None = None
    note: Note | None = None
    invoice_info: InvoiceInfo | None = None
    details: InvoiceDetails | None = None
    customer_number: Reference | None = None
