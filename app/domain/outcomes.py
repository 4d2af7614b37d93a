"""The one logical outcome that every readable order event gets: `order-outcomes.v1`."""

from datetime import datetime
from enum import StrEnum

from app.domain.documents import DocumentReference
from app.domain.errors import FieldError
from app.domain.record import record
from app.domain.text import STRICT, Extensions


class Verdict(StrEnum):
    """HELD is followed by one of the others; the others are final."""

    OK = "OK"
    DUPLICATE = "DUPLICATE"
    REJECTED = "REJECTED"
    HELD = "HELD"


@record
class OrderOutcome:
    """What became of one event, whose `extensions` it repeats. `documents`: those that it planned, found or touched."""

    __pydantic_config__ = STRICT

    event_id: str
    event_type: str
    business: str
    order_reference: str
    request_id: str | None
    verdict: Verdict
    reason: str | None
    errors: tuple[FieldError, ...]
    documents: tuple[DocumentReference, ...]
    occurred_at: datetime
    extensions: Extensions | None = None
