"""What was wrong with a record, field by field."""

from app.domain.record import record


@record
class FieldError:
    """A JSON path from the record's root, a stable code, and a sentence."""

    path: str
    code: str
    message: str
