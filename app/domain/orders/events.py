"""The envelope of an event: as it is submitted to `orders.v1`, and as it is logged in `order-log.v1`."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from app.domain.lexical import CLOCK
from app.domain.orders.fields import Business
from app.domain.orders.internal import InternalBody
from app.domain.orders.order import OrderPlaced
from app.domain.orders.requests import (
    DocumentApproved,
    DocumentCancellationRequested,
    DocumentMarkedDeleted,
    DocumentMarkedIssued,
    GoodwillGranted,
    InvoiceCorrected,
    InvoiceRequested,
    LinesCancelled,
    OrderAmended,
    OrderReturned,
    OrderStatusChanged,
    OrderThawed,
    RerouteRequested,
    ReviewDecided,
    SignatureRequested,
)
from app.domain.parties import Person
from app.domain.policy import Policy
from app.domain.record import record
from app.domain.text import STRICT, Code, Extensions, Note, Reference

SubmittedBody = (
    OrderPlaced
    | InvoiceRequested
    | LinesCancelled
    | OrderAmended
    | OrderStatusChanged
    | OrderReturned
    | GoodwillGranted
    | InvoiceCorrected
    | DocumentApproved
    | ReviewDecided
    | SignatureRequested
    | DocumentMarkedIssued
    | DocumentMarkedDeleted
    | DocumentCancellationRequested
    | RerouteRequested
    | OrderThawed
)


@record
class OrderEvent:
    """A record of `orders.v1`. `actor` and `reason`: who acted and why, when a person did.

    `customer_number`: for whom it is asked: an order of another customer refuses it. `extensions`: the producer's own
    data; the event's outcome repeats them, and an order's are repeated by the status of its documents.
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
    customer_number: Reference | None = None


@record
class LoggedEvent:
    """A record of `order-log.v1`: an event with its id, the time it reached us, and the rules that judge it.

    `received_at` is the append time of the record it came from, so that a redelivery is stamped alike.
    `policy` is None on events of our own writers, which decide nothing by policy, and on a RerouteRequested to a
    connection that the business had not.
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
    customer_number: Reference | None = None
