"""Orders: events that are sent, what has become of each order, and one that may go on."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from app.domain.documents import DocumentStatus
from app.domain.notices import OrderNotice
from app.domain.orders import LoggedEvent, OrderThawed
from app.domain.outcomes import OrderOutcome
from app.operations import read_model
from app.operations.context import bootstrap, codec, topics
from app.operations.errors import NotFoundError
from app.operations.read_model import MOST_COUNTED
from app.operations.submit import SubmittedEvent, submit_body
from app.stream.clients.reader import read_topic
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import InvalidRecordError, UnreadableRecordError
from app.stream.topics import identities
from app.tracking.deadletters import dead_letter_of
from app.tracking.order_tracker import OrderTracker
from app.tracking.orders import LineState, Stuck, TrackedOrder, reasons
from app.tracking.read_model.filters import OpenLineFilter, OrderFilter, StuckSince
from app.tracking.read_model.queries import Queries

# Turkish law gives seven days from the delivery (VUK 231/5); a line that is open for longer is late, or forgotten.
OPEN_FOR: Final = timedelta(days=7)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOrder:
    """An order, and why a person should look at it: each reason with the time since when. `events`: how many."""

    business: str
    order_reference: str
    events: int
    documents: tuple[str, ...]
    stuck: dict[Stuck, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """The latest of `total` orders that fit, the oldest change first; where the total is MOST_COUNTED, or more."""

    latest: Sequence[ListedOrder]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """A line that is neither on a document that has not ended, nor cancelled, and since when."""

    business: str
    order_reference: str
    line_reference: str
    since: datetime


def list_orders(
    now: datetime,
    *,
    business: str | None = None,
    only_stuck: bool = False,
    open_for: timedelta = OPEN_FOR,
    limit: int,
) -> OrderList:
    """The latest `limit` orders, of one business or of all; `only_stuck` those that a person should look at.

    A line may be open `open_for` so long before that is a reason. By the read model where there is one. Raises
    UnavailableError, TopicUnreadableError and StoreUnavailableError.
    """
    if (asked := read_model.shown()) is not None:
        return _listed(asked, now, business=business, only_stuck=only_stuck, open_for=open_for, limit=limit)
    known = ((order, order.stuck(now, open_for=open_for)) for order in _tracked(business, None))
    found = sorted((each for each in known if each[1] or not only_stuck), key=lambda each: each[0].latest_at)
    return OrderList(latest=[_from_topics(*each) for each in found[-limit:]], total=len(found))


def _from_topics(order: TrackedOrder, stuck: dict[Stuck, datetime]) -> ListedOrder:
    return ListedOrder(
        business=order.business,
        order_reference=order.order_reference,
        events=len(order.events),
        documents=tuple(document.latest.document_id for document in order.documents),
        stuck=stuck,
    )


def _listed(
    asked: Queries, now: datetime, *, business: str | None, only_stuck: bool, open_for: timedelta, limit: int
) -> OrderList:
    stuck = StuckSince(now=now, open_for=open_for) if only_stuck else None
    wanted = OrderFilter(business=business, stuck=stuck)
    rows = read_model.all_pages(lambda page: asked.orders(wanted, page), limit)
    latest = [
        ListedOrder(
            business=row.business,
            order_reference=row.order_reference,
            events=row.events,
            documents=row.document_ids,
            stuck=reasons(row.waiting, now, open_for=open_for),
        )
        for row in reversed(rows)
    ]
    return OrderList(latest=latest, total=asked.count_orders(wanted, most=MOST_COUNTED))


def open_lines(now: datetime, *, business: str | None, older_than: timedelta, limit: int) -> list[OpenLine]:
    """The `limit` lines that have been open for longest, of those that are for longer than this.

    By the read model where there is one. Raises as `list_orders`.
    """
    before = now - older_than
    if (asked := read_model.shown()) is not None:
        wanted = OpenLineFilter(business=business, open_before=before)
        rows = read_model.all_pages(lambda page: asked.open_lines(wanted, page), limit)
        return [
            OpenLine(
                business=row.business,
                order_reference=row.order_reference,
                line_reference=row.line_reference,
                since=row.since,
            )
            for row in rows
        ]
    found = [
        OpenLine(
            business=order.business,
            order_reference=order.order_reference,
            line_reference=line.reference,
            since=line.since,
        )
        for order in _tracked(business, None)
        for line in order.lines
        if line.state is LineState.OPEN and line.since < before
    ]
    return sorted(found, key=lambda line: line.since)[:limit]


def find_order(reference: str, business: str | None = None) -> TrackedOrder:
    """The one order with this reference, with its whole events; by the read model without what is personal in them.

    By the topics where the read model is not up to date. Raises NotFoundError when there is none, or several
    businesses have one; and as `list_orders`.
    """
    found = list(_with_reference(reference, business))
    if len(found) == 1:
        return found[0]
    businesses = ", ".join(order.business for order in found)
    raise NotFoundError(
        f"Several businesses have an order {reference}: name one of them ({businesses})."
        if found
        else f"There is no order {reference}{f' of {business}' if business else ''}."
    )


def _with_reference(reference: str, business: str | None) -> Iterator[TrackedOrder]:
    if (asked := read_model.current(datetime.now(UTC))) is None:
        yield from _tracked(business, reference)
        return
    wanted = OrderFilter(business=business, order_reference=reference)
    found = (asked.order(row.business, row.order_reference) for row in asked.orders(wanted).rows)
    yield from (details.tracked for details in found if details is not None)


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
    if reference is not None:
        tracker.notices(_records(names.order_notices, read, OrderNotice))
    letters = read_topic(bootstrap(), identities.apps(names.prefix)["planner"].dead_letters)
    tracker.dead_letters((record.key, dead_letter_of(record)) for record in letters)
    return tracker.orders()


def _records(topic: str, read: Codec, kind: type[R]) -> Iterator[R]:
    """What can be read; a record that cannot has become a dead letter, which is listed in its place."""
    for record in read_topic(bootstrap(), topic):
        with suppress(InvalidRecordError, UnreadableRecordError):
            yield read.read(kind, record.value)
