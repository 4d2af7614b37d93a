"""What our own writers report about an order, to its log alone; none of it gets an outcome."""

from typing import Literal

from app.domain.documents import DocumentProgressed
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


InternalBody = DocumentProgressed | OrderRefused | HoldExpired | DocumentOverdue
