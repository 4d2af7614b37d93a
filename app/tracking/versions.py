"""An order as it was at each time: placed, and changed since by amendments and corrections. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.domain.orders import InvoiceCorrected, OrderAmended, OrderLine, OrderPlaced
from app.domain.outcomes import Verdict
from app.tracking.orders import TrackedBuyer, TrackedEvent, TrackedOrder

CHANGES: Final = frozenset({"OrderAmended", "InvoiceCorrected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderVersion:
    """An order as it was from `since` on, by the event `made_by`. `buyer`: None for the final consumer."""

    since: datetime
    content: OrderPlaced
    buyer: TrackedBuyer | None
    made_by: TrackedEvent


def versions(order: TrackedOrder) -> tuple[OrderVersion, ...]:
    """The oldest first; none while there is no order, and of one whose events are not whole (`OrderTracker.whole`)."""
    placed = order.placed
    if placed is None or placed.logged is None or not isinstance(placed.logged.body, OrderPlaced):
        return ()
    found = [OrderVersion(since=placed.at, content=placed.logged.body, buyer=placed.buyer, made_by=placed)]
    for change in sorted(_changes(order), key=lambda event: (event.answers[-1].occurred_at, event.at)):
        found.append(_changed(found[-1], change))
    return tuple(found)


def as_of(known: Sequence[OrderVersion], at: datetime) -> OrderVersion:
    """The version at this time; before the first, the first. `known` has at least one."""
    return next((each for each in reversed(known) if each.since <= at), known[0])


def changed_lines(event: TrackedEvent) -> tuple[OrderLine, ...]:
    """The lines that an amendment or a correction gives; none of another event."""
    body = event.logged.body if event.logged else None
    return body.lines if isinstance(body, OrderAmended | InvoiceCorrected) else ()


def _changes(order: TrackedOrder) -> Iterator[TrackedEvent]:
    return (each for each in order.events if each.event_type in CHANGES and each.verdict is Verdict.OK)


def _changed(before: OrderVersion, event: TrackedEvent) -> OrderVersion:
    given = {line.line_reference: line for line in changed_lines(event)}
    lines = tuple(given.get(line.line_reference, line) for line in before.content.lines)
    return OrderVersion(
        since=event.answers[-1].occurred_at,
        content=replace(before.content, lines=lines),
        buyer=event.buyer or before.buyer,
        made_by=event,
    )
