"""What is asked for after an order was placed: by upstream about its lines, by people about its documents."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.domain.invoice_info import InvoiceInfo
from app.domain.lexical import NUMBER, Day, Whole
from app.domain.orders.fields import MOST_LINES, MOST_REVIEWS, DocumentIdText, DocumentNumber, References
from app.domain.orders.order import OrderLine
from app.domain.policy import ConnectionName
from app.domain.record import record
from app.domain.text import STRICT, Code, Name, Reference, name, printable


@record
class InvoiceRequested:
    """Invoice one shipment: whole lines, no quantities, no prices. It is also the shipment's confirmation.

    `invoice_info` replaces the order's. `invoice_reference`: sixteen characters are the document's number, three its
    series, anything else is the merchant's own name for it. `invoice_date`: its day of issue. Where the merchant issues
    himself, both are those of his invoice.
    """

    __pydantic_config__ = STRICT

    type: Literal["InvoiceRequested"] = "InvoiceRequested"
    line_references: References
    shipment_reference: Reference | None = None
    invoice_reference: DocumentNumber | None = None
    invoice_date: Day | None = None
    dispatch_date: Day | None = None
    due_date: Day | None = None
    carrier: Name | None = None
    tracking_code: Code | None = None
    invoice_info: InvoiceInfo | None = None


@record
class OrderAmended:
    """What of an order is otherwise from now on: lines that no document has, whole, under the references they have.

    The event's `person`, where it has one, is the order's buyer from now on.
    """

    __pydantic_config__ = STRICT

    type: Literal["OrderAmended"] = "OrderAmended"
    lines: Annotated[tuple[OrderLine, ...], Field(max_length=MOST_LINES)] = ()


class CancellationReason(StrEnum):
    """Why lines will never be shipped."""

    OUT_OF_STOCK = "OUT_OF_STOCK"
    CUSTOMER_CANCELLATION = "CUSTOMER_CANCELLATION"
    NO_PAYMENT = "NO_PAYMENT"
    CUSTOMER_SERVICE = "CUSTOMER_SERVICE"


@record
class LinesCancelled:
    """These lines will never be invoiced. Whole lines, before their invoice."""

    __pydantic_config__ = STRICT

    type: Literal["LinesCancelled"] = "LinesCancelled"
    line_references: References
    reason: CancellationReason = CancellationReason.CUSTOMER_CANCELLATION


@record
class OrderStatusChanged:
    """The shop's own word for where the order is; under the trigger STATUS, some words plan its open lines.

    `dispatch_date`, `carrier`, `tracking_code`: of the documents that it plans, where the goods have left with it.
    """

    __pydantic_config__ = STRICT

    type: Literal["OrderStatusChanged"] = "OrderStatusChanged"
    status: Code
    dispatch_date: Day | None = None
    carrier: Name | None = None
    tracking_code: Code | None = None


class ReturnReason(StrEnum):
    """Who sent the goods back."""

    CARRIER_RETURN = "CARRIER_RETURN"
    CUSTOMER_RETURN = "CUSTOMER_RETURN"


@record
class ReturnedLine:
    """A return may be a part of a line."""

    __pydantic_config__ = STRICT

    line_reference: Reference
    quantity: Annotated[Decimal, Field(gt=0, max_digits=20, decimal_places=8), NUMBER]


@record
class OrderReturned:
    """Invoiced goods came back: of each line a number of pieces, with the prices and discounts that they had."""

    __pydantic_config__ = STRICT

    type: Literal["OrderReturned"] = "OrderReturned"
    return_reference: Reference
    return_date: Day
    lines: Annotated[tuple[ReturnedLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    reason: ReturnReason = ReturnReason.CUSTOMER_RETURN


class GoodwillReason(StrEnum):
    """Why a buyer who keeps the goods gets a part of their price back."""

    CUSTOMER_COMPLAINT = "CUSTOMER_COMPLAINT"
    DELIVERY_DELAYED = "DELIVERY_DELAYED"
    ARTICLE_PARCEL_MISSING = "ARTICLE_PARCEL_MISSING"
    CORRECTION_VOUCHER = "CORRECTION_VOUCHER"
    ARTICLE_DEFECTIVE = "ARTICLE_DEFECTIVE"
    CORRECTION_PRICE = "CORRECTION_PRICE"
    LOSS_OF_RETURN_POST = "LOSS_OF_RETURN_POST"
    LOSS_OF_RETURN_WAREHOUSE = "LOSS_OF_RETURN_WAREHOUSE"
    LOSS_OF_DELIVERY = "LOSS_OF_DELIVERY"
    CONTRADICTION_OF_SIGNATURE = "CONTRADICTION_OF_SIGNATURE"
    FRAUD = "FRAUD"
    ISSUE_IN_STORE = "ISSUE_IN_STORE"
    REFUND_EXPRESS_COSTS = "REFUND_EXPRESS_COSTS"
    OTHER = "OTHER"
    LOSS_OF_DELIVERY_WARENPOST = "LOSS_OF_DELIVERY_WARENPOST"
    WRONG_DELIVERY = "WRONG_DELIVERY"


@record
class GoodwillLine:
    """What the buyer gets back of one line, in the order's currency and its prices' own terms."""

    __pydantic_config__ = STRICT

    line_reference: Reference
    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2), NUMBER]


@record
class GoodwillGranted:
    """The buyer keeps the goods, and gets a part of their price back."""

    __pydantic_config__ = STRICT

    type: Literal["GoodwillGranted"] = "GoodwillGranted"
    goodwill_reference: Reference
    goodwill_date: Day
    lines: Annotated[tuple[GoodwillLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    reason: GoodwillReason = GoodwillReason.OTHER


@record
class InvoiceCorrected:
    """An invoice is wrong: it is cancelled at its provider, and issued anew with these lines as they should be.

    Lines that are right need not be named. The event's `person`, where it has one, is the order's buyer from now on.
    """

    __pydantic_config__ = STRICT

    type: Literal["InvoiceCorrected"] = "InvoiceCorrected"
    correction_reference: Reference
    document_id: DocumentIdText
    reason: Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(name)]
    lines: Annotated[tuple[OrderLine, ...], Field(max_length=MOST_LINES)] = ()


@record
class DocumentApproved:
    """A person lets a planned document go."""

    __pydantic_config__ = STRICT

    type: Literal["DocumentApproved"] = "DocumentApproved"
    document_id: DocumentIdText


@record
class SignatureRequested:
    """A person is signing a document at its provider: its issuer looks for the signature more often for a while."""

    __pydantic_config__ = STRICT

    type: Literal["SignatureRequested"] = "SignatureRequested"
    document_id: DocumentIdText


MarkedNumber = Annotated[str, Field(pattern=r"^[A-Z0-9]{3}20[0-9]{2}[0-9]{9}$")]


@record
class DocumentMarkedIssued:
    """A person has made a document legal where its provider cannot say so: this is its number, and its day if known.

    `corrects`: the mistyped number that a person has recorded before, and that is not the document's.
    """

    __pydantic_config__ = STRICT

    type: Literal["DocumentMarkedIssued"] = "DocumentMarkedIssued"
    document_id: DocumentIdText
    number: MarkedNumber
    ettn: Annotated[str, Field(min_length=36, max_length=36), AfterValidator(printable)] | None = None
    issue_date: Day | None = None
    corrects: MarkedNumber | None = None


@record
class DocumentMarkedDeleted:
    """A person has deleted a document that was to be taken back, where its provider cannot show that it is gone."""

    __pydantic_config__ = STRICT

    type: Literal["DocumentMarkedDeleted"] = "DocumentMarkedDeleted"
    document_id: DocumentIdText


@record
class DocumentCancellationRequested:
    """A document is to be undone: withdrawn while it is not issued yet, cancelled at its provider afterwards."""

    __pydantic_config__ = STRICT

    type: Literal["DocumentCancellationRequested"] = "DocumentCancellationRequested"
    document_id: DocumentIdText
    reason: Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(name)]


@record
class RerouteRequested:
    """Another connection is to issue what this document covers. Its logged event carries the policy for that one."""

    __pydantic_config__ = STRICT

    type: Literal["RerouteRequested"] = "RerouteRequested"
    document_id: DocumentIdText
    connection: ConnectionName


class ReviewAnswer(StrEnum):
    """What a person saw at the provider: the document is there, is not there, must not be, or was put right there."""

    CONFIRM_ISSUED = "CONFIRM_ISSUED"
    CONFIRM_ABSENT = "CONFIRM_ABSENT"
    REJECT = "REJECT"
    LOOK_AGAIN = "LOOK_AGAIN"


@record
class ReviewDecided:
    """A person's answer to NEEDS_REVIEW. The first decision on a revision counts."""

    __pydantic_config__ = STRICT

    type: Literal["ReviewDecided"] = "ReviewDecided"
    document_id: DocumentIdText
    revision: Annotated[Whole, Field(ge=1, le=MOST_REVIEWS)]
    decision: ReviewAnswer
    number: DocumentNumber | None = None
    ettn: Annotated[str, Field(min_length=36, max_length=36), AfterValidator(printable)] | None = None


@record
class OrderThawed:
    """A person lets a frozen order go on. `actor` and `reason` of the event are required."""

    __pydantic_config__ = STRICT

    type: Literal["OrderThawed"] = "OrderThawed"
