"""Orders: events that are sent, what has become of each order, and one that may go on."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from app.domain.documents import DocumentStatus
from app.domain.orders import LoggedEvent, OrderThawed
from app.domain.outcomes import OrderOutcome
from app.operations.context import bootstrap, codec, topics
from app.operations.errors import NotFoundError
from app.operations.submit import SubmittedEvent, submit_body
from app.stream.clients.reader import read_topic
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import InvalidRecordError, UnreadableRecordError
from app.stream.topics import identities
from app.tracking.deadletters import dead_letter_of
from app.tracking.order_tracker import OrderTracker
from app.tracking.orders import Stuck, TrackedOrder

# Turkish law gives seven days from the delivery (VUK 231/5); a line that is open for longer is late, or forgotten.
OPEN_FOR: Final = timedelta(days=7)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOrder:
    """An order, and why a person should look at it: each reason with the time since when."""

    order: TrackedOrder
    stuck: dict[Stuck, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """The latest of `total` orders that fit, the oldest change first."""

    latest: Sequence[ListedOrder]
    total: int


def list_orders(
    now: datetime,
    *,
    business: str | None = None,
    only_stuck: bool = False,
    open_for: timedelta = OPEN_FOR,
    limit: int,
) -> OrderList:
    """The latest `limit` orders, of one business or of all; `only_stuck` those that a person should look at.

    A line may be open `open_for` so long before that is a reason. Raises UnavailableError and TopicUnreadableError.
    """
    known = (ListedOrder(order=each, stuck=each.stuck(now, open_for=open_for)) for each in _tracked(business, None))
    found = sorted((each for each in known if each.stuck or not only_stuck), key=lambda each: each.order.latest_at)
    return OrderList(latest=found[-limit:], total=len(found))


def find_order(reference: str, business: str | None = None) -> TrackedOrder:
    """The one order with this reference, with its whole events.

    Raises NotFoundError when there is none, or several businesses have one; UnavailableError and TopicUnreadableError.
    """
    found = list(_tracked(business, reference))
    if len(found) == 1:
        return found[0]
    businesses = ", ".join(order.business for order in found)
    raise NotFoundError(
        f"Several businesses have an order {reference}: name one of them ({businesses})."
        if found
        else f"There is no order {reference}{f' of {business}' if business else ''}."
    )


def thaw_order(reference: str, business: str | None, *, actor: str, why: str, wait: float) -> SubmittedEvent:
    """Lets an order go on that is frozen because an event of it could not be decided.

    Raises as `find_order` and `submit` do.
    """
    order = find_order(reference, business)
    return submit_body(order.business, order.order_reference, OrderThawed(), actor=actor, why=why, wait=wait)


def _tracked(business: str | None, reference: str | None) -> Iterator[TrackedOrder]:
    """The orders that fit, out of the topics; with a reference each with its whole events."""

    def takes(its_business: str, its_reference: str) -> bool:
        return business in {None, its_business} and reference in {None, its_reference}

    names, read, tracker = topics(), codec(), OrderTracker(whole=reference is not None, takes=takes)
    tracker.log(_records(names.order_log, read, LoggedEvent))
    tracker.outcomes(_records(names.order_outcomes, read, OrderOutcome))
    tracker.statuses(_records(names.document_status, read, DocumentStatus))
    letters = read_topic(bootstrap(), identities.apps(names.prefix)["planner"].dead_letters)
    tracker.dead_letters((record.key, dead_letter_of(record)) for record in letters)
    return tracker.orders()


def _records(topic: str, read: Codec, kind: type[R]) -> Iterator[R]:
    """What can be read; a record that cannot has become a dead letter, which is listed in its place."""
    for record in read_topic(bootstrap(), topic):
        with suppress(InvalidRecordError, UnreadableRecordError):
            yield read.read(kind, record.value)
