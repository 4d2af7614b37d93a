"""What must have become of a generated order when nothing moves any more."""

from dataclasses import dataclass

from app.domain.orders import OrderEvent
from app.domain.outcomes import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStep:
    """One event, and the last verdict it must get (it may be HELD before)."""

    event: OrderEvent
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The documents that must exist, each as its sorted line references, and the fate of all other lines.

    Holds when the provider refuses none of the documents. `awaiting_approval`: the documents are planned, and a person
    has to let them go. An order that was refused has no documents and no lines.
    """

    documents: tuple[tuple[str, ...], ...]
    cancelled: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    awaiting_approval: bool = False

    @property
    def refused(self) -> bool:
        """Nothing of the order was taken."""
        return not (self.documents or self.cancelled or self.open)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedOrder:
    """One order's events in the sequence in which they are sent, each with the verdict it must get."""

    business: str
    order_reference: str
    scenario: str
    steps: tuple[OrderStep, ...]
    expected: Expected

    @property
    def events(self) -> tuple[OrderEvent, ...]:
        """The steps' events."""
        return tuple(step.event for step in self.steps)
