"""Order events: what upstream, operators and our own issuers say about one order.

`OrderEvent` is what may be written to `orders.v1`; `LoggedEvent` is the same, stamped by intake or by one of our
own writers, in `order-log.v1`. Fields follow the accounting interface; amounts come from the order alone.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from app.domain.documents import DocumentProgressed
from app.domain.identity import BUSINESS_PATTERN
from app.domain.invoice_info import InvoiceInfo
from app.domain.lexical import CLOCK, NUMBER, Day, Flag, Whole
from app.domain.money import Amount, Currency, Discount, ExchangeRate, Quantity, Rate
from app.domain.parties import Person
from app.domain.payment import Payment
from app.domain.policy import Policy, ProviderName
from app.domain.record import record
from app.domain.text import STRICT, Code, Extensions, Name, Note, Reference, Website, name, printable, reference

# An order of this size is already a warehouse; beyond it one entry of state would outgrow a Kafka record.
MOST_LINES: Final = 1000

# Far beyond any patience, and still a number that every format can carry.
MOST_REVIEWS: Final = 1_000_000

Business = Annotated[str, Field(pattern=f"^{BUSINESS_PATTERN.pattern}$")]
DocumentNumber = Annotated[str, Field(min_length=1, max_length=30), AfterValidator(reference)]
References = Annotated[tuple[Reference, ...], Field(min_length=1, max_length=MOST_LINES)]


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


@record
class OrderPlaced:
    """The order, and the only source of prices. `invoice_info`: what its documents say beside what follows from it."""

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


@record
class InvoiceRequested:
    """Invoice one shipment: whole lines, no quantities, no prices. It is also the shipment's confirmation.

    `invoice_info` stands instead of the order's.
    """

    __pydantic_config__ = STRICT

    type: Literal["InvoiceRequested"] = "InvoiceRequested"
    line_references: References
    shipment_reference: Reference | None = None
    invoice_reference: DocumentNumber | None = None
    dispatch_date: Day | None = None
    due_date: Day | None = None
    carrier: Name | None = None
    tracking_code: Code | None = None
    invoice_info: InvoiceInfo | None = None


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
    """Invoiced goods came back."""

    __pydantic_config__ = STRICT

    type: Literal["OrderReturned"] = "OrderReturned"
    return_reference: Reference
    return_date: Day
    lines: Annotated[tuple[ReturnedLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    reason: ReturnReason = ReturnReason.CUSTOMER_RETURN


@record
class DocumentApproved:
    """A person lets a planned document go."""

    __pydantic_config__ = STRICT

    type: Literal["DocumentApproved"] = "DocumentApproved"
    document_id: Annotated[str, Field(min_length=36, max_length=36)]


@record
class DocumentCancellationRequested:
    """A document must not stand: withdrawn while it is not issued yet, cancelled at its provider afterwards."""

    __pydantic_config__ = STRICT

    type: Literal["DocumentCancellationRequested"] = "DocumentCancellationRequested"
    document_id: Annotated[str, Field(min_length=36, max_length=36)]
    reason: Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(name)]


@record
class RerouteRequested:
    """Another provider is to issue what this document covers. Its logged event carries the policy for that provider."""

    __pydantic_config__ = STRICT

    type: Literal["RerouteRequested"] = "RerouteRequested"
    document_id: Annotated[str, Field(min_length=36, max_length=36)]
    provider: ProviderName


class ReviewAnswer(StrEnum):
    """What a person saw at the provider: the document is there, is not there, or must not be."""

    CONFIRM_ISSUED = "CONFIRM_ISSUED"
    CONFIRM_ABSENT = "CONFIRM_ABSENT"
    REJECT = "REJECT"


@record
class ReviewDecided:
    """A person's answer to NEEDS_REVIEW. The first decision on a revision counts."""

    __pydantic_config__ = STRICT

    type: Literal["ReviewDecided"] = "ReviewDecided"
    document_id: Annotated[str, Field(min_length=36, max_length=36)]
    revision: Annotated[Whole, Field(ge=1, le=MOST_REVIEWS)]
    decision: ReviewAnswer
    number: DocumentNumber | None = None
    ettn: Annotated[str, Field(min_length=36, max_length=36), AfterValidator(printable)] | None = None


@record
class OrderThawed:
    """A person lets a frozen order go on. `actor` and `reason` of the event say who and why."""

    __pydantic_config__ = STRICT

    type: Literal["OrderThawed"] = "OrderThawed"


@record
class OrderRefused:
    """Intake: this event was to be the order, and could not be taken. What waits for the order is told so."""

    __pydantic_config__ = STRICT

    type: Literal["OrderRefused"] = "OrderRefused"
    event_id: str


@record
class HoldExpired:
    """The planner's clock: the order of these held events did not come in time."""

    __pydantic_config__ = STRICT

    type: Literal["HoldExpired"] = "HoldExpired"
    event_ids: tuple[str, ...]


@record
class DocumentOverdue:
    """The planner's clock: a document stood at this sequence number for longer than its bound."""

    __pydantic_config__ = STRICT

    type: Literal["DocumentOverdue"] = "DocumentOverdue"
    document_id: str
    sequence: int


SubmittedBody = (
    OrderPlaced
    | InvoiceRequested
    | LinesCancelled
    | OrderReturned
    | DocumentApproved
    | ReviewDecided
    | DocumentCancellationRequested
    | RerouteRequested
    | OrderThawed
)
InternalBody = DocumentProgressed | OrderRefused | HoldExpired | DocumentOverdue


@record
class OrderEvent:
    """A record of `orders.v1`. `actor` and `reason` say who acted and why, when a person did.

    `extensions`: the producer's own data; the event's outcome repeats them, and an order's stand in the status of
    its documents.
    """

    __pydantic_config__ = STRICT

    business: Business
    order_reference: Reference
    body: Annotated[SubmittedBody, Field(discriminator="type")]
    person: Person | None = None
    request_id: Reference | None = None
    occurred_at: Annotated[AwareDatetime, CLOCK] | None = None
    actor: Code | None = None
    reason: Note | None = None
    extensions: Extensions | None = None


@record
class LoggedEvent:
    """A record of `order-log.v1`: an event with its id, the time it reached us, and the rules that judge it.

    `received_at` is the append time of the record it came from, so that a redelivery is stamped alike.
    `policy` is None on events of our own writers, which decide nothing by policy, and on a RerouteRequested for whose
    provider the business had no connection.
    """

    __pydantic_config__ = STRICT

    event_id: str
    received_at: datetime
    rules_version: int
    business: str
    order_reference: str
    body: Annotated[SubmittedBody | InternalBody, Field(discriminator="type")]
    policy: Policy | None = None
    person: Person | None = None
    request_id: str | None = None
    occurred_at: datetime | None = None
    actor: str | None = None
    reason: str | None = None
    extensions: Extensions | None = None
