"""The errors of reading and writing values, each of them because a caller acts differently on it.

CodecError
├── UnreadableRecordError     this value cannot be read, ever: a dead letter with the original bytes
├── InvalidRecordError        readable, but not the record it should be: refused, with every field error
├── NewerRecordError          written by newer rules than ours: abort; no decision by the part that can be read
├── RegistryUnavailableError  nothing is wrong with the value: wait, then read it again
└── SchemaRefusedError        the registry will not take our schema: do not start, a person decides

No message carries a value of a record: messages are logged, answered and written into headers.
"""

from __future__ import annotations

from enum import StrEnum

from app.domain.errors import FieldError
from app.stream.errors import StreamError


class UnreadableCode(StrEnum):
    """Why a value cannot be read. Stable: dead letters are sorted by it."""

    NO_VALUE = "NO_VALUE"
    TOO_LARGE = "TOO_LARGE"
    NOT_JSON = "NOT_JSON"
    NESTED_TOO_DEEP = "NESTED_TOO_DEEP"
    UNKNOWN_SCHEMA = "UNKNOWN_SCHEMA"
    OTHER_SCHEMA = "OTHER_SCHEMA"
    MALFORMED_AVRO = "MALFORMED_AVRO"


class CodecError(StreamError):
    """The root of what reading and writing values raises."""


class UnreadableRecordError(CodecError, ValueError):
    """The value cannot be read; `code` is the reason, the message a sentence."""

    def __init__(self, code: UnreadableCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class InvalidRecordError(CodecError, ValueError):
    """The value can be read and has the wrong shape.

    What could be read of its identity is beside the errors; None where that was not valid itself.
    """

    def __init__(
        self,
        errors: tuple[FieldError, ...],
        *,
        business: str | None = None,
        order_reference: str | None = None,
        event_type: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"{errors[0].path}: {errors[0].code}" + (", and more" if len(errors) > 1 else ""))
        self.errors = errors
        self.business = business
        self.order_reference = order_reference
        self.event_type = event_type
        self.request_id = request_id


class NewerRecordError(CodecError):
    """The value was written under newer rules than this release knows; its fields may mean more than can be read."""

    def __init__(self, version: int, known: int) -> None:
        super().__init__(f"the record has rules version {version}; this release knows {known}")
        self.version = version


class RegistryUnavailableError(CodecError):
    """The schema registry does not answer, or not with what it should."""


class SchemaRefusedError(CodecError):
    """The registry refuses a schema: it would break those who read the subject."""
