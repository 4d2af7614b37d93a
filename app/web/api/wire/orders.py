"""Create order: the only source of prices."""

from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import Field
from pydantic.alias_generators import to_snake

from app.domain.orders import MOST_LINES, LineKind, OrderType
from app.domain.text import Website
from app.web.api.wire.addresses import BillToAddress, Country, ShipToAddress
from app.web.api.wire.model import (
    Code,
    DomainObject,
    Extensions,
    Name,
    Note,
    OrderReference,
    WireAmount,
    WireDay,
    WireExchangeRate,
    WireFlag,
    WireModel,
    WireQuantity,
    WireRate,
)
from app.web.api.wire.payment import PaymentReference

# The interface's integer; what is larger is no line of an order.
MOST_ITEM_REFERENCE: Final = 2_147_483_647
ItemReference = Annotated[int, Field(strict=True, ge=0, le=MOST_ITEM_REFERENCE, examples=[1])]


class OrderChannel(StrEnum):
    """How the order came."""

    ECOM = "ECOM"
    MOTO = "MOTO"
    MOBILE = "MOBILE"
    POS = "POS"
    APP = "APP"
    P2P = "P2P"


class AfterDunning(StrEnum):
    """What becomes of a receivable that dunning does not bring in."""

    HAND_OVER_FOR_DEBT_COLLECTION = "HAND_OVER_FOR_DEBT_COLLECTION"
    HAND_OVER_FOR_FACTORING = "HAND_OVER_FOR_FACTORING"


class PositionType(StrEnum):
    """What a line is. Discounts, vouchers and fees are lines; the first two have a negative price."""

    SALES_ARTICLE = "SALES_ARTICLE"
    SERVICE = "SERVICE"
    SHIPPING_COSTS = "SHIPPING_COSTS"
    SHIPPING_COSTS_EXPRESS = "SHIPPING_COSTS_EXPRESS"
    FEE = "FEE"
    DISCOUNT = "DISCOUNT"
    VOUCHER = "VOUCHER"


_KINDS: Final = MappingProxyType(
    {
        PositionType.SALES_ARTICLE: LineKind.GOODS,
        PositionType.SERVICE: LineKind.SERVICE,
        PositionType.SHIPPING_COSTS: LineKind.SHIPPING,
        PositionType.SHIPPING_COSTS_EXPRESS: LineKind.SHIPPING,
        PositionType.FEE: LineKind.FEE,
        PositionType.DISCOUNT: LineKind.DISCOUNT,
        PositionType.VOUCHER: LineKind.DISCOUNT,
    }
)


class OrderItem(WireModel):
    """One line, invoiced whole or not at all. `vatAmount` and `vatType` are checked and not kept: VAT is computed.

    Ours: `unit` (UN/ECE code), `discountAmount` (off the whole line), `vatExemptionCode`, `extensions`, `details`.
    """

    order_item_reference: ItemReference
    product_id: Code | None = None
    description: Name
    quantity: WireQuantity
    gross_unit_price: WireAmount
    vat_percent: WireRate
    vat_amount: WireAmount | None = None
    vat_type: Code | None = None
    position_type: PositionType = PositionType.SALES_ARTICLE
    unit: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")] = "C62"
    discount_amount: WireAmount | None = None
    vat_exemption_code: Annotated[str, Field(pattern=r"^[0-9]{3}$")] | None = None
    reporting_position_data: Extensions | None = None
    extensions: Extensions | None = None
    details: DomainObject | None = None

    def line(self) -> dict[str, Any]:
        """The fields of a domain line."""
        found: dict[str, Any] = {
            "line_reference": f"{self.order_item_reference}",
            "name": self.description,
            "quantity": self.quantity,
            "unit_price": self.gross_unit_price,
            "vat_rate": self.vat_percent,
            "kind": _KINDS[self.position_type],
            "unit": self.unit,
            **self.given("vat_exemption_code"),
        }
        optional = {"discount": self.discount_amount, "sku": self.product_id}
        found |= {name: value for name, value in optional.items() if value is not None}
        if own := {**(self.reporting_position_data or {}), **(self.extensions or {})}:
            found["extensions"] = own
        return found | ({"details": in_snake_case(self.details)} if self.details is not None else {})


class CreateOrder(WireModel):
    """An order, and the only source of prices.

    `orderChannel`, `supplyingCountry`, `vatDeclarationCountry` and `processAfterDunning` are kept as its extensions,
    `shipToAddress` is not kept. Ours: `exchangeRate`, `pricesIncludeVat`, `website`, `note`, `invoiceInfo` (the words
    of ArchiveInvoice), `details`, `extensions`.
    """

    order_reference: OrderReference
    order_date: WireDay
    order_type: OrderType
    order_channel: OrderChannel | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["TRY"])]
    supplying_country: Country | None = None
    vat_declaration_country: Country | None = None
    process_after_dunning: AfterDunning | None = None
    carrier: Name | None = None
    bill_to_address: BillToAddress | None = None
    ship_to_address: ShipToAddress | None = None
    items: Annotated[tuple[OrderItem, ...], Field(min_length=1, max_length=MOST_LINES)]
    payment_reference: PaymentReference | None = None
    exchange_rate: WireExchangeRate | None = None
    prices_include_vat: WireFlag = True
    website: Website | None = None
    note: Note | None = None
    invoice_info: DomainObject | None = None
    details: DomainObject | None = None
    extensions: Extensions | None = None

    def event(self, customer_number: str) -> dict[str, Any]:
        """The fields of an OrderEvent beside its identity."""
        buyer = self.bill_to_address
        found: dict[str, Any] = {"body": self._body(customer_number)}
        if buyer is not None:
            found["person"] = {"buyer": buyer.buyer()}
        return found | ({"extensions": own} if (own := self._extensions()) else {})

    def _body(self, customer_number: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": "OrderPlaced",
            "order_type": self.order_type,
            "customer_number": customer_number,
            "lines": [item.line() for item in self.items],
            **self.given("order_date", "currency", "carrier", "exchange_rate", "prices_include_vat", "website", "note"),
            **self.given("invoice_info"),
        }
        if self.payment_reference is not None:
            body["payment"] = self.payment_reference.payment()
        return body | ({"details": in_snake_case(self.details)} if self.details is not None else {})

    def _extensions(self) -> dict[str, str]:
        names = ("order_channel", "supplying_country", "vat_declaration_country", "process_after_dunning")
        said = {type(self).model_fields[name].alias or name: f"{value}" for name, value in self.given(*names).items()}
        settlement = self.payment_reference.settlement_reference() if self.payment_reference else None
        return {**said, **({"settlementReference": settlement} if settlement else {}), **(self.extensions or {})}


def in_snake_case(value: Any) -> Any:
    """Our own names as the domain has them, all the way down."""
    if isinstance(value, dict):
        return {to_snake(name): in_snake_case(part) for name, part in value.items()}
    return [in_snake_case(part) for part in value] if isinstance(value, list) else value
