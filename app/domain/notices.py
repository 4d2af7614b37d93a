"""Notices: what a reader of an order should know and that is no state of a document: `order-notices.v1`."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.domain.documents import Intent
from app.domain.record import record
from app.domain.text import STRICT, Extensions


@record
class ShipmentConfirmed:
    """These lines have left, or were handed over: their invoice was asked for, and `document_id` is its document."""

    __pydantic_config__ = STRICT

    type: Literal["ShipmentConfirmed"] = "ShipmentConfirmed"
    line_references: tuple[str, ...]
    document_id: str
    shipment_reference: str | None = None
    invoice_reference: str | None = None
    dispatch_date: date | None = None
    due_date: date | None = None
    carrier: str | None = None
    tracking_code: str | None = None


@record
class LinesAgeing:
    """These lines have been neither invoiced nor cancelled for longer than the business's `open_lines_days`."""

    __pydantic_config__ = STRICT

    type: Literal["LinesAgeing"] = "LinesAgeing"
    line_references: tuple[str, ...]
    open_since: datetime


class Deadline(StrEnum):
    """What the law sets a time for.

    ISSUE: the invoice of what was delivered (VUK 231/5). OBJECT: the contents of an invoice (TTK 21/2), by which its
    cancellation is counted too.
    """

    ISSUE = "ISSUE"
    OBJECT = "OBJECT"


@record
class DeadlineNear:
    """A time that the law sets is nearly over, and what it is set for is not done. `until`: its last day, in Turkey."""

    __pydantic_config__ = STRICT

    type: Literal["DeadlineNear"] = "DeadlineNear"
    deadline: Deadline
    until: date
    line_references: tuple[str, ...]
    document_id: str | None = None


@record
class CreditedLine:
    """What the buyer is credited for one line: the pieces that came back, none with a goodwill, and an amount.

    `amount` is in the order's currency and its prices' own terms, after discounts.
    """

    __pydantic_config__ = STRICT

    line_reference: str
    quantity: Decimal
    amount: Decimal


@record
class LinesCredited:
    """Pieces of these lines came back, or their price was lowered after the fact. One notice for each invoice.

    `original` is the invoice, `document_id` the document that takes back; None where it is made elsewhere. A later one
    of the same intent, reference and original replaces the earlier one, whose document ended without effect.
    """

    __pydantic_config__ = STRICT

    type: Literal["LinesCredited"] = "LinesCredited"
    intent: Intent
    reference: str
    day: date
    lines: tuple[CreditedLine, ...]
    original: str
    document_id: str | None = None


NoticeBody = ShipmentConfirmed | LinesAgeing | DeadlineNear | LinesCredited


@record
class OrderNotice:
    """One notice about an order. `extensions` are those of the order."""

    __pydantic_config__ = STRICT

    notice_id: str
    business: str
    order_reference: str
    body: Annotated[NoticeBody, Field(discriminator="type")]
    occurred_at: datetime
    caused_by: str
    extensions: Extensions | None = None
