"""What an event is by itself: who writes its kind, by which policy it is decided, and which kinds are decided first."""

from typing import Final

from app.domain.documents import DocumentProgressed
from app.domain.orders import (
    DeadlineApproached,
    DocumentApproved,
    DocumentCancellationRequested,
    DocumentMarkedDeleted,
    DocumentMarkedIssued,
    DocumentOverdue,
    HoldExpired,
    InvoiceCorrected,
    LinesAged,
    LinesCancelled,
    LoggedEvent,
    OrderAmended,
    OrderRefused,
    OrderThawed,
    RerouteRequested,
    ReviewDecided,
    SignatureRequested,
)
from app.domain.policy import Policy

# What our own writers report; it gets no outcome and does not count against the bounds of what others submit.
INTERNAL: Final = (DocumentProgressed, OrderRefused, HoldExpired, DocumentOverdue, LinesAged, DeadlineApproached)
# What people ask for one document or order, through whatever system.
OF_PEOPLE: Final = (
    DocumentApproved,
    SignatureRequested,
    DocumentMarkedIssued,
    DocumentMarkedDeleted,
    ReviewDecided,
    DocumentCancellationRequested,
    RerouteRequested,
    OrderThawed,
)

# Of what waited these are decided first, in this sequence, before anything is planned.
BEFORE_PLANS: Final = (LinesCancelled, OrderAmended, InvoiceCorrected)


def is_a_persons(event: LoggedEvent) -> bool:
    """A person is behind it: what upstream does must not leave them without a way to act."""
    return event.actor is not None or isinstance(event.body, OF_PEOPLE)


def turn(event: LoggedEvent) -> int:
    """Sorts what waited: what is never to be invoiced, what the order is otherwise, and the rest as it came."""
    return next((number for number, kind in enumerate(BEFORE_PLANS) if isinstance(event.body, kind)), len(BEFORE_PLANS))


def policy_of(event: LoggedEvent) -> Policy:
    """The policy that intake stamped. Raises LookupError without one: a fault of ours, not of the record."""
    if event.policy is None:
        raise LookupError(f"{event.body.type} without a policy")
    return event.policy
