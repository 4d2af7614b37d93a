"""Order events: what upstream, people and our own writers submit or report about one order.

`OrderEvent` is what may be written to `orders.v1`; `LoggedEvent` is the same, stamped by intake or by one of our own
writers, in `order-log.v1`.
"""

from app.domain.orders.events import LoggedEvent, OrderEvent, SubmittedBody
from app.domain.orders.fields import MOST_LINES, Business, DocumentNumber
from app.domain.orders.internal import (
    DeadlineApproached,
    DocumentOverdue,
    HoldExpired,
    InternalBody,
    LinesAged,
    OrderRefused,
)
from app.domain.orders.order import LineKind, OrderLine, OrderPlaced, OrderType
from app.domain.orders.requests import (
    DocumentApproved,
    DocumentCancellationRequested,
    DocumentMarkedDeleted,
    DocumentMarkedIssued,
    GoodwillGranted,
    GoodwillLine,
    GoodwillReason,
    InvoiceCorrected,
    InvoiceRequested,
    LinesCancelled,
    OrderAmended,
    OrderReturned,
    OrderStatusChanged,
    OrderThawed,
    RerouteRequested,
    ReturnedLine,
    ReviewAnswer,
    ReviewDecided,
    SignatureRequested,
)

__all__ = [
    "MOST_LINES",
    "Business",
    "DeadlineApproached",
    "DocumentApproved",
    "DocumentCancellationRequested",
    "DocumentMarkedDeleted",
    "DocumentMarkedIssued",
    "DocumentNumber",
    "DocumentOverdue",
    "GoodwillGranted",
    "GoodwillLine",
    "GoodwillReason",
    "HoldExpired",
    "InternalBody",
    "InvoiceCorrected",
    "InvoiceRequested",
    "LineKind",
    "LinesAged",
    "LinesCancelled",
    "LoggedEvent",
    "OrderAmended",
    "OrderEvent",
    "OrderLine",
    "OrderPlaced",
    "OrderRefused",
    "OrderReturned",
    "OrderStatusChanged",
    "OrderThawed",
    "OrderType",
    "RerouteRequested",
    "ReturnedLine",
    "ReviewAnswer",
    "ReviewDecided",
    "SignatureRequested",
    "SubmittedBody",
]
