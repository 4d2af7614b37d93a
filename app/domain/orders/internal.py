"""What our own writers report about an order, to its log alone; none of it gets an outcome."""

from datetime import date
from typing import Literal

from app.domain.documents import DocumentProgressed
from app.domain.notices import Deadline
from app.domain.record import record
from app.domain.text import STRICT


@record
class OrderRefused:
    """Intake: this event was to be the order, and could not be taken. What waits for the order is answered so."""

    __pydantic_config__ = STRICT

    type: Literal["OrderRefused"] = "OrderRefused"
    event_id: str


@record
class HoldExpired:
    """The planner's timers: the order of these held events did not come in time."""

    __pydantic_config__ = STRICT

    type: Literal["HoldExpired"] = "HoldExpired"
    event_ids: tuple[str, ...]


@record
class DocumentOverdue:
    """The planner's timers: a document has had this sequence number for longer than its bound."""

    __pydantic_config__ = STRICT

    type: Literal["DocumentOverdue"] = "DocumentOverdue"
    document_id: str
    sequence: int


@record
class LinesAged:
    """The planner's timers: these lines have been open for longer than their business's bound."""

    __pydantic_config__ = STRICT

    type: Literal["LinesAged"] = "LinesAged"
    line_references: tuple[str, ...]


@record
class DeadlineApproached:
    """The planner's timers: `until` is the last day for these lines, or for what is under way of this document."""

    __pydantic_config__ = STRICT

    type: Literal["DeadlineApproached"] = "DeadlineApproached"
    deadline: Deadline
    until: date
    line_references: tuple[str, ...] = ()
    document_id: str | None = None


InternalBody = DocumentProgressed | OrderRefused | HoldExpired | DocumentOverdue | LinesAged | DeadlineApproached
