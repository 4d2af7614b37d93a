"""A rebuild from the topics: the planner's own fold over the whole order log, against the planner's changelog."""

from collections.abc import Iterable, Iterator, Mapping

from app.domain.orders import LoggedEvent
from app.planning.fold import fold
from app.planning.order_entries import encode, newest
from app.planning.state import OrderState
from app.testbed.chaos.check.defects import Defect, wrong


def rebuilt(log: Iterable[tuple[bytes, LoggedEvent]]) -> dict[bytes, OrderState]:
    """Every order's state, folded from the log alone. Each order's events must be in their sequence."""
    states: dict[bytes, OrderState] = {}
    for order, event in log:
        states[order], _ = fold(states.get(order), event)
    return states


def compare(states: Mapping[bytes, OrderState], entries: Mapping[bytes, bytes]) -> Iterator[Defect]:
    """The orders for which log and changelog differ."""
    for key in sorted(states.keys() | entries.keys()):
        state, entry = states.get(key), entries.get(key)
        if state is None:
            yield wrong(f"order {key.decode()} is in the changelog and not in the log")
        elif entry is None:
            yield wrong(f"order {key.decode()} is in the log and not in the changelog")
        elif newest({b"": encode(state)}) != newest({b"": entry}):
            yield wrong(f"order {key.decode()}: folding its log again gives another state than the changelog has")
