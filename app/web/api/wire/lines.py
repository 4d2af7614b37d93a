"""What is asked for about an order's lines: their invoice, their cancellation, their return, a goodwill."""

from typing import Annotated, Any

from pydantic import Field

from app.domain.orders import MOST_LINES
from app.domain.orders.requests import CancellationReason, GoodwillReason, ReturnReason
from app.web.api.wire.model import (
    Code,
    DomainObject,
    Extensions,
    Name,
    Reference,
    WireAmount,
    WireDay,
    WireModel,
    WireQuantity,
    WireRate,
)
from app.web.api.wire.orders import ItemReference

DocumentReference = Annotated[Reference, Field(max_length=30)]


class Item(WireModel):
    """A whole line: no quantity and no price, which are the order's."""

    order_item_reference: ItemReference


Items = Annotated[tuple[Item, ...], Field(min_length=1, max_length=MOST_LINES)]


def _references(items: tuple[Item, ...]) -> list[str]:
    return [f"{item.order_item_reference}" for item in items]


class CreateInvoice(WireModel):
    """One shipment, which this also confirms. A digital order's has neither carrier nor tracking code.

    Ours: `invoiceInfo` and `extensions`. `items` is never left out: nothing means everything.
    """

    invoice_reference: DocumentReference
    invoice_date: WireDay
    due_date: WireDay
    dispatch_date: WireDay
    shipment_reference: DocumentReference
    carrier: Name | None = None
    tracking_code: Code | None = None
    items: Items
    invoice_info: DomainObject | None = None
    extensions: Extensions | None = None

    def event(self, _customer_number: str) -> dict[str, Any]:
        """The fields of an OrderEvent beside its identity."""
        names = ("invoice_reference", "invoice_date", "due_date", "dispatch_date", "shipment_reference")
        body = {
            "type": "InvoiceRequested",
            "line_references": _references(self.items),
            **self.given(*names, "carrier", "tracking_code", "invoice_info"),
        }
        return {"body": body, **self.given("extensions")}


class BankDetails(WireModel):
    """Where a refund goes. Checked and not kept: refunds are not made here yet."""

    iban: Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}$")]
    bic: Annotated[str, Field(pattern=r"^[A-Z0-9]{8}([A-Z0-9]{3})?$")] | None = None
    account_owner: Name | None = None


class CancelLines(WireModel):
    """Lines that will never be shipped. `cancellationDate`, `invoiceReference` and `bankDetails` are not kept."""

    cancellation_date: WireDay
    cancellation_reason: CancellationReason
    invoice_reference: DocumentReference | None = None
    items: Items
    bank_details: BankDetails | None = None
    extensions: Extensions | None = None

    def event(self, _customer_number: str) -> dict[str, Any]:
        """The fields of an OrderEvent beside its identity."""
        reason = self.cancellation_reason
        body = {"type": "LinesCancelled", "line_references": _references(self.items), "reason": reason}
        return {"body": body, **self.given("extensions")}


class ReturnedItem(WireModel):
    """A part of a line, or all of it. The prices and VAT are checked and not kept: they are the order's."""

    order_item_reference: ItemReference
    quantity: WireQuantity
    gross_unit_price: WireAmount | None = None
    vat_amount: WireAmount | None = None
    vat_percent: WireRate | None = None
    vat_type: Code | None = None


class ReturnItems(WireModel):
    """Invoiced goods came back. `items` is never left out; `invoiceReference` and `bankDetails` are not kept."""

    return_reference: DocumentReference
    return_date: WireDay
    return_reason: ReturnReason
    invoice_reference: DocumentReference | None = None
    items: Annotated[tuple[ReturnedItem, ...], Field(min_length=1, max_length=MOST_LINES)]
    bank_details: BankDetails | None = None
    extensions: Extensions | None = None

    def event(self, _customer_number: str) -> dict[str, Any]:
        """The fields of an OrderEvent beside its identity."""
        lines = [{"line_reference": f"{it.order_item_reference}", "quantity": it.quantity} for it in self.items]
        body = {"type": "OrderReturned", "lines": lines, "reason": self.return_reason}
        return {"body": {**body, **self.given("return_reference", "return_date")}, **self.given("extensions")}


class GoodwillItem(WireModel):
    """What is given back of one line: `grossUnitPrice` for each of `quantity` pieces, together in whole kuruş.

    Its VAT is checked and not kept: the line's own is computed.
    """

    order_item_reference: ItemReference
    quantity: WireQuantity
    gross_unit_price: WireAmount
    vat_amount: WireAmount | None = None
    vat_percent: WireRate | None = None
    vat_type: Code | None = None

    def line(self) -> dict[str, Any]:
        """The fields of a domain line."""
        amount = (self.quantity * self.gross_unit_price).normalize()
        return {"line_reference": f"{self.order_item_reference}", "amount": f"{amount:f}"}


class GrantGoodwill(WireModel):
    """The buyer keeps the goods, and gets a part of their price back.

    `creditDate`, `invoiceReference` and `bankDetails` are not kept.
    """

    goodwill_reference: DocumentReference
    goodwill_date: WireDay
    credit_date: WireDay | None = None
    goodwill_reason: GoodwillReason = GoodwillReason.OTHER
    invoice_reference: DocumentReference | None = None
    items: Annotated[tuple[GoodwillItem, ...], Field(min_length=1, max_length=MOST_LINES)]
    bank_details: BankDetails | None = None
    extensions: Extensions | None = None

    def event(self, _customer_number: str) -> dict[str, Any]:
        """The fields of an OrderEvent beside its identity."""
        lines = [item.line() for item in self.items]
        body = {"type": "GoodwillGranted", "lines": lines, "reason": self.goodwill_reason}
        return {"body": {**body, **self.given("goodwill_reference", "goodwill_date")}, **self.given("extensions")}
