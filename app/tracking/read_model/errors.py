"""What keeps the read model from being read or written.

StreamError
└── StartRefusedError           the worker must end, with this exit code; a person decides
    ├── LogChangedError         the topics are not those that were read, or have lost what follows: rebuild it
    ├── ReplacedError           another process has moved its offsets on: this one leaves
    └── NewerTopicError         a record is of a newer version: run that one
ReadModelError
├── NoReadModelError            there is none yet: start `faturaflow worker tracking`
└── CursorError                 the cursor cannot be used
    ├── CursorMismatchError     it is of another list, or was changed
    └── CursorExpiredError      it is of a read model that a rebuild has replaced: begin anew
"""

from app.stream.errors import StartRefusedError
from app.stream.ownership.exits import NEWER_RULES, READ_MODEL_BEHIND, READ_MODEL_REPLACED


class LogChangedError(StartRefusedError):
    """A topic was recreated, or no longer has the records that follow the read model's offsets."""

    def __init__(self, sentence: str) -> None:
        super().__init__(READ_MODEL_BEHIND, sentence)


class ReplacedError(StartRefusedError):
    """The read model's offsets are not where this process has left them: another one projects, too."""

    def __init__(self, sentence: str) -> None:
        super().__init__(READ_MODEL_REPLACED, sentence)


class NewerTopicError(StartRefusedError):
    """A record was written by newer rules; left out it would be missing for good."""

    def __init__(self, sentence: str) -> None:
        super().__init__(NEWER_RULES, sentence)


class ReadModelError(Exception):
    """The read model cannot be read."""


class NoReadModelError(ReadModelError):
    """No process has begun one in this database."""


class CursorError(ReadModelError):
    """The cursor cannot be used for this list."""


class CursorMismatchError(CursorError):
    """It was given for other filters, or is none of ours."""


class CursorExpiredError(CursorError):
    """The read model was rebuilt since."""
