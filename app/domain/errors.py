"""What was wrong with a record, field by field."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """A JSON path from the record's root, a stable code, and a sentence."""

    path: str
    code: str
    message: str
