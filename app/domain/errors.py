"""What was wrong with a record, field by field."""

from app.domain.record import record
from app.domain.text import STRICT


@record
class FieldError:
    """A JSON path from the record's root, a stable code, and a sentence."""

    __pydantic_config__ = STRICT

    path: str
    code: str
    message: str
