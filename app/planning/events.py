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
    LinesAged,
    LinesCancelled,
    LoggedEvent,
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


def is_a_persons(event: LoggedEvent) -> bool:
    """A person is behind it: what upstream does must not leave them without a way to act."""
    return event.actor is not None or isinstance(event.body, OF_PEOPLE)


def behind_cancellations(event: LoggedEvent) -> bool:
    """Sorts cancellations of lines before everything else, and changes no other sequence."""
    return not isinstance(event.body, LinesCancelled)


def policy_of(event: LoggedEvent) -> Policy:
    """The policy that intake stamped. Raises LookupError without one: a fault of ours, not of the record."""
    if event.policy is None:
        raise LookupError(f"{event.body.type} without a policy")
    return event.policy
