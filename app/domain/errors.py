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


def more_errors(count: int) -> FieldError:
    """The last entry of a list that has been cut: how many are not in it."""
    return FieldError(path="$", code="MORE_ERRORS", message=f"{count} more errors are not listed")
