"""What is otherwise than it was: an order's buyer and lines, its status, and an invoice that was wrong."""

from typing import Annotated, Any

from pydantic import Field

from app.domain.orders import MOST_LINES
from app.web.api.wire.addresses import BillToAddress
from app.web.api.wire.lines import DocumentReference
from app.web.api.wire.model import Code, Extensions, Name, WireDay, WireModel
from app.web.api.wire.orders import OrderItem


class ChangedOrder(WireModel):
    """What of an order is otherwise: its buyer, and lines, each whole and under the reference that it has."""

    bill_to_address: BillToAddress | None = None
    items: Annotated[tuple[OrderItem, ...], Field(max_length=MOST_LINES)] = ()

    def lines(self) -> list[dict[str, Any]]:
        """The fields of domain lines."""
        return [item.line() for item in self.items]

    def person(self) -> dict[str, Any]:
        """The event's person, where there is another buyer."""
        return {} if self.bill_to_address is None else {"person": {"buyer": self.bill_to_address.buyer()}}


class AmendOrder(ChangedOrder):
    """What of an order is otherwise from now on, for documents that are still to come. Ours."""

    extensions: Extensions | None = None

    def event(self, _customer_number: str) -> dict[str, Any]:
        """The fields of an OrderEvent beside its identity."""
        body = {"type": "OrderAmended", "lines": self.lines()}
        return {"body": body, **self.person(), **self.given("extensions")}


class CorrectInvoice(WireModel):
    """An invoice was wrong: it is cancelled at its provider, and issued anew with what `order` has otherwise.

    `goodwillReference`: your own name for this correction. Ours: `reason`, which its provider may be told.
    """

    goodwill_reference: DocumentReference
    order: ChangedOrder
    reason: Annotated[Name, Field(max_length=255)] | None = None
    extensions: Extensions | None = None

    def corrects(self, document_id: str) -> dict[str, Any]:
        """The fields of an OrderEvent beside its identity, about this document."""
        body = {
            "type": "InvoiceCorrected",
            "correction_reference": self.goodwill_reference,
            "document_id": document_id,
            "reason": self.reason or f"Düzeltme {self.goodwill_reference}",
            "lines": self.order.lines(),
        }
        return {"body": body, **self.order.person(), **self.given("extensions")}


class ChangeStatus(WireModel):
    """The shop's own word for where the order is. Ours.

    Under the trigger STATUS some words have its open lines invoiced, with this shipment.
    """

    status: Code
    dispatch_date: WireDay | None = None
    carrier: Name | None = None
    tracking_code: Code | None = None
    extensions: Extensions | None = None

    def event(self, _customer_number: str) -> dict[str, Any]:
        """The fields of an OrderEvent beside its identity."""
        shipment = self.given("dispatch_date", "carrier", "tracking_code")
        return {"body": {"type": "OrderStatusChanged", "status": self.status, **shipment}, **self.given("extensions")}
