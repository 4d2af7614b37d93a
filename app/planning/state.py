"""What the planner knows of one order: the result of folding its log. Immutable; a fold makes the next one.

What may be None has that default: an entry leaves it out.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.documents import Intent
from app.domain.errors import FieldError
from app.domain.notices import CreditedLine
from app.domain.orders import LoggedEvent
from app.domain.outcomes import Verdict
from app.domain.record import record
from app.planning.planned_document import PlannedDocument


class LineStatus(StrEnum):
    """The state of a line. CANCELLED is final; all others but OPEN name the one document that has the line."""

    OPEN = "OPEN"
    CLAIMED = "CLAIMED"
    INVOICED = "INVOICED"
    PART_RETURNED = "PART_RETURNED"
    RETURNED = "RETURNED"
    CANCELLED = "CANCELLED"


LINE_TRANSITIONS: Final[Mapping[LineStatus, frozenset[LineStatus]]] = MappingProxyType(
    {
        LineStatus.OPEN: frozenset({LineStatus.CLAIMED, LineStatus.CANCELLED}),
        LineStatus.CLAIMED: frozenset({LineStatus.INVOICED, LineStatus.OPEN}),
        LineStatus.INVOICED: frozenset({LineStatus.OPEN, LineStatus.PART_RETURNED, LineStatus.RETURNED}),
        LineStatus.PART_RETURNED: frozenset({LineStatus.OPEN, LineStatus.INVOICED, LineStatus.RETURNED}),
        LineStatus.RETURNED: frozenset({LineStatus.OPEN, LineStatus.INVOICED, LineStatus.PART_RETURNED}),
        LineStatus.CANCELLED: frozenset(),
    }
)
# In these the line is on a legal document, whatever of it came back.
ON_INVOICE: Final = frozenset({LineStatus.INVOICED, LineStatus.PART_RETURNED, LineStatus.RETURNED})


@record
class Line:
    """One line's status and the document that holds it.

    `ageing_noticed`, `deadline_noticed`: that it is open for long, and too long by law, was noticed since it is open.
    """

    status: LineStatus = LineStatus.OPEN
    document_id: str | None = None
    ageing_noticed: bool = False
    deadline_noticed: bool = False

    @property
    def is_invoiced(self) -> bool:
        """It is on a legal document."""
        return self.status in ON_INVOICE


def last_documents(documents: Mapping[str, PlannedDocument]) -> dict[str, PlannedDocument]:
    """The document of an order that had each line last."""
    return {reference: document for document in documents.values() for reference in document.claims}


class HeldFor(StrEnum):
    """What a held event waits for."""

    ORDER = "ORDER_NOT_ARRIVED"
    WITHDRAWAL = "WITHDRAWING"
    CANCELLATION = "CANCELLING"
    INVOICE = "NOT_INVOICED_YET"
    FROZEN = "ORDER_FROZEN"


@record
class HeldEvent:
    """An event that waits. `expires_at` bounds the wait for an order; a person ends the other waits."""

    event: LoggedEvent
    waits_for: HeldFor
    expires_at: datetime | None = None


@record
class Answer:
    """What a request id was answered last, to which event, and the digest of that event's content.

    Of many errors the first few: all of them are in the event's outcome.
    """

    event_id: str
    verdict: Verdict
    errors: tuple[FieldError, ...]
    documents: tuple[str, ...]
    digest: str
    reason: str | None = None


@record
class Credit:
    """What the buyer is credited for lines of one invoice: a return, or a goodwill (PRICE_DIFFERENCE).

    `reference`: the merchant's; a return of lines of several invoices is as many credits. `digest`: of what was asked
    for. `original`: the invoice. `document_id`: the document that says so; None where it is registered only.
    """

    intent: Intent
    reference: str
    digest: str
    original: str
    lines: tuple[CreditedLine, ...]
    document_id: str | None = None


@record
class OrderState:
    """All of one order.

    `version` counts the events folded, the same in every fold of them. `submitted`: those from outside that changed
    the order; `repeated`: those that changed nothing and are remembered all the same. `refused`: the event that was to
    be the order and was not taken, while no other was. `frozen`: why the order is frozen. `status`: the shop's last
    word for where the order is. `triggered`: the event with the word that has planned it.
    `original`: the digest of the order as it was placed, where `placed` has been amended since.
    """

    version: int = 0
    placed: LoggedEvent | None = None
    lines: dict[str, Line] = field(default_factory=dict)
    documents: dict[str, PlannedDocument] = field(default_factory=dict)
    held: tuple[HeldEvent, ...] = ()
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: tuple[str, ...] = ()
    submitted: int = 0
    repeated: int = 0
    refused: str | None = None
    frozen: str | None = None
    status: str | None = None
    triggered: LoggedEvent | None = None
    original: str | None = None
    credits: tuple[Credit, ...] = ()
